#include "control/node/node_show.hpp"

#include <algorithm>
#include <map>

#include "control/node/gather.hpp"
#include "control/node/hub_show.hpp"
#include "control/node/node_metrics.hpp"
#include "control/show/route_merge.hpp"
#include "control/show/table_name.hpp"

namespace signalbox::control {
namespace {

Microseconds wall_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// The names a list query wants, in order; `next` is set when there are more. `name_of` reads a name from an element.
template <class T, class NameOf>
ListPage<T> page_of(std::vector<T> all, const ListQuery& query, NameOf&& name_of) {
  std::sort(all.begin(), all.end(), [&](const T& a, const T& b) { return name_of(a) < name_of(b); });
  ListPage<T> page;
  for (T& item : all) {
    const std::string& name = name_of(item);
    if (name < query.start || (query.search && !query.search->matches(name))) continue;
    // Elements of one name stay together.
    if (query.limit && page.items.size() >= query.limit && name != name_of(page.items.back())) {
      page.next = name;
      break;
    }
    page.items.push_back(std::move(item));
  }
  return page;
}

// Adds what another partition counted of the same table.
void add_counts(TableInfo& to, const TableInfo& from) {
  to.counts.prefixes += from.counts.prefixes;
  to.counts.primary_paths += from.counts.primary_paths;
  to.counts.secondary_paths += from.counts.secondary_paths;
  to.counts.infeasible_paths += from.counts.infeasible_paths;
  to.pending_updates += from.pending_updates;
  to.markers += from.markers;
  for (std::size_t i = 0; i < std::min(to.listeners.size(), from.listeners.size()); ++i)
    to.listeners[i].state_count += from.listeners[i].state_count;
  if (to.listeners.empty()) to.listeners = from.listeners;
}

// BGP peers whose session is up, in the VPN tables they negotiated. They exchange no routes yet, so nothing is registered.
void add_bgp_members(std::vector<TableInfo>& tables, const bgp::PeerManager& peers) {
  constexpr std::uint32_t kNoInstanceId = 0xffffffff;
  peers.for_each([&](const bgp::NeighborInfo& neighbor) {
    if (!neighbor.negotiated) return;
    for (TableInfo& table : tables) {
      const auto family = bgp::parse_address_family(core::info(table.family).name);
      if (core::info(table.family).xmpp_safi != 0 || !family || !neighbor.negotiated->families.has(*family)) continue;
      table.members.push_back(TableMember{neighbor.config->address.to_string(), false, false, kNoInstanceId, 0});
    }
  });
}

InstanceInfo instance_info(const bgp::InstanceConfig& config, const bgp::Config& all) {
  InstanceInfo info;
  info.name = config.name;
  info.virtual_network = config.vn_name;
  info.vn_index = config.vn_index;
  info.vxlan_id = config.vxlan_id;
  info.imports = config.imports;
  info.exports = config.exports;
  info.always_subscribe = config.has_pnf;
  info.allow_transit = config.allow_transit;
  info.pbb_evpn_enable = config.pbb_evpn_enable;
  for (const auto& neighbor : all.neighbors) {
    if (neighbor->instance == config.name) info.neighbors.push_back(neighbor->name);
  }
  return info;
}

}  // namespace

NodeShow::NodeShow(Node& node, ConfigKeeper& keeper)
    : node_(node), keeper_(keeper), started_(wall_now()), started_monotonic_(core::Clock::now()) {}

Microseconds NodeShow::wall(core::TimePoint time) const {
  return started_ + std::chrono::duration_cast<core::microseconds>(time - started_monotonic_).count();
}

// Table counters of these instances, summed over partitions; members from the first, because all have the same.
void NodeShow::infos_of(std::vector<core::InstanceId> instances, bool with_members, Answer<std::vector<std::vector<TableInfo>>> answer) {
  using Infos = std::vector<std::vector<TableInfo>>;
  auto gather = Gather<Infos>::make(node_.partitions(), [answer = std::move(answer)](std::vector<Infos> all) {
    Infos sum = std::move(all.front());
    for (std::size_t p = 1; p < all.size(); ++p) {
      for (std::size_t i = 0; i < sum.size(); ++i) {
        for (std::size_t t = 0; t < std::min(sum[i].size(), all[p][i].size()); ++t) add_counts(sum[i][t], all[p][i][t]);
      }
    }
    answer(std::move(sum));
  });
  const auto ids = std::make_shared<const std::vector<core::InstanceId>>(std::move(instances));
  for (unsigned p = 0; p < node_.partitions(); ++p) {
    node_.on_partition(p, [gather, ids, with_members, p](bgp::Partition& partition) {
      Infos infos;
      for (const core::InstanceId id : *ids) infos.push_back(table_infos(partition, id, with_members && p == 0));
      gather->set(p, std::move(infos));
    });
  }
}

void NodeShow::tables(TablesQuery query, Answer<TablesPage> answer) {
  const auto config = node_.config();
  std::map<std::string, core::InstanceId> names(config->by_name.begin(), config->by_name.end());
  auto page = std::make_shared<TablesPage>();
  std::vector<core::InstanceId> ids;
  std::size_t tables = 0;
  for (auto it = names.lower_bound(query.start_instance); it != names.end(); ++it) {
    if (!query.instance.empty() && it->first != query.instance) continue;
    std::size_t wanted = 0;
    for (unsigned f = 0; f < core::kFamilies; ++f) {
      const auto family = static_cast<core::Family>(f);
      if (!has_table(it->first, family)) continue;
      const std::string name = table_name(it->first, family);
      wanted += (query.table.empty() || name == query.table) && (!query.search || query.search->matches(name));
    }
    if (!wanted) continue;
    if (query.limit && tables >= query.limit) {
      page->next_instance = it->first;
      break;
    }
    tables += wanted;
    ids.push_back(it->second);
  }
  infos_of(std::move(ids), false, [page, query = std::move(query), answer = std::move(answer)](std::vector<std::vector<TableInfo>> infos) {
    for (auto& instance : infos) {
      for (TableInfo& info : instance) {
        if (!query.table.empty() && info.name != query.table) continue;
        if (!query.search || query.search->matches(info.name, info.deleted)) page->tables.push_back(std::move(info));
      }
    }
    std::stable_sort(page->tables.begin(), page->tables.end(),
                     [](const TableInfo& a, const TableInfo& b) { return std::tie(a.instance, a.name) < std::tie(b.instance, b.name); });
    answer(std::move(*page));
  });
}

namespace {

// One step of a scan, then the next: a partition does other work between them.
void scan_on(Node& node, unsigned p, std::shared_ptr<TableScan> scan, std::shared_ptr<Gather<RouteSlice>> gather) {
  node.on_partition(p, [&node, p, scan, gather](bgp::Partition& partition) {
    if (scan->step(partition)) {
      gather->set(p, scan->result(partition));
    } else {
      scan_on(node, p, scan, gather);
    }
  });
}

// The instance that a table's name means, if it exists.
std::optional<core::InstanceId> instance_of(const bgp::Config& config, const std::optional<TableName>& name) {
  if (!name) return std::nullopt;
  const auto found = config.by_name.find(name->instance);
  return found == config.by_name.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

void NodeShow::routes(RoutesQuery query, Answer<RoutesPage> answer) {
  const auto name = parse_table_name(query.table);
  const auto instance = instance_of(*node_.config(), name);
  if (!instance) {
    RoutesPage none;
    none.exists = false;
    return answer(std::move(none));
  }
  query.limit = std::max(query.limit, 1u);
  auto gather = Gather<RouteSlice>::make(
      node_.partitions(), [limit = query.limit, family = name->family, answer = std::move(answer)](std::vector<RouteSlice> slices) {
        RoutesPage page = merge_slices(std::move(slices), limit);
        page.family = family;
        answer(std::move(page));
      });
  for (unsigned p = 0; p < node_.partitions(); ++p) {
    scan_on(node_, p, std::make_shared<TableScan>(query, *instance, name->family, started_), gather);
  }
}

void NodeShow::explain(ExplainQuery query, Answer<Explanation> answer) {
  const auto name = parse_table_name(query.table);
  const auto instance = instance_of(*node_.config(), name);
  if (!instance) return answer(Explanation{});
  const unsigned owner = core::partition_of(query.key.prefix, node_.partitions());
  node_.on_partition(owner,
                     [query = std::move(query), instance = *instance, family = name->family, start = started_,
                      answer = std::move(answer)](bgp::Partition& p) { answer(control::explain(p, query, instance, family, start)); });
}

void NodeShow::instances(InstancesQuery query, Answer<ListPage<InstanceInfo>> answer) {
  const auto config = node_.config();
  std::vector<InstanceInfo> all;
  for (const auto& [id, instance] : config->instances) all.push_back(instance_info(*instance, *config));
  auto page = page_of(std::move(all), query.list, [](const InstanceInfo& i) -> const std::string& { return i.name; });
  if (!query.with_tables) return answer(std::move(page));
  std::vector<core::InstanceId> ids;
  for (const InstanceInfo& info : page.items) ids.push_back(config->by_name.at(info.name));
  infos_of(std::move(ids), true,
           [this, page = std::move(page), answer = std::move(answer)](std::vector<std::vector<TableInfo>> infos) mutable {
             for (std::size_t i = 0; i < infos.size(); ++i) page.items[i].tables = std::move(infos[i]);
             node_.on_peers([page = std::move(page), answer](const bgp::PeerManager& peers) mutable {
               for (InstanceInfo& instance : page.items) {
                 if (instance.name == bgp::kMasterInstanceName) add_bgp_members(instance.tables, peers);
               }
               answer(std::move(page));
             });
           });
}

void NodeShow::xmpp_server(Answer<XmppServerInfo> answer) {
  auto gather = Gather<XmppServerInfo>::make(node_.shards(), [this, answer = std::move(answer)](std::vector<XmppServerInfo> all) {
    XmppServerInfo sum;
    for (const XmppServerInfo& one : all) add_to(sum, one);
    sum.max_connections = std::max(node_.most_sessions(), sum.current_connections);
    answer(sum);
  });
  for (unsigned s = 0; s < node_.shards(); ++s) {
    node_.on_hub(s, [gather, s](AgentHub& hub) { gather->set(s, server_info(hub)); });
  }
}

void NodeShow::xmpp_sessions(ListQuery query, Answer<ListPage<XmppSessionInfo>> answer) {
  using Infos = std::vector<XmppSessionInfo>;
  auto gather = Gather<Infos>::make(node_.shards(), [query, answer = std::move(answer)](std::vector<Infos> all) {
    Infos joined;
    for (Infos& one : all) std::move(one.begin(), one.end(), std::back_inserter(joined));
    answer(page_of(std::move(joined), query, [](const XmppSessionInfo& s) -> const std::string& { return s.name; }));
  });
  for (unsigned s = 0; s < node_.shards(); ++s) {
    node_.on_hub(s, [this, gather, query, s](AgentHub& hub) {
      gather->set(s, session_infos(hub, query, [this](core::TimePoint t) { return wall(t); }));
    });
  }
}

void NodeShow::clear_xmpp(std::string host_or_all, Answer<bool> answer) {
  if (!node_.options().test_mode) return answer(false);
  for (unsigned s = 0; s < node_.shards(); ++s) {
    node_.on_hub(s, [host_or_all](AgentHub& hub) {
      if (host_or_all == "all") {
        hub.close_all(xmpp::CloseReason::kCleared);
      } else {
        hub.close_named(host_or_all, xmpp::CloseReason::kCleared);
      }
    });
  }
  answer(true);
}

void NodeShow::neighbor_counts(Answer<NeighborCounts> answer) {
  auto gather = Gather<NeighborCounts>::make(node_.shards(), [answer = std::move(answer)](std::vector<NeighborCounts> all) {
    NeighborCounts sum;
    for (const NeighborCounts& one : all) {
      sum.xmpp_up += one.xmpp_up;
      sum.xmpp_down += one.xmpp_down;
    }
    answer(sum);
  });
  for (unsigned s = 0; s < node_.shards(); ++s) {
    node_.on_hub(s, [gather, s](AgentHub& hub) { gather->set(s, count_neighbors(hub)); });
  }
}

namespace {

// Servers of the configuration that are not connected.
std::vector<MissingItem> lost_connections(const ConfigStatus& status) {
  std::vector<MissingItem> out;
  for (const ConfigConnection& c : status.connections) {
    if (c.up) continue;
    out.push_back({c.name, "no connection to " + c.server + (c.last_error.empty() ? "" : ": " + c.last_error), c.since, c.attempts});
  }
  return out;
}

ConnectionInfo connection_info(const ConfigConnection& c) {
  ConnectionInfo info;
  info.type = "Database";
  info.name = c.name;
  info.servers = {c.server};
  info.status = c.up ? "Up" : c.was_up ? "Down" : "Initializing";
  if (c.name == "Cassandra") {
    info.description = c.up ? "Established Cassandra connection" : "Lost Cassandra connection";
  } else {
    info.description = c.up ? "RabbitMQ connection established" : "RabbitMQ connection down";
  }
  return info;
}

// The text of the process state for one thing without which agents are not served (spec/introspect.md 5).
std::string_view process_state_text(const MissingItem& item) {
  if (item.what == "config") return "IFMap Server End-Of-RIB not computed";
  if (item.what == "self") return "No BGP configuration for self";
  if (item.what == "admin-down") return "BGP is administratively down";
  return "";
}

}  // namespace

// Without which agents are not served (spec/config.md 1.7).
std::vector<MissingItem> NodeShow::missing(const ConfigStatus& status) const {
  std::vector<MissingItem> out;
  const auto config = node_.config();
  if (!status.loaded) {
    std::string detail = "the configuration is not read yet";
    if (!status.doing.empty()) detail += ": " + status.doing;
    out.push_back({"config", status.failure.empty() ? detail : status.failure, started_, std::nullopt});
    for (MissingItem& lost : lost_connections(status)) out.push_back(std::move(lost));
    return out;
  }
  if (config->version == 0) {
    out.push_back({"config", "the configuration is read but not yet with all shards", started_, std::nullopt});
    return out;
  }
  if (!config->self.usable()) {
    out.push_back({"self",
                   "no usable bgp-router object named " + std::string(bgp::kMasterInstanceName) + ":" + node_.options().hostname +
                       ": identifier and autonomous system must be set",
                   started_, std::nullopt});
  } else if (config->self.admin_down) {
    out.push_back({"admin-down", "the bgp-router object of this node says admin-down", started_, std::nullopt});
  }
  return out;
}

void NodeShow::node_status(Answer<NodeStatus> answer) {
  const ConfigStatus config = keeper_.status();
  NodeStatus status;
  status.host = node_.options().hostname;
  std::string down;
  for (const ConfigConnection& c : config.connections) {
    status.connections.push_back(connection_info(c));
    if (!c.up) down += (down.empty() ? "" : ", ") + status.connections.back().type + ":" + c.name;
  }
  if (!down.empty()) status.description = down + " connection down";
  for (const MissingItem& item : missing(config)) {
    const std::string_view text = process_state_text(item);
    if (!text.empty()) status.description.append(status.description.empty() ? "" : ", ").append(text);
  }
  status.functional = status.description.empty();
  answer(std::move(status));
}

void NodeShow::ready(Answer<ReadyReport> answer) {
  ReadyReport report;
  const ConfigStatus status = keeper_.status();
  report.missing = missing(status);
  if (status.loaded) report.impaired = lost_connections(status);
  report.problem_count = status.problem_count;
  config_problems(ListQuery{}, [&](ListPage<ConfigProblem> page) { report.problems = std::move(page); });
  answer(std::move(report));
}

void NodeShow::config_problems(ListQuery query, Answer<ListPage<ConfigProblem>> answer) {
  std::vector<ConfigProblem> all;
  for (const ifmap::Diagnostic& d : keeper_.status().problems) {
    if (d.severity != ifmap::Severity::kError) continue;
    const auto colon = d.object.find(':');
    all.push_back({d.object.substr(0, colon), colon == std::string::npos ? d.uuid : d.object.substr(colon + 1), d.uuid, d.text, started_});
  }
  answer(page_of(std::move(all), query, [](const ConfigProblem& p) -> const std::string& { return p.name; }));
}

void NodeShow::counters(Answer<Counters> answer) {
  struct Parts {
    PartitionMetrics partition;
    HubMetrics hub;
  };
  auto gather = Gather<Parts>::make(node_.shards(), [this, answer = std::move(answer)](std::vector<Parts> all) {
    std::vector<ShardMetrics> shards;
    for (unsigned s = 0; s < all.size(); ++s) {
      const ShardRuntime& runtime = node_.shard(s);
      shards.push_back({std::move(all[s].partition), std::move(all[s].hub), runtime.cpu_time(), runtime.waiting_bytes()});
    }
    answer(metric_families(shards, keeper_.status(), *node_.config()));
  });
  for (unsigned s = 0; s < node_.shards(); ++s) {
    node_.on_hub(s, [this, gather, s](AgentHub& hub) {
      Parts parts;
      parts.hub = hub_metrics(hub);
      if (s >= node_.partitions()) return gather->set(s, std::move(parts));
      node_.on_partition(s, [gather, s, parts = std::move(parts)](bgp::Partition& partition) mutable {
        parts.partition = partition_metrics(partition);
        gather->set(s, std::move(parts));
      });
    });
  }
}

std::vector<ShardTurn> NodeShow::shard_turns() const {
  std::vector<ShardTurn> turns;
  for (unsigned s = 0; s < node_.shards(); ++s) {
    turns.push_back({s, wall(core::TimePoint(core::microseconds(node_.shard(s).last_turn_us())))});
  }
  return turns;
}

}  // namespace signalbox::control
