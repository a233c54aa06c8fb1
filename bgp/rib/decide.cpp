#include "bgp/rib/decide.hpp"

#include <array>

namespace signalbox::bgp {
namespace {

constexpr std::array<std::string_view, 15> kNames{
    "equal",  "feasibility", "local preference", "E-Tree root", "sticky MAC",    "sequence number", "long-lived stale", "AS path length",
    "origin", "MED",         "locally made",     "path source", "XMPP over BGP", "path id",         "peer identifier"};

template <class T>
int lower_first(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}
template <class T>
int higher_first(const T& a, const T& b) {
  return lower_first(b, a);
}

// Path id: the IPv4 value of the next hop for agents' paths, 0 for paths from BGP.
std::uint32_t path_id(const Candidate& c) { return c.path->source == PathSource::kBgp ? 0 : c.next_hop->v4(); }

}  // namespace

std::string_view name_of(DecisionStep step) { return kNames[static_cast<std::size_t>(step)]; }

Decision compare_ecmp(const Attr& a, const Attr& b, const DecisionRules& rules) {
  if (const int o = lower_first(a.infeasible, b.infeasible)) return {o, DecisionStep::kFeasible};
  if (const int o = higher_first(a.local_pref, b.local_pref)) return {o, DecisionStep::kLocalPref};
  if (const int o = lower_first(a.etree_leaf, b.etree_leaf)) return {o, DecisionStep::kEtreeRoot};
  // The opposite of the intent, but every control node of a cluster must agree (spec/bgp.md 11, step 4).
  if (const int o = lower_first(a.sticky, b.sticky)) return {o, DecisionStep::kStickyMac};
  if (const int o = higher_first(a.sequence, b.sequence)) return {o, DecisionStep::kSequence};
  if (const int o = lower_first(a.llgr_stale, b.llgr_stale)) return {o, DecisionStep::kLlgrStale};
  if (const int o = lower_first(a.as_path_length, b.as_path_length)) return {o, DecisionStep::kAsPathLength};
  if (const int o = lower_first(a.origin, b.origin)) return {o, DecisionStep::kOrigin};
  // Agents' paths have no AS path, hence no neighbour AS to be the same.
  if (rules.always_compare_med) {
    if (const int o = lower_first(a.med, b.med)) return {o, DecisionStep::kMed};
  }
  return {};
}

Decision compare(const Candidate& a, const Candidate& b, const DecisionRules& rules) {
  if (const Decision d = compare_ecmp(*a.attr, *b.attr, rules); d.order) return d;
  if (const int o = lower_first(a.peer != 0, b.peer != 0)) return {o, DecisionStep::kLocallyMade};
  if (const int o = higher_first(a.path->source, b.path->source)) return {o, DecisionStep::kSource};
  if (const int o = lower_first(path_id(a), path_id(b))) return {o, DecisionStep::kPathId};
  if (const int o = lower_first(a.peer, b.peer)) return {o, DecisionStep::kPeerIdentifier};
  // Copies of different routes of one peer (two instances leaked into a third): any order will do, as long as it is one.
  return {lower_first(a.path->primary, b.path->primary), DecisionStep::kPathId};
}

}  // namespace signalbox::bgp
