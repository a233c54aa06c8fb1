// What is shown while a run is under way: one line, or with --live a table per instance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/agentsim/report.hpp"

namespace signalbox::bench {

class Progress {
 public:
  Progress(const Options& options, Shared& shared);

  void set_phase(std::string name) { phase_ = std::move(name); }
  /// Whether it is time to call show().
  bool due(std::int64_t now) const { return mode_ != Mode::kNone && now >= next_; }
  void show(std::int64_t now, const Totals& totals);
  /// Leaves the screen so that a report can follow.
  void finish_line();

 private:
  enum class Mode { kNone, kLine, kTable };

  void show_line(const Totals& totals, double seconds);
  void show_table(const Totals& totals, double seconds);

  const Options& options_;
  Shared& shared_;
  Mode mode_;
  bool terminal_;
  bool line_open_ = false;
  unsigned table_lines_ = 0;  // of the table shown last
  std::string phase_;
  std::int64_t started_;
  std::int64_t next_ = 0;
  std::int64_t shown_at_ = 0;
  Totals shown_;
  std::vector<std::uint64_t> shown_table_items_;
};

}  // namespace signalbox::bench
