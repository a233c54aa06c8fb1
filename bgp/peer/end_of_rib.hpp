// When End-of-RIB goes to a peer, for each family: a short while after the session is up, and not before this node can have heard its agents.
//
// Threads: the peer manager's shard. Cost: nothing while nothing is due. Source: RFC 4724 section 2; spec/bgp.md 6.
#pragma once

#include "bgp/wire/address_family.hpp"
#include "core/clock.hpp"

namespace signalbox::bgp {

class EndOfRibSchedule {
 public:
  // What the node knows of itself.
  struct Node {
    core::TimePoint started;
    bool has_configuration = false;
    core::seconds timeout{300};  // end-of-rib-timeout

    // For a fifth of the timeout agents are still expected to connect.
    bool starting_up(core::TimePoint now) const { return now - started < timeout / 5; }
  };

  // The session is up with these families.
  void begin(FamilySet families, core::TimePoint now);
  void end() { pending_ = {}; }
  // Nothing can be due now.
  bool idle(core::TimePoint now) const { return pending_.empty() || now < next_check_; }
  // The families whose End-of-RIB is due now; each comes once. `told`: those whose routes have all been sent; others wait, but not longer than
  // the timeout.
  FamilySet due(const Node& node, FamilySet told, core::TimePoint now);

 private:
  FamilySet pending_;
  core::TimePoint begun_;
  core::TimePoint next_check_;
};

}  // namespace signalbox::bgp
