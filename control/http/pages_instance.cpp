// Routing instances and the summary of tables (spec/introspect.md 2.2, 2.5).
#include "control/http/page_registry.hpp"
#include "control/http/route_text.hpp"
#include "control/http/search_page.hpp"
#include "control/http/time_text.hpp"

namespace signalbox::control {
namespace {

void write_members(SandeshXml& xml, const TableInfo& table) {
  xml.structure("membership", 2, "ShowTableMembershipInfo", [&] {
    xml.u32("requests", 1, table.membership_requests);
    xml.u32("walks", 2, table.membership_walks);
    xml.structs("peers", 3, "ShowMembershipPeerInfo", table.members, [&](const TableMember& member) {
      xml.string("peer", 1, member.peer);
      xml.boolean("ribout_registered", 2, member.ribout_registered);
      xml.boolean("ribin_registered", 3, member.ribin_registered);
      xml.u32("instance_id", 4, member.instance_id);
      xml.u64("generation_id", 5, member.generation);
    });
  });
}

void write_counts(SandeshXml& xml, const TableCounts& counts) {
  xml.u64("prefixes", 3, counts.prefixes);
  xml.u64("paths", 4, counts.primary_paths + counts.secondary_paths);
  xml.u64("primary_paths", 5, counts.primary_paths);
  xml.u64("secondary_paths", 6, counts.secondary_paths);
  xml.u64("infeasible_paths", 7, counts.infeasible_paths);
  xml.u64("stale_paths", 18, counts.stale_paths);
  xml.u64("llgr_stale_paths", 19, counts.llgr_stale_paths);
}

void write_queues(SandeshXml& xml, const TableInfo& table) {
  xml.u64("pending_updates", 11, table.pending_updates);
  xml.u64("markers", 12, table.markers);
  xml.u64("listeners", 14, table.listeners.size());
  xml.u64("walkers", 15, table.walks.walkers);
}

void write_instance_table(SandeshXml& xml, const TableInfo& table) {
  xml.string("name", 1, table.name, {{"link", "ShowRouteReq"}});
  xml.boolean("deleted", 13, table.deleted);
  write_counts(xml, table.counts);
  xml.u64("walk_requests", 8, table.walks.requests);
  xml.u64("walk_again_requests", 16, table.walks.again_requests);
  xml.u64("actual_walks", 17, table.walks.actual);
  xml.u64("walk_completes", 9, table.walks.completes);
  xml.u64("walk_cancels", 10, table.walks.cancels);
  write_queues(xml, table);
  write_members(xml, table);
}

void write_instance_summary(SandeshXml& xml, const InstanceInfo& instance) {
  xml.string("name", 1, instance.name, {{"link", "ShowRoutingInstanceReq"}});
  xml.string("virtual_network", 3, instance.virtual_network);
  xml.i32("vn_index", 6, static_cast<std::int32_t>(instance.vn_index));
  xml.i32("vxlan_id", 8, static_cast<std::int32_t>(instance.vxlan_id));
  xml.strings("import_target", 4, target_texts(instance.imports));
  xml.strings("export_target", 5, target_texts(instance.exports));
  xml.boolean("always_subscribe", 10, instance.always_subscribe);
  xml.boolean("allow_transit", 12, instance.allow_transit);
  xml.boolean("pbb_evpn_enable", 13, instance.pbb_evpn_enable);
  xml.boolean("deleted", 7, instance.deleted);
  xml.string("deleted_at", 9, time_text(instance.deleted_at));
}

void write_instance(SandeshXml& xml, const InstanceInfo& instance) {
  write_instance_summary(xml, instance);
  xml.structs("tables", 2, "ShowRoutingInstanceTable", instance.tables, [&](const TableInfo& table) { write_instance_table(xml, table); });
  xml.structs("routing_policies", 11, "ShowInstanceRoutingPolicyInfo", instance.routing_policies, [&](const auto& policy) {
    xml.string("policy_name", 1, policy.first, {{"link", "ShowRoutingPolicyReq"}});
    xml.u32("generation", 2, policy.second);
  });
  if (!instance.neighbors.empty()) xml.strings("neighbors", 14, instance.neighbors);
}

void write_table_summary(SandeshXml& xml, const TableInfo& table) {
  xml.string("name", 1, table.name, {{"link", "ShowRouteReq"}});
  write_counts(xml, table.counts);
  xml.u64("walk_requests", 8, table.walks.requests);
  xml.u64("walk_again_requests", 16, table.walks.again_requests);
  xml.u64("walk_completes", 9, table.walks.completes);
  xml.u64("actual_walks", 17, table.walks.actual);
  xml.u64("walk_cancels", 10, table.walks.cancels);
  write_queues(xml, table);
  xml.boolean("deleted", 2, table.deleted);
  xml.string("deleted_at", 13, time_text(table.deleted_at));
}

void ask_instances(ShowSource& source, ListQuery query, Answer<ListPage<InstanceInfo>> answer) {
  source.instances({std::move(query), true}, std::move(answer));
}

void ask_instance_summaries(ShowSource& source, ListQuery query, Answer<ListPage<InstanceInfo>> answer) {
  source.instances({std::move(query), false}, std::move(answer));
}

// The search is on tables, the cursor on instances.
void ask_tables(ShowSource& source, ListQuery query, Answer<ListPage<TableInfo>> answer) {
  TablesQuery tables;
  tables.search = std::move(query.search);
  tables.start_instance = std::move(query.start);
  tables.limit = query.limit;
  source.tables(std::move(tables), [answer = std::move(answer)](TablesPage page) {
    answer({std::move(page.tables), std::move(page.next_instance)});
  });
}

}  // namespace

void add_instance_pages(std::vector<Page>& pages) {
  add_search_page<InstanceInfo>(pages,
                                {"ShowRoutingInstanceReq", "bgp_peer", "ShowRoutingInstanceResp", "instances", "ShowRoutingInstance"},
                                ask_instances, write_instance);
  add_search_page<InstanceInfo>(
      pages, {"ShowRoutingInstanceSummaryReq", "bgp_peer", "ShowRoutingInstanceSummaryResp", "instances", "ShowRoutingInstance"},
      ask_instance_summaries, write_instance_summary);
  add_search_page<TableInfo>(pages, {"ShowRouteSummaryReq", "bgp_peer", "ShowRouteSummaryResp", "tables", "ShowRouteTableSummary"},
                             ask_tables, write_table_summary);
}

}  // namespace signalbox::control
