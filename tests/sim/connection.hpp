// One connection of a virtual agent, from connect to the end of its session: the agent's side, and what the node must do about it.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/agent_view.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/session_model.hpp"
#include "tests/sim/virtual_session.hpp"

namespace signalbox::sim {

class Connection final : public FarEnd {
 public:
  Connection(std::string agent_name, unsigned on_shard) : name(std::move(agent_name)), shard(on_shard), view(name) {}

  // One read of the node: up to `most` of the stanzas that wait. Fails when the session is not closed exactly when the model says so.
  void deliver(std::size_t most, Random& random, const bgp::Config& config);
  // The node may close the session now, for this reason only.
  void allow(xmpp::CloseReason reason) { allowed_ = reason; }
  void allow_nothing() { allowed_ = xmpp::CloseReason::kNone; }
  bool must_be_over() const { return allowed_ != xmpp::CloseReason::kNone; }

  bool live() const { return session != nullptr && session->established(); }
  bool over() const { return session == nullptr || session->ended(); }

  const std::string name;
  const unsigned shard;
  VirtualSession* session = nullptr;  // owned by the hub's agent
  core::PeerId peer;
  bool opened = false;  // has sent its stream open
  AgentView view;
  SessionModel model;
  std::deque<Stanza> outgoing;
  // What the agent believes.
  std::set<std::string> subscribed;
  struct Published {
    std::string instance;
    FamilyText family;
    std::string prefix;
    PathSpec path;
  };
  std::vector<Published> published;

  // ---- FarEnd
  void on_queued(std::string_view bytes) override;
  void receive(std::string_view bytes) override { view.receive(bytes); }
  void forget(const std::string& instance) override { view.forget(instance); }
  void on_closed_by_node(xmpp::CloseReason reason, const std::string& detail) override;
  void on_session_destroyed() override { session = nullptr; }

 private:
  xmpp::CloseReason allowed_ = xmpp::CloseReason::kNone;
};

}  // namespace signalbox::sim
