#include "tests/sim/virtual_node.hpp"

#include <utility>

#include "tests/sim/agent_view.hpp"

namespace signalbox::sim {
namespace {

std::string member_text(core::PeerId peer, core::InstanceId instance) {
  return std::to_string(peer.value) + " in instance " + std::to_string(instance.value);
}

struct Brief {
  std::string operator()(const bgp::JoinInstance& m) const { return "join of " + member_text(m.peer->id, m.instance); }
  std::string operator()(const bgp::LeaveInstance& m) const { return "leave of " + member_text(m.peer, m.instance); }
  std::string operator()(const bgp::FallOut& m) const {
    return "fall-out of " + member_text(m.peer, m.instance) + " at " + std::to_string(m.next);
  }
  std::string operator()(const bgp::CatchUp& m) const { return "catch-up of " + member_text(m.peer, m.instance); }
  std::string operator()(const bgp::Joined& m) const {
    return "joined " + member_text(m.peer, m.instance) + " ticket " + std::to_string(m.ticket);
  }
  std::string operator()(const bgp::FeedChunk& m) const {
    return "chunk " + std::to_string(m.number) + " for tickets " + std::to_string(m.first_ticket) + " to " + std::to_string(m.last_ticket) +
           " of instance " + std::to_string(m.instance.value) + ": " + AgentView::brief(m.body->bytes());
  }
  std::string operator()(const bgp::CatchUpChunk& m) const {
    std::string text =
        (m.last ? "last answer to " : "answer to ") + member_text(m.peer, m.instance) + " ticket " + std::to_string(m.ticket);
    for (const core::ChunkPtr& body : m.bodies) text += " | " + AgentView::brief(body->bytes());
    return text;
  }
  std::string operator()(const bgp::TooFarBehind& m) const { return "too far behind: " + std::to_string(m.peer.value); }
  std::string operator()(const bgp::FromPartition& m) const { return std::visit(*this, m); }
  template <class Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

template <class... M>
std::string brief(const std::variant<M...>& message) {
  return std::visit(Brief(), message);
}

}  // namespace

class VirtualNode::Shard : private bgp::PartitionOutput, private control::HubOutput {
 public:
  Shard(VirtualNode& node, unsigned id, core::TimePoint now) : node_(node), id_(id), hub_(hub_options(node.options_, id, now), *this) {
    if (id >= node.options_.partitions) return;
    partition_ = std::make_unique<bgp::Partition>(id, node.options_.shards, encoder_, static_cast<bgp::PartitionOutput&>(*this),
                                                  node.options_.export_limits);
  }

  control::AgentHub& hub() { return hub_; }
  bgp::Partition& partition() { return *partition_; }
  control::NameRegistry& registry() { return registry_; }

 private:
  static control::HubOptions hub_options(const NodeOptions& options, unsigned id, core::TimePoint now) {
    control::HubOptions hub;
    hub.shard = core::ShardId(id);
    hub.partitions = options.partitions;
    hub.started = now;
    hub.slow_readers = options.slow_readers;
    return hub;
  }

  void to_shard(core::ShardId shard, bgp::FromPartition message) override {
    node_.send(id_, shard.value, control::HubMessage(std::move(message)), 0);
  }
  void to_partition(unsigned partition, bgp::ToPartition message, std::size_t bytes) override {
    node_.send(id_, partition, std::move(message), bytes);
  }
  bool congested(unsigned partition) const override { return node_.waiting_for(partition) > node_.options_.congestion; }
  void to_config(control::ToConfig) override {}  // no configuration channel here
  void to_registry(control::RegistryMessage message) override { node_.send(id_, 0, std::move(message), 0); }
  core::PeerId new_peer_id() override { return core::PeerId(node_.next_peer_++); }

  VirtualNode& node_;
  const unsigned id_;
  control::XmppEncoder encoder_;
  std::unique_ptr<bgp::Partition> partition_;
  control::NameRegistry registry_;
  control::AgentHub hub_;
};

VirtualNode::VirtualNode(const NodeOptions& options, core::TimePoint now, NodeListener& listener)
    : options_(options), listener_(listener), queues_((options.shards + 1) * options.shards) {
  for (unsigned i = 0; i < queues_.size(); ++i) queues_[i].to = i % options.shards;
  for (unsigned id = 0; id < options.shards; ++id) shards_.push_back(std::make_unique<Shard>(*this, id, now));
}

VirtualNode::~VirtualNode() = default;

control::AgentHub& VirtualNode::hub(unsigned shard) { return shards_[shard]->hub(); }
bgp::Partition& VirtualNode::partition(unsigned index) { return shards_[index]->partition(); }

void VirtualNode::send(unsigned from, unsigned to, Message message, std::size_t bytes) {
  Queue& queue = queues_[from * shards() + to];
  queue.messages.push_back({std::move(message), bytes});
  queue.bytes += bytes;
  ++waiting_;
}

std::size_t VirtualNode::waiting_for(unsigned shard) const {
  std::size_t bytes = 0;
  for (const Queue& queue : queues_) bytes += queue.to == shard ? queue.bytes : 0;
  return bytes;
}

void VirtualNode::apply(bgp::ConfigPtr config) {
  const unsigned configuration = shards();
  auto waiting = std::make_shared<unsigned>(partitions());
  for (unsigned p = 0; p < partitions(); ++p) {
    send(configuration, p, bgp::ToPartition(config), 0);
    send(configuration, p, bgp::ToPartition(bgp::ShowTask([this, configuration, waiting, config](bgp::Partition&) {
           if (--*waiting != 0) return;
           // One sender for all: an inbox keeps the order in which its senders came to post.
           for (unsigned s = 0; s < shards(); ++s) send(configuration, s, control::HubMessage(config), 0);
         })),
         0);
  }
}

void VirtualNode::deliver_one(Random& random, core::TimePoint now) {
  std::vector<Queue*> ready;
  for (Queue& queue : queues_) {
    if (!queue.messages.empty()) ready.push_back(&queue);
  }
  if (ready.empty()) return;
  Queue& queue = *random.pick(ready);
  Envelope envelope = std::move(queue.messages.front());
  queue.messages.pop_front();
  queue.bytes -= envelope.bytes;
  --waiting_;
  dispatch(queue.to, std::move(envelope.message), now);
}

void VirtualNode::dispatch(unsigned to, Message message, core::TimePoint now) {
  listener_.on_message([&] {
    const std::string text = std::visit([](const auto& m) { return brief(m); }, message);
    return text.empty() ? text : "at " + std::to_string(to) + ": " + text;
  });
  if (auto* for_partition = std::get_if<bgp::ToPartition>(&message)) return to_partition(to, std::move(*for_partition));
  if (auto* for_hub = std::get_if<control::HubMessage>(&message)) {
    listener_.before_hub(core::ShardId(to), *for_hub);
    hub(to).handle(std::move(*for_hub), now);
    return listener_.after_hub(core::ShardId(to));
  }
  auto& for_registry = std::get<control::RegistryMessage>(message);
  if (const auto* claim = std::get_if<control::ClaimName>(&for_registry)) {
    send(to, claim->shard.value, control::HubMessage(shards_[to]->registry().claim(*claim)), 0);
  } else {
    shards_[to]->registry().release(std::get<control::ReleaseName>(for_registry));
  }
}

void VirtualNode::to_partition(unsigned index, bgp::ToPartition message) {
  if (const auto* join = std::get_if<bgp::JoinInstance>(&message)) {
    listener_.on_join(index, *join, partition(index).instances().find(join->instance) != nullptr);
  }
  partition(index).handle(std::move(message));
}

core::TimePoint VirtualNode::run(unsigned index, core::TimePoint now, std::size_t slices) {
  CountedBudget budget(slices);
  return partition(index).run(now, budget);
}

}  // namespace signalbox::sim
