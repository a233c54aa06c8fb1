// How much work a turn may still do: asked between slices of a long job.
//
// Threads: one partition's. Cost: TimeBudget reads the clock once per question.
#pragma once

#include "core/clock.hpp"

namespace signalbox::bgp {

class WorkBudget {
 public:
  virtual ~WorkBudget() = default;
  // The turn should end now. Asked after each slice, so that every turn does some.
  virtual bool spent() = 0;
};

// Until a point in time.
class TimeBudget final : public WorkBudget {
 public:
  explicit TimeBudget(core::TimePoint deadline) : deadline_(deadline) {}
  bool spent() override { return core::Clock::now() >= deadline_; }

 private:
  const core::TimePoint deadline_;
};

}  // namespace signalbox::bgp
