// Which peers want which targets, from the routes of the route-target table (spec/bgp.md 14).
//
// All feasible paths of a route count; of those that came over eBGP only those through the neighbour AS of the best one. A target is wanted by a
// peer while any route with it (there is one for each origin AS) says so.
// Threads: the first partition's. Cost: per change of a route its paths.
#pragma once

#include <map>
#include <vector>

#include "bgp/export/export_group.hpp"
#include "bgp/messages.hpp"
#include "bgp/rib/rib.hpp"

namespace signalbox::bgp {

class TargetWatch {
 public:
  TargetWatch(Rib& rib, const core::Slab<Member>& members) : rib_(rib), members_(members) {}

  // A route of the table changed; 0: it is gone.
  void changed(const RouteKey& key, RouteId route);
  // What follows from the changes since the last call.
  std::vector<TargetInterest::Change> take() { return std::exchange(changes_, {}); }

 private:
  using Target = std::optional<core::RouteTarget>;
  void count(const Target& target, core::PeerId peer, bool add);

  Rib& rib_;
  const core::Slab<Member>& members_;
  std::map<std::vector<std::uint8_t>, std::vector<core::PeerId>> routes_;  // key -> who wants it, sorted
  std::map<Target, std::map<core::PeerId, unsigned>> counts_;
  std::vector<TargetInterest::Change> changes_;
};

}  // namespace signalbox::bgp
