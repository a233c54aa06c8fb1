// A hub with agents that have no sockets: requests go in as stanzas, and what the hub tells the partitions is kept as text.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "control/agent/agent_hub.hpp"
#include "tests/sim/stanza.hpp"
#include "tests/sim/virtual_session.hpp"

namespace signalbox::control {

inline constexpr const char* kBlue = "default-domain:demo:blue:blue";
inline constexpr const char* kRed = "default-domain:demo:red:red";

// The hub's way to two partitions and the registry, as a list of what was said.
class SaidToOthers final : public HubOutput {
 public:
  void to_partition(unsigned partition, bgp::ToPartition message, std::size_t) override {
    if (const auto* batch = std::get_if<core::RouteBatch>(&message)) {
      for (const core::RouteChange& c : batch->changes) {
        said.push_back((c.withdraw ? "withdraw " : "route ") + std::to_string(c.instance.value) + " " + c.prefix.to_string());
      }
      last_batch = *batch;
    } else if (const auto* join = std::get_if<bgp::JoinInstance>(&message)) {
      if (partition == 0) said.push_back("join " + std::to_string(join->instance.value) + (join->wants_routes ? "" : " no-ribout"));
      last_join = *join;
    } else if (const auto* leave = std::get_if<bgp::LeaveInstance>(&message)) {
      if (partition == 0) said.push_back("leave " + std::to_string(leave->instance.value));
    }
  }
  bool congested(unsigned partition) const override { return partition == congested_partition; }
  void to_registry(RegistryMessage message) override {
    if (auto* claim = std::get_if<ClaimName>(&message)) claims.push_back(std::move(*claim));
  }
  core::PeerId new_peer_id() override { return core::PeerId(++peers_); }

  std::vector<std::string> said;
  std::vector<ClaimName> claims;
  core::RouteBatch last_batch;
  bgp::JoinInstance last_join;
  unsigned congested_partition = ~0u;

 private:
  std::uint32_t peers_ = 0;
};

// The agent's end of one session.
struct AgentEnd final : sim::FarEnd {
  void on_queued(std::string_view) override {}
  void receive(std::string_view bytes) override { received += bytes; }
  void forget(const std::string&) override {}
  void on_closed_by_node(xmpp::CloseReason why, const std::string& said) override {
    reason = why;
    detail = said;
  }
  void on_session_destroyed() override { session = nullptr; }

  sim::VirtualSession* session = nullptr;
  std::string received;
  xmpp::CloseReason reason = xmpp::CloseReason::kNone;
  std::string detail;
};

class AgentTest : public ::testing::Test {
 protected:
  AgentTest() : hub_(options(), output_) { configure({{kBlue, 1}}); }

  static HubOptions options() {
    HubOptions o;
    o.partitions = 2;
    return o;
  }

  // The configuration has these instances besides the default one.
  void configure(const std::vector<std::pair<std::string, std::uint32_t>>& instances) {
    auto config = std::make_shared<bgp::Config>();
    config->version = ++version_;
    config->self.present = true;
    config->self.identifier = 0x7f000001;
    config->self.autonomous_system = config->self.local_autonomous_system = 64512;
    auto add = [&](const std::string& name, core::InstanceId id) {
      auto instance = std::make_shared<bgp::InstanceConfig>();
      instance->id = id;
      instance->name = name;
      config->by_name[name] = id;
      config->instances[id] = std::move(instance);
    };
    add(bgp::kMasterInstanceName, core::kMasterInstance);
    for (const auto& [name, id] : instances) add(name, core::InstanceId(core::kMasterInstance.value + id));
    hub_.handle(HubMessage(bgp::ConfigPtr(std::move(config))), now_);
    settle();
  }

  // An agent whose session is up or, when its name is taken, refused. Lives as long as the test.
  AgentEnd* connect(bool name_is_free = true) {
    AgentEnd& end = ends_.emplace_back();
    hub_.add_session([&](xmpp::SessionHandler& handler) {
      sim::VirtualSession::Options o;
      o.name = "compute-1";
      o.remote_address = *core::IpAddress::parse("127.0.0.11");
      o.now = &now_;
      auto session = std::make_unique<sim::VirtualSession>(std::move(o), end, handler);
      end.session = session.get();
      return session;
    });
    end.session->stream_opens();
    hub_.handle(HubMessage(ClaimAnswer{output_.claims.back().peer, name_is_free, 0}), now_);
    settle(end);
    output_.said.clear();
    return &end;
  }

  void send(AgentEnd& end, const std::vector<sim::Stanza>& stanzas) {
    std::vector<std::string> texts;
    for (const sim::Stanza& s : stanzas) texts.push_back(s.text(end.session->name(), sim::Stanza::Layout::kOneLine));
    end.session->deliver(texts);
    settle(end);
  }

  static sim::Stanza subscription(const std::string& instance, bool no_ribout = false) {
    sim::Stanza s;
    s.kind = sim::Stanza::Kind::kSubscribe;
    s.instance = instance;
    s.no_ribout = no_ribout;
    return s;
  }
  static sim::Stanza unsubscription(const std::string& instance) {
    sim::Stanza s;
    s.kind = sim::Stanza::Kind::kUnsubscribe;
    s.instance = instance;
    return s;
  }
  // Both halves of a publish or, with `withdraw`, of a withdrawal.
  static std::vector<sim::Stanza> publication(const std::string& instance, bool withdraw = false, const std::string& prefix = "10.1.1.1/32",
                                              const sim::FamilyText& family = "1/1") {
    sim::Stanza publish;
    publish.kind = sim::Stanza::Kind::kPublish;
    publish.instance = instance;
    publish.family = family;
    publish.prefix = prefix;
    publish.node = sim::node_id(family, instance, prefix);
    publish.path.next_hop = "127.0.0.11";
    publish.path.label = 17;
    sim::Stanza collection;
    collection.kind = sim::Stanza::Kind::kCollection;
    collection.instance = instance;
    collection.node = publish.node;
    collection.withdraw = withdraw;
    return {publish, collection};
  }

  std::vector<std::string> said() { return std::exchange(output_.said, {}); }

  void settle(AgentEnd& end) {
    while (end.session && end.session->has_event()) end.session->run_event();
    settle();
  }
  void settle() { hub_.end_turn(now_); }

  core::TimePoint now_{core::seconds(1000)};
  SaidToOthers output_;
  std::deque<AgentEnd> ends_;
  AgentHub hub_;
  std::uint64_t version_ = 0;
};

}  // namespace signalbox::control
