// What every table must show: for each slot the value that its subscribers must hold once all is quiet.
//
// One thread (the director) changes it; every worker reads the slots while it receives, for latency only. Equality of tables is
// checked when nothing is under way. A slot costs 16 bytes, a published path one byte.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/agentsim/published_route.hpp"
#include "bench/agentsim/topology.hpp"
#include "bench/agentsim/values.hpp"

namespace signalbox::bench {

struct SlotState {
  std::atomic<std::int64_t> changed_at{0};  // ns, when the change that leads to `expected` was sent; 0: not yet, or not by a route
  std::atomic<std::uint32_t> expected{kAbsent};
  std::atomic<std::uint32_t> changer{kNoIndex};  // agent that sent it
};

class Model {
 public:
  Model(const Topology& topology, ValueStore& values);

  /// Sets a path of publication `publication`. True when some table must show something else now.
  bool set_path(std::uint32_t publication, std::uint32_t index, PathState state);
  PathState path(std::uint32_t publication, std::uint32_t index) const { return paths_[publication][index]; }

  /// Whether the publication's session is up and has published: paths of one that is not count as absent.
  void set_live(std::uint32_t publication, bool live);
  bool live(std::uint32_t publication) const { return live_[publication]; }

  /// Any thread: notes that the change of this path leaves its agent at `now`.
  void stamp(std::uint32_t publication, std::uint32_t index, std::int64_t now);

  SlotState* slots(std::uint32_t table) const { return slots_[table].get(); }
  /// Prefixes that `table` must show.
  std::uint32_t visible(std::uint32_t table) const { return visible_[table]; }
  /// Paths that agents publish at present.
  std::uint64_t live_paths() const { return live_paths_; }

 private:
  struct Candidate {
    NextHop hop;
    std::uint32_t rank;  // local preference
    std::uint32_t agent;
  };

  bool refresh(std::uint32_t source_table, std::uint32_t offset);
  bool refresh_slot(std::uint32_t table, std::uint32_t number, std::uint32_t value);
  void collect(std::uint32_t source_table, std::uint32_t number);
  void collect_all(std::uint32_t table, std::uint32_t number);
  std::uint32_t best_rank(std::uint32_t table, std::uint32_t number);
  std::uint32_t value_of_candidates();
  std::uint32_t attributes_of(std::uint32_t preference, std::uint32_t agent);

  const Topology& topology_;
  ValueStore& values_;
  std::vector<std::vector<PathState>> paths_;
  std::vector<std::uint8_t> live_;
  std::vector<std::unique_ptr<SlotState[]>> slots_;
  std::vector<std::uint32_t> visible_;
  std::vector<std::uint32_t> details_;     // per instance
  std::vector<std::uint32_t> attributes_;  // [preferred][security group variant]
  std::vector<Candidate> candidates_;      // scratch
  std::vector<NextHop> hops_;              // scratch
  std::vector<std::uint32_t> affected_;    // scratch
  std::uint64_t live_paths_ = 0;
};

}  // namespace signalbox::bench
