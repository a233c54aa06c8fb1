// /api/v1/routes: routes of one or all tables, filtered, page by page.
#include <boost/json.hpp>
#include <optional>

#include "control/http/api.hpp"
#include "control/http/api_path.hpp"
#include "control/http/json_response.hpp"
#include "control/http/route_walk.hpp"

namespace signalbox::control {

namespace json = boost::json;

namespace {

std::string cursor_text(const WalkPosition& position) { return position.instance + "||" + position.table + "||" + position.key; }

std::optional<WalkPosition> parse_cursor(const std::string& text) {
  if (text.empty()) return WalkPosition{};
  const auto first = text.find("||");
  if (first == std::string::npos) return std::nullopt;
  const auto second = text.find("||", first + 2);
  if (second == std::string::npos) return std::nullopt;
  return WalkPosition{text.substr(0, first), text.substr(first + 2, second - first - 2), text.substr(second + 2)};
}

std::optional<RouteFilter::Match> parse_match(const std::string& word) {
  if (word.empty() || word == "pattern") return RouteFilter::Match::kPattern;
  if (word == "exact") return RouteFilter::Match::kExact;
  if (word == "longer") return RouteFilter::Match::kCovered;
  if (word == "shorter") return RouteFilter::Match::kCovering;
  return std::nullopt;
}

HttpResponse routes_response(const RouteWalkResult& found) {
  json::array routes;
  for (const TableRoutes& table : found.tables) {
    for (const Route& route : table.routes) {
      json::array paths;
      for (const RoutePath& path : route.paths) paths.push_back(json_path(path));
      routes.push_back({{"instance", table.table.instance},
                        {"table", table.table.name},
                        {"prefix", key_text(table.table.family, route.key)},
                        {"modified", json_time(route.modified)},
                        {"paths", std::move(paths)}});
    }
  }
  return json_response(
      json::object{{"routes", std::move(routes)}, {"next", found.more ? json::value(cursor_text(found.next)) : json::value(nullptr)}});
}

}  // namespace

void api_routes(const PageContext& context, const Query& query, HttpReply reply) {
  const auto start = parse_cursor(query.text("cursor"));
  if (!start) return reply(json_error(400, "cursor: not one that a reply gave"));
  const auto match = parse_match(query.text("match"));
  if (!match) return reply(json_error(400, "match: pattern, exact, longer or shorter"));
  const bool needs_prefix = *match != RouteFilter::Match::kPattern;
  if (needs_prefix && query.text("prefix").empty()) return reply(json_error(400, "prefix: needed with this match"));

  RouteWalkQuery walk;
  walk.table = query.text("table");
  walk.instance = query.text("instance");
  walk.family = query.text("family");
  walk.start = *start;
  walk.limit = api_limit(query);
  auto filter = std::make_shared<const RouteFilter>(*match, query.text("prefix"), query.text("source"), query.text("protocol"));
  if (!filter->empty()) walk.filter = std::move(filter);
  walk_routes(context, std::move(walk), [reply = std::move(reply)](const RouteWalkResult& found) { reply(routes_response(found)); });
}

}  // namespace signalbox::control
