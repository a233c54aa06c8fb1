// AS paths in the form in which attribute sets keep them: the segments of AS_PATH with numbers of four octets, whatever the session has.
//
//   { segment type (1) | count (1) | AS (4)* }*        the empty path is no bytes
//
// Threads: pure functions. Errors: parse_as_path() takes nothing that is not well formed, the others rely on that.
// Source: RFC 4271 sections 4.3, 5.1.2; RFC 6793; spec/bgp.md 8.3, 10.1, 15.3, 15.4.
#pragma once

#include <cstdint>
#include <optional>

#include "bgp/wire/bytes.hpp"

namespace signalbox::bgp {

// Calls f(segment type, AS) for each number of the path, in order.
template <class F>
void for_each_as(ByteView path, F&& f) {
  ByteReader in(path);
  while (!in.empty()) {
    const std::uint8_t type = in.u8();
    for (unsigned n = in.u8(); n > 0; --n) f(type, in.u32());
  }
}

// A path as it came; nothing if it is malformed: an unknown segment, an empty one, or one that reaches beyond the end.
std::optional<Bytes> parse_as_path(ByteView wire, bool four_octet);
// What AS4_PATH adds to a path that came with two octets (RFC 6793 section 4.2.3).
Bytes merge_as4_path(ByteView path, ByteView as4_path);

// For path selection: a set counts once.
unsigned as_path_length(ByteView path);
// 0: the path is empty or begins with a set.
std::uint32_t leftmost_as(ByteView path);
unsigned count_as(ByteView path, std::uint32_t as);

Bytes prepend_as(ByteView path, std::uint32_t as);
Bytes replace_as(ByteView path, std::uint32_t from, std::uint32_t to);

// As NeighborConfig::private_as_action says it.
enum class PrivateAsAction : std::uint8_t { kNone, kRemove, kRemoveAll, kReplaceAll };
// `keep`: the peer's AS, which stays for it to find loops. `substitute`: what replaces a private number that has no public one on its left;
// 0: the leftmost public one, or nothing.
Bytes edit_private_as(ByteView path, PrivateAsAction action, std::uint32_t keep, std::uint32_t substitute);

// AS_PATH for a session with two octets: what does not fit becomes AS_TRANS. True in `lossy`: AS4_PATH has to go with it.
Bytes two_octet_path(ByteView path, bool& lossy);

}  // namespace signalbox::bgp
