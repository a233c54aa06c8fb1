#include "control/http/api_path.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "control/http/json_response.hpp"
#include "control/http/route_text.hpp"

namespace signalbox::control {

namespace json = boost::json;

json::object json_path(const RoutePath& path) {
  const PathTexts texts = path_texts(path);
  json::object out{{"protocol", texts.protocol},
                   {"source", path.peer},
                   {"next_hop", path.next_hop.to_string()},
                   {"label", path.label},
                   {"local_preference", texts.local_preference},
                   {"med", texts.med},
                   {"origin", texts.origin},
                   {"modified", json_time(path.modified)},
                   {"flags", path.flags == 0 ? json::array() : json_strings(flag_texts(path.flags))},
                   {"communities", json_strings(texts.communities)},
                   {"tunnel_encap", json_strings(texts.tunnel_encap)},
                   {"origin_vn", path.origin_vn},
                   {"replicated", path.replicated}};
  if (path.replicated) out["primary_table"] = path.primary_table;
  if (!path.secondary_tables.empty()) out["secondary_tables"] = json_strings(path.secondary_tables);
  if (!path.as_path.empty()) out["as_path"] = as_path_text(path.as_path);
  return out;
}

json::object json_table(const TableInfo& table) {
  const TableCounts& counts = table.counts;
  return {{"name", table.name},
          {"instance", table.instance},
          {"family", core::info(table.family).name},
          {"deleted", table.deleted},
          {"prefixes", counts.prefixes},
          {"primary_paths", counts.primary_paths},
          {"secondary_paths", counts.secondary_paths},
          {"infeasible_paths", counts.infeasible_paths},
          {"stale_paths", counts.stale_paths},
          {"pending_updates", table.pending_updates}};
}

unsigned api_limit(const Query& query) {
  constexpr unsigned kDefault = 100, kMost = 1000;
  const auto limit = query.number("limit", kMost).value_or(kDefault);
  return std::max(1u, static_cast<unsigned>(limit));
}

}  // namespace signalbox::control
