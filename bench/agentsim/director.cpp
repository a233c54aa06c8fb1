#include "bench/agentsim/director.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "bench/agentsim/clock.hpp"

namespace signalbox::bench {
namespace {

constexpr std::int64_t kCheckEvery = 20 * kMillisecond;
constexpr std::size_t kExamples = 10;

double own_cpu_seconds() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

Director::Director(Shared& shared, const NodeStats* node, const std::atomic<bool>& interrupted)
    : shared_(shared),
      options_(shared.options),
      topology_(shared.topology),
      model_(shared.model),
      node_(node),
      interrupted_(interrupted),
      progress_(shared.options, shared),
      random_(shared.options.seed ^ 0x5EED),
      standings_(shared.options.agents),
      stalled_from_(shared.options.agents) {
  for (unsigned i = 0; i < options_.threads; ++i) workers_.push_back(std::make_unique<Worker>(shared_, i, options_.threads));
  std::uint64_t end = 0;
  for (const Publication& p : topology_.publications()) path_ends_.push_back(end += p.count);
  report_.agents = options_.agents;
  report_.instances = static_cast<std::uint32_t>(topology_.instances().size());
}

RunReport Director::run() {
  const Options& o = options_;
  const bool good = phase("connect", [this] { connect(); }) && (path_ends_.empty() || phase("publish", [this] { publish_all(); })) &&
                    (o.latency_probes == 0 || phase("latency", [this] { latency_probes(); })) &&
                    (o.churn <= 0 || phase("churn", [this] { churn(); })) &&
                    (o.stalled_readers == 0 || phase("stall", [this] { stall(); })) &&
                    (o.resubscribe == 0 || phase("resubscribe", [this] { resubscribe(); })) &&
                    (o.storm == Storm::kNone || phase("storm", [this] { reconnect_storm(); })) &&
                    (!o.kill_half || phase("kill-half", [this] { kill_half(); }));
  const Totals last = totals();
  report_.routes = path_ends_.empty() ? 0 : path_ends_.back();
  report_.good = good && last.violations == 0 && last.lost == 0;
  for (auto& w : workers_) {
    std::vector<std::string> complaints;
    w->run([&] { complaints = w->complaints(); });
    report_.complaints.insert(report_.complaints.end(), complaints.begin(), complaints.end());
  }
  return std::move(report_);
}

// ---- around a phase

bool Director::phase(const char* name, const std::function<void()>& body) {
  begin(name);
  body();
  end();
  return report_.phases.back().failure.empty();
}

void Director::begin(const char* name) {
  progress_.set_phase(name);
  current_ = PhaseReport{};
  current_.name = name;
  for (auto& w : workers_) w->run([&] { w->take_latency(); });
  if (node_ != nullptr) {
    node_->reset_peak();
    if (const auto sample = node_->sample()) {
      current_.has_node = true;
      current_.node_before = *sample;
    }
  }
  current_.before = totals();
  own_cpu_before_ = own_cpu_seconds();
  began_at_ = now_ns();
}

void Director::end() {
  if (current_.failure.empty()) {
    settle_node();
    current_.check = check_all(false, kExamples);
    if (!current_.check.good()) fail("tables changed after they were complete");
  }
  current_.seconds = static_cast<double>(now_ns() - began_at_) * 1e-9;
  current_.after = totals();
  current_.own_cpu_seconds = own_cpu_seconds() - own_cpu_before_;
  if (current_.has_node) {
    if (const auto sample = node_->sample()) {
      current_.node_after = *sample;
    } else {
      fail("the node has ended");
    }
  }
  if (current_.seconds_to_complete == 0 && current_.after.last_change_at > began_at_) {
    current_.seconds_to_complete = static_cast<double>(current_.after.last_change_at - began_at_) * 1e-9;
  }
  for (auto& w : workers_) w->run([&] { current_.latency.merge(w->take_latency()); });
  for (const Mismatch& m : current_.check.examples) {
    if (report_.mismatches.size() >= kExamples) break;
    const std::string& agent = topology_.agents()[m.agent].name;
    if (m.slot == kNoIndex) {
      report_.mismatches.push_back(agent + ": has what nobody published, table and prefix " + m.stray);
      continue;
    }
    report_.mismatches.push_back(agent + " " + topology_.instances()[instance_of(m.table)].name + " " +
                                 prefix_text(family_of(m.table), topology_.number_of(m.table, m.slot)) + ": has " +
                                 shared_.values.describe(m.held) + ", must have " + shared_.values.describe(m.expected));
  }
  progress_.finish_line();
  report_.phases.push_back(std::move(current_));
}

void Director::fail(const std::string& why) {
  if (current_.failure.empty()) current_.failure = why;
}

/// Waits until the node does nothing more: its work after the last delivery belongs to the phase as well.
void Director::settle_node() {
  constexpr std::int64_t kWindow = 50 * kMillisecond;
  const std::int64_t give_up = now_ns() + 3 * kSecond;
  for (int calm = 0; calm < 3 && now_ns() < give_up;) {
    const auto cpu = node_ != nullptr ? node_->cpu_ns() : std::nullopt;
    const std::uint64_t bytes = totals().bytes;
    const std::int64_t until = now_ns() + kWindow;
    while (now_ns() < until) pump(until - now_ns());
    const auto spent = cpu ? node_->cpu_ns().value_or(*cpu) - *cpu : 0;
    calm = spent < kWindow / 33 && totals().bytes == bytes ? calm + 1 : 0;
  }
}

// ---- waiting

Totals Director::totals() const {
  Totals t;
  for (const auto& w : workers_) t.add(w->counters());
  return t;
}

void Director::pump(std::int64_t wait_ns) {
  if (const auto event = shared_.events.pop(std::max<std::int64_t>(wait_ns, 0))) on_event(*event);
  const std::int64_t now = now_ns();
  if (progress_.due(now)) progress_.show(now, totals());
}

void Director::on_event(const Event& event) {
  switch (event.kind) {
    case Event::Kind::kUp:
      standings_[event.agent] = {true, event.session};
      if (publishing_) publish_agent(event.agent);
      break;
    case Event::Kind::kDown:
      standings_[event.agent].up = false;
      withdraw_agent(event.agent);
      if (!event.expected && report_.complaints.size() < kExamples) {
        report_.complaints.push_back(topology_.agents()[event.agent].name + ": session lost: " + event.reason);
      }
      break;
    case Event::Kind::kProbeDone: ++probes_done_; break;
  }
}

CheckResult Director::check_all(bool quick, std::size_t examples) {
  CheckResult all;
  for (auto& w : workers_) {
    w->run([&] { all.merge(w->check(quick, examples)); });
    if (quick && !all.good()) break;
  }
  return all;
}

std::string Director::incomplete_text(const CheckResult& check) {
  std::string text = std::to_string(check.not_up) + " agents not up, " + std::to_string(check.wrong_agents) +
                     " agents with wrong tables (" + std::to_string(check.wrong_entries) + " entries), and nothing moves";
  std::string refusal;
  for (auto& w : workers_) {
    w->run([&] {
      if (refusal.empty()) refusal = w->last_refusal();
    });
  }
  return check.not_up > 0 && !refusal.empty() ? text + "; the last connection that failed: " + refusal : text;
}

bool Director::await_complete() {
  const auto patience = static_cast<std::int64_t>(options_.timeout_seconds * 1e9);
  std::int64_t moved_at = now_ns();
  std::uint64_t moved = 0;
  for (;;) {
    const std::int64_t until = now_ns() + kCheckEvery;
    while (now_ns() < until) pump(until - now_ns());
    if (check_all(true, 0).good()) {
      pump(0);
      if (check_all(false, 0).good()) return true;
    }
    const Totals t = totals();
    const std::uint64_t now_moved = t.messages + t.published + t.up;
    if (now_moved != moved) moved_at = now_ns();
    moved = now_moved;
    if (now_ns() - moved_at > patience || interrupted_) break;
  }
  current_.check = check_all(false, kExamples);
  fail(interrupted_ ? "interrupted" : incomplete_text(current_.check));
  return false;
}

// ---- changes

void Director::publish_publication(std::uint32_t publication) {
  const Publication& p = topology_.publications()[publication];
  if (!standings_[p.agent].up) return;
  model_.set_live(publication, true);
  std::vector<RouteOp> ops;
  for (std::uint32_t i = 0; i < p.count; ++i) {
    const PathState state = model_.path(publication, i);
    if (state.present) ops.push_back({publication, i, state, true});
  }
  Worker& w = worker_of(p.agent);
  w.post([&w, agent = p.agent, session = standings_[p.agent].session, ops = std::move(ops)] { w.publish(agent, session, ops); });
}

void Director::publish_agent(std::uint32_t agent) {
  for (const std::uint32_t p : topology_.agents()[agent].publications) publish_publication(p);
}

void Director::withdraw_agent(std::uint32_t agent) {
  for (const std::uint32_t p : topology_.agents()[agent].publications) model_.set_live(p, false);
}

std::pair<std::uint32_t, std::uint32_t> Director::random_path() {
  const std::uint64_t n = random_() % path_ends_.back();
  const auto at = std::upper_bound(path_ends_.begin(), path_ends_.end(), n);
  const auto publication = static_cast<std::uint32_t>(at - path_ends_.begin());
  const std::uint64_t first = publication == 0 ? 0 : path_ends_[publication - 1];
  return {publication, static_cast<std::uint32_t>(n - first)};
}

PathState Director::random_change(PathState state) {
  const auto dice = random_() % 100;
  PathState next = state;
  if (!state.present) {
    next.present = 1;
    next.version = (state.version + 1) & 7;
  } else if (dice < 20) {
    next.present = 0;
  } else if (dice < 35 && options_.ecmp > 1) {
    next.preferred = !state.preferred;
  } else {
    next.version = (state.version + 1) & 7;
  }
  return next;
}

void Director::change_some(std::uint32_t changes) {
  struct Order {
    std::uint32_t agent;
    std::uint32_t session;
    RouteOp op;
  };
  std::vector<std::vector<Order>> orders(workers_.size());
  for (std::uint32_t n = 0; n < changes; ++n) {
    const auto [publication, index] = random_path();
    const std::uint32_t agent = topology_.publications()[publication].agent;
    // With a full receive buffer TCP drops segments and the acknowledgements in them: what such an agent sends is delayed by
    // its own retransmission timer.
    if (!model_.live(publication) || agent >= stalled_from_) continue;
    const PathState next = random_change(model_.path(publication, index));
    const bool visible = model_.set_path(publication, index, next);
    orders[agent % workers_.size()].push_back({agent, standings_[agent].session, {publication, index, next, visible}});
  }
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (orders[i].empty()) continue;
    Worker& w = *workers_[i];
    w.post([&w, all = std::move(orders[i])] {
      for (const Order& o : all) w.publish(o.agent, o.session, {o.op});
    });
  }
}

void Director::churn_for(double rate, double seconds, const std::function<bool()>& stop) {
  const std::int64_t start = now_ns();
  const std::int64_t until = seconds > 0 ? start + static_cast<std::int64_t>(seconds * 1e9) : INT64_MAX;
  std::uint64_t sent = 0;
  for (std::int64_t now = start; now < until && !stop(); now = now_ns()) {
    const auto owed = static_cast<std::uint64_t>(static_cast<double>(now - start) * 1e-9 * rate);
    // Whoever falls behind does not catch up in one blow.
    const auto step = static_cast<std::uint32_t>(std::min<std::uint64_t>(owed - sent, 1000));
    change_some(step);
    sent = owed;
    const auto next = start + static_cast<std::int64_t>(static_cast<double>(sent + 1) / rate * 1e9);
    pump(std::clamp<std::int64_t>(next - now_ns(), kMillisecond, 50 * kMillisecond));
  }
}

}  // namespace signalbox::bench
