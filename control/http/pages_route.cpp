// ShowRouteReq, its iteration, and ShowRouteVrfReq (spec/introspect.md 1.7, 2.2, 2.5).
#include <algorithm>
#include <array>
#include <optional>

#include "control/http/page_registry.hpp"
#include "control/http/route_walk.hpp"
#include "control/http/route_writer.hpp"
#include "control/http/time_text.hpp"

namespace signalbox::control {
namespace {

// What a ShowRouteReq asks for; also what its cursor says.
struct ShowRouteArgs {
  std::string instance;
  std::string table;
  std::string prefix;
  WalkPosition start;
  std::uint32_t count = 0;  // still wanted; 0: no limit but the page's
  std::string source;
  std::string protocol;
  std::string family;
  bool longer_match = false;
  bool shorter_match = false;
};

// Declaration order of the request's fields: the place decides how a query string is read (spec/introspect.md 1.3).
enum ShowRouteField : std::size_t {
  kTable,
  kInstance,
  kPrefix,
  kLongerMatch,
  kShorterMatch,
  kCount,
  kStartTable,
  kStartInstance,
  kStartPrefix,
  kSource,
  kProtocol,
  kFamily,
};

std::vector<PageParameter> show_route_parameters() {
  return {{"routing_table"},
          {"routing_instance"},
          {"prefix"},
          {"longer_match", ParameterType::kBool},
          {"shorter_match", ParameterType::kBool},
          {"count", ParameterType::kU32},
          {"start_routing_table"},
          {"start_routing_instance"},
          {"start_prefix"},
          {"source"},
          {"protocol"},
          {"family"}};
}

ShowRouteArgs read_arguments(const PageParameters& p) {
  ShowRouteArgs args;
  args.table = p.text(kTable);
  args.instance = p.text(kInstance);
  args.prefix = p.text(kPrefix);
  args.start = {p.text(kStartInstance), p.text(kStartTable), p.text(kStartPrefix)};
  args.count = p.number(kCount);
  args.source = p.text(kSource);
  args.protocol = p.text(kProtocol);
  args.family = p.text(kFamily);
  args.longer_match = p.flag(kLongerMatch);
  args.shorter_match = p.flag(kShorterMatch);
  return args;
}

constexpr std::size_t kCursorPieces = 12;

std::string cursor_text(const ShowRouteArgs& args) {
  const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
  const std::array<std::string, kCursorPieces> pieces{args.instance,
                                                      args.table,
                                                      args.prefix,
                                                      args.start.instance,
                                                      args.start.table,
                                                      args.start.key,
                                                      std::to_string(args.count),
                                                      args.source,
                                                      args.protocol,
                                                      args.family,
                                                      flag(args.longer_match),
                                                      flag(args.shorter_match)};
  std::string text = pieces[0];
  for (std::size_t i = 1; i < pieces.size(); ++i) text += "||" + pieces[i];
  return text;
}

std::optional<ShowRouteArgs> parse_cursor(std::string_view text) {
  std::vector<std::string> pieces;
  for (auto bars = text.find("||"); bars != std::string_view::npos; bars = text.find("||")) {
    pieces.emplace_back(text.substr(0, bars));
    text.remove_prefix(bars + 2);
  }
  pieces.emplace_back(text);
  // A prefix expression may hold bars itself: what is too much belongs to it.
  while (pieces.size() > kCursorPieces) {
    pieces[2] += "||" + pieces[3];
    pieces.erase(pieces.begin() + 3);
  }
  if (pieces.size() != kCursorPieces) return std::nullopt;
  const auto count = core::parse_number(pieces[6], 0xffffffff);
  if (!count) return std::nullopt;

  ShowRouteArgs args;
  args.instance = pieces[0];
  args.table = pieces[1];
  args.prefix = pieces[2];
  args.start = {pieces[3], pieces[4], pieces[5]};
  args.count = static_cast<std::uint32_t>(*count);
  args.source = pieces[7];
  args.protocol = pieces[8];
  args.family = pieces[9];
  args.longer_match = pieces[10] == "true";
  args.shorter_match = pieces[11] == "true";
  return args;
}

std::shared_ptr<const RouteFilter> filter_of(const ShowRouteArgs& args) {
  using Match = RouteFilter::Match;
  const Match match = args.prefix.empty()                       ? Match::kPattern
                      : args.longer_match && args.shorter_match ? Match::kRelated
                      : args.longer_match                       ? Match::kCovered
                      : args.shorter_match                      ? Match::kCovering
                                                                : Match::kPattern;
  auto filter = std::make_shared<const RouteFilter>(match, args.prefix, args.source, args.protocol);
  return filter->empty() ? nullptr : filter;
}

void write_table(SandeshXml& xml, const TableRoutes& shown) {
  const TableInfo& table = shown.table;
  const TableCounts& counts = table.counts;
  xml.string("routing_instance", 1, table.instance, {{"link", "ShowRoutingInstanceReq"}});
  xml.string("routing_table_name", 2, table.name, {{"link", "ShowRouteReq"}});
  xml.boolean("deleted", 9, table.deleted);
  xml.string("deleted_at", 11, time_text(table.deleted_at));
  xml.u64("prefixes", 3, counts.prefixes);
  xml.u64("paths", 4, counts.primary_paths + counts.secondary_paths);
  xml.u64("primary_paths", 5, counts.primary_paths);
  xml.u64("secondary_paths", 6, counts.secondary_paths);
  xml.u64("infeasible_paths", 7, counts.infeasible_paths);
  xml.u64("stale_paths", 12, counts.stale_paths);
  xml.u64("llgr_stale_paths", 13, counts.llgr_stale_paths);
  xml.structs("routes", 8, "ShowRoute", shown.routes, [&](const Route& route) { write_route(xml, table.family, route); });
  xml.structs("listeners", 10, "ShowTableListener", table.listeners, [&](const TableListener& listener) {
    xml.u32("id", 1, listener.id);
    xml.string("name", 2, listener.name);
    xml.u64("state_count", 3, listener.state_count);
  });
}

HttpResponse show_route_response(const RouteWalkResult& found, const std::string& next_batch) {
  SandeshXml xml;
  xml.reply("ShowRouteResp", [&] {
    xml.structs("tables", 1, "ShowRouteTable", found.tables, [&](const TableRoutes& table) { write_table(xml, table); });
    xml.string("next_batch", 2, next_batch, {{"link", "ShowRouteReqIterate"}, {"link_title", "next_batch"}});
  });
  return xml_response(xml.take());
}

void show_routes(const PageContext& context, ShowRouteArgs args, HttpReply reply) {
  RouteWalkQuery query;
  query.table = args.table;
  query.instance = args.instance;
  query.family = args.family;
  query.filter = filter_of(args);
  query.start = args.start;
  query.limit = args.count == 0 ? context.limits.routes : std::min(args.count, context.limits.routes);
  walk_routes(context, std::move(query), [args = std::move(args), reply = std::move(reply)](const RouteWalkResult& found) mutable {
    const bool counted_out = args.count != 0 && found.routes >= args.count;
    if (!found.more || counted_out) return reply(show_route_response(found, ""));
    if (args.count != 0) args.count -= static_cast<std::uint32_t>(found.routes);
    args.start = found.next;
    reply(show_route_response(found, cursor_text(args)));
  });
}

void handle_show_route(const PageContext& context, const PageParameters& parameters, HttpReply reply) {
  show_routes(context, read_arguments(parameters), std::move(reply));
}

void handle_iterate(const PageContext& context, const PageParameters& parameters, HttpReply reply) {
  auto args = parse_cursor(parameters.text(0));
  if (!args) return reply(show_route_response({}, ""));
  show_routes(context, std::move(*args), std::move(reply));
}

// ShowRouteVrfReq(vrf, prefix): one IPv4 route of an instance, exactly.
void handle_show_route_vrf(const PageContext& context, const PageParameters& parameters, HttpReply reply) {
  RouteWalkQuery query;
  query.instance = parameters.text(0);
  query.family = table_family_word(core::Family::kInet);
  query.filter = std::make_shared<const RouteFilter>(RouteFilter::Match::kExact, parameters.text(1), "", "");
  query.limit = 1;
  walk_routes(context, std::move(query), [now = context.now(), reply = std::move(reply)](const RouteWalkResult& found) {
    const bool exists = !found.tables.empty() && !found.tables[0].routes.empty();
    SandeshXml xml;
    xml.reply("ShowRouteVrfResp", [&] {
      xml.structure("route", 1, "ShowRoute", [&] {
        if (exists) return write_route_brief(xml, core::Family::kInet, found.tables[0].routes[0], now);
        xml.string("prefix", 1, "");
        xml.string("last_modified", 2, "");
        xml.structs("paths", 3, "ShowRoutePath", std::vector<RoutePath>{}, [](const RoutePath&) {});
      });
    });
    reply(xml_response(xml.take()));
  });
}

}  // namespace

void add_route_pages(std::vector<Page>& pages) {
  pages.push_back({"ShowRouteReq", "bgp_peer", show_route_parameters(), handle_show_route});
  pages.push_back({"ShowRouteReqIterate", "bgp_peer", {{"route_info"}}, handle_iterate});
  pages.push_back({"ShowRouteVrfReq", "bgp_peer", {{"vrf"}, {"prefix"}}, handle_show_route_vrf});
}

}  // namespace signalbox::control
