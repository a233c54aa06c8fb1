// /api/v1/why: one route, all its paths with reasons, and where it goes.
#include <boost/json.hpp>

#include "control/http/api.hpp"
#include "control/http/api_path.hpp"
#include "control/http/json_response.hpp"
#include "control/http/route_text.hpp"
#include "control/http/why_text.hpp"

namespace signalbox::control {

namespace json = boost::json;

namespace {

json::array json_paths(const std::vector<ExplainedPath>& paths) {
  json::array out;
  for (const ExplainedPath& explained : paths) {
    json::object path = json_path(explained.path);
    path["verdict"] = verdict_word(explained.verdict);
    path["decided_by"] = decision_word(explained.decided_by);
    path["reason"] = path_reason(explained, paths.front().path, paths.size() == 1);
    out.push_back(std::move(path));
  }
  return out;
}

json::array json_exports(const std::vector<RouteExport>& exports) {
  json::array out;
  for (const RouteExport& group : exports) {
    json::array peers;
    for (const ExportPeer& peer : group.peers) peers.push_back({{"name", peer.name}, {"pending", peer.pending}});
    out.push_back({{"group", group.group},
                   {"exported", group.withheld.empty()},
                   {"withheld", group.withheld},
                   {"peer_count", group.peer_count},
                   {"peers", std::move(peers)}});
  }
  return out;
}

json::array json_copies(const std::vector<RouteCopy>& copies) {
  json::array out;
  for (const RouteCopy& copy : copies) out.push_back({{"table", copy.table}, {"by_targets", json_strings(target_texts(copy.targets))}});
  return out;
}

HttpResponse why_response(const std::string& table, const Explanation& why) {
  if (!why.table_exists) return json_error(404, "no such table: " + table);
  if (!why.route_exists) return json_error(404, "no such route in " + table + ": " + key_text(why.family, why.key));
  return json_response(json::object{{"table", table},
                                    {"prefix", key_text(why.family, why.key)},
                                    {"modified", json_time(why.modified)},
                                    {"paths", json_paths(why.paths)},
                                    {"copies", json_copies(why.copies)},
                                    {"exports", json_exports(why.exports)}});
}

// The table's family says how the prefix is to be read.
void explain(const PageContext& context, const std::string& table, const std::string& prefix, const TablesPage& found, HttpReply reply) {
  if (found.tables.empty()) return reply(json_error(404, "no such table: " + table));
  const auto key = parse_key(found.tables.front().family, prefix);
  if (!key) return reply(json_error(400, "prefix: not one of this table: " + prefix));
  context.source.explain({table, *key},
                         on_http_thread<Explanation>(
                             context.post, [table, reply = std::move(reply)](const Explanation& why) { reply(why_response(table, why)); }));
}

}  // namespace

void api_why(const PageContext& context, const Query& query, HttpReply reply) {
  const std::string& table = query.text("table");
  const std::string& prefix = query.text("prefix");
  if (table.empty() || prefix.empty()) return reply(json_error(400, "table and prefix are needed"));
  TablesQuery ask;
  ask.table = table;
  context.source.tables(std::move(ask), on_http_thread<TablesPage>(context.post, [=, reply = std::move(reply)](const TablesPage& found) {
                          explain(context, table, prefix, found, reply);
                        }));
}

}  // namespace signalbox::control
