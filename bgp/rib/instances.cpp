#include "bgp/rib/instances.hpp"

#include <algorithm>

namespace signalbox::bgp {
namespace {

std::vector<core::ExtCommunity> extra_communities(const InstanceConfig& instance, const SelfConfig& self) {
  std::vector<core::ExtCommunity> extra;
  for (const core::RouteTarget& target : instance.exports) extra.push_back(target.community);
  if (instance.vn_index != 0) extra.push_back(core::ext::origin_vn(self.autonomous_system, instance.vn_index));
  return extra;
}

void add_once(std::vector<core::InstanceId>& list, core::InstanceId id) {
  if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
}

}  // namespace

InstanceState* Instances::find(core::InstanceId id) {
  const auto found = states_.find(id);
  return found == states_.end() ? nullptr : &found->second;
}

std::string_view Instances::vn_name(std::uint32_t index) const {
  const auto found = config_->vn_names.find(index);
  return found == config_->vn_names.end() ? std::string_view("unresolved") : std::string_view(found->second);
}

TableId Instances::table(InstanceState& instance, core::Family family) {
  TableId& id = instance.tables[static_cast<unsigned>(family)];
  if (!id) id = rib_.make_table(instance.config->id, family);
  return id;
}

TableId Instances::vpn_table(core::Family family) { return table(states_.at(core::kMasterInstance), family); }

void Instances::refresh_export(InstanceState& state, InstanceChanges& changes) {
  std::vector<core::ExtCommunity> extra;
  if (!state.deleted) extra = extra_communities(*state.config, config_->self);
  const auto rd = core::RouteDistinguisher::type1(config_->self.identifier, static_cast<std::uint16_t>(state.config->index));
  if (state.context != 0 && extra == state.extra && rd == state.rd) return;
  state.extra = std::move(extra);
  state.rd = rd;
  state.context = next_context_++;
  add_once(changes.replicate, state.config->id);
}

// Who imports what: rebuilt as a whole, because one import list may concern every exporter. True when any list changed.
bool Instances::refresh_importers() {
  std::unordered_map<core::RouteTarget, std::vector<core::InstanceId>> by_target;
  for (const auto& [id, state] : states_) {
    if (state.deleted || state.config->is_master()) continue;
    for (const core::RouteTarget& target : state.config->imports) by_target[target].push_back(id);
  }
  bool any = false;
  for (auto& [id, state] : states_) {
    std::vector<core::InstanceId> importers;
    if (!state.deleted) {
      for (const core::RouteTarget& target : state.config->exports) {
        const auto found = by_target.find(target);
        if (found != by_target.end()) importers.insert(importers.end(), found->second.begin(), found->second.end());
      }
    }
    std::sort(importers.begin(), importers.end());
    importers.erase(std::unique(importers.begin(), importers.end()), importers.end());
    std::erase(importers, id);
    if (importers == state.importers) continue;
    state.importers = std::move(importers);
    state.context = 0;  // marks it for refresh_export
    any = true;
  }
  return any;
}

InstanceChanges Instances::apply(ConfigPtr config) {
  InstanceChanges changes;
  const ConfigPtr before = std::exchange(config_, std::move(config));
  const bool self_changed = !before || before->self != config_->self;
  bool targets_changed = false;
  std::vector<core::InstanceId> touched;
  for (const auto& [id, instance] : config_->instances) {
    InstanceState& state = states_[id];
    if (state.config == instance) continue;
    targets_changed |= !state.config || state.config->imports != instance->imports || state.config->exports != instance->exports;
    // Exports matter for what is told of paths without an origin network (export/export_group.hpp).
    if (state.config && (state.config->vn_name != instance->vn_name || state.config->vn_index != instance->vn_index ||
                         state.config->exports != instance->exports)) {
      changes.readvertise.push_back(id);
    }
    state.config = instance;
    touched.push_back(id);
  }
  for (auto& [id, state] : states_) {
    if (state.deleted || config_->instances.contains(id)) continue;
    state.deleted = true;
    targets_changed = true;
    touched.push_back(id);
  }
  if (targets_changed) refresh_importers();
  for (auto& [id, state] : states_) {
    if (self_changed || state.context == 0 || std::find(touched.begin(), touched.end(), id) != touched.end())
      refresh_export(state, changes);
  }
  if (before && before->vn_names != config_->vn_names) {
    // A renamed network shows in every instance that holds copies of its routes.
    for (const core::InstanceId id : std::vector(changes.readvertise)) {
      for (const core::InstanceId importer : states_.at(id).importers) add_once(changes.readvertise, importer);
    }
  }
  rib_.rules.always_compare_med = config_->global.always_compare_med;
  changes.rules_changed = before && before->global.always_compare_med != config_->global.always_compare_med;
  return changes;
}

bool Instances::drop_if_unused(core::InstanceId id) {
  InstanceState* state = find(id);
  if (!state || !state->deleted || state->members) return false;
  for (const TableId table : state->tables) {
    if (table && rib_.table(table).size()) return false;
  }
  for (const TableId table : state->tables) {
    if (table) rib_.drop_table(table);
  }
  states_.erase(id);
  return true;
}

}  // namespace signalbox::bgp
