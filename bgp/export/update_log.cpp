#include "bgp/export/update_log.hpp"

#include <algorithm>

namespace signalbox::bgp {

void UpdateLog::append(RouteId id, Route& route, bool known) {
  if (known) {
    entries_[route.log_position] = 0;
    ++holes_;
  }
  route.log_position = end();
  entries_.push_back(id);
}

void UpdateLog::remove(const Route& route) {
  entries_[route.log_position] = 0;
  ++holes_;
}

void UpdateLog::compact(RouteStore& routes, std::vector<Position*>& cursors) {
  std::sort(cursors.begin(), cursors.end(), [](const Position* a, const Position* b) { return *a < *b; });
  auto cursor = cursors.begin();
  Position to = 0;
  for (Position from = 0; from < entries_.size(); ++from) {
    for (; cursor != cursors.end() && **cursor == from; ++cursor) **cursor = to;
    const RouteId id = entries_[from];
    if (id == 0) continue;
    routes.at(id).log_position = to;
    entries_[to++] = id;
  }
  for (; cursor != cursors.end(); ++cursor) **cursor = to;
  entries_.resize(to);
  if (entries_.capacity() > 4 * entries_.size() + 1024) entries_.shrink_to_fit();
  holes_ = 0;
  ++compactions_;
}

}  // namespace signalbox::bgp
