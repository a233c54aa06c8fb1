// What an agent says about a route it publishes: a pure function of agent, route and a byte of state, shared by the encoder
// (what is sent) and the model (what must come back).
#pragma once

#include <cstdint>
#include <string>

namespace signalbox::bench {

/// State of one published path. Eight versions differ in their label.
struct PathState {
  std::uint8_t present : 1;
  std::uint8_t preferred : 1;
  std::uint8_t version : 3;
  std::uint8_t : 3;
};
static_assert(sizeof(PathState) == 1);

inline constexpr const char* kEncapsulations = "gre,udp,";
inline constexpr std::uint64_t kTag = (std::uint64_t{1} << 32) | 5;

/// MPLS label of route number `route` of an agent (spec/xmpp.md 3.1: 1..0xFFFFFF outside the default instance).
constexpr std::uint32_t route_label(std::uint32_t route, PathState state) { return 16 + route * 8 + state.version; }
constexpr std::uint32_t local_preference(PathState state) { return state.preferred ? 200 : 100; }
/// Security group of an agent's routes: a few different ones, so that the best path's can be told from others.
constexpr std::uint32_t kSecurityGroupVariants = 4;
constexpr std::uint32_t security_group(std::uint32_t agent) { return 8000002 + agent % kSecurityGroupVariants; }

}  // namespace signalbox::bench
