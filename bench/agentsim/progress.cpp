#include "bench/agentsim/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "bench/agentsim/clock.hpp"

namespace signalbox::bench {
namespace {

constexpr std::uint32_t kMaxTableRows = 20;

double rate(std::uint64_t now, std::uint64_t before, double seconds) {
  return seconds > 0 ? static_cast<double>(now - before) / seconds : 0;
}

}  // namespace

Progress::Progress(const Options& options, Shared& shared)
    : options_(options),
      shared_(shared),
      mode_(options.live    ? Mode::kTable
            : options.quiet ? Mode::kNone
                            : Mode::kLine),
      terminal_(isatty(STDOUT_FILENO) == 1),
      started_(now_ns()),
      shown_table_items_(shared.topology.table_count()) {}

void Progress::show(std::int64_t now, const Totals& totals) {
  const double seconds = shown_at_ == 0 ? 0 : static_cast<double>(now - shown_at_) * 1e-9;
  mode_ == Mode::kTable ? show_table(totals, seconds) : show_line(totals, seconds);
  shown_ = totals;
  shown_at_ = now;
  // Into a file or a pipe a line now and then is enough.
  next_ = now + (terminal_ || mode_ == Mode::kTable ? kSecond / (mode_ == Mode::kTable ? 1 : 4) : 5 * kSecond);
}

void Progress::show_line(const Totals& t, double seconds) {
  std::printf("%s[%6.1f s] %-10s %u/%u sessions  %llu routes  %.0f changes/s  %.0f items/s  latency p50 %.2f p99 %.2f ms%s",
              terminal_ ? "\r" : "", static_cast<double>(now_ns() - started_) * 1e-9, phase_.c_str(), t.up, options_.agents,
              static_cast<unsigned long long>(shared_.model.live_paths()), rate(t.published, shown_.published, seconds),
              rate(t.items + t.retracts, shown_.items + shown_.retracts, seconds), static_cast<double>(t.recent_p50) * 1e-6,
              static_cast<double>(t.recent_p99) * 1e-6, terminal_ ? "\x1b[K" : "\n");
  std::fflush(stdout);
  line_open_ = terminal_;
}

void Progress::show_table(const Totals& t, double seconds) {
  const Topology& topology = shared_.topology;
  // Over the table before, and not over what stands above it.
  if (terminal_ && table_lines_) std::printf("\x1b[%uF\x1b[J", table_lines_);
  table_lines_ = 2;
  std::printf("%-52s %8s %8s %8s %12s\n", "routing instance", "agents", "inet", "inet6", "items/s");
  const auto instances = static_cast<std::uint32_t>(topology.instances().size());
  for (std::uint32_t i = 0; i < instances; ++i) {
    std::uint64_t items = 0, before = 0;
    for (const Family f : {Family::kInet, Family::kInet6}) {
      const std::uint32_t table = table_of(i, f);
      items += shared_.table_items[table].load(std::memory_order_relaxed);
      before += std::exchange(shown_table_items_[table], shared_.table_items[table].load(std::memory_order_relaxed));
    }
    if (i >= kMaxTableRows) continue;
    ++table_lines_;
    std::printf("%-52s %8zu %8u %8u %12.0f\n", topology.instances()[i].name.c_str(), topology.subscribers(i).size(),
                shared_.model.visible(table_of(i, Family::kInet)), shared_.model.visible(table_of(i, Family::kInet6)),
                rate(items, before, seconds));
  }
  if (instances > kMaxTableRows) {
    std::printf("... and %u more\n", instances - kMaxTableRows);
    ++table_lines_;
  }
  std::printf("%-10s %7.1f s   %u/%u sessions   %llu routes   %.0f changes/s   %.0f items/s   %.1f MB/s   latency p50 %.2f p99 %.2f ms\n",
              phase_.c_str(), static_cast<double>(now_ns() - started_) * 1e-9, t.up, options_.agents,
              static_cast<unsigned long long>(shared_.model.live_paths()), rate(t.published, shown_.published, seconds),
              rate(t.items + t.retracts, shown_.items + shown_.retracts, seconds), rate(t.bytes, shown_.bytes, seconds) / 1e6,
              static_cast<double>(t.recent_p50) * 1e-6, static_cast<double>(t.recent_p99) * 1e-6);
  std::fflush(stdout);
}

void Progress::finish_line() {
  if (line_open_) std::printf("\n");
  line_open_ = false;
}

}  // namespace signalbox::bench
