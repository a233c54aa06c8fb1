// The agents of one shard: their sessions, their feeds, and the exchange with partitions.
//
// The hub is a SessionHandler for the sockets' side and takes messages from the partitions' side (HubMessage). It reads no clock and knows
// no threads; what it wants sent goes to a HubOutput. So the same code runs on shards and in seeded simulations.
//
// Threads: one shard's. Cost: a body that arrives costs a few instructions per subscribed agent; writing is per agent and turn.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <variant>
#include <vector>

#include "bgp/export/feed.hpp"
#include "bgp/messages.hpp"
#include "control/agent/agent.hpp"
#include "control/agent/config_messages.hpp"
#include "control/agent/name_registry.hpp"
#include "core/clock.hpp"
#include "xmpp/pubsub_decode.hpp"
#include "xmpp/session.hpp"

namespace signalbox::control {

class AgentHub;

// Where the hub's messages go.
class HubOutput {
 public:
  virtual ~HubOutput() = default;
  virtual void to_partition(unsigned partition, bgp::ToPartition message, std::size_t bytes) = 0;
  // The partition has more waiting than it should: stop reading from agents for a while.
  virtual bool congested(unsigned partition) const = 0;
  virtual void to_registry(RegistryMessage message) = 0;
  virtual void to_config(ToConfig message) = 0;
  // Never used again in this process.
  virtual core::PeerId new_peer_id() = 0;
};

using HubTask = std::function<void(AgentHub&)>;
// ConfigPtr: every partition has this configuration already.
using HubMessage = std::variant<bgp::FromPartition, bgp::ConfigPtr, ClaimAnswer, ConfigBodies, HubTask>;

// When a reader falls out of a feed.
struct SlowReaderLimits {
  // Its next body, which most other readers have taken, has waited this long ...
  core::milliseconds slow{500};
  // ... while its socket took nothing for this long ...
  core::milliseconds stuck{250};
  // ... and the feed holds more than this.
  std::size_t feed_keeps = 256u << 10;
  // Whatever the feed holds and the socket takes, this is too long: a trickle would hold up all readers of the instance.
  core::milliseconds too_slow{5000};
};

struct HubOptions {
  core::ShardId shard;
  unsigned partitions = 1;
  core::TimePoint started{};
  bool accept_without_config = false;  // test mode of the incumbent: sessions stay when there is no self configuration
  SlowReaderLimits slow_readers;
};

struct HubCounters {
  std::uint64_t closes[32] = {};  // by xmpp::CloseReason
  std::uint64_t items_received = 0;
  std::uint64_t items_dropped = 0;
  std::uint64_t requests = 0;
  std::uint64_t sessions_accepted = 0;
  std::uint64_t resyncs = 0;
};

class AgentHub : public xmpp::SessionHandler {
 public:
  AgentHub(const HubOptions& options, HubOutput& output);
  ~AgentHub() override;

  // Takes a new connection's session over. `make` builds it with this hub as its handler.
  void add_session(const std::function<std::unique_ptr<xmpp::Session>(xmpp::SessionHandler&)>& make);

  void handle(HubMessage message, core::TimePoint now);
  // After the messages and events of a turn: writes what agents are owed, acknowledges, resumes readers. True when there is more to do at once.
  bool end_turn(core::TimePoint now);
  // Every 50 ms or so: sessions' timers, slow readers.
  void tick(core::TimePoint now);
  // Closes every session (shutdown, or a change that asks for it).
  void close_all(xmpp::CloseReason reason, const std::string& detail = {});
  // Calls `then` once, at the end of the first turn after which there is no session.
  void when_empty(std::function<void()> then) { when_empty_ = std::move(then); }
  // Closes the sessions of this name; returns how many.
  unsigned close_named(std::string_view name, xmpp::CloseReason reason);

  // ---- xmpp::SessionHandler
  void on_stream_open(xmpp::Session& session, const xmpp::StreamOpen& open) override;
  void on_established(xmpp::Session& session) override;
  bool on_stanza(xmpp::Session& session, std::string_view stanza) override;
  void on_read_burst_end(xmpp::Session& session) override;
  void refill(xmpp::Session& session) override;
  void on_closed(xmpp::Session& session, xmpp::CloseReason reason) override;

  // ---- for agents
  const bgp::ConfigPtr& config() const { return config_; }
  const HubOptions& options() const { return options_; }
  HubOutput& output() { return output_; }
  bgp::FeedSet& feeds() { return feeds_; }
  // The batch under way towards a partition; flushed at the end of the read burst.
  core::RouteBatch& batch(unsigned partition) { return batches_[partition]; }
  void flush_batches();
  void mark_dirty(Agent& agent);
  core::TimePoint now() const { return now_; }
  HubCounters& counters() { return counters_; }
  core::AttributeBuilder& attribute_scratch() { return attribute_scratch_; }

  std::size_t sessions() const { return agents_.size(); }
  template <class F>
  void for_each_agent(F&& f) {
    for (auto& [id, agent] : agents_) f(*agent);
  }

 private:
  Agent* find(core::PeerId id);
  Agent* find(const xmpp::Session& session);
  void on(bgp::FromPartition message);
  void on(bgp::ConfigPtr config);
  void on(ClaimAnswer answer);
  void on(ConfigBodies bodies);
  void on(HubTask task) { task(*this); }
  void on(bgp::Joined& joined);
  void on(bgp::FeedChunk& chunk);
  void on(bgp::CatchUpChunk& chunk);
  void on(bgp::TooFarBehind& behind);
  // Why no agent may be served now; kNone when they may.
  xmpp::CloseReason refusal() const;
  bool must_bounce(const bgp::Config& before, const bgp::Config& after) const;
  void find_slow_readers();
  void bury();

  const HubOptions options_;
  HubOutput& output_;
  bgp::ConfigPtr config_;
  bgp::FeedSet feeds_;
  std::unordered_map<core::PeerId, std::unique_ptr<Agent>> agents_;
  std::unordered_map<const xmpp::Session*, Agent*> by_session_;
  std::vector<core::RouteBatch> batches_;
  std::vector<core::PeerId> dirty_;
  std::vector<core::PeerId> paused_;
  std::vector<core::PeerId> dead_;
  xmpp::PubsubRequest request_;       // decoded into again and again
  xmpp::PubsubRequest published_;     // the last publish of this read burst
  const Agent* publisher_ = nullptr;  // whose it is; null: none
  xmpp::PubsubDecoder decoder_;
  core::AttributeBuilder attribute_scratch_;
  HubCounters counters_;
  std::function<void()> when_empty_;
  core::TimePoint now_{};
};

}  // namespace signalbox::control
