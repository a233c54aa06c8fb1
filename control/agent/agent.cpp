#include "control/agent/agent.hpp"

#include <algorithm>
#include <iterator>

#include "control/agent/agent_hub.hpp"
#include "core/log.hpp"
#include "xmpp/item_encode.hpp"

namespace signalbox::control {
namespace {

using xmpp::CloseReason;

constexpr core::seconds kEndOfRibPeriod{1};
constexpr core::seconds kEndOfRibQuiet{6};
constexpr core::seconds kEndOfRibLimit{300};

// Routes an agent may publish before its instance exists; more would be memory without bound.
constexpr std::size_t kMostDeferred = 100000;

// Families that agents publish besides those decoded here: membership counts for them too (spec/xmpp.md 2.5).
bool is_agent_family(unsigned afi, unsigned safi) { return (afi == 25 && safi == 242) || (afi == 1 && (safi == 241 || safi == 5)); }

}  // namespace

Agent::Agent(AgentHub& hub, core::PeerId id, std::unique_ptr<xmpp::Session> session) : hub_(hub), id_(id), session_(std::move(session)) {}

Agent::~Agent() {
  for (auto& [name, subscription] : subscriptions_) {
    for (unsigned p = 0; subscription.readers && p < hub_.options().partitions; ++p) detach(subscription.readers[p]);
  }
}

void Agent::established(core::TimePoint now) {
  peer_ = std::make_shared<const bgp::PeerInfo>(bgp::PeerInfo{id_, session_->name(), session_->remote_address()});
  first_line_ = core::ChunkPtr::copy_of(xmpp::first_line(session_->name()));
  end_of_rib_armed_ = end_of_rib_check_ = last_activity_ = now;
}

void Agent::close(CloseReason reason, std::string detail) {
  if (closing_) return;
  closing_ = true;
  core::log::notice("agent", "closing the session", {{"peer", session_->name()}, {"reason", xmpp::to_string(reason)}, {"detail", detail}});
  session_->close(reason, std::move(detail));
}

void Agent::closed() {
  closing_ = true;
  for (auto& [name, subscription] : subscriptions_) {
    if (!subscription.pending) leave(subscription);
  }
  subscriptions_.clear();
  if (config_.joined()) hub_.output().to_config(LeaveConfig{id_});
  if (claimed) hub_.output().to_registry(ReleaseName{session_->name(), id_});
}

// ---- requests

void Agent::request(const xmpp::PubsubRequest& request, const xmpp::PubsubRequest* published, core::TimePoint now) {
  last_activity_ = now;
  if (closing_) return;
  if (request.channels & xmpp::kConfigChannel) {
    if (auto told = config_.request(request, id_, hub_.options().shard)) hub_.output().to_config(std::move(*told));
  }
  if (!(request.channels & xmpp::kBgpChannel)) return;
  switch (request.kind) {
    case xmpp::RequestKind::kSubscribe: return subscribe(request);
    case xmpp::RequestKind::kUnsubscribe: return unsubscribe(request.node);
    case xmpp::RequestKind::kCollection: return collect(request, published);
    default: return;
  }
}

void Agent::subscribe(const xmpp::PubsubRequest& request) {
  if (subscriptions_.contains(request.node)) return close(CloseReason::kProtocolError, "subscribed twice to " + request.node);
  Subscription& subscription = subscriptions_[request.node];
  subscription.instance = request.node;
  subscription.instance_id = request.instance_id;
  subscription.wants_routes = !request.no_ribout;
  const auto known = hub_.config()->by_name.find(request.node);
  if (known == hub_.config()->by_name.end()) {
    subscription.pending = true;
    return;
  }
  join(subscription, known->second);
}

void Agent::unsubscribe(const std::string& instance) {
  const auto found = subscriptions_.find(instance);
  if (found == subscriptions_.end()) return close(CloseReason::kProtocolError, "not subscribed to " + instance);
  if (!found->second.pending) {
    hub_.flush_batches();
    leave(found->second);
  }
  subscriptions_.erase(found);
  end_of_rib_armed_ = hub_.now();
}

void Agent::join(Subscription& subscription, core::InstanceId id) {
  subscription.pending = false;
  subscription.id = id;
  subscription.is_master = id == core::kMasterInstance;
  subscription.join = next_join_++;
  const unsigned partitions = hub_.options().partitions;
  if (subscription.wants_routes) {
    subscription.readers = std::make_unique<SubscriptionReader[]>(partitions);
    for (unsigned p = 0; p < partitions; ++p) {
      SubscriptionReader& reader = subscription.readers[p];
      reader.owner = &reader;
      reader.agent = this;
      reader.subscription = &subscription;
      reader.partition = static_cast<std::uint16_t>(p);
    }
  }
  for (unsigned p = 0; p < partitions; ++p) {
    hub_.output().to_partition(p,
                               bgp::JoinInstance{peer_, hub_.options().shard, id, subscription.join, subscription.wants_routes,
                                                 static_cast<std::uint32_t>(subscription.instance_id)},
                               0);
  }
  end_of_rib_armed_ = hub_.now();
}

void Agent::leave(Subscription& subscription) {
  for (unsigned p = 0; p < hub_.options().partitions; ++p) {
    if (subscription.readers) detach(subscription.readers[p]);
    hub_.output().to_partition(p, bgp::LeaveInstance{id_, subscription.id}, 0);
  }
}

// ---- routes

void Agent::collect(const xmpp::PubsubRequest& collection, const xmpp::PubsubRequest* published) {
  if (!published || !(published->channels & xmpp::kBgpChannel)) return;
  if (!collection.has_association) return;  // second half of an End-of-RIB: without graceful restart nothing waits for it
  if (collection.association_node != published->node) return;
  const std::string& instance = collection.node;
  if (!published->family) {
    if (!is_agent_family(published->afi, published->safi)) return;
    // The default instance has no tables of these families, so nobody is subscribed to them.
    if (instance == bgp::kMasterInstanceName)
      return close(CloseReason::kProtocolError, "published into a table of " + instance + " that does not exist");
    publishable(instance, collection.withdraw);
    return;
  }
  for (const xmpp::PublishedItem& item : published->items) {
    if (item.key_fault != xmpp::ItemFault::kNone ||
        (!collection.withdraw && xmpp::before_membership_check(item.add_fault) && item.add_fault != xmpp::ItemFault::kNone)) {
      ++counters_.items_dropped;
      continue;
    }
    Subscription* subscription = publishable(instance, collection.withdraw);
    if (!subscription) return;
    emit(*subscription, *published, item, collection.withdraw);
  }
}

Subscription* Agent::publishable(const std::string& instance, bool withdraw) {
  const auto found = subscriptions_.find(instance);
  if (found == subscriptions_.end()) {
    close(CloseReason::kProtocolError, "published without subscription to " + instance);
    return nullptr;
  }
  Subscription& subscription = found->second;
  if (subscription.deleted && !withdraw) {
    close(CloseReason::kProtocolError, "published into the deleted instance " + instance);
    return nullptr;
  }
  if (subscription.instance_id < 0) {
    close(CloseReason::kProtocolError, "published with a subscription that gave no instance id: " + instance);
    return nullptr;
  }
  return &subscription;
}

void Agent::emit(Subscription& subscription, const xmpp::PubsubRequest& published, const xmpp::PublishedItem& item, bool withdraw) {
  // Before the instance exists it cannot be the default one, which always does.
  if (xmpp::check_item(item, withdraw, subscription.is_master) != xmpp::ItemFault::kNone) {
    ++counters_.items_dropped;
    ++hub_.counters().items_dropped;
    return;
  }
  ++counters_.items_received;
  ++hub_.counters().items_received;
  if (!subscription.pending) {
    append(hub_.batch(core::partition_of(item.prefix, hub_.options().partitions)), subscription, published, item, withdraw);
    return;
  }
  if (subscription.deferred.changes.size() >= kMostDeferred)
    return close(CloseReason::kProtocolError, "too many routes for an instance that does not exist");
  append(subscription.deferred, subscription, published, item, withdraw);
}

void Agent::append(core::RouteBatch& batch, const Subscription& subscription, const xmpp::PubsubRequest& published,
                   const xmpp::PublishedItem& item, bool withdraw) {
  core::RouteChange change;
  change.instance = subscription.id;
  change.peer = id_;
  change.family = item.family;
  change.withdraw = withdraw;
  change.prefix = item.prefix;
  if (!withdraw) {
    change.next_hop = item.next_hop;
    change.label = item.label;
    change.source_rd = source_rd(subscription, published, item.next_hop);
    change.attributes_at = static_cast<std::uint32_t>(batch.attribute_bytes.size());
    if (subscription.is_master) {
      change.attributes_size = static_cast<std::uint32_t>(
          xmpp::append_for_default_instance(published.attributes(item), hub_.attribute_scratch(), batch.attribute_bytes));
      change.attributes_hash = core::hash_bytes(batch.attributes(change));
    } else {
      const auto bytes = published.attributes(item);
      batch.attribute_bytes.insert(batch.attribute_bytes.end(), bytes.begin(), bytes.end());
      change.attributes_size = item.attributes_size;
      change.attributes_hash = item.attributes_hash;
    }
  }
  batch.changes.push_back(change);
}

// Address of the next hop and the agent's number of the instance; in the default instance only when the node id names one (spec/xmpp.md 3.1, 5.1).
core::RouteDistinguisher Agent::source_rd(const Subscription& subscription, const xmpp::PubsubRequest& published,
                                          const core::IpAddress& next_hop) const {
  if (subscription.is_master && published.primary_instance_id == 0) return {};
  const std::uint32_t seed = hub_.config()->global.rd_cluster_seed;
  const std::uint32_t number =
      published.primary_instance_id ? published.primary_instance_id : static_cast<std::uint32_t>(subscription.instance_id);
  const std::uint32_t address = seed ? seed << 16 | (next_hop.v4() & 0xffff) : next_hop.v4();
  return core::RouteDistinguisher::type1(address, static_cast<std::uint16_t>(number));
}

void Agent::replay_deferred(Subscription& subscription) {
  const core::RouteBatch deferred = std::exchange(subscription.deferred, {});
  for (core::RouteChange change : deferred.changes) {
    core::RouteBatch& batch = hub_.batch(core::partition_of(change.prefix, hub_.options().partitions));
    const auto bytes = deferred.attributes(change);
    change.instance = subscription.id;
    change.attributes_at = static_cast<std::uint32_t>(batch.attribute_bytes.size());
    batch.attribute_bytes.insert(batch.attribute_bytes.end(), bytes.begin(), bytes.end());
    batch.changes.push_back(change);
  }
  hub_.flush_batches();
}

// ---- configuration

void Agent::apply_config() {
  if (closing_) return;
  const auto& by_name = hub_.config()->by_name;
  for (auto& [name, subscription] : subscriptions_) {
    const auto known = by_name.find(name);
    if (subscription.pending) {
      if (known == by_name.end()) continue;
      join(subscription, known->second);
      replay_deferred(subscription);
    } else {
      // The instance that was subscribed to is another one than a later one of the same name.
      subscription.deleted = known == by_name.end() || known->second != subscription.id;
    }
  }
}

// ---- what comes back

SubscriptionReader* Agent::reader_of(core::InstanceId instance, std::uint32_t join, unsigned partition) {
  for (auto& [name, subscription] : subscriptions_) {
    if (subscription.id == instance && subscription.join == join && subscription.readers) return &subscription.readers[partition];
  }
  return nullptr;
}

void Agent::joined(const bgp::Joined& joined) {
  SubscriptionReader* reader = reader_of(joined.instance, joined.join, joined.partition);
  if (!reader) return;  // left meanwhile
  hub_.feeds().feed(joined.partition, joined.instance).attach(*reader, joined.ticket);
  reader->state = SubscriptionReader::State::kLive;
  end_of_rib_armed_ = hub_.now();
}

void Agent::caught_up(bgp::CatchUpChunk chunk) {
  SubscriptionReader* reader = reader_of(chunk.instance, chunk.join, chunk.partition);
  if (!reader) return;
  // What came before is sent: the reader asks again only when it has nothing left.
  reader->missed.assign(std::make_move_iterator(chunk.bodies.rbegin()), std::make_move_iterator(chunk.bodies.rend()));
  if (chunk.last) {
    hub_.feeds().feed(chunk.partition, chunk.instance).attach(*reader, chunk.ticket);
    reader->state = SubscriptionReader::State::kLive;
    std::erase(lagging_, reader);
  } else {
    reader->state = SubscriptionReader::State::kLagging;
  }
  if (has_more(*reader)) ready(*reader);
}

void Agent::ready(SubscriptionReader& reader) {
  if (!reader.ready) {
    reader.ready = true;
    ready_.push_back(&reader);
  }
  hub_.mark_dirty(*this);
}

void Agent::detach(SubscriptionReader& reader) {
  if (reader.feed) reader.feed->detach(reader);
  if (reader.ready) std::erase(ready_, &reader);
  if (reader.state == SubscriptionReader::State::kLagging || reader.state == SubscriptionReader::State::kAsked)
    std::erase(lagging_, &reader);
  reader.ready = false;
}

void Agent::fall_out(SubscriptionReader& reader) {
  const std::uint64_t next = reader.feed->detach(reader);
  // What is left of an earlier answer goes out first; the rest is asked for behind it.
  if (reader.ready && reader.missed.empty()) {
    std::erase(ready_, &reader);
    reader.ready = false;
  }
  reader.state = SubscriptionReader::State::kLagging;
  lagging_.push_back(&reader);
  ++counters_.resyncs;
  ++hub_.counters().resyncs;
  hub_.output().to_partition(reader.partition, bgp::FallOut{id_, reader.subscription->id, reader.subscription->join, next}, 0);
}

bool Agent::has_more(const SubscriptionReader& reader) const {
  return !reader.missed.empty() || (reader.feed && reader.feed->has_more(reader));
}

core::ChunkPtr Agent::next_body(SubscriptionReader& reader) {
  if (!reader.missed.empty()) {
    core::ChunkPtr body = std::move(reader.missed.back());
    reader.missed.pop_back();
    return body;
  }
  return reader.feed ? reader.feed->take(reader) : core::ChunkPtr();
}

void Agent::ask_for_missed(SubscriptionReader& reader) {
  reader.state = SubscriptionReader::State::kAsked;
  hub_.output().to_partition(reader.partition, bgp::CatchUp{id_, reader.subscription->id, reader.subscription->join}, 0);
}

void Agent::configuration(core::ChunkPtr body) {
  config_.deliver(std::move(body));
  hub_.mark_dirty(*this);
}

void Agent::fill_config() {
  std::size_t taken = 0;
  while (config_.has_output() && session_->room() > 0) {
    core::ChunkPtr body = config_.take();
    taken += body->size();
    session_->send(config_.first_line());
    session_->send(std::move(body));
  }
  if (taken != 0) hub_.output().to_config(TookConfig{id_, taken});
}

void Agent::fill(core::TimePoint now) {
  if (closing_) return;
  fill_config();
  while (!ready_.empty() && session_->room() > 0) {
    SubscriptionReader& reader = *ready_.front();
    core::ChunkPtr body = next_body(reader);
    if (!body) {
      reader.ready = false;
      ready_.erase(ready_.begin());
      continue;
    }
    session_->send(first_line_);
    session_->send(std::move(body));
    ++counters_.bodies_sent;
    last_activity_ = now;
  }
  if (session_->room() == 0) return;
  for (SubscriptionReader* reader : lagging_) {
    if (reader->state == SubscriptionReader::State::kLagging && reader->missed.empty()) ask_for_missed(*reader);
  }
}

// ---- time

bool Agent::joining() const {
  for (const auto& [name, subscription] : subscriptions_) {
    for (unsigned p = 0; subscription.readers && p < hub_.options().partitions; ++p) {
      if (subscription.readers[p].state == SubscriptionReader::State::kJoining) return true;
    }
  }
  return false;
}

void Agent::tick(core::TimePoint now) {
  session_->tick(now);
  if (is_established() && !end_of_rib_sent_ && now - end_of_rib_check_ >= kEndOfRibPeriod) maybe_send_end_of_rib(now);
}

void Agent::maybe_send_end_of_rib(core::TimePoint now) {
  end_of_rib_check_ = now;
  if (session_->blocked_since() != core::TimePoint::max() || joining()) return;
  if (now - end_of_rib_armed_ < kEndOfRibLimit) {
    const core::Duration young = core::seconds(hub_.config()->global.end_of_rib_timeout) / 5;
    if (now - last_activity_ < kEndOfRibQuiet || now - hub_.options().started < young) return;
  }
  end_of_rib_sent_ = true;
  session_->send(first_line_);
  session_->send(core::ChunkPtr::copy_of(xmpp::end_of_rib_body()));
  session_->flush();
}

}  // namespace signalbox::control
