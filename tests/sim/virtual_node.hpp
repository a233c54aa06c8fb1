// A node of virtual shards in one thread: real hubs, partitions, encoders and name registry; between them queues instead of inboxes.
//
// Each pair of sender and receiver has a queue that keeps its order; which queue goes next is for the caller to choose. Configurations
// go as control/node/node.cpp sends them: to all partitions, and from the last of them to all hubs.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "bgp/rib/partition.hpp"
#include "control/agent/agent_hub.hpp"
#include "control/agent/name_registry.hpp"
#include "control/agent/xmpp_encoder.hpp"
#include "tests/sim/random.hpp"

namespace signalbox::sim {

// So many questions are answered with "go on" before the turn is over.
class CountedBudget final : public bgp::WorkBudget {
 public:
  explicit CountedBudget(std::size_t slices) : left_(slices) {}
  bool spent() override { return left_ == 0 || --left_ == 0; }

 private:
  std::size_t left_;
};

struct NodeOptions {
  unsigned shards = 2;
  unsigned partitions = 2;
  bgp::ExportLimits export_limits;
  control::SlowReaderLimits slow_readers;
  std::size_t congestion = ~std::size_t{0};  // bytes waiting for a partition at which hubs stop reading
};

// Told around messages that matter to the models.
class NodeListener {
 public:
  virtual ~NodeListener() = default;
  virtual void on_join(unsigned partition, const bgp::JoinInstance& join, bool instance_known) = 0;
  virtual void before_hub(core::ShardId shard, const control::HubMessage& message) = 0;
  virtual void after_hub(core::ShardId shard) = 0;
  // For the trace, of what is worth a line.
  virtual void on_message(const std::function<std::string()>& text) = 0;
};

class VirtualNode {
 public:
  VirtualNode(const NodeOptions& options, core::TimePoint now, NodeListener& listener);
  ~VirtualNode();

  unsigned shards() const { return static_cast<unsigned>(shards_.size()); }
  unsigned partitions() const { return options_.partitions; }
  control::AgentHub& hub(unsigned shard);
  bgp::Partition& partition(unsigned index);
  // The id of the session that was added last.
  core::PeerId last_peer() const { return core::PeerId(next_peer_ - 1); }

  void apply(bgp::ConfigPtr config);
  bool has_messages() const { return waiting_ != 0; }
  // Delivers the next message of a queue that is chosen by chance.
  void deliver_one(Random& random, core::TimePoint now);
  // Runs a partition for so many slices; returns when it wants the next turn.
  core::TimePoint run(unsigned partition, core::TimePoint now, std::size_t slices);

 private:
  class Shard;
  using Message = std::variant<bgp::ToPartition, control::HubMessage, control::RegistryMessage>;
  struct Envelope {
    Message message;
    std::size_t bytes;
  };
  struct Queue {
    unsigned to = 0;
    std::deque<Envelope> messages;
    std::size_t bytes = 0;
  };

  // The configuration's sender is number shards().
  void send(unsigned from, unsigned to, Message message, std::size_t bytes);
  void dispatch(unsigned to, Message message, core::TimePoint now);
  void to_partition(unsigned index, bgp::ToPartition message);
  std::size_t waiting_for(unsigned shard) const;

  const NodeOptions options_;
  NodeListener& listener_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<Queue> queues_;  // by sender, then receiver
  std::size_t waiting_ = 0;
  std::uint32_t next_peer_ = 1;
};

}  // namespace signalbox::sim
