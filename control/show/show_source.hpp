// ShowSource: where the pages get what they show.
//
// Asynchronous: a method is called from the HTTP server's thread, must return at once, and gives its answer by calling `answer` exactly once,
// at any later time or at once, on any thread. Answers carry themselves back to the HTTP thread; the implementation need not. An answer must
// be given even when the node is shutting down, unless the source itself outlives the HTTP server (then it may be dropped).
// Work on shards is bounded per call (limits are in the queries): the pages ask again for more.
// Nothing has to be a consistent picture of all shards at one moment.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "control/show/show_data.hpp"

namespace signalbox::control {

template <class T>
using Answer = std::function<void(T)>;

class ShowSource {
 public:
  ShowSource() = default;
  ShowSource(const ShowSource&) = delete;
  ShowSource& operator=(const ShowSource&) = delete;
  virtual ~ShowSource() = default;

  // Tables with their counters, without members.
  virtual void tables(TablesQuery query, Answer<TablesPage> answer) = 0;
  virtual void routes(RoutesQuery query, Answer<RoutesPage> answer) = 0;
  virtual void explain(ExplainQuery query, Answer<Explanation> answer) = 0;
  virtual void instances(InstancesQuery query, Answer<ListPage<InstanceInfo>> answer) = 0;

  virtual void xmpp_server(Answer<XmppServerInfo> answer) = 0;
  // Search and order on the agent's name; several sessions may share one (limit never splits them).
  virtual void xmpp_sessions(ListQuery query, Answer<ListPage<XmppSessionInfo>> answer) = 0;
  // Closes the sessions of an agent, or with "all" of every agent. False, and nothing happens, outside test mode (spec/introspect.md 2.3).
  virtual void clear_xmpp(std::string host_or_all, Answer<bool> answer) = 0;
  virtual void neighbor_counts(Answer<NeighborCounts> answer) = 0;

  virtual void node_status(Answer<NodeStatus> answer) = 0;
  virtual void ready(Answer<ReadyReport> answer) = 0;
  // Objects that are kept out of effect. Search on "type:name".
  virtual void config_problems(ListQuery query, Answer<ListPage<ConfigProblem>> answer) = 0;
  virtual void counters(Answer<Counters> answer) = 0;

  // When each shard last came round, from values that the shards publish: answered at once, also while a shard hangs.
  virtual std::vector<ShardTurn> shard_turns() const = 0;
};

}  // namespace signalbox::control
