// One agent's subscription to one routing instance: its standing and its cursors into the instance's feeds.
//
// Threads: the agent's shard. Lifetime: owned by the Agent; readers are detached before it goes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bgp/export/feed.hpp"
#include "core/chunk.hpp"
#include "core/ids.hpp"
#include "core/route_change.hpp"

namespace signalbox::control {

class Agent;
struct Subscription;

// What one partition sends of the instance, as a cursor.
struct SubscriptionReader : bgp::FeedReader {
  enum class State : std::uint8_t {
    kJoining,  // asked the partition, no answer yet
    kLive,     // a cursor in the feed
    kLagging,  // fell out; asks for what it missed when the socket takes it
    kAsked,    // has asked
  };

  Agent* agent = nullptr;
  Subscription* subscription = nullptr;
  std::uint16_t partition = 0;
  State state = State::kJoining;
  bool ready = false;                  // in the agent's list of readers with something to send
  std::vector<core::ChunkPtr> missed;  // answers to a catch-up, last first; before what the feed has
};

struct Subscription {
  std::string instance;
  core::InstanceId id;
  bool pending = false;  // the instance does not exist yet (spec/xmpp.md 2.2)
  bool deleted = false;  // it is gone from the configuration; the subscription lingers until the agent ends it
  bool wants_routes = true;
  bool is_master = false;
  std::int32_t instance_id = -1;
  std::uint32_t join = 0;
  std::unique_ptr<SubscriptionReader[]> readers;  // one per partition, with wants_routes
  core::RouteBatch deferred;                      // routes published while pending, in order
};

}  // namespace signalbox::control
