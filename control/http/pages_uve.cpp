// SandeshUVECacheReq: the UVEs this node would send to a collector (spec/introspect.md 1.4, 2.1, 3.1, 5).
#include <array>

#include "control/http/page_registry.hpp"

namespace signalbox::control {
namespace {

void write_connection(SandeshXml& xml, const ConnectionInfo& connection) {
  xml.string("type", 1, connection.type);
  xml.string("name", 2, connection.name);
  xml.strings("server_addrs", 3, connection.servers);
  xml.string("status", 4, connection.status);
  xml.string("description", 5, connection.description);
}

void write_process(SandeshXml& xml, const NodeStatus& status) {
  xml.string("module_id", 1, "contrail-control");
  xml.string("instance_id", 2, "0");
  xml.string("state", 3, status.functional ? "Functional" : "Non-Functional");
  xml.structs("connection_infos", 4, "ConnectionInfo", status.connections, [&](const ConnectionInfo& c) { write_connection(xml, c); });
  xml.structs("flag_infos", 5, "FlagInfo", std::vector<int>{}, [](int) {});
  xml.string("description", 6, status.description);
}

std::string node_status_document(const NodeStatus& status) {
  SandeshXml xml;
  xml.uve("NodeStatusUVE", [&] {
    xml.structure("data", 1, "NodeStatus", [&] {
      xml.string("name", 1, status.host, {{"key", "ObjectBgpRouter"}});
      xml.structs("process_status", 4, "ProcessStatus", std::array{&status}, [&](const NodeStatus* s) { write_process(xml, *s); },
                  {{"aggtype", "union"}});
    });
  });
  return xml.take();
}

// The last reply of the sequence. `known`: there is such a UVE type; then its period (0, as for all of a control node) is given too.
std::string summary_document(std::size_t returned, bool known) {
  SandeshXml xml;
  xml.reply("SandeshUVECacheResp", [&] {
    xml.u32("returned", 1, static_cast<std::uint32_t>(returned));
    if (known) xml.i32("period", 2, 0);
  });
  return xml.take();
}

HttpResponse cache_response(const char* uve, std::vector<std::string> documents) {
  if (documents.empty()) return xml_response(summary_document(0, true));
  documents.push_back(summary_document(documents.size(), true));
  return xml_sequence_response(uve, std::move(documents));
}

void handle_node_status(const PageContext& context, const PageParameters& parameters, HttpReply reply) {
  context.source.node_status(on_http_thread<NodeStatus>(context.post, [parameters, reply = std::move(reply)](const NodeStatus& status) {
    std::vector<std::string> documents;
    if (status.present && (!parameters.given(1) || parameters.text(1) == status.host)) documents.push_back(node_status_document(status));
    reply(cache_response("NodeStatusUVE", std::move(documents)));
  }));
}

struct UveType {
  std::string_view name;
  void (*handle)(const PageContext&, const PageParameters&, HttpReply);
};

constexpr std::array kUveTypes{UveType{"NodeStatus", handle_node_status}};

void handle_cache(const PageContext& context, const PageParameters& parameters, HttpReply reply) {
  for (const UveType& type : kUveTypes) {
    if (parameters.text(0) == type.name) return type.handle(context, parameters, std::move(reply));
  }
  reply(xml_response(summary_document(0, false)));
}

}  // namespace

void add_uve_pages(std::vector<Page>& pages) { pages.push_back({"SandeshUVECacheReq", "sandesh_uve", {{"tname"}, {"key"}}, handle_cache}); }

}  // namespace signalbox::control
