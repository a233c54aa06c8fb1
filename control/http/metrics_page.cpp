#include "control/http/metrics_page.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace signalbox::control {
namespace {

std::string_view type_word(MetricType type) {
  switch (type) {
    case MetricType::kGauge: return "gauge";
    case MetricType::kHistogram: return "histogram";
    default: return "counter";
  }
}

// In help texts the double quote needs no escape.
std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
  return out;
}

std::string value_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[64];
  const bool whole = std::fabs(value) < 9e15 && value == std::floor(value);
  std::snprintf(text, sizeof text, whole ? "%.0f" : "%.17g", value);
  return text;
}

void append_sample(std::string& out, const MetricFamily& family, const MetricSample& sample) {
  out += family.name + sample.suffix;
  if (!sample.labels.empty()) {
    char separator = '{';
    for (const auto& [name, value] : sample.labels) {
      out += separator;
      out += name + "=\"" + escaped(value, true) + '"';
      separator = ',';
    }
    out += '}';
  }
  out += ' ' + value_text(sample.value) + '\n';
}

MetricFamily single(std::string name, std::string help, MetricType type, double value) {
  return {std::move(name), std::move(help), type, {{"", {}, value}}};
}

double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double total = 0, resident = 0;
  in >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code ec;
  const std::filesystem::directory_iterator entries("/proc/self/fd", ec);
  return ec ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)));
}

}  // namespace

std::string metrics_text(const Counters& families) {
  std::string out;
  for (const MetricFamily& family : families) {
    out += "# HELP " + family.name + ' ' + escaped(family.help, false) + '\n';
    out += "# TYPE " + family.name + ' ';
    out += type_word(family.type);
    out += '\n';
    for (const MetricSample& sample : family.samples) append_sample(out, family, sample);
  }
  return out;
}

Counters http_counters(const HttpCounters& c) {
  const auto n = [](std::uint64_t value) { return static_cast<double>(value); };
  return {
      single("signalbox_http_connections_total", "HTTP connections accepted", MetricType::kCounter, n(c.connections)),
      single("signalbox_http_connections", "HTTP connections open", MetricType::kGauge, n(c.open)),
      single("signalbox_http_requests_total", "HTTP requests read", MetricType::kCounter, n(c.requests)),
      single("signalbox_http_errors_total", "HTTP replies with a status of 400 and more", MetricType::kCounter, n(c.errors)),
      single("signalbox_http_timeouts_total", "HTTP connections closed because the client took too long", MetricType::kCounter,
             n(c.timeouts)),
      single("signalbox_http_refused_total", "HTTP connections refused because there were too many", MetricType::kCounter, n(c.refused)),
      single("signalbox_http_sent_bytes_total", "Bytes of HTTP replies", MetricType::kCounter, n(c.bytes_sent)),
  };
}

Counters process_counters() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return {
      single("process_cpu_seconds_total", "User and system CPU time spent in seconds", MetricType::kCounter,
             seconds(usage.ru_utime) + seconds(usage.ru_stime)),
      single("process_resident_memory_bytes", "Resident memory size in bytes", MetricType::kGauge, resident_bytes()),
      single("process_open_fds", "Open file descriptors", MetricType::kGauge, open_descriptors()),
  };
}

void handle_metrics(const PageContext& context, const HttpCounters& http, HttpReply reply) {
  context.source.counters(on_http_thread<Counters>(context.post, [http, reply = std::move(reply)](const Counters& counters) {
    HttpResponse response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_text(counters) + metrics_text(http_counters(http)) + metrics_text(process_counters());
    reply(std::move(response));
  }));
}

}  // namespace signalbox::control
