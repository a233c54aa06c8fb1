#include "control/show/route_merge.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::control {

RoutesPage merge_slices(std::vector<RouteSlice> slices, unsigned limit) {
  const RouteKey* horizon = nullptr;
  for (const RouteSlice& slice : slices) {
    if (!slice.complete && (!horizon || slice.examined_to < *horizon)) horizon = &slice.examined_to;
  }

  std::vector<Route*> found;
  for (RouteSlice& slice : slices) {
    for (Route& route : slice.routes) {
      if (!horizon || route.key <= *horizon) found.push_back(&route);
    }
  }
  std::sort(found.begin(), found.end(), [](const Route* a, const Route* b) { return a->key < b->key; });

  RoutesPage page;
  if (found.size() > limit) {
    page.more = true;
    page.next = {false, found[limit]->key, false};
    found.resize(limit);
  } else if (horizon) {
    page.more = true;
    page.next = {false, *horizon, true};
  }
  page.routes.reserve(found.size());
  for (Route* route : found) page.routes.push_back(std::move(*route));
  return page;
}

}  // namespace signalbox::control
