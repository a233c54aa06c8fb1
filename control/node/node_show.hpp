// ShowSource over a running node: asks partitions and hubs on their own threads and puts their answers together.
//
// Threads: methods on the HTTP thread; answers come from whichever shard is last. Lifetime: the node and the keeper outlive it, and the
// HTTP server is stopped before the node. Cost: a message per shard and step; nothing waits for anything.
#pragma once

#include <functional>
#include <string>

#include "control/node/config_keeper.hpp"
#include "control/node/node.hpp"
#include "control/node/partition_show.hpp"
#include "control/show/show_source.hpp"

namespace signalbox::control {

class NodeShow : public ShowSource {
 public:
  NodeShow(Node& node, ConfigKeeper& keeper);

  void tables(TablesQuery query, Answer<TablesPage> answer) override;
  void routes(RoutesQuery query, Answer<RoutesPage> answer) override;
  void explain(ExplainQuery query, Answer<Explanation> answer) override;
  void instances(InstancesQuery query, Answer<ListPage<InstanceInfo>> answer) override;
  void xmpp_server(Answer<XmppServerInfo> answer) override;
  void xmpp_sessions(ListQuery query, Answer<ListPage<XmppSessionInfo>> answer) override;
  void clear_xmpp(std::string host_or_all, Answer<bool> answer) override;
  void neighbor_counts(Answer<NeighborCounts> answer) override;
  void node_status(Answer<NodeStatus> answer) override;
  void ready(Answer<ReadyReport> answer) override;
  void config_problems(ListQuery query, Answer<ListPage<ConfigProblem>> answer) override;
  void counters(Answer<Counters> answer) override;
  std::vector<ShardTurn> shard_turns() const override;

 private:
  std::vector<MissingItem> missing(const ConfigStatus& status) const;
  void infos_of(std::vector<core::InstanceId> instances, bool with_members, Answer<std::vector<std::vector<TableInfo>>> answer);
  Microseconds wall(core::TimePoint time) const;

  Node& node_;
  ConfigKeeper& keeper_;
  const Microseconds started_;               // wall clock
  const core::TimePoint started_monotonic_;  // the same moment
};

}  // namespace signalbox::control
