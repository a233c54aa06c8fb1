// A ShowSource over values made by hand: tables kept as sorted partitions, searched in bounded slices and merged like a node's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "control/show/show_source.hpp"

namespace signalbox::control::test {

class HandMadeSource : public ShowSource {
 public:
  static constexpr unsigned kPartitions = 3;

  // Adds an empty table to its instance (made when new) and keeps both lists sorted.
  TableInfo& add_table(const std::string& instance, const std::string& table, core::Family family);
  // Adds a route to a table and counts its paths.
  void add_route(const std::string& table, Route route);
  InstanceInfo& instance(const std::string& name);

  void tables(TablesQuery query, Answer<TablesPage> answer) override;
  void routes(RoutesQuery query, Answer<RoutesPage> answer) override;
  void explain(ExplainQuery query, Answer<Explanation> answer) override;
  void instances(InstancesQuery query, Answer<ListPage<InstanceInfo>> answer) override;
  void xmpp_server(Answer<XmppServerInfo> answer) override { answer(server_info); }
  void xmpp_sessions(ListQuery query, Answer<ListPage<XmppSessionInfo>> answer) override;
  void clear_xmpp(std::string host_or_all, Answer<bool> answer) override;
  void neighbor_counts(Answer<NeighborCounts> answer) override { answer(neighbors); }
  void node_status(Answer<NodeStatus> answer) override { answer(status); }
  void ready(Answer<ReadyReport> answer) override { answer(report); }
  void config_problems(ListQuery query, Answer<ListPage<ConfigProblem>> answer) override;
  void counters(Answer<Counters> answer) override { answer(metrics); }
  std::vector<ShardTurn> shard_turns() const override { return turns; }

  std::vector<InstanceInfo> instance_list;  // by name
  std::vector<XmppSessionInfo> sessions;    // by name
  std::vector<ConfigProblem> problems;
  XmppServerInfo server_info;
  NeighborCounts neighbors;
  NodeStatus status;
  ReadyReport report;
  Counters metrics;
  std::vector<ShardTurn> turns;
  Explanation explanation;
  bool test_mode = false;
  std::vector<std::string> cleared;
  unsigned route_questions = 0;  // routes() calls

 private:
  TableInfo* find_table(const std::string& name);

  std::map<std::string, std::vector<std::vector<Route>>> partitions_;
};

// The state in which the incumbent's introspect pages were recorded, as far as the pages show it: four instances, three agents, a BGP peer.
void fill_recorded_state(HandMadeSource& source);

// An agent's path as in the recordings: encapsulations gre and udp, origin incomplete.
struct PathSpec {
  const char* peer;
  const char* next_hop;
  std::uint32_t label;
  std::uint32_t local_pref = 100;
  std::uint32_t med = 200;
};
RoutePath make_path(const PathSpec& spec, std::vector<core::ExtCommunity> further = {});
Route make_route(const char* prefix, std::vector<RoutePath> paths, const char* rd = nullptr);

}  // namespace signalbox::control::test
