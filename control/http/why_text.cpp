#include "control/http/why_text.hpp"

#include <algorithm>
#include <array>

#include "control/http/route_text.hpp"

namespace signalbox::control {
namespace {

constexpr std::array<std::string_view, 20> kWords{"",
                                                  "feasible",
                                                  "local-preference",
                                                  "etree-root",
                                                  "sticky",
                                                  "mobility-sequence",
                                                  "llgr-stale",
                                                  "as-path-length",
                                                  "origin",
                                                  "med",
                                                  "aliased",
                                                  "as-path-length-origin-vn",
                                                  "locally-made",
                                                  "source",
                                                  "xmpp-over-bgp",
                                                  "ebgp-over-ibgp",
                                                  "path-id",
                                                  "originator-id",
                                                  "cluster-list-length",
                                                  "peer-key"};
static_assert(kWords.size() == static_cast<std::size_t>(DecisionStep::kPeerKey) + 1);

std::string as_path_length(const RoutePath& path) {
  const auto length = [](const std::vector<AsSegment>& segments) {
    std::size_t n = 0;
    for (const AsSegment& segment : segments) n += segment.set ? 1 : segment.numbers.size();
    return n;
  };
  return std::to_string(std::max(length(path.as_path), length(path.as4_path)));
}

// "<what> <this path's> against <the best path's>"
std::string compared(std::string_view what, const std::string& here, const std::string& best) {
  return std::string(what) + " " + (here.empty() ? "none" : here) + " against " + (best.empty() ? "none" : best);
}

std::string step_reason(DecisionStep step, const RoutePath& here, const RoutePath& best) {
  const PathTexts a = path_texts(here), b = path_texts(best);
  switch (step) {
    case DecisionStep::kLocalPreference:
      return compared("lower local preference:", std::to_string(a.local_preference), std::to_string(b.local_preference));
    case DecisionStep::kEtreeRoot: return "E-Tree leaf, the best path is a root";
    case DecisionStep::kSticky: return "sticky MAC, the best path's is not";
    case DecisionStep::kMobilitySequence: return compared("lower mobility sequence:", a.sequence_no, b.sequence_no);
    case DecisionStep::kLlgrStale: return "kept for long-lived graceful restart, the best path is current";
    case DecisionStep::kAsPathLength:
    case DecisionStep::kAsPathLengthOriginVn: return compared("longer AS path:", as_path_length(here), as_path_length(best));
    case DecisionStep::kOrigin: return compared("worse origin:", a.origin, b.origin);
    case DecisionStep::kMed: return compared("higher MED:", std::to_string(a.med), std::to_string(b.med));
    case DecisionStep::kAliased: return "aliased path";
    case DecisionStep::kLocallyMade: return "learned from a peer, the best path is made here";
    case DecisionStep::kSource: return compared("lesser source:", a.protocol, b.protocol);
    case DecisionStep::kXmppOverBgp: return "learned over BGP, the best path from an agent";
    case DecisionStep::kEbgpOverIbgp: return "learned from an internal peer, the best path from an external one";
    case DecisionStep::kPathId: return compared("higher path id (next hop):", here.next_hop.to_string(), best.next_hop.to_string());
    case DecisionStep::kOriginatorId: {
      const auto id = [](const RoutePath& p) { return router_id_text(p.originator_id ? p.originator_id : p.peer_router_id); };
      return compared("higher originator or router id:", id(here), id(best));
    }
    case DecisionStep::kClusterListLength:
      return compared("longer cluster list:", std::to_string(here.cluster_list.size()), std::to_string(best.cluster_list.size()));
    case DecisionStep::kPeerKey: return compared("higher peer address:", here.peer, best.peer);
    default: return "not feasible, the best path is";
  }
}

std::string infeasible_reason(std::uint32_t flags) {
  struct Reason {
    std::uint32_t flag;
    const char* text;
  };
  static constexpr std::array kReasons{Reason{path_flag::kAsPathLooped, "the AS path already contains our AS"},
                                       Reason{path_flag::kNoNeighborAs, "the AS path does not begin with the neighbour's AS"},
                                       Reason{path_flag::kNoTunnelEncap, "none of its encapsulations is known"},
                                       Reason{path_flag::kOriginatorIdLooped, "it was originated by this node"},
                                       Reason{path_flag::kResolveNexthop, "its next hop has to be resolved first"},
                                       Reason{path_flag::kRoutingPolicyReject, "a routing policy rejects it"},
                                       Reason{path_flag::kClusterListLooped, "its cluster list already contains our cluster"},
                                       Reason{path_flag::kCheckGlobalErmVpnRoute, "the multicast tree has no forest node yet"}};
  std::string text;
  for (const Reason& reason : kReasons) {
    if (flags & reason.flag) text += (text.empty() ? "" : "; ") + std::string(reason.text);
  }
  return text.empty() ? "it may not be used" : text;
}

}  // namespace

std::string_view verdict_word(PathVerdict verdict) {
  static constexpr std::array<std::string_view, 4> kVerdicts{"best", "equal", "worse", "infeasible"};
  return kVerdicts[static_cast<std::size_t>(verdict)];
}

std::string_view decision_word(DecisionStep step) { return kWords[static_cast<std::size_t>(step)]; }

std::string path_reason(const ExplainedPath& explained, const RoutePath& best, bool only_path) {
  switch (explained.verdict) {
    case PathVerdict::kBest: return only_path ? "the only path" : "better than or as good as every other path";
    case PathVerdict::kInfeasible: return infeasible_reason(explained.path.flags);
    case PathVerdict::kEqual: {
      std::string reason = "as good as the best path, a further next hop for agents";
      if (explained.decided_by == DecisionStep::kNone) return reason;
      return reason + "; ordered behind it by " + step_reason(explained.decided_by, explained.path, best);
    }
    default: return step_reason(explained.decided_by, explained.path, best);
  }
}

}  // namespace signalbox::control
