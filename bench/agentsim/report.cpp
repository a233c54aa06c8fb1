#include "bench/agentsim/report.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdarg>
#include <cstdio>
#include <fstream>

namespace signalbox::bench {
namespace {

namespace json = boost::json;

__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text, sizeof text, pattern, arguments);
  va_end(arguments);
  return text;
}

double per(double amount, std::uint64_t count) { return count == 0 ? 0 : amount / static_cast<double>(count); }
double ms(std::int64_t ns) { return static_cast<double>(ns) * 1e-6; }

std::string latency_text(const char* what, const LatencyHistogram& h) {
  if (h.count() == 0) return {};
  return format("    %-28s p50 %.3f  p90 %.3f  p99 %.3f  max %.3f ms (%llu)\n", what, ms(h.percentile(0.5)), ms(h.percentile(0.9)),
                ms(h.percentile(0.99)), ms(h.max()), static_cast<unsigned long long>(h.count()));
}

json::object latency_json(const LatencyHistogram& h) {
  return {{"count", h.count()},
          {"p50_us", static_cast<double>(h.percentile(0.5)) * 1e-3},
          {"p90_us", static_cast<double>(h.percentile(0.9)) * 1e-3},
          {"p99_us", static_cast<double>(h.percentile(0.99)) * 1e-3},
          {"max_us", static_cast<double>(h.max()) * 1e-3}};
}

json::object node_json(const PhaseReport& p) {
  const std::uint64_t delivered = p.delivered();
  const std::uint64_t published = p.after.published - p.before.published;
  return {{"cpu_s", p.node_cpu_seconds()},
          {"user_s", p.node_after.user_seconds - p.node_before.user_seconds},
          {"system_s", p.node_after.system_seconds - p.node_before.system_seconds},
          {"cpu_s_per_million_delivered", per(p.node_cpu_seconds() * 1e6, delivered)},
          {"cpu_us_per_published", per(p.node_cpu_seconds() * 1e6, published)},
          {"rss_before_kb", p.node_before.rss_kb},
          {"rss_after_kb", p.node_after.rss_kb},
          {"rss_peak_kb", p.node_after.peak_rss_kb},
          {"threads", p.node_after.threads}};
}

json::object phase_json(const PhaseReport& p) {
  const std::uint64_t items = p.after.items - p.before.items;
  json::object o{{"name", p.name},
                 {"good", p.failure.empty()},
                 {"failure", p.failure},
                 {"seconds", p.seconds},
                 {"seconds_to_complete", p.seconds_to_complete},
                 {"sessions", p.after.up},
                 {"published", p.after.published - p.before.published},
                 {"items", items},
                 {"retracts", p.after.retracts - p.before.retracts},
                 {"messages", p.after.messages - p.before.messages},
                 {"bytes", p.after.bytes - p.before.bytes},
                 {"redundant", p.after.redundant - p.before.redundant},
                 {"refused_connections", p.after.refused - p.before.refused},
                 {"lost_sessions", p.after.lost - p.before.lost},
                 {"violations", p.after.violations - p.before.violations},
                 {"delivered_per_second", p.seconds_to_complete > 0 ? static_cast<double>(p.delivered()) / p.seconds_to_complete : 0},
                 {"bytes_per_delivered", per(static_cast<double>(p.after.bytes - p.before.bytes), p.delivered())},
                 {"own_cpu_s", p.own_cpu_seconds},
                 {"entries_compared", p.check.compared}};
  if (p.has_node) o["node"] = node_json(p);
  if (p.latency.count() > 0) o["latency"] = latency_json(p.latency);
  if (p.first_seen.count() > 0) o["first_seen"] = latency_json(p.first_seen);
  if (p.last_seen.count() > 0) o["last_seen"] = latency_json(p.last_seen);
  for (const auto& [name, value] : p.figures) o[name] = value;
  return o;
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

json::array to_array(const std::vector<std::string>& texts) {
  json::array a;
  for (const std::string& t : texts) a.emplace_back(t);
  return a;
}

}  // namespace

void Totals::add(const Counters& c) {
  items += c.items;
  retracts += c.retracts;
  messages += c.messages;
  bytes += c.bytes;
  redundant += c.redundant;
  ignored += c.ignored;
  keepalives += c.keepalives;
  ends_of_rib += c.ends_of_rib;
  published += c.published;
  violations += c.violations;
  refused += c.refused;
  lost += c.lost;
  up += c.up;
  last_change_at = std::max<std::int64_t>(last_change_at, c.last_change_at);
  recent_p50 = std::max<std::int64_t>(recent_p50, c.recent_p50);
  recent_p99 = std::max<std::int64_t>(recent_p99, c.recent_p99);
}

std::string phase_text(const PhaseReport& p) {
  const std::uint64_t items = p.after.items - p.before.items;
  const std::uint64_t retracts = p.after.retracts - p.before.retracts;
  const std::uint64_t published = p.after.published - p.before.published;
  std::string t = format("%-12s %s in %.3f s (complete after %.3f s), %u sessions up\n", p.name.c_str(),
                         p.failure.empty() ? "good" : "FAILED", p.seconds, p.seconds_to_complete, p.after.up);
  if (!p.failure.empty()) t += "    " + p.failure + "\n";
  if (published > 0) t += format("    published                    %llu\n", static_cast<unsigned long long>(published));
  if (items + retracts > 0) {
    t += format(
        "    received                     %llu items, %llu retracts, %.1f MB, %.0f bytes each, %.1f in a message, %.0f /s, %llu "
        "redundant\n",
        static_cast<unsigned long long>(items), static_cast<unsigned long long>(retracts),
        static_cast<double>(p.after.bytes - p.before.bytes) / 1e6,
        per(static_cast<double>(p.after.bytes - p.before.bytes), items + retracts),
        per(static_cast<double>(items + retracts), p.after.messages - p.before.messages),
        p.seconds_to_complete > 0 ? static_cast<double>(items + retracts) / p.seconds_to_complete : 0,
        static_cast<unsigned long long>(p.after.redundant - p.before.redundant));
  }
  t += latency_text("change sent -> seen", p.latency);
  t += latency_text("probe: first other agent", p.first_seen);
  t += latency_text("probe: last other agent", p.last_seen);
  for (const auto& [name, value] : p.figures) t += format("    %-28s %.6g\n", name.c_str(), value);
  if (p.has_node) {
    t += format("    node                         %.4f CPU s (%.2f user, %.2f system)", p.node_cpu_seconds(),
                p.node_after.user_seconds - p.node_before.user_seconds, p.node_after.system_seconds - p.node_before.system_seconds);
    if (items + retracts > 0) t += format(", %.3f per million delivered", per(p.node_cpu_seconds() * 1e6, items + retracts));
    if (published > 0) t += format(", %.2f us per published", per(p.node_cpu_seconds() * 1e6, published));
    t += format("; RSS %.1f -> %.1f MB, peak %.1f\n", static_cast<double>(p.node_before.rss_kb) / 1024,
                static_cast<double>(p.node_after.rss_kb) / 1024, static_cast<double>(p.node_after.peak_rss_kb) / 1024);
  }
  t += format("    agentsim                     %.3f CPU s\n", p.own_cpu_seconds);
  return t;
}

std::string summary_text(const RunReport& r) {
  std::string t = format("\n%u agents, %u instances, %llu routes\n", r.agents, r.instances, static_cast<unsigned long long>(r.routes));
  for (const PhaseReport& p : r.phases) t += phase_text(p);
  for (const std::string& c : r.complaints) t += "violation: " + c + "\n";
  for (const std::string& m : r.mismatches) t += "mismatch: " + m + "\n";
  const CheckResult none;
  const CheckResult& last = r.phases.empty() ? none : r.phases.back().check;
  t += r.good ? format("every agent has exactly what it must have: %u agents, %llu entries compared\n", last.agents,
                       static_cast<unsigned long long>(last.compared))
              : "NOT every agent has what it must have\n";
  return t;
}

std::string report_json(const RunReport& r) {
  struct utsname system {};
  uname(&system);
  json::array phases;
  for (const PhaseReport& p : r.phases) phases.push_back(phase_json(p));
  const json::object o{{"command", r.command},
                       {"good", r.good},
                       {"agents", r.agents},
                       {"instances", r.instances},
                       {"routes", r.routes},
                       {"machine", {{"processor", processor()}, {"cores", sysconf(_SC_NPROCESSORS_ONLN)}, {"kernel", system.release}}},
                       {"phases", phases},
                       {"violations", to_array(r.complaints)},
                       {"mismatches", to_array(r.mismatches)}};
  return json::serialize(o) + "\n";
}

}  // namespace signalbox::bench
