#include "control/agent/agent_hub.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/log.hpp"

namespace signalbox::control {
namespace {

using xmpp::CloseReason;

}  // namespace

AgentHub::AgentHub(const HubOptions& options, HubOutput& output)
    : options_(options),
      output_(output),
      config_(std::make_shared<const bgp::Config>()),
      feeds_(options.shard),
      batches_(options.partitions) {}

AgentHub::~AgentHub() { agents_.clear(); }

void AgentHub::add_session(const std::function<std::unique_ptr<xmpp::Session>(xmpp::SessionHandler&)>& make) {
  ++counters_.sessions_accepted;
  const core::PeerId id = output_.new_peer_id();
  auto session = make(*this);
  session->set_dscp(config_->global.control_dscp);
  const xmpp::Session* key = session.get();
  auto agent = std::make_unique<Agent>(*this, id, std::move(session));
  by_session_.emplace(key, agent.get());
  agents_.emplace(id, std::move(agent));
}

Agent* AgentHub::find(core::PeerId id) {
  const auto found = agents_.find(id);
  return found == agents_.end() || found->second->buried ? nullptr : found->second.get();
}

Agent* AgentHub::find(const xmpp::Session& session) {
  const auto found = by_session_.find(&session);
  return found == by_session_.end() ? nullptr : found->second;
}

// ---- messages

void AgentHub::handle(HubMessage message, core::TimePoint now) {
  now_ = now;
  std::visit([this](auto& m) { on(std::move(m)); }, message);
}

void AgentHub::on(bgp::FromPartition message) {
  std::visit([this](auto& m) { on(m); }, message);
}

void AgentHub::on(bgp::Joined& joined) {
  if (Agent* agent = find(joined.peer)) agent->joined(joined);
}

void AgentHub::on(bgp::FeedChunk& chunk) {
  feeds_.feed(chunk.partition, chunk.instance).push(std::move(chunk), now_, [](bgp::FeedReader& r) {
    auto& reader = *static_cast<SubscriptionReader*>(r.owner);
    reader.agent->ready(reader);
  });
}

void AgentHub::on(bgp::CatchUpChunk& chunk) {
  if (Agent* agent = find(chunk.peer)) agent->caught_up(std::move(chunk));
}

void AgentHub::on(bgp::TooFarBehind& behind) {
  if (Agent* agent = find(behind.peer))
    agent->session().close(CloseReason::kProtocolError, "too far behind: more was withdrawn than is kept for it");
}

void AgentHub::on(ClaimAnswer answer) {
  Agent* agent = find(answer.peer);
  if (!agent) return;
  if (!answer.granted) {
    core::log::notice("agent", "refused: the name is taken",
                      {{"peer", agent->session().name()}, {"address", agent->session().remote_address().to_string()}});
    agent->session().refuse_open(CloseReason::kDuplicateName);
    return;
  }
  agent->flaps = answer.flaps;
  agent->session().accept_open();
}

void AgentHub::on(ConfigBodies bodies) {
  for (ConfigBodies::Body& body : bodies.bodies) {
    if (Agent* agent = find(body.peer)) agent->configuration(std::move(body.bytes));
  }
}

void AgentHub::on(bgp::ConfigPtr config) {
  const bgp::ConfigPtr before = std::exchange(config_, std::move(config));
  decoder_.set_context(xmpp::DecodeContext{config_->self.autonomous_system});
  const CloseReason refused = refusal();
  if (refused != CloseReason::kNone) {
    close_all(refused);
  } else if (must_bounce(*before, *config_)) {
    close_all(CloseReason::kConfigurationChanged);
  }
  for (auto& [id, agent] : agents_) {
    if (before->global.xmpp_hold_time != config_->global.xmpp_hold_time) agent->session().set_hold_time(config_->global.xmpp_hold_time);
    if (before->global.control_dscp != config_->global.control_dscp) agent->session().set_dscp(config_->global.control_dscp);
    if (agent->is_established()) agent->apply_config();
  }
}

CloseReason AgentHub::refusal() const {
  if (options_.accept_without_config) return CloseReason::kNone;
  if (config_->version == 0 || !config_->self.usable()) return CloseReason::kNotReady;
  return config_->self.admin_down ? CloseReason::kAdminDown : CloseReason::kNone;
}

// Changes that end all agents' sessions (spec/xmpp.md 1.9, spec/config.md 6.5).
bool AgentHub::must_bounce(const bgp::Config& before, const bgp::Config& after) const {
  if (before.version == 0) return false;
  return before.self.identifier != after.self.identifier || before.self.autonomous_system != after.self.autonomous_system ||
         before.self.local_autonomous_system != after.self.local_autonomous_system ||
         before.self.subcluster_name != after.self.subcluster_name || before.global.rd_cluster_seed != after.global.rd_cluster_seed ||
         ((before.global.graceful_restart || after.global.graceful_restart) && before.global != after.global);
}

void AgentHub::close_all(CloseReason reason, const std::string& detail) {
  for (auto& [id, agent] : agents_) {
    if (!agent->buried) agent->session().close(reason, detail);
  }
}

unsigned AgentHub::close_named(std::string_view name, CloseReason reason) {
  unsigned n = 0;
  for (auto& [id, agent] : agents_) {
    if (agent->buried || agent->session().name() != name) continue;
    agent->session().close(reason);
    ++n;
  }
  return n;
}

// ---- sessions

void AgentHub::on_stream_open(xmpp::Session& session, const xmpp::StreamOpen& open) {
  Agent* agent = find(session);
  const std::string& subcluster = config_->self.subcluster_name;
  if (!subcluster.empty() && open.xmlns != subcluster) {
    session.refuse_open(CloseReason::kSubclusterMismatch,
                        "Subcluster mismatch: Agent subcluster " + open.xmlns + ", Control subcluster " + subcluster);
    return;
  }
  // From now on, because the answer may find the session gone; a release of what was not granted does nothing.
  agent->claimed = true;
  output_.to_registry(ClaimName{open.from, agent->id(), options_.shard});
}

void AgentHub::on_established(xmpp::Session& session) {
  Agent* agent = find(session);
  if (const CloseReason reason = refusal(); reason != CloseReason::kNone) {
    session.close(reason);
    return;
  }
  session.set_hold_time(config_->global.xmpp_hold_time);
  agent->established(now_);
  core::log::info("agent", "session up",
                  {{"peer", session.name()}, {"address", session.remote_address().to_string()}, {"tls", session.security()}});
}

bool AgentHub::on_stanza(xmpp::Session& session, std::string_view stanza) {
  Agent* agent = find(session);
  if (!agent || !agent->is_established()) return true;
  ++counters_.requests;
  decoder_.decode(stanza, request_);
  switch (request_.kind) {
    case xmpp::RequestKind::kMalformed: return false;
    case xmpp::RequestKind::kPublish:
      std::swap(request_, published_);
      publisher_ = agent;
      return true;
    default: break;
  }
  const xmpp::PubsubRequest* published = publisher_ == agent ? &published_ : agent->kept_publish.get();
  agent->request(request_, published, now_);
  if (request_.kind == xmpp::RequestKind::kCollection) {
    if (publisher_ == agent) publisher_ = nullptr;
    agent->kept_publish.reset();
  }
  return true;
}

void AgentHub::on_read_burst_end(xmpp::Session& session) {
  Agent* agent = find(session);
  if (!agent) return;
  if (publisher_ == agent) {
    agent->kept_publish = std::make_unique<xmpp::PubsubRequest>(std::exchange(published_, {}));
    publisher_ = nullptr;
  }
  flush_batches();
  for (unsigned p = 0; p < options_.partitions && !agent->paused; ++p) {
    if (!output_.congested(p)) continue;
    agent->paused = true;
    paused_.push_back(agent->id());
    session.pause_reading();
  }
}

void AgentHub::flush_batches() {
  for (unsigned p = 0; p < batches_.size(); ++p) {
    if (batches_[p].empty()) continue;
    const std::size_t bytes = batches_[p].attribute_bytes.size() + batches_[p].changes.size() * sizeof(core::RouteChange);
    output_.to_partition(p, std::exchange(batches_[p], {}), bytes);
  }
}

void AgentHub::refill(xmpp::Session& session) {
  Agent* agent = find(session);
  if (!agent) return;
  agent->fill(now_);
  session.flush();
}

void AgentHub::on_closed(xmpp::Session& session, CloseReason reason) {
  Agent* agent = find(session);
  if (!agent || agent->buried) return;
  ++counters_.closes[static_cast<unsigned>(reason)];
  core::log::info("agent", "session ended",
                  {{"peer", session.name()},
                   {"address", session.remote_address().to_string()},
                   {"reason", xmpp::to_string(reason)},
                   {"detail", session.close_detail()}});
  if (publisher_ == agent) publisher_ = nullptr;
  agent->closed();
  agent->buried = true;
  dead_.push_back(agent->id());
}

// ---- turns

void AgentHub::mark_dirty(Agent& agent) {
  if (agent.dirty) return;
  agent.dirty = true;
  dirty_.push_back(agent.id());
}

bool AgentHub::end_turn(core::TimePoint now) {
  now_ = now;
  for (const core::PeerId id : std::exchange(dirty_, {})) {
    Agent* agent = find(id);
    if (!agent) continue;
    agent->dirty = false;
    agent->fill(now);
    agent->session().flush();
  }
  feeds_.acknowledge([this](unsigned partition, const bgp::FeedAck& ack) { output_.to_partition(partition, ack, 0); });
  std::erase_if(paused_, [this](core::PeerId id) {
    Agent* agent = find(id);
    for (unsigned p = 0; agent && p < options_.partitions; ++p) {
      if (output_.congested(p)) return false;
    }
    if (agent) {
      agent->paused = false;
      agent->session().resume_reading();
    }
    return true;
  });
  bury();
  if (when_empty_ && agents_.empty()) std::exchange(when_empty_, nullptr)();
  return !dirty_.empty();
}

void AgentHub::bury() {
  for (const core::PeerId id : std::exchange(dead_, {})) {
    const auto found = agents_.find(id);
    by_session_.erase(&found->second->session());
    agents_.erase(found);
  }
}

void AgentHub::tick(core::TimePoint now) {
  now_ = now;
  for (auto& [id, agent] : agents_) {
    if (!agent->buried) agent->tick(now);
  }
  find_slow_readers();
}

void AgentHub::find_slow_readers() {
  const SlowReaderLimits& limits = options_.slow_readers;
  std::vector<bgp::FeedReader*> slow;
  const auto let_fall = [&](core::TimePoint blocked_before) {
    for (bgp::FeedReader* r : slow) {
      auto& reader = *static_cast<SubscriptionReader*>(r->owner);
      if (reader.agent->session().blocked_since() <= blocked_before) reader.agent->fall_out(reader);
    }
    slow.clear();
  };
  feeds_.for_each([&](bgp::Feed& feed) {
    feed.overdue(now_ - limits.too_slow, slow);
    let_fall(now_);
    if (feed.bytes() <= limits.feed_keeps) return;
    feed.stragglers(now_ - limits.slow, slow);
    let_fall(now_ - limits.stuck);
  });
}

}  // namespace signalbox::control
