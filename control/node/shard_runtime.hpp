// One shard of the node at work: its thread, its partition (if it owns one), its agents, and the messages between them and other shards.
//
// Threads: post() and wake() from any; the rest on the shard's own thread, or before start(). Lifetime: all runtimes of a node are made before
// the first is started and stopped before the first is destroyed, because they post to each other.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <variant>
#include <vector>

#include "bgp/rib/partition.hpp"
#include "control/agent/agent_hub.hpp"
#include "control/agent/name_registry.hpp"
#include "control/agent/xmpp_encoder.hpp"
#include "control/node/config_inbox.hpp"
#include "core/inbox.hpp"
#include "core/shard.hpp"
#include "xmpp/session.hpp"

namespace signalbox::control {

// A connection that was accepted for this shard.
struct NewConnection {
  xmpp::AcceptedSocket socket;
  std::shared_ptr<const xmpp::TlsContext> tls;
};

using ShardMessage = std::variant<bgp::ToPartition, HubMessage, RegistryMessage, NewConnection>;

class ShardRuntime;

// What the shards of a node share: the way to each other, and a few counters.
struct ShardNetwork {
  std::vector<ShardRuntime*> shards;
  unsigned partitions = 1;
  std::atomic<std::uint32_t> next_peer{1};
  ConfigInbox config_inbox;

  ShardRuntime& owner_of(unsigned partition) { return *shards[partition]; }
  ShardRuntime& registry() { return *shards[0]; }
};

class ShardRuntime : private bgp::PartitionOutput, private HubOutput {
 public:
  ShardRuntime(core::ShardId id, ShardNetwork& network, const xmpp::SessionOptions& session_options, bool accept_without_config);
  ~ShardRuntime() override;

  void start();
  void stop() { shard_.stop(); }

  void post(ShardMessage message, std::size_t bytes = 0);
  core::ShardId id() const { return shard_.id(); }
  boost::asio::io_context& io() { return shard_.io(); }
  std::chrono::nanoseconds cpu_time() const { return shard_.cpu_time(); }

  // Published for other threads.
  std::uint32_t sessions() const { return sessions_.load(std::memory_order_relaxed); }
  void count_placed() { placed_.fetch_add(1, std::memory_order_relaxed); }
  // Sessions placed here, those on their way included.
  std::uint32_t load() const { return placed_.load(std::memory_order_relaxed); }
  std::int64_t last_turn_us() const { return last_turn_us_.load(std::memory_order_relaxed); }
  std::size_t waiting_bytes() const { return inbox_.weight(); }

 private:
  bool turn(core::TimePoint now, core::TimePoint deadline);
  void tick(core::TimePoint now);
  bool take_messages(core::TimePoint now, core::TimePoint deadline);
  void dispatch(ShardMessage message, core::TimePoint now);
  void publish(core::TimePoint now);

  // bgp::PartitionOutput
  void to_shard(core::ShardId shard, bgp::FromPartition message) override;
  // HubOutput
  void to_partition(unsigned partition, bgp::ToPartition message, std::size_t bytes) override;
  bool congested(unsigned partition) const override;
  void to_registry(RegistryMessage message) override;
  void to_config(ToConfig message) override;
  core::PeerId new_peer_id() override;

  // To another shard, or straight into this one's own queue.
  void send(ShardRuntime& to, ShardMessage message, std::size_t bytes);

  core::Shard shard_;
  ShardNetwork& network_;
  const xmpp::SessionOptions session_options_;
  xmpp::ShardBuffers buffers_;
  core::Inbox<ShardMessage> inbox_;
  std::deque<ShardMessage> queue_;  // taken from the inbox, or from this shard itself; in order
  std::vector<ShardMessage> taken_;
  XmppEncoder encoder_;
  std::unique_ptr<bgp::Partition> partition_;
  NameRegistry registry_;
  AgentHub hub_;
  std::atomic<std::uint32_t> sessions_{0};
  std::atomic<std::uint32_t> placed_{0};
  std::atomic<std::int64_t> last_turn_us_{0};
};

}  // namespace signalbox::control
