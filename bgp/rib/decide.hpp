// Path selection: which of two paths of a route is better, and which share the load (spec/bgp.md 11).
//
// The comparison is one list of steps, so that "why is this path not best" is the name of the step that decided. Steps up to kMed are the
// ECMP part: paths equal in all of them are used together.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "bgp/rib/attr.hpp"
#include "bgp/rib/route.hpp"

namespace signalbox::bgp {

enum class DecisionStep : std::uint8_t {
  kEqual,  // no step tells them apart
  kFeasible,
  kLocalPref,
  kEtreeRoot,
  kStickyMac,
  kSequence,
  kLlgrStale,
  kAsPathLength,
  kOrigin,
  kMed,
  kAsPathLengthOriginVn,
  kLocallyMade,
  kSource,
  kXmppOverBgp,
  kEbgpOverIbgp,
  kPathId,
  kPeerIdentifier,
  kClusterListLength,
  kPeerKey,
};
std::string_view name_of(DecisionStep step);

// What the comparison looks at, gathered from path and attribute set.
struct Candidate {
  const Path* path;
  const Attr* attr;
  const core::IpAddress* next_hop;
  std::uint64_t peer;  // 0: locally made
  const PeerRank* rank;
};

// The path may be used, copied and advertised.
inline bool is_feasible(const Path& path, const Attr& attr) { return !attr.infeasible && (path.flags & path_flag::kInfeasible) == 0; }

struct DecisionRules {
  bool always_compare_med = false;
};

struct Decision {
  int order = 0;  // <0: the first is better, >0: the second, 0: equal
  DecisionStep step = DecisionStep::kEqual;
};

// The ECMP part only.
Decision compare_ecmp(const Path& path_a, const Attr& a, const Path& path_b, const Attr& b, const DecisionRules& rules);
// All steps: a strict order of the paths of one route.
Decision compare(const Candidate& a, const Candidate& b, const DecisionRules& rules);

}  // namespace signalbox::bgp
