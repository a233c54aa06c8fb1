#include "control/node/hub_show.hpp"

namespace signalbox::control {
namespace {

void add_to(SocketStats& sum, const SocketStats& one) {
  sum.bytes += one.bytes;
  sum.calls += one.calls;
  sum.blocked_microseconds += one.blocked_microseconds;
  sum.blocked_count += one.blocked_count;
  sum.errors += one.errors;
}

SocketStats rx_stats(const xmpp::SessionStats& s) { return {s.rx_bytes, s.rx_calls, 0, 0, 0}; }

SocketStats tx_stats(const xmpp::SessionStats& s) {
  const auto blocked = std::chrono::duration_cast<core::microseconds>(s.blocked_time).count();
  return {s.tx_bytes, s.tx_calls, static_cast<std::uint64_t>(blocked), s.blocked_count, 0};
}

XmppSessionInfo session_info(Agent& agent, AgentHub& hub, const std::function<Microseconds(core::TimePoint)>& wall) {
  xmpp::Session& session = agent.session();
  XmppSessionInfo info;
  info.name = session.name();
  info.deleted = agent.buried;
  info.remote = {session.remote_address(), session.remote_port()};
  info.local = {session.local_address(), session.local_port()};
  info.state = xmpp::to_string(session.stream().state());
  info.last_state = xmpp::to_string(session.stream().last_state());
  info.last_event = xmpp::to_string(session.stream().last_event());
  info.last_state_at = wall(session.stream().state_since());
  if (agent.is_established()) info.receivers = {"IFMap", "BGP"};
  info.tls = !session.security().empty();
  info.dscp = hub.config()->global.control_dscp;
  info.shard = hub.options().shard.value;
  info.instances = static_cast<std::uint32_t>(agent.subscriptions().size());
  info.items_received = agent.counters().items_received;
  info.items_sent = agent.counters().bodies_sent;
  info.bytes_received = session.stats().rx_bytes;
  info.bytes_sent = session.stats().tx_bytes;
  info.bytes_behind = session.queued_bytes();
  info.resyncs = agent.counters().resyncs;
  info.flaps = agent.flaps;
  return info;
}

}  // namespace

std::vector<XmppSessionInfo> session_infos(AgentHub& hub, const ListQuery& query,
                                           const std::function<Microseconds(core::TimePoint)>& wall) {
  std::vector<XmppSessionInfo> infos;
  hub.for_each_agent([&](Agent& agent) {
    const std::string& name = agent.session().name();
    if (name < query.start || (query.search && !query.search->matches(name, agent.buried))) return;
    infos.push_back(session_info(agent, hub, wall));
  });
  return infos;
}

XmppServerInfo server_info(AgentHub& hub) {
  XmppServerInfo info;
  info.current_connections = static_cast<std::uint32_t>(hub.sessions());
  hub.for_each_agent([&](Agent& agent) {
    add_to(info.rx, rx_stats(agent.session().stats()));
    add_to(info.tx, tx_stats(agent.session().stats()));
  });
  return info;
}

void add_to(XmppServerInfo& sum, const XmppServerInfo& one) {
  sum.current_connections += one.current_connections;
  add_to(sum.rx, one.rx);
  add_to(sum.tx, one.tx);
}

NeighborCounts count_neighbors(AgentHub& hub) {
  NeighborCounts counts;
  hub.for_each_agent([&](Agent& agent) { ++(agent.is_established() ? counts.xmpp_up : counts.xmpp_down); });
  return counts;
}

}  // namespace signalbox::control
