#include "control/node/shard_runtime.hpp"

namespace signalbox::control {
namespace {

HubOptions hub_options(core::ShardId shard, const ShardNetwork& network, bool accept_without_config) {
  HubOptions options;
  options.shard = shard;
  options.partitions = network.partitions;
  options.started = core::Clock::now();
  options.accept_without_config = accept_without_config;
  return options;
}

}  // namespace

ShardRuntime::ShardRuntime(core::ShardId id, ShardNetwork& network, const xmpp::SessionOptions& session_options, bool accept_without_config)
    : shard_(id), network_(network), session_options_(session_options), hub_(hub_options(id, network, accept_without_config), *this) {
  if (id.value < network.partitions) {
    partition_ = std::make_unique<bgp::Partition>(id.value, static_cast<unsigned>(network.shards.size()), encoder_,
                                                  static_cast<bgp::PartitionOutput&>(*this));
  }
}

ShardRuntime::~ShardRuntime() = default;

void ShardRuntime::start() {
  shard_.start([this](core::TimePoint now, core::TimePoint deadline) { return turn(now, deadline); },
               [this](core::TimePoint now) { tick(now); });
}

void ShardRuntime::post(ShardMessage message, std::size_t bytes) {
  if (inbox_.push(std::move(message), bytes)) shard_.wake();
}

void ShardRuntime::send(ShardRuntime& to, ShardMessage message, std::size_t bytes) {
  if (&to == this) {
    queue_.push_back(std::move(message));
  } else {
    to.post(std::move(message), bytes);
  }
}

bool ShardRuntime::turn(core::TimePoint now, core::TimePoint deadline) {
  bool more = take_messages(now, deadline);
  if (partition_) {
    const core::TimePoint next = partition_->run(now, deadline);
    if (next <= now)
      more = true;
    else if (next != core::TimePoint::max())
      shard_.turn_at(next);
  }
  // What the partition has just said to this shard's own agents goes out in the same turn.
  more |= take_messages(now, deadline);
  more |= hub_.end_turn(now);
  publish(now);
  return more || !queue_.empty() || !inbox_.empty();
}

bool ShardRuntime::take_messages(core::TimePoint now, core::TimePoint deadline) {
  inbox_.take(taken_);
  for (ShardMessage& message : taken_) queue_.push_back(std::move(message));
  taken_.clear();
  unsigned n = 0;
  while (!queue_.empty()) {
    if ((++n & 3) == 0 && core::Clock::now() >= deadline) return true;
    ShardMessage message = std::move(queue_.front());
    queue_.pop_front();
    dispatch(std::move(message), now);
  }
  return false;
}

void ShardRuntime::dispatch(ShardMessage message, core::TimePoint now) {
  if (auto* to_partition = std::get_if<bgp::ToPartition>(&message)) {
    partition_->handle(std::move(*to_partition));
  } else if (auto* to_hub = std::get_if<HubMessage>(&message)) {
    hub_.handle(std::move(*to_hub), now);
  } else if (auto* to_registry = std::get_if<RegistryMessage>(&message)) {
    if (const auto* claim = std::get_if<ClaimName>(to_registry)) {
      send(*network_.shards[claim->shard.value], HubMessage(registry_.claim(*claim)), 0);
    } else {
      registry_.release(std::get<ReleaseName>(*to_registry));
    }
  } else {
    auto& connection = std::get<NewConnection>(message);
    hub_.add_session([&](xmpp::SessionHandler& handler) {
      return xmpp::Session::create(shard_.io(), buffers_, session_options_, std::move(connection.socket), std::move(connection.tls),
                                   hub_.config()->global.xmpp_hold_time, handler);
    });
  }
}

void ShardRuntime::tick(core::TimePoint now) { hub_.tick(now); }

void ShardRuntime::publish(core::TimePoint now) {
  const auto sessions = static_cast<std::uint32_t>(hub_.sessions());
  const std::uint32_t before = sessions_.exchange(sessions, std::memory_order_relaxed);
  if (sessions < before) placed_.fetch_sub(before - sessions, std::memory_order_relaxed);
  last_turn_us_.store(std::chrono::duration_cast<core::microseconds>(now.time_since_epoch()).count(), std::memory_order_relaxed);
}

void ShardRuntime::to_shard(core::ShardId shard, bgp::FromPartition message) {
  send(*network_.shards[shard.value], HubMessage(std::move(message)), 0);
}

void ShardRuntime::to_partition(unsigned partition, bgp::ToPartition message, std::size_t bytes) {
  send(network_.owner_of(partition), std::move(message), bytes);
}

bool ShardRuntime::congested(unsigned partition) const { return network_.owner_of(partition).inbox_.over_high_water(); }

void ShardRuntime::to_registry(RegistryMessage message) { send(network_.registry(), std::move(message), 0); }

void ShardRuntime::to_config(ToConfig message) { network_.config_inbox.post(std::move(message)); }

core::PeerId ShardRuntime::new_peer_id() { return core::PeerId(network_.next_peer.fetch_add(1, std::memory_order_relaxed)); }

}  // namespace signalbox::control
