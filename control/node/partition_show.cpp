#include "control/node/partition_show.hpp"

#include <algorithm>

#include "control/show/table_name.hpp"

namespace signalbox::control {
namespace {

using bgp::PathId;

RouteKey show_key(std::span<const std::uint8_t> key) { return RouteKey{bgp::rd_of(key), bgp::prefix_of(key)}; }

bgp::RouteKey rib_key(core::Family family, const RouteKey& key) {
  const bool vpn = family == core::Family::kInetVpn || family == core::Family::kInet6Vpn;
  return vpn ? bgp::RouteKey::of(key.rd, key.prefix) : bgp::RouteKey::of(key.prefix);
}

PathSource show_source(bgp::PathSource source) {
  switch (source) {
    case bgp::PathSource::kBgp: return PathSource::kBgp;
    case bgp::PathSource::kXmpp: return PathSource::kXmpp;
    case bgp::PathSource::kServiceChain: return PathSource::kServiceChain;
    case bgp::PathSource::kStaticRoute: return PathSource::kStaticRoute;
    case bgp::PathSource::kAggregate: return PathSource::kAggregate;
    case bgp::PathSource::kLocal: return PathSource::kLocal;
  }
  return PathSource::kNone;
}

std::string table_text(bgp::Partition& partition, bgp::TableId id) {
  const bgp::Table& table = partition.rib().table(id);
  return table_name(partition.instances().find(table.instance)->config->name, table.family);
}

Microseconds wall_time(NodeStart start, std::uint32_t seconds) { return start + static_cast<Microseconds>(seconds) * 1'000'000; }

// Empty for paths made here.
const std::string& peer_name(const bgp::Partition& partition, const bgp::Path& path) {
  static const std::string kNobody;
  return path.member ? partition.member(path.member).peer->name : kNobody;
}

std::string origin_vn(bgp::Partition& partition, const bgp::Path& path, const bgp::Attr& attr) {
  if (attr.has_origin_vn) return std::string(partition.instances().vn_name(attr.origin_vn));
  if (path.is_copy()) return {};
  const bgp::Table& table = partition.rib().table_of(partition.rib().routes.at(path.route));
  return partition.instances().find(table.instance)->config->vn_name;
}

RoutePath show_path(bgp::Partition& partition, PathId id, NodeStart start) {
  bgp::Rib& rib = partition.rib();
  const bgp::Path& path = rib.paths.at(id);
  const bgp::Attr& attr = rib.attrs.at(path.attr);
  RoutePath shown;
  shown.source = show_source(path.source);
  shown.peer = peer_name(partition, path);
  shown.modified = wall_time(start, path.changed_at);
  shown.attributes.assign(attr.data.get(), attr.data.get() + attr.size);
  shown.next_hop = rib.next_hops.at(path.next_hop);
  shown.label = path.label;
  shown.flags = path.flags;
  if (attr.infeasible) shown.flags |= path_flag::kNoTunnelEncap;
  if (attr.llgr_stale) shown.flags |= path_flag::kLlgrStale;
  shown.origin_vn = origin_vn(partition, path, attr);
  shown.replicated = path.is_copy();
  if (path.is_copy()) {
    shown.primary_table = table_text(partition, rib.routes.at(rib.paths.at(path.primary).route).table);
  } else {
    for (PathId copy = path.first_copy; copy; copy = rib.paths.at(copy).next_copy) {
      shown.secondary_tables.push_back(table_text(partition, rib.routes.at(rib.paths.at(copy).route).table));
    }
    std::sort(shown.secondary_tables.begin(), shown.secondary_tables.end());
  }
  return shown;
}

Route show_route(bgp::Partition& partition, bgp::RouteId id, const RouteFilter* filter, NodeStart start) {
  bgp::Rib& rib = partition.rib();
  Route shown;
  shown.key = show_key(rib.routes.at(id).key());
  for (PathId p = rib.routes.at(id).first_path; p; p = rib.paths.at(p).next) {
    const bgp::Path& path = rib.paths.at(p);
    shown.modified = std::max(shown.modified, wall_time(start, path.changed_at));
    if (!filter || filter->matches_path(show_source(path.source), peer_name(partition, path)))
      shown.paths.push_back(show_path(partition, p, start));
  }
  return shown;
}

bool has_wanted_path(bgp::Partition& partition, const bgp::Route& route, const RouteFilter* filter) {
  if (!route.first_path) return false;  // gone, its deletion is still being told
  if (!filter) return true;
  bgp::Rib& rib = partition.rib();
  for (PathId p = route.first_path; p; p = rib.paths.at(p).next) {
    if (filter->matches_path(show_source(rib.paths.at(p).source), peer_name(partition, rib.paths.at(p)))) return true;
  }
  return false;
}

bgp::TableId find_table(bgp::Partition& partition, core::InstanceId instance, core::Family family) {
  const bgp::InstanceState* state = partition.instances().find(instance);
  return state ? state->tables[static_cast<unsigned>(family)] : 0;
}

DecisionStep show_step(bgp::DecisionStep step) {
  switch (step) {
    case bgp::DecisionStep::kEqual: return DecisionStep::kNone;
    case bgp::DecisionStep::kFeasible: return DecisionStep::kFeasible;
    case bgp::DecisionStep::kLocalPref: return DecisionStep::kLocalPreference;
    case bgp::DecisionStep::kEtreeRoot: return DecisionStep::kEtreeRoot;
    case bgp::DecisionStep::kStickyMac: return DecisionStep::kSticky;
    case bgp::DecisionStep::kSequence: return DecisionStep::kMobilitySequence;
    case bgp::DecisionStep::kLlgrStale: return DecisionStep::kLlgrStale;
    case bgp::DecisionStep::kAsPathLength: return DecisionStep::kAsPathLength;
    case bgp::DecisionStep::kOrigin: return DecisionStep::kOrigin;
    case bgp::DecisionStep::kMed: return DecisionStep::kMed;
    case bgp::DecisionStep::kAsPathLengthOriginVn: return DecisionStep::kAsPathLengthOriginVn;
    case bgp::DecisionStep::kEbgpOverIbgp: return DecisionStep::kEbgpOverIbgp;
    case bgp::DecisionStep::kClusterListLength: return DecisionStep::kClusterListLength;
    case bgp::DecisionStep::kPeerKey: return DecisionStep::kPeerKey;
    case bgp::DecisionStep::kLocallyMade: return DecisionStep::kLocallyMade;
    case bgp::DecisionStep::kSource: return DecisionStep::kSource;
    case bgp::DecisionStep::kXmppOverBgp: return DecisionStep::kXmppOverBgp;
    case bgp::DecisionStep::kPathId: return DecisionStep::kPathId;
    case bgp::DecisionStep::kPeerIdentifier: return DecisionStep::kOriginatorId;
  }
  return DecisionStep::kNone;
}

PathVerdict verdict(bgp::Partition& partition, PathId best, PathId id) {
  bgp::Rib& rib = partition.rib();
  if (!rib.is_usable(rib.paths.at(id))) return PathVerdict::kInfeasible;
  if (id == best) return PathVerdict::kBest;
  return rib.is_ecmp_of(rib.paths.at(best), rib.paths.at(id)) ? PathVerdict::kEqual : PathVerdict::kWorse;
}

RouteExport export_of(bgp::Partition& partition, const ExplainQuery& query, const bgp::Route& route, const bgp::Table& table) {
  RouteExport out;
  out.group = "XMPP";
  if (!partition.rib().exportable(route)) out.withheld = "no feasible path";
  const bool pending = table.watched && route.log_position >= table.drained;
  partition.for_each_member([&](bgp::MemberId, const bgp::Member& member) {
    if (member.instance != table.instance || !member.wants_routes) return;
    ++out.peer_count;
    if (out.peers.size() < query.peers) out.peers.push_back(ExportPeer{member.peer->name, pending || member.lagging});
  });
  return out;
}

// Where the route's primary paths are copied to, and by which targets.
std::vector<RouteCopy> copies_of(bgp::Partition& partition, const bgp::Route& route, const bgp::Table& from) {
  bgp::Rib& rib = partition.rib();
  std::vector<RouteCopy> out;
  const auto& exports = partition.instances().find(from.instance)->config->exports;
  for (PathId p = route.first_path; p; p = rib.paths.at(p).next) {
    for (PathId copy = rib.paths.at(p).first_copy; copy; copy = rib.paths.at(copy).next_copy) {
      const bgp::TableId to = rib.routes.at(rib.paths.at(copy).route).table;
      RouteCopy shown{table_text(partition, to), {}};
      const bool known = std::any_of(out.begin(), out.end(), [&](const RouteCopy& c) { return c.table == shown.table; });
      if (known) continue;
      const auto& imports = partition.instances().find(rib.table(to).instance)->config->imports;
      if (core::vpn_family_of(rib.table(to).family))
        std::set_intersection(imports.begin(), imports.end(), exports.begin(), exports.end(), std::back_inserter(shown.targets));
      out.push_back(std::move(shown));
    }
  }
  return out;
}

}  // namespace

TableScan::TableScan(RoutesQuery query, core::InstanceId instance, core::Family family, NodeStart start)
    : query_(std::move(query)), instance_(instance), family_(family), start_(start) {}

void TableScan::consider(bgp::Partition& partition, bgp::RouteId id) {
  const bgp::Route& route = partition.rib().routes.at(id);
  const RouteKey key = show_key(route.key());
  if (!query_.start.reached(key)) return;
  if (keys_.size() >= query_.limit && key > *keys_.rbegin()) return;
  if (query_.filter && !query_.filter->matches_key(family_, key)) return;
  if (!has_wanted_path(partition, route, query_.filter.get())) return;
  keys_.insert(key);
  if (keys_.size() > query_.limit) keys_.erase(std::prev(keys_.end()));
}

bool TableScan::step(bgp::Partition& partition) {
  const bgp::TableId id = find_table(partition, instance_, family_);
  if (!id) return true;
  const bgp::Table& table = partition.rib().table(id);
  if (query_.filter) {
    if (const auto only = query_.filter->only_key(family_)) {
      if (const bgp::RouteId route = table.find(rib_key(family_, *only))) consider(partition, route);
      return true;
    }
  }
  // Routes that change while the table is looked through move behind and are met again, which does no harm.
  if (!begun_ || compactions_ != table.log.compactions()) {
    begun_ = true;
    compactions_ = table.log.compactions();
    at_ = 0;
  }
  for (unsigned n = 0; n < kEntriesPerStep && at_ < table.log.end(); ++n) {
    if (const bgp::RouteId route = table.log.at(at_++)) consider(partition, route);
  }
  return at_ >= table.log.end();
}

RouteSlice TableScan::result(bgp::Partition& partition) {
  RouteSlice slice;
  const bgp::TableId id = find_table(partition, instance_, family_);
  if (!id) return slice;
  for (const RouteKey& key : keys_) {
    const bgp::RouteId route = partition.rib().table(id).find(rib_key(family_, key));
    if (route && has_wanted_path(partition, partition.rib().routes.at(route), query_.filter.get())) {
      slice.routes.push_back(show_route(partition, route, query_.filter.get(), start_));
    }
  }
  if (keys_.size() >= query_.limit) {
    slice.complete = false;
    slice.examined_to = *keys_.rbegin();
  }
  return slice;
}

namespace {

// Who follows the table's changes.
std::vector<TableListener> listeners_of(const bgp::Table& table, const bgp::ExportGroup* group) {
  std::vector<TableListener> out;
  const auto add = [&](const char* name) { out.push_back({static_cast<std::uint32_t>(out.size()), name, table.size()}); };
  if (table.instance != core::kMasterInstance || core::info(table.family).xmpp_safi == 0) add("RoutePathReplicator");
  if (group && group->has_members() && core::info(table.family).xmpp_safi) add("RibOut Type: XMPP");
  return out;
}

}  // namespace

std::vector<TableInfo> table_infos(bgp::Partition& partition, core::InstanceId instance, bool with_members) {
  std::vector<TableInfo> infos;
  const bgp::InstanceState* state = partition.instances().find(instance);
  if (!state) return infos;
  const bgp::ExportGroup* group = partition.group(instance);
  for (unsigned f = 0; f < core::kFamilies; ++f) {
    const auto family = static_cast<core::Family>(f);
    if (!has_table(state->config->name, family)) continue;
    TableInfo info;
    info.instance = state->config->name;
    info.name = table_name(info.instance, family);
    info.family = family;
    info.deleted = state->deleted;
    if (const bgp::TableId id = state->tables[f]) {
      const bgp::Table& table = partition.rib().table(id);
      info.counts.prefixes = table.size();
      info.counts.primary_paths = table.primary_paths;
      info.counts.secondary_paths = table.secondary_paths;
      info.counts.infeasible_paths = table.infeasible_paths;
      info.pending_updates = table.log.end() - table.drained;
      info.markers = group ? group->laggards() : 0;
      info.listeners = listeners_of(table, group);
    }
    infos.push_back(std::move(info));
  }
  std::sort(infos.begin(), infos.end(), [](const TableInfo& a, const TableInfo& b) { return a.name < b.name; });
  if (!with_members) return infos;
  partition.for_each_member([&](bgp::MemberId, const bgp::Member& member) {
    if (member.instance != instance || member.is_bgp()) return;
    for (TableInfo& info : infos) {
      if (core::info(info.family).xmpp_safi == 0) continue;
      info.members.push_back(TableMember{member.peer->name, member.wants_routes, true, member.agent_instance_id, member.join});
    }
  });
  for (TableInfo& info : infos)
    std::sort(info.members.begin(), info.members.end(), [](const auto& a, const auto& b) { return a.peer < b.peer; });
  return infos;
}

Explanation explain(bgp::Partition& partition, const ExplainQuery& query, core::InstanceId instance, core::Family family, NodeStart start) {
  Explanation out;
  out.family = family;
  out.key = query.key;
  const bgp::TableId id = find_table(partition, instance, family);
  out.table_exists = partition.instances().find(instance) != nullptr;
  if (!id) return out;
  const bgp::Table& table = partition.rib().table(id);
  const bgp::RouteId route_id = table.find(rib_key(family, query.key));
  if (!route_id || !partition.rib().routes.at(route_id).first_path) return out;
  const bgp::Route& route = partition.rib().routes.at(route_id);
  out.route_exists = true;
  const PathId best = route.first_path;
  for (PathId p = best; p; p = partition.rib().paths.at(p).next) {
    ExplainedPath shown{show_path(partition, p, start), verdict(partition, best, p), DecisionStep::kNone};
    if (p != best) shown.decided_by = show_step(partition.rib().compare_paths(best, p).step);
    out.modified = std::max(out.modified, shown.path.modified);
    out.paths.push_back(std::move(shown));
  }
  if (core::info(family).xmpp_safi) out.exports.push_back(export_of(partition, query, route, table));
  out.copies = copies_of(partition, route, table);
  return out;
}

}  // namespace signalbox::control
