// What the command line of agentsim asks for. Plain values, read-only once parsed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::bench {

enum class Placement { kEven, kRandom };
enum class FamilyMix { kInet, kInet6, kMixed };
enum class TlsMode { kNone, kStartTls, kDirect };
enum class Storm { kNone, kHalf, kAll };

struct Options {
  // The node under load.
  std::string host = "127.0.0.1";
  std::uint16_t port = 5269;
  std::uint16_t http_port = 0;  // 0: do not wait for /readyz
  int pid = 0;                  // 0: the process that listens on host:port
  double ready_seconds = 60;

  // Who takes part.
  std::uint32_t agents = 100;
  std::uint32_t instances = 1;
  std::uint32_t instances_per_agent = 1;
  std::uint32_t publishers = UINT32_MAX;  // capped to `agents`
  std::uint32_t routes = 100;             // per publisher, spread over its instances
  std::uint32_t ecmp = 1;                 // publishers that share each prefix
  FamilyMix family = FamilyMix::kInet;
  Placement placement = Placement::kEven;
  std::string agent_pattern = "vr{}.sim.example.net";
  std::string source_base = "127.16.0.1";
  std::string instance_pattern = "default-domain:demo:net{}";
  std::vector<std::string> instance_names;
  std::string leak = "none";  // none | ring:N | hub
  bool overlap = false;       // all instances use the same prefixes
  std::string read_config;
  std::string write_config;
  std::string node_name = "local";
  std::uint32_t node_as = 64512;

  // What happens.
  std::uint32_t latency_probes = 0;
  double probe_interval_ms = 20;
  double churn = 0;  // changes per second
  double for_seconds = -1;
  std::uint32_t stalled_readers = 0;
  double stall_seconds = 5;
  std::uint32_t resubscribe = 0;
  Storm storm = Storm::kNone;
  bool kill_half = false;

  // How.
  std::uint64_t seed = 1;
  unsigned threads = 1;
  std::uint32_t connect_window = 128;
  double timeout_seconds = 30;
  std::uint32_t receive_buffer_kb = 0;  // 0: by the host's memory for TCP
  TlsMode tls = TlsMode::kNone;
  std::string tls_ca;
  std::string tls_cert;
  std::string tls_key;

  // What is shown.
  bool live = false;
  bool quiet = false;
  std::string json;
};

enum class ParseOutcome { kRun, kExit };

/// Reads the command line. kExit: --help, --version or a mistake was answered and `exit_status` is set.
ParseOutcome parse_options(int argc, const char* const* argv, Options& options, int& exit_status);

/// "pattern" with its {} replaced by `number`.
std::string fill_pattern(const std::string& pattern, std::uint32_t number);

}  // namespace signalbox::bench
