// One vRouter agent: what it has asked for and what it is owed, above its XML stream.
//
// Requests are judged by the tables of spec/xmpp.md 2.2 and 2.5: done, remembered, dropped, or answered by closing the session. A publish
// waits for its collection (2.4). Routes go out in batches, one per partition and read burst. What comes back is taken from the feeds when
// the socket has room; nothing is queued per agent beyond that.
//
// Threads: its shard's. Lifetime: owned by the AgentHub, ends after the session has reported its end. Errors: judge() names why a session
// must close. Memory: about 1 KB and, per subscription, a cursor per partition.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/messages.hpp"
#include "control/agent/config_channel.hpp"
#include "control/agent/subscription.hpp"
#include "core/clock.hpp"
#include "xmpp/pubsub.hpp"
#include "xmpp/session.hpp"

namespace signalbox::control {

class AgentHub;

struct AgentCounters {
  std::uint64_t items_received = 0;  // adds and withdraws accepted
  std::uint64_t items_dropped = 0;   // with a fault of their own
  std::uint64_t bodies_sent = 0;
  std::uint64_t resyncs = 0;  // fell out of a feed
};

class Agent {
 public:
  Agent(AgentHub& hub, core::PeerId id, std::unique_ptr<xmpp::Session> session);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  core::PeerId id() const { return id_; }
  xmpp::Session& session() { return *session_; }
  const xmpp::Session& session() const { return *session_; }

  // The stream is up: `name` is what it is called from now on.
  void established(core::TimePoint now);
  bool is_established() const { return peer_ != nullptr && !closing_; }
  // The session has ended: leaves all instances.
  void closed();

  // One decoded request other than publish. Closes the session where the tables say so. `published`: the publish that a collection completes,
  // if one came before.
  void request(const xmpp::PubsubRequest& request, const xmpp::PubsubRequest* published, core::TimePoint now);
  // A publish whose collection has not come within the same read: kept until it does.
  std::unique_ptr<xmpp::PubsubRequest> kept_publish;

  // Instances came or went.
  void apply_config();

  // From partitions.
  void joined(const bgp::Joined& joined);
  void caught_up(bgp::CatchUpChunk chunk);
  // From the configuration thread.
  void configuration(core::ChunkPtr body);
  // A feed has something for this reader.
  void ready(SubscriptionReader& reader);
  // The reader is too slow: its cursor becomes a position.
  void fall_out(SubscriptionReader& reader);

  // Moves bodies from the feeds to the session while it has room.
  void fill(core::TimePoint now);
  bool has_output() const { return !ready_.empty() || config_.has_output(); }
  void tick(core::TimePoint now);

  bool claimed = false;  // has asked the registry for its name, which it releases at its end
  std::uint32_t flaps = 0;
  bool dirty = false;   // in the hub's list of agents to flush
  bool paused = false;  // in the hub's list of agents whose input waits for a partition
  bool buried = false;  // the session is over; deleted at the end of the turn

  const std::map<std::string, Subscription, std::less<>>& subscriptions() const { return subscriptions_; }
  const AgentCounters& counters() const { return counters_; }
  const ConfigChannel& config_channel() const { return config_; }

 private:
  void subscribe(const xmpp::PubsubRequest& request);
  void unsubscribe(const std::string& instance);
  void collect(const xmpp::PubsubRequest& collection, const xmpp::PubsubRequest* published);
  // Whether routes may be published there; closes the session if that is the answer. Nullptr: dropped or closed.
  Subscription* publishable(const std::string& instance, bool withdraw);
  void emit(Subscription& subscription, const xmpp::PubsubRequest& published, const xmpp::PublishedItem& item, bool withdraw);
  void append(core::RouteBatch& batch, const Subscription& subscription, const xmpp::PubsubRequest& published,
              const xmpp::PublishedItem& item, bool withdraw);
  core::RouteDistinguisher source_rd(const Subscription& subscription, const xmpp::PubsubRequest& published,
                                     const core::IpAddress& next_hop) const;
  void join(Subscription& subscription, core::InstanceId id);
  void leave(Subscription& subscription);
  void replay_deferred(Subscription& subscription);
  void detach(SubscriptionReader& reader);
  SubscriptionReader* reader_of(core::InstanceId instance, std::uint32_t join, unsigned partition);
  core::ChunkPtr next_body(SubscriptionReader& reader);
  bool has_more(const SubscriptionReader& reader) const;
  void ask_for_missed(SubscriptionReader& reader);
  void close(xmpp::CloseReason reason, std::string detail);
  void fill_config();
  void maybe_send_end_of_rib(core::TimePoint now);
  bool joining() const;

  AgentHub& hub_;
  const core::PeerId id_;
  std::unique_ptr<xmpp::Session> session_;
  bgp::PeerInfoPtr peer_;
  core::ChunkPtr first_line_;  // `<message ... to="us/bgp-peer">`, the only part of an update that is this agent's own
  std::map<std::string, Subscription, std::less<>> subscriptions_;
  bool closing_ = false;
  std::uint32_t next_join_ = 1;
  std::vector<SubscriptionReader*> ready_;  // few: one per instance and partition with news
  std::vector<SubscriptionReader*> lagging_;
  ConfigChannel config_;
  AgentCounters counters_;
  // End-of-RIB (spec/xmpp.md 2.6).
  bool end_of_rib_sent_ = false;
  core::TimePoint end_of_rib_armed_{};
  core::TimePoint end_of_rib_check_{};
  core::TimePoint last_activity_{};
};

}  // namespace signalbox::control
