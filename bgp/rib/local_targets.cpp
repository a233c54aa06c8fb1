#include "bgp/rib/local_targets.hpp"

#include <algorithm>

#include "bgp/wire/bytes.hpp"

namespace signalbox::bgp {

RouteKey LocalTargets::key_of(const core::RouteTarget& target) const {
  Bytes key;
  ByteWriter write(key);
  write.u32(local_as_);
  write.bytes(target.community.bytes);
  return RouteKey::of_bytes(key);
}

void LocalTargets::subscribed(core::InstanceId instance) {
  if (agents_[instance]++ != 0) return;
  const InstanceState* state = instances_.find(instance);
  if (!state || state->deleted) return;
  by_agents_[instance] = state->config->imports;
  count(state->config->imports, true, true);
}

void LocalTargets::unsubscribed(core::InstanceId instance) {
  const auto found = agents_.find(instance);
  if (found == agents_.end() || --found->second != 0) return;
  agents_.erase(found);
  const auto counted = by_agents_.extract(instance);
  if (counted) count(counted.mapped(), true, false);
}

void LocalTargets::count(const std::vector<core::RouteTarget>& targets, bool agents, bool add) {
  for (const core::RouteTarget& target : targets) {
    Use& use = uses_[target];
    (agents ? use.agents : use.local) += add ? 1u : ~0u;
    bring_in_line(target);
  }
}

void LocalTargets::bring_in_line(const core::RouteTarget& target) {
  const auto found = uses_.find(target);
  const auto at = std::lower_bound(advertised_.begin(), advertised_.end(), target);
  const bool is = at != advertised_.end() && *at == target;
  const Use use = found == uses_.end() ? Use{} : found->second;
  if (use.agents == 0 && use.local == 0) {
    uses_.erase(target);
    if (!is) return;
    advertised_.erase(at);
    return withdraw(target);
  }
  const PathSource source = use.local ? PathSource::kLocal : PathSource::kXmpp;
  if ((is && use.shown == source) || identifier_ == 0 || local_as_ == 0) return;
  found->second.shown = source;
  if (is) {
    withdraw(target);
  } else {
    advertised_.insert(at, target);
  }
  core::AttributeBuilder set;
  set.header.origin = core::Origin::kIgp;
  std::vector<std::uint8_t> bytes;
  set.append_to(bytes);
  PathValue value;
  value.attr = rib_.attrs.intern(bytes, core::hash_bytes(bytes));
  value.next_hop = rib_.next_hops.intern(core::IpAddress::from_v4(identifier_));
  value.source = source;
  bool made;
  const RouteId route = rib_.table(instances_.vpn_table(core::Family::kRouteTarget)).find_or_make(key_of(target), made);
  PathId path;
  if (rib_.put_primary(route, 0, value, path) != Rib::Put::kSame) rib_.changed(route);
}

void LocalTargets::withdraw(const core::RouteTarget& target) {
  const RouteId route = rib_.table(instances_.vpn_table(core::Family::kRouteTarget)).find(key_of(target));
  const PathId path = route ? rib_.primary_of(rib_.routes.at(route), 0) : 0;
  if (!path) return;
  rib_.remove(path);
  rib_.changed(route);
}

void LocalTargets::config_changed() {
  const SelfConfig& self = instances_.config()->self;
  if (self.local_autonomous_system != local_as_ || self.identifier != identifier_) {
    for (const core::RouteTarget& target : advertised_) withdraw(target);
    advertised_.clear();
    local_as_ = self.local_autonomous_system;
    identifier_ = self.identifier;
  }
  // The new counts first, so that what stays is not withdrawn in between.
  std::vector<core::RouteTarget> by_config{core::RouteTarget::ipv4(identifier_, 0)};
  std::unordered_map<core::InstanceId, std::vector<core::RouteTarget>> by_agents;
  for (const auto& [id, instance] : instances_.config()->instances) {
    if (instance->has_pnf) by_config.insert(by_config.end(), instance->imports.begin(), instance->imports.end());
    if (agents_.contains(id)) by_agents[id] = instance->imports;
  }
  count(by_config, false, true);
  for (const auto& [id, imports] : by_agents) count(imports, true, true);
  count(by_config_, false, false);
  for (const auto& [id, imports] : by_agents_) count(imports, true, false);
  by_config_ = std::move(by_config);
  by_agents_ = std::move(by_agents);
}

}  // namespace signalbox::bgp
