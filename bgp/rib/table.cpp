#include "bgp/rib/table.hpp"

namespace signalbox::bgp {

RouteId Table::find_or_make(const RouteKey& key, bool& made) {
  if (const RouteId known = find(key)) {
    made = false;
    return known;
  }
  made = true;
  const RouteId route = routes_->make(id, key.view());
  index_.insert(route);
  return route;
}

void Table::erase(RouteId route) {
  log.remove(routes_->at(route));
  index_.erase(route);
  routes_->release(route);
}

}  // namespace signalbox::bgp
