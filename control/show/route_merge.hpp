// Joins what the partitions of one table found into one page in key order.
//
// A page goes only as far as every partition has looked: routes beyond the first unfinished partition's position are left for the next page.
// Threads: plain function. Cost: one sort of at most partitions * limit pointers.
#pragma once

#include <vector>

#include "control/show/show_data.hpp"

namespace signalbox::control {

// `limit` > 0. Each slice must start at the same place and hold at least the first `limit` matching routes of what it has looked at.
// The result's `exists` and `family` are for the caller to set.
RoutesPage merge_slices(std::vector<RouteSlice> slices, unsigned limit);

}  // namespace signalbox::control
