// What one partition contributes to show pages: slices of tables, counters, the reasons behind a route.
//
// Threads: all functions run on the partition's thread (bgp::ShowTask). Cost: bounded per call; a table is looked through in steps by
// TableScan, because its routes are not kept in key order.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bgp/rib/partition.hpp"
#include "control/show/show_data.hpp"

namespace signalbox::control {

// How a partition's seconds become wall time: what the wall clock said when the node started.
using NodeStart = Microseconds;

// Finds the first `limit` routes in key order that a query wants. step() until it returns true.
class TableScan {
 public:
  TableScan(RoutesQuery query, core::InstanceId instance, core::Family family, NodeStart start);

  // Looks at the next entries of the table; true when done.
  bool step(bgp::Partition& partition);
  RouteSlice result(bgp::Partition& partition);

 private:
  void consider(bgp::Partition& partition, bgp::RouteId id);

  static constexpr unsigned kEntriesPerStep = 2000;

  const RoutesQuery query_;
  const core::InstanceId instance_;
  const core::Family family_;
  const NodeStart start_;
  std::set<RouteKey> keys_;  // the smallest so far, at most query_.limit
  bgp::UpdateLog::Position at_ = 0;
  std::uint32_t compactions_ = 0;
  bool begun_ = false;
};

// Counters of the instance's tables, in the order of families. `with_members`: also who is subscribed.
std::vector<TableInfo> table_infos(bgp::Partition& partition, core::InstanceId instance, bool with_members);

// The partition must own the prefix.
Explanation explain(bgp::Partition& partition, const ExplainQuery& query, core::InstanceId instance, core::Family family, NodeStart start);

}  // namespace signalbox::control
