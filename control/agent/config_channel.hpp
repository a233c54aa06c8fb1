// One agent's configuration channel: which requests count, and what waits to be sent to it.
//
// The agent names its virtual-router once, then subscribes to machines as it likes; anything else is counted and has no effect. What the agent
// must be told comes from the configuration thread in bodies, of which only so many are under way that a slow agent costs little.
// Threads: the agent's shard. Source: spec/agent-config-ifmap-discovery.md 1.1-1.3.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "control/agent/config_messages.hpp"
#include "xmpp/pubsub.hpp"

namespace signalbox::control {

struct ConfigChannelCounters {
  std::uint64_t router_subscribes = 0;
  std::uint64_t duplicate_router_subscribes = 0;
  std::uint64_t machine_subscribes = 0;
  std::uint64_t machine_unsubscribes = 0;
  std::uint64_t machine_subscribes_before_router = 0;
  std::uint64_t machine_unsubscribes_before_router = 0;
  std::uint64_t unknown_nodes = 0;
  std::uint64_t bodies_sent = 0;
};

class ConfigChannel {
 public:
  // What is to be told to the configuration thread, nothing where the request has no effect.
  std::optional<ToConfig> request(const xmpp::PubsubRequest& request, core::PeerId peer, core::ShardId shard);

  bool joined() const { return !router_.empty(); }
  // fq-name of the virtual-router, empty before it was named.
  const std::string& router() const { return router_; }

  void deliver(core::ChunkPtr body) { waiting_.push_back(std::move(body)); }
  bool has_output() const { return !waiting_.empty(); }
  // Of every message, the only part that is this agent's own.
  const core::ChunkPtr& first_line() const { return first_line_; }
  // Precondition: has_output().
  core::ChunkPtr take();

  const ConfigChannelCounters& counters() const { return counters_; }

 private:
  std::string router_;
  core::ChunkPtr first_line_;
  std::deque<core::ChunkPtr> waiting_;
  ConfigChannelCounters counters_;
};

}  // namespace signalbox::control
