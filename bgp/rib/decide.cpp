#include "bgp/rib/decide.hpp"

#include <algorithm>
#include <array>

namespace signalbox::bgp {
namespace {

constexpr std::array<std::string_view, 19> kNames{"equal",
                                                  "feasibility",
                                                  "local preference",
                                                  "E-Tree root",
                                                  "sticky MAC",
                                                  "sequence number",
                                                  "long-lived stale",
                                                  "AS path length",
                                                  "origin",
                                                  "MED",
                                                  "AS path length behind origin networks",
                                                  "locally made",
                                                  "path source",
                                                  "XMPP over BGP",
                                                  "eBGP over iBGP",
                                                  "path id",
                                                  "peer identifier",
                                                  "cluster list length",
                                                  "peer address"};

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

Decision compare_ecmp(const Path& path_a, const Attr& a, const Path& path_b, const Attr& b, const DecisionRules& rules) {
  if (const int o = higher_first(is_feasible(path_a, a), is_feasible(path_b, b))) return {o, DecisionStep::kFeasible};
  if (const int o = higher_first(a.local_pref, b.local_pref)) return {o, DecisionStep::kLocalPref};
  if (const int o = lower_first(a.etree_leaf, b.etree_leaf)) return {o, DecisionStep::kEtreeRoot};
  // The opposite of the intent, but every control node of a cluster must agree (spec/bgp.md 11, step 4).
  if (const int o = lower_first(a.sticky, b.sticky)) return {o, DecisionStep::kStickyMac};
  if (const int o = higher_first(a.sequence, b.sequence)) return {o, DecisionStep::kSequence};
  const bool stale_a = a.llgr_stale || (path_a.flags & path_flag::kLlgrStale) != 0;
  const bool stale_b = b.llgr_stale || (path_b.flags & path_flag::kLlgrStale) != 0;
  if (const int o = lower_first(stale_a, stale_b)) return {o, DecisionStep::kLlgrStale};
  if (!(a.has_origin_vn_path && b.has_origin_vn_path)) {
    if (const int o = lower_first(a.as_path_length, b.as_path_length)) return {o, DecisionStep::kAsPathLength};
  }
  if (const int o = lower_first(a.origin, b.origin)) return {o, DecisionStep::kOrigin};
  if (rules.always_compare_med || (a.neighbor_as != 0 && a.neighbor_as == b.neighbor_as)) {
    if (const int o = lower_first(a.med, b.med)) return {o, DecisionStep::kMed};
  }
  return {};
}

namespace {

// What only paths of BGP peers have. Both have a peer.
Decision compare_peers(const Candidate& a, const Candidate& b) {
  if (a.rank->bgp && b.rank->bgp) {
    if (const int o = lower_first(a.rank->internal, b.rank->internal)) return {o, DecisionStep::kEbgpOverIbgp};
  }
  if (const int o = lower_first(path_id(a), path_id(b))) return {o, DecisionStep::kPathId};
  if (!a.rank->bgp || !b.rank->bgp) return {};
  const auto identifier = [](const Candidate& c) { return c.attr->originator_id ? c.attr->originator_id : c.rank->router_id; };
  if (const int o = lower_first(identifier(a), identifier(b))) return {o, DecisionStep::kPeerIdentifier};
  if (const int o = lower_first(a.attr->cluster_list_length, b.attr->cluster_list_length)) return {o, DecisionStep::kClusterListLength};
  if (const int o = lower_first(a.rank->address, b.rank->address)) return {o, DecisionStep::kPeerKey};
  return {lower_first(a.rank->port, b.rank->port), DecisionStep::kPeerKey};
}

}  // namespace

Decision compare(const Candidate& a, const Candidate& b, const DecisionRules& rules) {
  if (const Decision d = compare_ecmp(*a.path, *a.attr, *b.path, *b.attr, rules); d.order) return d;
  if (a.attr->has_origin_vn_path && b.attr->has_origin_vn_path) {
    if (const int o = lower_first(a.attr->as_path_length, b.attr->as_path_length)) return {o, DecisionStep::kAsPathLengthOriginVn};
  }
  if (const int o = lower_first(a.peer != 0, b.peer != 0)) return {o, DecisionStep::kLocallyMade};
  // Agents' paths and those of BGP peers are one source there; which of them is better is said below.
  const auto source = [](const Candidate& c) { return std::max(c.path->source, PathSource::kXmpp); };
  if (const int o = higher_first(source(a), source(b))) return {o, DecisionStep::kSource};
  if (a.peer == 0) {
    if (const int o = lower_first(path_id(a), path_id(b))) return {o, DecisionStep::kPathId};
  } else {
    if (const int o = lower_first(a.rank->bgp, b.rank->bgp)) return {o, DecisionStep::kXmppOverBgp};
    if (const Decision d = compare_peers(a, b); d.order) return d;
  }
  if (const int o = lower_first(a.peer, b.peer)) return {o, DecisionStep::kPeerIdentifier};
  // Copies of different routes of one peer (two instances leaked into a third): any order will do, as long as it is one.
  return {lower_first(a.path->primary, b.path->primary), DecisionStep::kPathId};
}

}  // namespace signalbox::bgp
