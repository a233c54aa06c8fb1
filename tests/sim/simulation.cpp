#include "tests/sim/simulation.hpp"

#include <algorithm>

namespace signalbox::sim {

using xmpp::CloseReason;

void Statistics::add(const Statistics& other) {
  messages += other.messages;
  resyncs += other.resyncs;
  too_far_behind += other.too_far_behind;
  unknown_joins += other.unknown_joins;
  closes += other.closes;
  routes_checked += other.routes_checked;
}

Simulation::Simulation(std::uint64_t seed, std::size_t steps, bool trace)
    : random_(seed),
      trace_(trace),
      scenario_(scenario_of(seed, random_, steps)),
      now_(core::seconds(1000)),
      config_(random_, {scenario_.instances.begin(), scenario_.instances.end() - 1}, scenario_.networks),
      node_(scenario_.node, now_, *this) {
  for (unsigned n = 0; n < scenario_.agents; ++n) {
    agents_.push_back({"vr" + std::to_string(n) + (n == 1 ? "<&>" : ".example.net"), "192.0.2." + std::to_string(n + 1)});
  }
}

Simulation::~Simulation() = default;

void Simulation::run() {
  trace_.say([&] {
    return std::to_string(scenario_.agents) + " agents, " + std::to_string(node_.shards()) + " shards, " +
           std::to_string(node_.partitions()) + " partitions, " + std::to_string(scenario_.steps) + " steps";
  });
  node_.apply(scenario_.big ? config_.connect_all() : config_.current());
  for (std::size_t n = 0; n < scenario_.steps; ++n) step();
  come_to_rest();
  check_views();
  check_end_of_rib();
  trace_.say([] { return std::string("all agents leave"); });
  for (Agent& agent : agents_) agent.wants_up = false;
  for (const auto& connection : connections_) {
    if (connection->session) connection->session->peer_resets();
  }
  come_to_rest();
  check_empty();
  for (unsigned s = 0; s < node_.shards(); ++s) statistics_.resyncs += node_.hub(s).counters().resyncs;
}

// ---- the node's turns

bool Simulation::open_if_due(Connection& connection) {
  if (!connection.session || connection.opened || connection.session->ended()) return false;
  connection.opened = true;
  trace_.say([&] { return connection.name + ": stream open"; });
  connection.session->stream_opens();
  return true;
}

void Simulation::run_session_event(Connection& connection) {
  const CloseReason refused = refusal(*node_.hub(connection.shard).config());
  const bool was_up = connection.session->established();
  connection.allow(refused);
  connection.session->run_event();
  connection.allow_nothing();
  if (was_up || !connection.live()) return;
  if (refused != CloseReason::kNone) fail(connection.name + ": is served though the node must not");
  trace_.say([&] { return connection.name + ": established as " + std::to_string(connection.peer.value); });
  for (const auto& other : connections_) {
    if (other.get() != &connection && other->live() && other->name == connection.name) fail(connection.name + ": has two sessions");
  }
}

void Simulation::deliver_stanzas(Connection& connection, std::size_t most) {
  trace_.say([&] {
    std::string text = connection.name + ":";
    for (std::size_t n = 0; n < std::min(most, connection.outgoing.size()); ++n) text += " | " + connection.outgoing[n].brief();
    return text;
  });
  connection.deliver(most, random_, *node_.hub(connection.shard).config());
  if (connection.session->ended()) {
    ++statistics_.closes;
    trace_.say([&] { return connection.name + ": closed, as it must be"; });
  }
}

// Connections whose session is gone for good.
void Simulation::forget_dead() {
  for (Agent& agent : agents_) {
    if (agent.connection && agent.connection->over()) agent.connection = nullptr;
  }
  std::erase_if(connections_, [this](const std::unique_ptr<Connection>& c) {
    if (c->session) return false;
    statistics_.messages += c->view.messages();
    return true;
  });
}

Connection* Simulation::connection_of(core::PeerId peer) {
  for (const auto& c : connections_) {
    if (c->peer == peer && c->session) return c.get();
  }
  return nullptr;
}

CloseReason Simulation::refusal(const bgp::Config& config) const {
  const bgp::SelfConfig& self = config.self;
  if (config.version == 0 || self.identifier == 0 || self.autonomous_system == 0 || self.local_autonomous_system == 0)
    return CloseReason::kNotReady;
  return self.admin_down ? CloseReason::kAdminDown : CloseReason::kNone;
}

// ---- NodeListener

void Simulation::on_join(unsigned partition, const bgp::JoinInstance& join, bool instance_known) {
  if (!instance_known) ++statistics_.unknown_joins;
  joins_[{join.peer->id, join.instance, partition}] = instance_known;
}

void Simulation::before_hub(core::ShardId shard, const control::HubMessage& message) {
  if (const auto* config = std::get_if<bgp::ConfigPtr>(&message)) {
    const bgp::Config &before = *node_.hub(shard.value).config(), &after = **config;
    CloseReason reason = refusal(after);
    const bool bounced = before.version != 0 &&
                         (before.self.identifier != after.self.identifier || before.self.autonomous_system != after.self.autonomous_system);
    if (reason == CloseReason::kNone && bounced) reason = CloseReason::kConfigurationChanged;
    trace_.say([&] { return "hub " + std::to_string(shard.value) + " has configuration " + std::to_string(after.version); });
    for (const auto& c : connections_) {
      if (c->shard != shard.value || c->over()) continue;
      c->allow(reason);
      if (reason == CloseReason::kNone) c->model.apply(after);
    }
  } else if (const auto* answer = std::get_if<control::ClaimAnswer>(&message)) {
    if (Connection* c = connection_of(answer->peer); c && !answer->granted) c->allow(CloseReason::kDuplicateName);
  } else if (const auto* from = std::get_if<bgp::FromPartition>(&message)) {
    if (const auto* behind = std::get_if<bgp::TooFarBehind>(from)) {
      ++statistics_.too_far_behind;
      trace_.say([&] { return "too far behind: " + std::to_string(behind->peer.value); });
      if (Connection* c = connection_of(behind->peer)) c->allow(CloseReason::kProtocolError);
    }
  }
}

void Simulation::on_message(const std::function<std::string()>& text) { trace_.say(text); }

void Simulation::after_hub(core::ShardId shard) {
  for (const auto& c : connections_) {
    if (c->shard != shard.value) continue;
    if (c->must_be_over() && !c->over()) fail(c->name + ": must be closed and is not");
    c->allow_nothing();
  }
}

}  // namespace signalbox::sim
