// JSON API, metrics, health.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <set>

#include "control/http/health_page.hpp"
#include "control/http/metrics_page.hpp"
#include "control/http/url_query.hpp"
#include "control/http/why_text.hpp"
#include "tests/unit/control/site_fixture.hpp"

namespace signalbox::control::test {
namespace {

namespace json = boost::json;

const std::string kBlueTable = "default-domain:demo:blue:blue.inet.0";

json::object read(SiteFixture& site, const std::string& target, unsigned status = 200) {
  const HttpResponse response = site.get(target);
  EXPECT_EQ(response.status, status) << target << ": " << response.body;
  EXPECT_EQ(response.content_type, "application/json");
  return json::parse(response.body).as_object();
}

std::vector<std::string> texts(const json::value& list, const char* member) {
  std::vector<std::string> found;
  for (const auto& item : list.as_array()) found.emplace_back(item.as_object().at(member).as_string());
  return found;
}

using Texts = std::vector<std::string>;

TEST(Api, RoutesWithFilterAndPages) {
  SiteFixture site;
  fill_recorded_state(site.source);
  Texts all;
  std::string cursor;
  do {
    const auto page = read(site, "/api/v1/routes?table=" + kBlueTable + "&limit=3&cursor=" + percent_encode(cursor));
    const auto found = texts(page.at("routes"), "prefix");
    EXPECT_LE(found.size(), 3u);
    all.insert(all.end(), found.begin(), found.end());
    cursor = page.at("next").is_null() ? "" : std::string(page.at("next").as_string());
  } while (!cursor.empty() && all.size() < 100);
  EXPECT_EQ(all, (Texts{"10.1.0.1/32", "10.1.0.9/32", "10.1.0.200/32", "10.50.0.0/16"}));

  const auto exact = read(site, "/api/v1/routes?prefix=10.1.0.1%2F32&match=exact");
  EXPECT_EQ(texts(exact.at("routes"), "table"), (Texts{"bgp.l3vpn.0", kBlueTable, "default-domain:demo:red:red.inet.0"}));
  const auto& path = exact.at("routes").at(1).at("paths").at(0).as_object();
  EXPECT_EQ(path.at("protocol"), "XMPP (interface)");
  EXPECT_EQ(path.at("label"), 21);
  EXPECT_EQ(path.at("communities").at(0), "64512:9");
  EXPECT_TRUE(path.at("flags").as_array().empty());
}

TEST(Api, RefusesWhatMakesNoSense) {
  SiteFixture site;
  fill_recorded_state(site.source);
  read(site, "/api/v1/routes?match=nonsense", 400);
  read(site, "/api/v1/routes?match=exact", 400);
  read(site, "/api/v1/routes?cursor=nonsense", 400);
  read(site, "/api/v1/why?table=inet.0", 400);
  read(site, "/api/v1/why?table=inet.0&prefix=nonsense", 400);
  read(site, "/api/v1/why?table=nowhere&prefix=10.0.0.0/8", 404);
  read(site, "/api/v1/why?table=inet.0&prefix=10.0.0.0/8", 404);
  read(site, "/api/v1/nothing", 404);
  read(site, "/api/v1/", 404);
}

TEST(Api, ListsPageByPage) {
  SiteFixture site;
  fill_recorded_state(site.source);
  const auto first = read(site, "/api/v1/sessions?limit=2");
  EXPECT_EQ(texts(first.at("sessions"), "name"), (Texts{"vr1.example.net", "vr2.example.net"}));
  const auto second = read(site, "/api/v1/sessions?limit=2&cursor=" + std::string(first.at("next").as_string()));
  EXPECT_EQ(texts(second.at("sessions"), "name"), (Texts{"vr3.example.net"}));
  EXPECT_TRUE(second.at("next").is_null());
  EXPECT_EQ(texts(read(site, "/api/v1/instances?search=green").at("instances"), "virtual_network"), (Texts{"default-domain:demo:green"}));
  const auto instances = read(site, "/api/v1/instances?search=green&tables=1");
  EXPECT_EQ(instances.at("instances").at(0).at("imports").at(0), "target:64512:7");
  EXPECT_EQ(texts(instances.at("instances").at(0).at("tables"), "family"), (Texts{"inet", "inet6"}));
  EXPECT_EQ(texts(read(site, "/api/v1/tables?search=blue.*inet6").at("tables"), "name"), (Texts{"default-domain:demo:blue:blue.inet6.0"}));
}

ExplainedPath explained(RoutePath path, PathVerdict verdict, DecisionStep step) { return {std::move(path), verdict, step}; }

TEST(Api, WhyNamesReasonsCopiesAndExports) {
  SiteFixture site;
  fill_recorded_state(site.source);
  Explanation& why = site.source.explanation;
  why.key = parse_key(core::Family::kInet, "10.1.0.1/32").value();
  RoutePath refused = make_path({"vr4", "127.0.0.14", 24});
  refused.flags = path_flag::kNoTunnelEncap;
  why.paths = {explained(make_path({"vr1", "127.0.0.11", 21, 200}), PathVerdict::kBest, DecisionStep::kNone),
               explained(make_path({"vr2", "127.0.0.12", 22, 200}), PathVerdict::kEqual, DecisionStep::kPathId),
               explained(make_path({"vr3", "127.0.0.13", 23, 100}), PathVerdict::kWorse, DecisionStep::kLocalPreference),
               explained(refused, PathVerdict::kInfeasible, DecisionStep::kFeasible)};
  why.exports = {{"XMPP", {{"vr2", true}}, 7, ""}, {"IBGP", {}, 0, "no peer wants any of its route targets"}};
  why.copies = {{"bgp.l3vpn.0", {}}, {"default-domain:demo:red:red.inet.0", {core::RouteTarget::parse("target:64512:5").value()}}};

  const auto answer = read(site, "/api/v1/why?table=" + kBlueTable + "&prefix=10.1.0.1/32");
  EXPECT_EQ(texts(answer.at("paths"), "verdict"), (Texts{"best", "equal", "worse", "infeasible"}));
  EXPECT_EQ(
      texts(answer.at("paths"), "reason"),
      (Texts{"better than or as good as every other path",
             "as good as the best path, a further next hop for agents; ordered behind it by higher path id (next hop): 127.0.0.12 against "
             "127.0.0.11",
             "lower local preference: 100 against 200", "none of its encapsulations is known"}));
  EXPECT_EQ(answer.at("paths").at(2).at("decided_by"), "local-preference");
  EXPECT_EQ(answer.at("copies").at(1).at("by_targets").at(0), "target:64512:5");
  EXPECT_EQ(answer.at("exports").at(0).at("peers").at(0).at("pending"), true);
  EXPECT_EQ(answer.at("exports").at(0).at("exported"), true);
  EXPECT_EQ(answer.at("exports").at(1).at("withheld"), "no peer wants any of its route targets");
}

TEST(WhyText, EveryStepHasAReasonOfItsOwn) {
  const RoutePath best = make_path({"vr1", "127.0.0.11", 21, 200, 50}), other = make_path({"vr2", "127.0.0.12", 22, 100, 60});
  std::set<std::string> reasons;
  for (int step = static_cast<int>(DecisionStep::kFeasible); step <= static_cast<int>(DecisionStep::kPeerKey); ++step) {
    const auto worse = explained(other, PathVerdict::kWorse, static_cast<DecisionStep>(step));
    reasons.insert(path_reason(worse, best, false));
    EXPECT_FALSE(decision_word(worse.decided_by).empty());
  }
  // Both AS path steps read alike.
  EXPECT_EQ(reasons.size(), static_cast<std::size_t>(DecisionStep::kPeerKey) - 1);
  EXPECT_EQ(path_reason(explained(other, PathVerdict::kEqual, DecisionStep::kNone), best, false),
            "as good as the best path, a further next hop for agents");
  EXPECT_EQ(path_reason(explained(best, PathVerdict::kBest, DecisionStep::kNone), best, true), "the only path");
}

TEST(Api, StatusCountersAndProblems) {
  SiteFixture site;
  fill_recorded_state(site.source);
  site.source.report.missing = {{"self", "no bgp-router object for this host", 1'700'000'000'000'000, std::nullopt}};
  site.source.report.problem_count = 2;
  site.source.problems = {{"routing-instance", "d:p:a:a", "uuid-1", "bad route target", 0},
                          {"virtual-network", "d:p:b", "uuid-2", "no id", 0}};
  site.source.metrics = {{"signalbox_items_total", "Items", MetricType::kCounter, {{"", {{"direction", "in"}}, 5}}}};
  const auto status = read(site, "/api/v1/status");
  EXPECT_EQ(status.at("host"), "local");
  EXPECT_EQ(status.at("ready"), false);
  EXPECT_EQ(status.at("missing").at(0).at("what"), "self");
  EXPECT_EQ(status.at("neighbors").at("xmpp_up"), 3);
  EXPECT_EQ(status.at("config_problems"), 2);
  EXPECT_EQ(read(site, "/api/v1/counters").at("counters").at(0).at("samples").at(0).at("labels").at("direction"), "in");
  EXPECT_EQ(texts(read(site, "/api/v1/problems?search=^virtual-network").at("problems"), "reason"), (Texts{"no id"}));
}

TEST(Ready, NamesWhatIsMissingWithItsAge) {
  SiteOptions options;
  options.now = [] { return Microseconds{1'000'002'500'000}; };
  SiteFixture site(options);
  EXPECT_EQ(read(site, "/readyz").at("ready"), true);
  site.source.report.missing = {{"config", "rows.json not read yet", 1'000'000'000'000, std::nullopt},
                                {"RabbitMQ", "no connection", 1'000'001'500'000, 7}};
  site.source.report.impaired = {{"Cassandra", "no connection", 1'000'001'500'000, 2}};
  site.source.report.problem_count = 1;
  site.source.report.problems.items = {{"routing-instance", "d:p:a:a", "u", "bad route target", 1'000'000'000'000}};
  const auto answer = read(site, "/readyz", 503);
  EXPECT_EQ(answer.at("missing").at(0).at("what"), "config");
  EXPECT_DOUBLE_EQ(answer.at("missing").at(0).at("age_seconds").as_double(), 2.5);
  EXPECT_FALSE(answer.at("missing").at(0).as_object().contains("attempts"));
  EXPECT_EQ(answer.at("missing").at(1).at("what"), "RabbitMQ");
  EXPECT_DOUBLE_EQ(answer.at("missing").at(1).at("age_seconds").as_double(), 1.0);
  EXPECT_EQ(answer.at("missing").at(1).at("attempts"), 7);
  EXPECT_EQ(answer.at("impaired").at(0).at("attempts"), 2);
  EXPECT_EQ(answer.at("config_problems").at("count"), 1);
  EXPECT_EQ(answer.at("config_problems").at("first").at(0).at("reason"), "bad route target");
}

TEST(Ready, KeptOutObjectsAloneDoNotMakeTheNodeUnready) {
  SiteFixture site;
  site.source.report.problem_count = 5;
  EXPECT_EQ(read(site, "/readyz").at("config_problems").at("count"), 5);
}

TEST(Health, StuckShard) {
  const Microseconds now = 1'000'000'000'000;
  EXPECT_EQ(health_response({{0, now - 40'000}, {1, now - kStuckAfter}}, now).status, 200u);
  const HttpResponse stuck = health_response({{0, now - 40'000}, {1, now - kStuckAfter - 1}}, now);
  EXPECT_EQ(stuck.status, 503u);
  EXPECT_EQ(json::parse(stuck.body).at("shards").at(1).at("age_seconds").as_double(), 5.000001);
}

TEST(Metrics, TextFormat) {
  const Counters families{
      {"a_total",
       "First\nline \\ \"quoted\"",
       MetricType::kCounter,
       {{"", {}, 3}, {"", {{"peer", "a\"b\\c\nd"}, {"x", "y"}}, 9007199254740000.0}}},
      {"b", "Gauge", MetricType::kGauge, {{"", {}, 0.25}, {"", {}, NAN}, {"", {}, INFINITY}}},
      {"c", "Latency", MetricType::kHistogram, {{"_bucket", {{"le", "+Inf"}}, 2}, {"_sum", {}, 1.5}, {"_count", {}, 2}}}};
  EXPECT_EQ(metrics_text(families),
            "# HELP a_total First\\nline \\\\ \"quoted\"\n# TYPE a_total counter\na_total 3\n"
            "a_total{peer=\"a\\\"b\\\\c\\nd\",x=\"y\"} 9007199254740000\n"
            "# HELP b Gauge\n# TYPE b gauge\nb 0.25\nb NaN\nb +Inf\n"
            "# HELP c Latency\n# TYPE c histogram\nc_bucket{le=\"+Inf\"} 2\nc_sum 1.5\nc_count 2\n");
}

TEST(Metrics, PageHasTheNodesTheServersAndTheProcesssCounters) {
  SiteOptions options;
  options.http_counters = [] {
    HttpCounters c;
    c.requests = 42;
    return c;
  };
  SiteFixture site(options);
  site.source.metrics = {{"signalbox_items_total", "Items", MetricType::kCounter, {{"", {}, 5}}}};
  const HttpResponse response = site.get("/metrics");
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line : {"\nsignalbox_items_total 5\n", "\nsignalbox_http_requests_total 42\n", "\nprocess_cpu_seconds_total "}) {
    EXPECT_NE(response.body.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(response.body.find("process_resident_memory_bytes 0\n"), std::string::npos);
}

}  // namespace
}  // namespace signalbox::control::test
