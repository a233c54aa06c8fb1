// The update log of a table: its routes in the order of their last change.
//
// Every route of the table has exactly one live entry, at the place of its last change; an older entry of it becomes a hole. So the log is
// state-compressed by construction and never longer than twice the routes: what changed since a position is what stands behind it, and the
// whole table is what stands behind position 0. Positions move when holes are squeezed out: whoever holds positions
// hands them to compact().
//
// Threads: one partition's. Cost: append is amortised constant; 4 bytes an entry.
#pragma once

#include <cstdint>
#include <vector>

#include "bgp/rib/route.hpp"

namespace signalbox::bgp {

class UpdateLog {
 public:
  using Position = std::uint32_t;

  // Puts the route at the end; its older entry, if it has one, becomes a hole. New routes: `known` false.
  void append(RouteId id, Route& route, bool known);
  // The route is gone for good.
  void remove(const Route& route);

  Position end() const { return static_cast<Position>(entries_.size()); }
  RouteId at(Position p) const { return entries_[p]; }  // 0 = a hole
  std::size_t live() const { return entries_.size() - holes_; }

  bool wants_compaction() const { return holes_ > 64 && holes_ * 2 > entries_.size(); }
  // Squeezes holes out. `cursors` lists every position that others hold (any order); they are moved to the same place in the new log.
  void compact(RouteStore& routes, std::vector<Position*>& cursors);

  // How often positions have moved: who keeps one without telling compact() must start anew when this changes.
  std::uint32_t compactions() const { return compactions_; }

  std::size_t bytes() const { return entries_.capacity() * sizeof(RouteId); }

 private:
  std::vector<RouteId> entries_;
  std::size_t holes_ = 0;
  std::uint32_t compactions_ = 0;
};

}  // namespace signalbox::bgp
