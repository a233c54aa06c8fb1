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
  kLocallyMade,
  kSource,
  kXmppOverBgp,
  kPathId,
  kPeerIdentifier,
};
std::string_view name_of(DecisionStep step);

// What the comparison looks at, gathered from path and attribute set.
struct Candidate {
  const Path* path;
  const Attr* attr;
  const core::IpAddress* next_hop;
  std::uint64_t peer;  // 0: locally made
};

struct DecisionRules {
  bool always_compare_med = false;
};

struct Decision {
  int order = 0;  // <0: the first is better, >0: the second, 0: equal
  DecisionStep step = DecisionStep::kEqual;
};

// The ECMP part only.
Decision compare_ecmp(const Attr& a, const Attr& b, const DecisionRules& rules);
// All steps: a strict order of the paths of one route.
Decision compare(const Candidate& a, const Candidate& b, const DecisionRules& rules);

}  // namespace signalbox::bgp
