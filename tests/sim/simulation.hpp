// One seed's run: random events on a virtual node, then rest, then a comparison of what every agent knows with what it must know.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "tests/sim/config_source.hpp"
#include "tests/sim/connection.hpp"
#include "tests/sim/expected_routes.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/scenario.hpp"
#include "tests/sim/trace.hpp"
#include "tests/sim/virtual_node.hpp"

namespace signalbox::sim {

// What a run has met, to see that the rare paths are walked.
struct Statistics {
  std::uint64_t messages = 0;
  std::uint64_t resyncs = 0;
  std::uint64_t too_far_behind = 0;
  std::uint64_t unknown_joins = 0;
  std::uint64_t closes = 0;
  std::uint64_t routes_checked = 0;

  void add(const Statistics& other);
};

class Simulation final : private NodeListener {
 public:
  // `steps`: 0 for the scenario's own number.
  Simulation(std::uint64_t seed, std::size_t steps, bool trace);
  ~Simulation() override;

  // Throws Failure.
  void run();
  const Statistics& statistics() const { return statistics_; }

 private:
  struct Agent {
    std::string name;
    std::string address;
    bool wants_up = true;
    Connection* connection = nullptr;  // the one it uses; older ones may still be ending
  };

  // ---- events (events.cpp)
  void step();
  void progress();
  void agent_acts(Agent& agent);
  void connect(Agent& agent);
  void subscribe(Agent& agent, const std::string& instance);
  void unsubscribe(Agent& agent, const std::string& instance);
  void publish(Agent& agent);
  void withdraw(Agent& agent);
  void flap(Agent& agent);
  void err(Agent& agent);
  void send_route(Agent& agent, const std::string& instance, const FamilyText& family, const std::string& prefix, const PathSpec& path,
                  bool withdraw);
  PathSpec random_path(const Agent& agent, const FamilyText& family, bool master);
  std::pair<FamilyText, std::string> random_prefix(bool master);
  void change_config();
  void touch_wire();
  void pass_time();

  // ---- the node's turns
  void run_session_event(Connection& connection);
  void deliver_stanzas(Connection& connection, std::size_t most);
  bool open_if_due(Connection& connection);
  void forget_dead();
  Connection* connection_of(core::PeerId peer);
  xmpp::CloseReason refusal(const bgp::Config& config) const;

  // ---- NodeListener
  void on_join(unsigned partition, const bgp::JoinInstance& join, bool instance_known) override;
  void before_hub(core::ShardId shard, const control::HubMessage& message) override;
  void after_hub(core::ShardId shard) override;
  void on_message(const std::function<std::string()>& text) override;

  // ---- rest and checks (rest.cpp)
  void come_to_rest();
  bool work_off();
  void check_end_of_rib();
  void check_views();
  void check_view(const Connection& connection, const ExpectedRoutes& expected);
  void check_empty();
  bool joined(core::PeerId peer, core::InstanceId instance, const std::string& prefix) const;

  Random random_;
  Trace trace_;
  const Scenario scenario_;
  core::TimePoint now_;
  ConfigSource config_;
  std::vector<Agent> agents_;
  std::map<std::tuple<core::PeerId, core::InstanceId, unsigned>, bool> joins_;
  Statistics statistics_;
  std::vector<std::unique_ptr<Connection>> connections_;
  VirtualNode node_;
};

}  // namespace signalbox::sim
