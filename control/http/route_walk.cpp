#include "control/http/route_walk.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace signalbox::control {
namespace {

constexpr unsigned kTablesAtOnce = 256;

std::string position_text(core::Family family, const RouteStart& start) {
  if (start.beginning) return {};
  return key_text(family, start.key) + (start.after ? "+" : "");
}

// A key that cannot be read means the table's beginning.
RouteStart parse_position(core::Family family, std::string_view text) {
  RouteStart start;
  start.after = !text.empty() && text.back() == '+';
  if (start.after) text.remove_suffix(1);
  if (const auto key = parse_key(family, text)) {
    start.key = *key;
    start.beginning = false;
  }
  return start;
}

class RouteWalk : public std::enable_shared_from_this<RouteWalk> {
 public:
  RouteWalk(const PageContext& context, RouteWalkQuery query, std::function<void(RouteWalkResult)> done)
      : source_(context.source),
        post_(context.post),
        limits_(context.limits),
        query_(std::move(query)),
        done_(std::move(done)),
        deadline_(std::chrono::steady_clock::now() + context.limits.walk_time) {
    if (query_.start.table.empty()) query_.start.table = query_.table;
  }

  void begin() { ask_tables(query_.start.instance); }

 private:
  template <class T>
  Answer<T> then(void (RouteWalk::*step)(T)) {
    return on_http_thread<T>(post_, [self = shared_from_this(), step](T value) { (self.get()->*step)(std::move(value)); });
  }

  void ask_tables(const std::string& start_instance) {
    TablesQuery ask;
    ask.table = query_.table;
    ask.instance = query_.instance;
    ask.start_instance = start_instance;
    ask.limit = kTablesAtOnce;
    source_.tables(std::move(ask), then<TablesPage>(&RouteWalk::got_tables));
  }

  void got_tables(TablesPage page) {
    page_ = std::move(page);
    at_ = 0;
    next_table();
  }

  // Goes on at table `at_`.
  void next_table() {
    for (; at_ < page_.tables.size(); ++at_) {
      TableInfo& table = page_.tables[at_];
      if (!wanted(table)) continue;
      listed_ = false;
      if (table.deleted) list(table);
      if (table.counts.prefixes == 0) continue;
      start_ = {};
      if (table.name == query_.start.table) start_ = parse_position(table.family, query_.start.key);
      return ask_routes();
    }
    if (page_.next_instance.empty()) return finish();
    if (out_of_time()) return finish_at({page_.next_instance, "", ""});
    ask_tables(page_.next_instance);
  }

  bool wanted(const TableInfo& table) const {
    if (!query_.family.empty() && query_.family != table_family_word(table.family)) return false;
    const bool before_start = table.instance == query_.start.instance && table.name < query_.start.table;
    return !before_start;
  }

  void ask_routes() {
    const TableInfo& table = page_.tables[at_];
    RoutesQuery ask;
    ask.table = table.name;
    ask.start = start_;
    ask.limit = std::min(limits_.piece, query_.limit - static_cast<unsigned>(result_.routes));
    ask.examine = limits_.examine;
    ask.filter = query_.filter;
    if (const auto only = query_.filter ? query_.filter->only_key(table.family) : std::nullopt) {
      ask.start = {false, *only, false};
      ask.limit = ask.examine = 1;
      single_ = true;
    } else {
      single_ = false;
    }
    source_.routes(std::move(ask), then<RoutesPage>(&RouteWalk::got_routes));
  }

  void got_routes(RoutesPage page) {
    if (!page.routes.empty()) {
      list(page_.tables[at_]);
      result_.routes += page.routes.size();
      for (const Route& route : page.routes) paths_ += route.paths.size();
      auto& routes = result_.tables.back().routes;
      routes.insert(routes.end(), std::make_move_iterator(page.routes.begin()), std::make_move_iterator(page.routes.end()));
    }
    const bool more_here = page.more && !single_;
    if (result_.routes >= query_.limit || paths_ >= limits_.paths) return more_here ? finish_in_table(page) : finish_at(after_table());
    if (!more_here) {
      ++at_;
      return next_table();
    }
    if (out_of_time()) return finish_in_table(page);
    start_ = page.next;
    ask_routes();
  }

  // Puts a table into the result, once.
  void list(TableInfo& table) {
    if (listed_) return;
    listed_ = true;
    result_.tables.push_back({table, {}});
  }

  WalkPosition after_table() const {
    for (std::size_t i = at_ + 1; i < page_.tables.size(); ++i) {
      const TableInfo& table = page_.tables[i];
      if (wanted(table) && (table.deleted || table.counts.prefixes > 0)) return {table.instance, table.name, ""};
    }
    return {page_.next_instance, "", ""};
  }

  bool out_of_time() const { return std::chrono::steady_clock::now() >= deadline_; }

  void finish_in_table(const RoutesPage& page) {
    const TableInfo& table = page_.tables[at_];
    finish_at({table.instance, table.name, position_text(table.family, page.next)});
  }

  void finish_at(WalkPosition next) {
    result_.more = !next.at_beginning();
    result_.next = std::move(next);
    finish();
  }

  void finish() { done_(std::move(result_)); }

  ShowSource& source_;
  const Post post_;
  const PageLimits limits_;
  RouteWalkQuery query_;
  const std::function<void(RouteWalkResult)> done_;
  const std::chrono::steady_clock::time_point deadline_;
  TablesPage page_;
  std::size_t at_ = 0;  // in page_.tables
  bool listed_ = false;
  bool single_ = false;  // the table can hold only one route that matches
  RouteStart start_;
  std::size_t paths_ = 0;
  RouteWalkResult result_;
};

}  // namespace

void walk_routes(const PageContext& context, RouteWalkQuery query, std::function<void(RouteWalkResult)> done) {
  std::make_shared<RouteWalk>(context, std::move(query), std::move(done))->begin();
}

}  // namespace signalbox::control
