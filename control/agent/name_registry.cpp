#include "control/agent/name_registry.hpp"

namespace signalbox::control {

ClaimAnswer NameRegistry::claim(const ClaimName& claim) {
  Entry& entry = entries_[claim.name];
  // The old session stays, whatever its address: a rebooted host is let in when the system has noticed that the old one is dead.
  if (entry.holder.value && entry.holder != claim.peer) return {claim.peer, false, entry.flaps};
  entry.holder = claim.peer;
  return {claim.peer, true, entry.flaps};
}

void NameRegistry::release(const ReleaseName& release) {
  const auto found = entries_.find(release.name);
  if (found == entries_.end() || found->second.holder != release.peer) return;
  found->second.holder = {};
  ++found->second.flaps;
}

}  // namespace signalbox::control
