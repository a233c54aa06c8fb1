#include "control/http/route_writer.hpp"

#include <string>
#include <vector>

#include "control/http/time_text.hpp"

namespace signalbox::control {
namespace {

void write_pmsi_tunnel(SandeshXml& xml) {
  xml.structure("pmsi_tunnel", 21, "ShowPmsiTunnel", [&] {
    xml.string("type", 1, "");
    xml.string("ar_type", 2, "");
    xml.string("identifier", 3, "");
    xml.u32("label", 4, 0);
    xml.strings("flags", 5, {});
  });
}

void write_load_balance(SandeshXml& xml, const PathTexts& texts) {
  xml.structure("load_balance", 22, "ShowLoadBalance", [&] {
    xml.string("decision_type", 1, texts.load_balance_decision);
    xml.strings("fields", 2, texts.load_balance_fields);
  });
}

std::vector<std::string> cluster_texts(const std::vector<std::uint32_t>& clusters) {
  std::vector<std::string> texts;
  for (const auto id : clusters) texts.push_back(core::IpAddress::from_v4(id).to_string());
  return texts;
}

void write_path(SandeshXml& xml, const RoutePath& path, const PathTexts& texts, const std::string& modified,
                const std::vector<std::string>& flags) {
  xml.string("protocol", 1, texts.protocol);
  xml.string("last_modified", 3, modified);
  xml.u32("local_preference", 5, texts.local_preference);
  xml.u32("med", 25, texts.med);
  xml.u32("local_as", 6, path.local_as);
  xml.u32("peer_as", 7, path.peer_as);
  xml.string("peer_router_id", 8, router_id_text(path.peer_router_id));
  xml.string("source", 9, path.peer);
  xml.string("as_path", 10, as_path_text(path.as_path));
  xml.string("as4_path", 30, as_path_text(path.as4_path));
  xml.string("next_hop", 11, path.next_hop.to_string());
  xml.u32("label", 12, path.label);
  xml.string("origin", 26, texts.origin);
  xml.boolean("replicated", 13, path.replicated);
  xml.string("primary_table", 14, path.primary_table, {{"link", "ShowRouteReq"}});
  xml.strings("secondary_tables", 24, path.secondary_tables);
  xml.strings("communities", 15, texts.communities);
  xml.string("origin_vn", 16, path.origin_vn);
  xml.strings("flags", 17, flags);
  xml.strings("tunnel_encap", 18, texts.tunnel_encap);
  xml.string("sequence_no", 19, texts.sequence_no);
  xml.strings("origin_vn_path", 20, path.origin_vn_path);
  write_pmsi_tunnel(xml);
  write_load_balance(xml, texts);
  xml.strings("cluster_list", 23, cluster_texts(path.cluster_list));
  xml.string("originator_id", 27, router_id_text(path.originator_id));
  xml.structs("edge_discovery", 28, "ShowEdgeDiscovery", std::vector<int>{}, [](int) {});
  xml.structs("edge_forwarding", 29, "ShowEdgeForwarding", std::vector<int>{}, [](int) {});
}

}  // namespace

void write_route(SandeshXml& xml, core::Family family, const Route& route) {
  xml.string("prefix", 1, key_text(family, route.key));
  xml.string("last_modified", 2, time_text_or_epoch(route.modified));
  xml.structs("paths", 3, "ShowRoutePath", route.paths, [&](const RoutePath& path) {
    write_path(xml, path, path_texts(path), time_text_or_epoch(path.modified), flag_texts(path.flags));
  });
}

void write_route_brief(SandeshXml& xml, core::Family family, const Route& route, Microseconds now) {
  xml.string("prefix", 1, key_text(family, route.key));
  xml.string("last_modified", 2, duration_text(now - route.modified));
  xml.structs("paths", 3, "ShowRoutePath", route.paths, [&](const RoutePath& path) {
    RoutePath shown;
    shown.peer = path.peer;
    shown.next_hop = path.next_hop;
    shown.label = path.label;
    shown.replicated = path.replicated;
    shown.primary_table = path.primary_table;
    PathTexts texts;
    texts.protocol = "BGP";
    texts.local_preference = path_texts(path).local_preference;
    write_path(xml, shown, texts, duration_text(now - path.modified), {});
  });
}

}  // namespace signalbox::control
