// Collects routes table by table, in the order of instances, tables and keys, up to a page's limit.
//
// A walk goes in turns: each asks the ShowSource for one table's next bounded piece. A search that finds little ends after PageLimits::walk_time
// with what it has and the place to go on, so no request takes for ever and none is cut off without a cursor.
// Threads: the HTTP server's. Lifetime: a walk lives until its answer is given or the server stops. Source: spec/introspect.md 1.7, 2.5.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/http/page.hpp"

namespace signalbox::control {

// Where a walk begins: at this instance, at this of its tables, at this key (printed, with a trailing '+' behind it). All may be empty.
struct WalkPosition {
  std::string instance;
  std::string table;
  std::string key;

  bool at_beginning() const { return instance.empty() && table.empty() && key.empty(); }
};

struct RouteWalkQuery {
  std::string table;                          // exactly this one; empty: any
  std::string instance;                       // exactly this one; empty: any
  std::string family;                         // word of table_family_word(); empty: any
  std::shared_ptr<const RouteFilter> filter;  // null: all
  WalkPosition start;
  unsigned limit = 1000;
};

struct TableRoutes {
  TableInfo table;
  std::vector<Route> routes;
};

struct RouteWalkResult {
  std::vector<TableRoutes> tables;  // those with a matching route, and deleted ones
  std::size_t routes = 0;           // in all of them
  bool more = false;
  WalkPosition next;  // if more
};

void walk_routes(const PageContext& context, RouteWalkQuery query, std::function<void(RouteWalkResult)> done);

}  // namespace signalbox::control
