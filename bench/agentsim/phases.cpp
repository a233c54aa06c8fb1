// The phases of a scenario, in the order in which they run.
#include <algorithm>

#include "bench/agentsim/clock.hpp"
#include "bench/agentsim/director.hpp"

namespace signalbox::bench {
namespace {

constexpr double kStallChurn = 1000;  // changes per second while readers have stalled, unless --churn says otherwise
constexpr std::uint32_t kSilenceChanges = 200;
constexpr std::int64_t kProbePatience = 10 * kSecond;

}  // namespace

void Director::connect() {
  for (std::uint32_t a = 0; a < options_.agents; ++a) {
    Worker& w = worker_of(a);
    w.post([&w, a] { w.bring_up(a); });
  }
  if (!await_complete()) return;
  current_.seconds_to_complete = static_cast<double>(now_ns() - began_at_) * 1e-9;
  settle_node();
  const auto sample = node_ != nullptr ? node_->sample() : std::nullopt;
  if (!sample) return;
  const double kb = static_cast<double>(sample->rss_kb) - static_cast<double>(current_.node_before.rss_kb);
  current_.figures.emplace_back("rss_kb_per_agent", kb / options_.agents);
}

void Director::publish_all() {
  publishing_ = true;
  for (std::uint32_t p = 0; p < topology_.publications().size(); ++p) {
    for (std::uint32_t i = 0; i < topology_.publications()[p].count; ++i) model_.set_path(p, i, {1, 0, 0});
  }
  for (std::uint32_t a = 0; a < options_.publishers; ++a) publish_agent(a);
  if (!await_complete()) return;
  settle_node();
  const auto sample = node_ != nullptr ? node_->sample() : std::nullopt;
  if (!sample) return;
  const double kb = static_cast<double>(sample->rss_kb) - static_cast<double>(current_.node_before.rss_kb);
  current_.figures.emplace_back("rss_bytes_per_route", kb * 1024 / static_cast<double>(path_ends_.back()));
}

void Director::latency_probes() {
  for (std::uint32_t n = 0; n < options_.latency_probes && !interrupted_; ++n) {
    if (!probe_once()) return;
    const std::int64_t until = now_ns() + static_cast<std::int64_t>(options_.probe_interval_ms * 1e6);
    while (now_ns() < until) pump(until - now_ns());
  }
  await_complete();
}

/// One new label of a random route; true when every other agent that shows the route has seen it.
bool Director::probe_once() {
  const auto [publication, index] = random_path();
  const Publication& p = topology_.publications()[publication];
  std::vector<std::uint32_t> receipts(workers_.size(), 0);
  for (const std::uint32_t i : topology_.shown_in(instance_of(p.table))) {
    for (const std::uint32_t a : topology_.subscribers(i)) receipts[a % workers_.size()] += a != p.agent;
  }
  PathState next = model_.path(publication, index);
  next.version = (next.version + 1) & 7;
  if (!model_.live(publication) || !model_.set_path(publication, index, next)) {
    fail("a probe needs a route that everybody sees: not with --ecmp");
    return false;
  }
  probes_done_ = 0;
  std::uint32_t wanted = 0;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    wanted += receipts[i] > 0;
    workers_[i]->run([&] { workers_[i]->arm_probe(receipts[i]); });
  }
  Worker& w = worker_of(p.agent);
  const RouteOp op{publication, index, next, true};
  w.post([&w, agent = p.agent, session = standings_[p.agent].session, op] { w.publish(agent, session, {op}); });
  const std::int64_t give_up = now_ns() + kProbePatience;
  while (probes_done_ < wanted && now_ns() < give_up && !interrupted_) pump(give_up - now_ns());
  std::vector<std::int64_t> seen;
  for (auto& worker : workers_) {
    worker->run([&] {
      const auto mine = worker->take_probe();
      seen.insert(seen.end(), mine.begin(), mine.end());
      worker->arm_probe(0);
    });
  }
  if (probes_done_ < wanted) {
    fail("a probe reached " + std::to_string(seen.size()) + " agents only");
    return false;
  }
  if (seen.empty()) return true;
  const auto [first, last] = std::minmax_element(seen.begin(), seen.end());
  current_.first_seen.add(*first);
  current_.last_seen.add(*last);
  return true;
}

void Director::churn() {
  churn_for(options_.churn, options_.for_seconds, [this] { return interrupted_.load(); });
  const double seconds = static_cast<double>(now_ns() - began_at_) * 1e-9;
  current_.figures.emplace_back("changes_per_second", static_cast<double>(totals().published - current_.before.published) / seconds);
  // An interrupted run still tells whether all is right.
  const bool was_interrupted = interrupted_;
  if (!was_interrupted)
    await_complete();
  else {
    const std::int64_t until = now_ns() + 10 * kSecond;
    while (now_ns() < until && !check_all(true, 0).good()) pump(50 * kMillisecond);
  }
}

void Director::stall() {
  const std::uint32_t first = options_.agents - std::min(options_.stalled_readers, options_.agents);
  const auto set_stalled = [&](bool stalled) {
    for (std::uint32_t a = first; a < options_.agents; ++a) {
      worker_of(a).run([&] { worker_of(a).agent(a).set_stalled(stalled); });
    }
  };
  set_stalled(true);
  stalled_from_ = first;
  churn_for(options_.churn > 0 ? options_.churn : kStallChurn, options_.stall_seconds, [this] { return interrupted_.load(); });
  if (!await_complete()) return;  // of those that read
  const double others = static_cast<double>(totals().last_change_at - began_at_) * 1e-9;
  if (node_ != nullptr) {
    if (const auto sample = node_->sample()) current_.figures.emplace_back("rss_kb_while_stalled", static_cast<double>(sample->rss_kb));
  }
  const Totals stalled = totals();
  const std::int64_t resumed_at = now_ns();
  set_stalled(false);
  stalled_from_ = options_.agents;
  if (!await_complete()) return;
  const Totals after = totals();
  current_.figures.emplace_back("seconds_until_others_complete", others);
  current_.figures.emplace_back("items_after_resume", static_cast<double>(after.items + after.retracts - stalled.items - stalled.retracts));
  current_.figures.emplace_back("seconds_to_catch_up",
                                static_cast<double>(std::max(after.last_change_at - resumed_at, std::int64_t{0})) * 1e-9);
}

void Director::unsubscribe(std::uint32_t agent, std::uint32_t instance) {
  for (const std::uint32_t p : topology_.agents()[agent].publications) {
    if (instance_of(topology_.publications()[p].table) == instance) model_.set_live(p, false);
  }
  Worker& w = worker_of(agent);
  w.post([&w, agent, instance] { w.agent(agent).set_subscribed(instance, false); });
}

void Director::subscribe_again(std::uint32_t agent, std::uint32_t instance) {
  Worker& w = worker_of(agent);
  w.post([&w, agent, instance] { w.agent(agent).set_subscribed(instance, true); });
  for (const std::uint32_t p : topology_.agents()[agent].publications) {
    if (instance_of(topology_.publications()[p].table) == instance) publish_publication(p);
  }
}

void Director::resubscribe() {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> leaving;
  const std::uint32_t count = std::min(options_.resubscribe, options_.agents);
  for (std::uint32_t n = 0; n < count; ++n) {
    const auto agent = static_cast<std::uint32_t>(std::uint64_t{n} * options_.agents / count);
    const auto& instances = topology_.agents()[agent].instances;
    leaving.emplace_back(agent, instances[random_() % instances.size()]);
  }
  for (const auto& [agent, instance] : leaving) unsubscribe(agent, instance);
  if (!await_complete()) return;
  settle_node();
  // Nothing may come for a table that was left, whatever happens in it (spec/xmpp.md 2.2, 4.2).
  const std::uint64_t ignored = totals().ignored;
  if (!path_ends_.empty()) change_some(kSilenceChanges);
  if (!await_complete()) return;
  settle_node();
  if (totals().ignored != ignored) fail("items for a table after its unsubscribe");
  for (const auto& [agent, instance] : leaving) subscribe_again(agent, instance);
  await_complete();
}

void Director::reconnect_storm() {
  const std::uint32_t step = options_.storm == Storm::kAll ? 1 : 2;
  for (auto& w : workers_) {
    w->post([this, step, &worker = *w] {
      for (std::uint32_t a = 0; a < options_.agents; a += step) {
        if (&worker_of(a) == &worker) worker.drop(a, true);
      }
    });
  }
  await_complete();
}

void Director::kill_half() {
  std::uint64_t before = 0;
  const auto visible_to_survivors = [this] {
    std::uint64_t sum = 0;
    for (std::uint32_t a = 0; a < options_.agents; a += 2) {
      for (const std::uint32_t i : topology_.agents()[a].instances) {
        sum += model_.visible(table_of(i, Family::kInet)) + std::uint64_t{model_.visible(table_of(i, Family::kInet6))};
      }
    }
    return sum;
  };
  before = visible_to_survivors();
  for (auto& w : workers_) {
    w->run([this, &worker = *w] {
      for (std::uint32_t a = 1; a < options_.agents; a += 2) {
        if (&worker_of(a) == &worker) worker.drop(a, false);
      }
    });
  }
  while (std::any_of(standings_.begin(), standings_.end(), [this](const Standing& s) {
    const auto a = static_cast<std::uint32_t>(&s - standings_.data());
    return a % 2 == 1 && s.up;
  })) {
    pump(kMillisecond);
  }
  current_.figures.emplace_back("retracts_due", static_cast<double>(before - visible_to_survivors()));
  await_complete();
}

}  // namespace signalbox::bench
