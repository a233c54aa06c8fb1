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
  by_target_.clear();
  for (const auto& [id, state] : states_) {
    if (state.deleted || state.config->is_master()) continue;
    for (const core::RouteTarget& target : state.config->imports) by_target_[target].push_back(id);
  }
  bool any = false;
  for (auto& [id, state] : states_) {
    std::vector<core::InstanceId> importers;
    if (!state.deleted) {
      for (const core::RouteTarget& target : state.config->exports) {
        const auto found = by_target_.find(target);
        if (found != by_target_.end()) importers.insert(importers.end(), found->second.begin(), found->second.end());
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

namespace {

// Indexes from here on mean the same network in every AS (spec/bgp.md 9.2).
constexpr std::uint32_t kFirstGlobalVn = 8000000;
constexpr std::size_t kMostRememberedImports = 100000;

bool keeps_origin_vn(const Attr& attr, std::uint32_t as) {
  if (!attr.has_origin_vn) return false;
  if (attr.origin_vn >= kFirstGlobalVn) return true;
  const core::AttributeView view = attr.view();
  for (std::size_t i = 0; i < view.ext_communities(); ++i) {
    const core::ExtCommunity c = view.ext_community(i);
    if (core::ext::is_origin_vn(c) && (c.type() == 0x80 ? c.u16(2) : c.u32(2)) == as) return true;
  }
  return false;
}

}  // namespace

// The network of the instances that both import and export the set's targets: 0 if there is none, or they do not agree.
std::uint32_t Instances::derived_origin_vn(const Attr& attr) const {
  std::uint32_t index = 0;
  const core::AttributeView view = attr.view();
  for (std::size_t i = 0; i < view.ext_communities(); ++i) {
    const core::RouteTarget target{view.ext_community(i)};
    const auto found = core::RouteTarget::is_target(target.community) ? by_target_.find(target) : by_target_.end();
    if (found == by_target_.end()) continue;
    for (const core::InstanceId id : found->second) {
      const InstanceConfig& instance = *states_.at(id).config;
      if (!std::binary_search(instance.exports.begin(), instance.exports.end(), target) || instance.vn_index == 0) continue;
      if (index != 0 && index != instance.vn_index) return 0;
      index = instance.vn_index;
    }
  }
  return index;
}

const VpnImport& Instances::vpn_import(const Attr& attr) {
  if (vpn_imports_.size() > kMostRememberedImports) vpn_imports_.clear();
  auto& import = vpn_imports_[attr.serial];
  if (import) return *import;
  import = std::make_unique<VpnImport>();
  const core::AttributeView view = attr.view();
  for (std::size_t i = 0; i < view.ext_communities(); ++i) {
    const auto found = by_target_.find(core::RouteTarget{view.ext_community(i)});
    if (found != by_target_.end()) import->importers.insert(import->importers.end(), found->second.begin(), found->second.end());
  }
  std::sort(import->importers.begin(), import->importers.end());
  import->importers.erase(std::unique(import->importers.begin(), import->importers.end()), import->importers.end());
  if (keeps_origin_vn(attr, config_->self.autonomous_system)) return *import;
  const std::uint32_t index = derived_origin_vn(attr);
  if (index != 0) {
    import->origin_vn = VpnImport::OriginVn::kSet;
    std::uint32_t& context = origin_vn_contexts_[index];
    if (context == 0) context = next_context_++;
    import->context = context;
    import->extra = {core::ext::origin_vn(config_->self.autonomous_system, index)};
  } else if (attr.has_origin_vn) {
    import->origin_vn = VpnImport::OriginVn::kRemove;
    if (no_origin_vn_context_ == 0) no_origin_vn_context_ = next_context_++;
    import->context = no_origin_vn_context_;
  }
  return *import;
}

InstanceChanges Instances::apply(ConfigPtr config) {
  InstanceChanges changes;
  const ConfigPtr before = std::exchange(config_, std::move(config));
  const bool self_changed = !before || before->self != config_->self;
  bool targets_changed = false;
  bool networks_changed = self_changed;
  std::vector<core::InstanceId> touched;
  for (const auto& [id, instance] : config_->instances) {
    InstanceState& state = states_[id];
    if (state.config == instance) continue;
    targets_changed |= !state.config || state.config->imports != instance->imports || state.config->exports != instance->exports;
    networks_changed |= !state.config || state.config->vn_index != instance->vn_index;
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
  changes.vpn_imports_changed = targets_changed || networks_changed;
  if (changes.vpn_imports_changed) vpn_imports_.clear();
  if (self_changed) origin_vn_contexts_.clear();
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
