// What one shard's hub contributes to show pages: its sessions and their sums.
// Threads: all functions run on the hub's thread (HubTask). Cost: per session of the shard.
#pragma once

#include <functional>
#include <vector>

#include "control/agent/agent_hub.hpp"
#include "control/show/show_data.hpp"

namespace signalbox::control {

// The sessions a query wants, in no order; not more than its limit by far (all of the shard that match and are not before the start).
std::vector<XmppSessionInfo> session_infos(AgentHub& hub, const ListQuery& query, const std::function<Microseconds(core::TimePoint)>& wall);
// Without max_connections.
XmppServerInfo server_info(AgentHub& hub);
void add_to(XmppServerInfo& sum, const XmppServerInfo& one);
NeighborCounts count_neighbors(AgentHub& hub);

}  // namespace signalbox::control
