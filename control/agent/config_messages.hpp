// What agents' shards and the configuration thread tell each other.
//
// Threads: plain values. Order: what one agent's shard says of it arrives in order, and so do its bodies.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/chunk.hpp"
#include "core/ids.hpp"

namespace signalbox::control {

// The agent has named its virtual-router (an fq-name).
struct JoinConfig {
  core::PeerId peer;
  core::ShardId shard;
  std::string router;
};

struct SubscribeMachine {
  core::PeerId peer;
  bool subscribe = true;  // or unsubscribe
  std::string machine;    // uuid, as the agent wrote it
};

// So many bytes of bodies have been taken by the agent's session.
struct TookConfig {
  core::PeerId peer;
  std::size_t bytes = 0;
};

struct LeaveConfig {
  core::PeerId peer;
};

using ToConfig = std::variant<JoinConfig, SubscribeMachine, TookConfig, LeaveConfig>;

// Messages for agents of one shard, each less its first line; in order.
struct ConfigBodies {
  struct Body {
    core::PeerId peer;
    core::ChunkPtr bytes;
  };
  std::vector<Body> bodies;
};

}  // namespace signalbox::control
