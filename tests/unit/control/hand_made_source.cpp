#include "tests/unit/control/hand_made_source.hpp"

#include <algorithm>
#include <stdexcept>

#include "control/show/route_merge.hpp"
#include "core/route_change.hpp"

namespace signalbox::control::test {
namespace {

const std::string kDefault = "default-domain:default-project:ip-fabric:__default__";
const std::string kBlue = "default-domain:demo:blue:blue";
const std::string kGreen = "default-domain:demo:green:green";
const std::string kRed = "default-domain:demo:red:red";
constexpr Microseconds kModified = 1'700'000'000'123'456;

// The page of a list that is sorted by name.
template <class T, class Name>
ListPage<T> page_of(const std::vector<T>& all, const ListQuery& query, Name name) {
  ListPage<T> page;
  for (const T& item : all) {
    const std::string text = name(item);
    if (text < query.start || (query.search && !query.search->matches(text))) continue;
    if (query.limit != 0 && page.items.size() >= query.limit) {
      page.next = text;
      break;
    }
    page.items.push_back(item);
  }
  return page;
}

RouteSlice slice_of(const std::vector<Route>& partition, core::Family family, const RoutesQuery& query) {
  RouteSlice slice;
  unsigned examined = 0;
  for (const Route& route : partition) {
    if (!query.start.reached(route.key)) continue;
    if (examined == query.examine || slice.routes.size() == query.limit) {
      slice.complete = false;
      return slice;
    }
    ++examined;
    slice.examined_to = route.key;
    if (query.filter && !query.filter->matches_key(family, route.key)) continue;
    Route shown = route;
    std::erase_if(shown.paths, [&](const RoutePath& p) { return query.filter && !query.filter->matches_path(p.source, p.peer); });
    if (!shown.paths.empty()) slice.routes.push_back(std::move(shown));
  }
  return slice;
}

}  // namespace

InstanceInfo& HandMadeSource::instance(const std::string& name) {
  const auto at = std::lower_bound(instance_list.begin(), instance_list.end(), name,
                                   [](const InstanceInfo& a, const std::string& b) { return a.name < b; });
  if (at != instance_list.end() && at->name == name) return *at;
  InstanceInfo made;
  made.name = name;
  return *instance_list.insert(at, std::move(made));
}

TableInfo& HandMadeSource::add_table(const std::string& instance_name, const std::string& table, core::Family family) {
  auto& tables = instance(instance_name).tables;
  TableInfo made;
  made.instance = instance_name;
  made.name = table;
  made.family = family;
  made.listeners = {{0, "RoutePathReplicator", 0}};
  const auto at =
      std::lower_bound(tables.begin(), tables.end(), table, [](const TableInfo& a, const std::string& b) { return a.name < b; });
  partitions_[table].resize(kPartitions);
  return *tables.insert(at, std::move(made));
}

TableInfo* HandMadeSource::find_table(const std::string& name) {
  for (InstanceInfo& owner : instance_list) {
    for (TableInfo& table : owner.tables) {
      if (table.name == name) return &table;
    }
  }
  return nullptr;
}

void HandMadeSource::add_route(const std::string& table, Route route) {
  TableInfo* info = find_table(table);
  if (!info) throw std::logic_error("no table " + table);
  ++info->counts.prefixes;
  for (const RoutePath& path : route.paths) ++(path.replicated ? info->counts.secondary_paths : info->counts.primary_paths);
  auto& partition = partitions_[table][core::partition_of(route.key.prefix, kPartitions)];
  const auto at =
      std::lower_bound(partition.begin(), partition.end(), route.key, [](const Route& a, const RouteKey& b) { return a.key < b; });
  partition.insert(at, std::move(route));
}

void HandMadeSource::tables(TablesQuery query, Answer<TablesPage> answer) {
  TablesPage page;
  for (const InstanceInfo& owner : instance_list) {
    if (owner.name < query.start_instance || (!query.instance.empty() && query.instance != owner.name)) continue;
    std::vector<TableInfo> matching;
    for (const TableInfo& table : owner.tables) {
      if (!query.table.empty() && query.table != table.name) continue;
      if (query.search && !query.search->matches(table.name, table.deleted)) continue;
      matching.push_back(table);
      matching.back().members.clear();
    }
    if (matching.empty()) continue;
    if (query.limit != 0 && page.tables.size() >= query.limit) {
      page.next_instance = owner.name;
      break;
    }
    page.tables.insert(page.tables.end(), matching.begin(), matching.end());
  }
  answer(std::move(page));
}

void HandMadeSource::routes(RoutesQuery query, Answer<RoutesPage> answer) {
  ++route_questions;
  const TableInfo* info = find_table(query.table);
  RoutesPage page;
  if (info) {
    std::vector<RouteSlice> slices;
    for (const auto& partition : partitions_[query.table]) slices.push_back(slice_of(partition, info->family, query));
    page = merge_slices(std::move(slices), query.limit);
    page.family = info->family;
  } else {
    page.exists = false;
  }
  answer(std::move(page));
}

void HandMadeSource::explain(ExplainQuery query, Answer<Explanation> answer) {
  Explanation given = explanation;
  given.table_exists = find_table(query.table) != nullptr;
  given.route_exists = given.key == query.key && !given.paths.empty();
  given.key = query.key;
  answer(std::move(given));
}

void HandMadeSource::instances(InstancesQuery query, Answer<ListPage<InstanceInfo>> answer) {
  auto page = page_of(instance_list, query.list, [](const InstanceInfo& i) { return i.name; });
  if (!query.with_tables) {
    for (InstanceInfo& shown : page.items) shown.tables.clear();
  }
  answer(std::move(page));
}

void HandMadeSource::xmpp_sessions(ListQuery query, Answer<ListPage<XmppSessionInfo>> answer) {
  answer(page_of(sessions, query, [](const XmppSessionInfo& s) { return s.name; }));
}

void HandMadeSource::clear_xmpp(std::string host_or_all, Answer<bool> answer) {
  if (test_mode) cleared.push_back(host_or_all);
  answer(test_mode);
}

void HandMadeSource::config_problems(ListQuery query, Answer<ListPage<ConfigProblem>> answer) {
  answer(page_of(problems, query, [](const ConfigProblem& p) { return p.type + ":" + p.name; }));
}

RoutePath make_path(const PathSpec& spec, std::vector<core::ExtCommunity> further) {
  core::AttributeBuilder builder;
  builder.header.local_pref = spec.local_pref;
  builder.header.med = spec.med;
  builder.header.has_med = true;
  builder.header.sub_protocol = core::SubProtocol::kInterface;
  builder.add_ext_community(core::ext::tunnel_encap(2));
  builder.add_ext_community(core::ext::tunnel_encap(13));
  for (const auto& community : further) builder.add_ext_community(community);
  RoutePath path;
  path.peer = spec.peer;
  path.next_hop = core::IpAddress::parse(spec.next_hop).value();
  path.label = spec.label;
  path.modified = kModified;
  builder.append_to(path.attributes);
  return path;
}

Route make_route(const char* prefix, std::vector<RoutePath> paths, const char* rd) {
  Route route;
  if (rd) route.key.rd = core::RouteDistinguisher::parse(rd).value();
  route.key.prefix = core::Prefix::parse(prefix).value();
  route.modified = kModified;
  route.paths = std::move(paths);
  return route;
}

namespace {

void describe(HandMadeSource& source, const std::string& name, const char* network, std::uint32_t index,
              const std::vector<const char*>& imports, const std::vector<const char*>& exports) {
  InstanceInfo& instance = source.instance(name);
  instance.virtual_network = network;
  instance.vn_index = instance.vxlan_id = index;
  for (const char* target : imports) instance.imports.push_back(core::RouteTarget::parse(target).value());
  for (const char* target : exports) instance.exports.push_back(core::RouteTarget::parse(target).value());
}

void add_instances(HandMadeSource& source) {
  using core::Family;
  describe(source, kDefault, "default-domain:default-project:ip-fabric", 0, {}, {});
  source.instance(kDefault).neighbors = {"peer", "epeer"};
  describe(source, kBlue, "default-domain:demo:blue", 5, {"target:64512:5", "target:64512:7999999", "target:127.0.0.1:1"},
           {"target:64512:5"});
  describe(source, kGreen, "default-domain:demo:green", 7, {"target:64512:7", "target:64512:7999999", "target:127.0.0.1:3"},
           {"target:64512:7", "target:64512:77"});
  describe(source, kRed, "default-domain:demo:red", 6, {"target:64512:5", "target:64512:6", "target:64512:7999999", "target:127.0.0.1:2"},
           {"target:64512:6"});
  for (const auto& [name, family] :
       {std::pair{"inet.0", Family::kInet}, std::pair{"inet.3", Family::kInetLabeled}, std::pair{"inet6.0", Family::kInet6},
        std::pair{"bgp.l3vpn.0", Family::kInetVpn}, std::pair{"bgp.l3vpn-inet6.0", Family::kInet6Vpn}}) {
    source.add_table(kDefault, name, family).members = {{"127.0.0.100", true, true, 0xffffffff, 0}};
  }
  for (const std::string& vrf : {kBlue, kGreen, kRed}) {
    for (const auto& [suffix, family] : {std::pair{".inet.0", Family::kInet}, std::pair{".inet6.0", Family::kInet6}}) {
      source.add_table(vrf, vrf + suffix, family).members = {{"vr1.example.net", true, true, 1, 3}};
    }
  }
}

RoutePath replicated(RoutePath path, const std::string& primary_table) {
  path.replicated = true;
  path.primary_table = primary_table;
  path.secondary_tables.clear();
  return path;
}

RoutePath with_copies(RoutePath path, const char* origin_vn, std::vector<std::string> tables = {}) {
  path.origin_vn = origin_vn;
  path.secondary_tables = std::move(tables);
  return path;
}

// Adds what only the first path of the recordings has: a standard community, a tag, a sequence number, a security group.
RoutePath richest_path() {
  core::AttributeBuilder builder;
  builder.header.local_pref = 200;
  builder.header.med = 100;
  builder.header.sub_protocol = core::SubProtocol::kInterface;
  builder.add_community(64512u << 16 | 9);
  builder.add_ext_community(core::ext::tunnel_encap(2));
  builder.add_ext_community(core::ext::tunnel_encap(13));
  builder.add_ext_community(core::ext::mac_mobility(3, false));
  builder.add_ext_community(core::ext::security_group(64512, 8000002));
  builder.add_large_community({{0, 0, 0xfc, 0, 1, 0, 0, 1, 0, 0, 0, 5}});
  RoutePath path = make_path({"vr1.example.net", "127.0.0.11", 21});
  path.attributes.clear();
  builder.append_to(path.attributes);
  return with_copies(std::move(path), "default-domain:demo:blue", {"bgp.l3vpn.0", kRed + ".inet.0"});
}

RoutePath bgp_path() {
  core::AttributeBuilder builder;
  builder.header.local_pref = 150;
  builder.header.origin = core::Origin::kIgp;
  builder.add_ext_community(core::RouteTarget::parse("target:64512:5")->community);
  builder.add_ext_community(core::ext::tunnel_encap(2));
  builder.add_ext_community(core::ext::origin_vn(64512, 5));
  RoutePath path;
  path.source = PathSource::kBgp;
  path.peer = "127.0.0.100";
  path.next_hop = core::IpAddress::parse("127.0.0.100").value();
  path.label = 99;
  path.modified = kModified;
  path.local_as = path.peer_as = 64512;
  path.peer_router_id = path.next_hop.v4();
  path.origin_vn = "default-domain:demo:blue";
  builder.append_to(path.attributes);
  return path;
}

void add_routes(HandMadeSource& source) {
  const std::string blue = kBlue + ".inet.0", red = kRed + ".inet.0";
  const std::vector<std::string> copies{"bgp.l3vpn.0", red};
  const auto blue_path = [&](PathSpec spec, std::vector<std::string> tables) {
    return with_copies(make_path(spec), "default-domain:demo:blue", std::move(tables));
  };
  source.add_route(blue, make_route("10.1.0.1/32", {richest_path(), blue_path({"vr3.example.net", "127.0.0.13", 23}, {})}));
  source.add_route(blue, make_route("10.1.0.9/32", {blue_path({"vr1.example.net", "127.0.0.11", 19}, copies)}));
  source.add_route(blue, make_route("10.1.0.200/32", {blue_path({"vr1.example.net", "127.0.0.11", 20}, copies)}));
  source.add_route(blue, make_route("10.50.0.0/16", {replicated(bgp_path(), "bgp.l3vpn.0")}));
  source.add_route(red, make_route("10.1.0.1/32", {replicated(richest_path(), blue)}));
  source.add_route("bgp.l3vpn.0",
                   make_route("10.50.0.0/16", {with_copies(bgp_path(), "default-domain:demo:blue", {blue, red})}, "127.0.0.100:5"));
  const auto target = core::RouteTarget::parse("target:64512:5")->community;
  RoutePath vpn = make_path({"vr1.example.net", "127.0.0.11", 21, 200, 100}, {target, core::ext::origin_vn(64512, 5)});
  vpn.origin_vn = "default-domain:demo:blue";
  source.add_route("bgp.l3vpn.0", make_route("10.1.0.1/32", {replicated(std::move(vpn), blue)}, "127.0.0.11:1"));
}

void add_sessions(HandMadeSource& source) {
  for (std::uint32_t n = 1; n <= 3; ++n) {
    XmppSessionInfo session;
    session.name = "vr" + std::to_string(n) + ".example.net";
    session.remote = {core::IpAddress::from_v4(0x7f00000a + n), static_cast<std::uint16_t>(40000 + n)};
    session.local = {core::IpAddress::from_v4(0x7f000001), 5269};
    session.state = "Established";
    session.last_state = "Active";
    session.last_event = "xmsm::EvXmppKeepalive";
    session.last_state_at = kModified;
    session.receivers = {"IFMap", "BGP"};
    source.sessions.push_back(std::move(session));
  }
}

}  // namespace

void fill_recorded_state(HandMadeSource& source) {
  add_instances(source);
  add_routes(source);
  add_sessions(source);
  source.server_info = {3, 3, {21828, 16, 0, 0, 0}, {41090, 31, 0, 0, 0}};
  source.neighbors = {1, 1, 3, 0};
  source.status.host = "local";
  source.status.functional = true;
}

}  // namespace signalbox::control::test
