// What this machine can do at best, for the costs that a control node can not avoid. Each function returns the middle of
// `repeats` measurements.
#pragma once

#include <cstddef>
#include <vector>

namespace signalbox::bench {

/// CPU seconds (user and system) that this thread has used.
double thread_cpu_seconds();

/// The middle one.
double median(std::vector<double> all);

/// CPU seconds of the sender per 10^9 bytes, when one shared buffer goes to `readers` loopback sockets in pieces of `piece`
/// bytes by sendmsg on non-blocking sockets; `bytes` in all. The readers are another process.
double send_seconds_per_gb(std::size_t readers, std::size_t piece, std::size_t bytes, int repeats);

/// CPU us of one sendmsg of `size` bytes, `count` of them round robin over `readers` sockets. A system call and a loopback delivery.
double send_us(std::size_t readers, std::size_t size, std::size_t count, int repeats);

/// us of the clock from sending a published route over loopback until another connection has got it from a process in between, which
/// answers the sender first: `count` times, each after a pause. Wake-ups and deliveries, no work at all.
double relay_us(std::size_t count);

/// CPU us to read all fields of one published route (a publish and a collection stanza as real agents write them).
struct ParseCost {
  double extractor_us;  // hand-written, memchr from tag to tag
  double expat_us;
  std::size_t bytes;  // of the two stanzas
};
ParseCost parse_cost(std::size_t routes, int repeats);

/// ns per insert into, and per find in, a boost::unordered_flat_map of `entries` prefixes.
struct MapCost {
  double insert_ns;
  double find_ns;
};
MapCost map_cost(std::size_t entries, int repeats);

}  // namespace signalbox::bench
