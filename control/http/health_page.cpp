#include "control/http/health_page.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "control/http/json_response.hpp"

namespace signalbox::control {

namespace json = boost::json;

namespace {

double seconds_since(Microseconds then, Microseconds now) { return static_cast<double>(std::max<Microseconds>(now - then, 0)) / 1e6; }

json::array json_missing(const std::vector<MissingItem>& items, Microseconds now) {
  json::array out;
  for (const MissingItem& item : items) {
    json::object entry{{"what", item.what}, {"detail", item.detail}, {"age_seconds", seconds_since(item.since, now)}};
    if (item.attempts) entry["attempts"] = *item.attempts;
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace

HttpResponse health_response(const std::vector<ShardTurn>& turns, Microseconds now) {
  bool stuck = false;
  json::array shards;
  for (const ShardTurn& turn : turns) {
    stuck |= now - turn.last_turn > kStuckAfter;
    shards.push_back({{"shard", turn.shard}, {"age_seconds", seconds_since(turn.last_turn, now)}});
  }
  return json_response(json::object{{"status", stuck ? "stuck" : "ok"}, {"shards", std::move(shards)}}, stuck ? 503 : 200);
}

HttpResponse ready_response(const ReadyReport& report, Microseconds now) {
  json::array problems;
  for (const ConfigProblem& problem : report.problems.items) problems.push_back(json_problem(problem));
  const bool ready = report.missing.empty();
  return json_response(json::object{{"ready", ready},
                                    {"missing", json_missing(report.missing, now)},
                                    {"impaired", json_missing(report.impaired, now)},
                                    {"config_problems", {{"count", report.problem_count}, {"first", std::move(problems)}}}},
                       ready ? 200 : 503);
}

void handle_ready(const PageContext& context, HttpReply reply) {
  context.source.ready(on_http_thread<ReadyReport>(
      context.post, [now = context.now, reply = std::move(reply)](const ReadyReport& report) { reply(ready_response(report, now())); }));
}

}  // namespace signalbox::control
