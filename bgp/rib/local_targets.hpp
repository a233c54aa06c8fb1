// The route targets that this node wants to hear of, as routes of the route-target table (spec/bgp.md 14).
//
// Wanted are the import targets of each instance that an agent is subscribed to, those of instances with a physical service, and the target by
// which other nodes answer to multicast of this one. One path stands for all agents, because nothing depends on which of them wants it.
// Threads: the first partition's. Cost: per first or last subscription of an instance its import list; a new configuration costs all of them.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "bgp/rib/instances.hpp"
#include "bgp/rib/rib.hpp"

namespace signalbox::bgp {

class LocalTargets {
 public:
  LocalTargets(Rib& rib, Instances& instances) : rib_(rib), instances_(instances) {}

  void subscribed(core::InstanceId instance);
  void unsubscribed(core::InstanceId instance);
  // The instances have taken a new configuration in.
  void config_changed();

 private:
  struct Use {
    unsigned agents = 0;                    // instances with agents
    unsigned local = 0;                     // other reasons
    PathSource shown = PathSource::kLocal;  // as the path says
  };
  void count(const std::vector<core::RouteTarget>& targets, bool agents, bool add);
  void bring_in_line(const core::RouteTarget& target);
  void withdraw(const core::RouteTarget& target);
  RouteKey key_of(const core::RouteTarget& target) const;

  Rib& rib_;
  Instances& instances_;
  std::uint32_t local_as_ = 0;
  std::uint32_t identifier_ = 0;
  std::unordered_map<core::InstanceId, unsigned> agents_;                           // subscriptions
  std::unordered_map<core::InstanceId, std::vector<core::RouteTarget>> by_agents_;  // what is counted for them
  std::vector<core::RouteTarget> by_config_;
  std::map<core::RouteTarget, Use> uses_;
  std::vector<core::RouteTarget> advertised_;  // sorted
};

}  // namespace signalbox::bgp
