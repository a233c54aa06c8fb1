// The routing instances as a partition sees them: configuration, tables, and to whom each leaks.
//
// apply() compares a new snapshot with the one before and says which instances must be walked again: those whose copies go to other places
// or carry other communities now. An instance that is gone from the configuration lingers, importing and exporting nothing, until its last
// member has left (spec/xmpp.md 2.2).
//
// Threads: one partition's. Cost: apply() looks at changed instances only, unless import lists changed: then at all export lists.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "bgp/messages.hpp"
#include "bgp/rib/rib.hpp"

namespace signalbox::bgp {

struct InstanceState {
  std::shared_ptr<const InstanceConfig> config;
  bool deleted = false;
  std::array<TableId, core::kFamilies> tables{};  // made on first use
  std::uint32_t members = 0;

  // Replication out of this instance (spec/bgp.md 13).
  std::uint32_t context = 0;                // names `extra` for AttrTable::derived
  std::vector<core::ExtCommunity> extra;    // export targets and origin VN
  std::vector<core::InstanceId> importers;  // instances that import one of the export targets, ascending, without itself
  core::RouteDistinguisher rd;              // router id : index, for routes without a better one
};

// Where paths with one attribute set that came from BGP go, and what becomes of their origin network (spec/bgp.md 13, 13.1).
struct VpnImport {
  std::vector<core::InstanceId> importers;  // ascending
  enum class OriginVn : std::uint8_t { kKeep, kSet, kRemove } origin_vn = OriginVn::kKeep;
  std::uint32_t context = 0;              // for AttrTable::derived, unless kKeep
  std::vector<core::ExtCommunity> extra;  // kSet
};

// What a new snapshot asks for.
struct InstanceChanges {
  std::vector<core::InstanceId> replicate;    // copy all routes again
  std::vector<core::InstanceId> readvertise;  // look again at what is told to members of all routes (names of networks)
  bool vpn_imports_changed = false;           // copy all routes of the VPN tables again
  bool rules_changed = false;                 // path selection changed: sort all routes again
};

class Instances {
 public:
  explicit Instances(Rib& rib) : rib_(rib) {}

  InstanceChanges apply(ConfigPtr config);
  const ConfigPtr& config() const { return config_; }

  InstanceState* find(core::InstanceId id);
  // The instance's table of the family, made if need be. Precondition: the family exists in the instance.
  TableId table(InstanceState& instance, core::Family family);
  // VPN tables belong to the default instance.
  TableId vpn_table(core::Family family);
  // Drops the state of a deleted instance without members and routes. True when it did.
  bool drop_if_unused(core::InstanceId id);

  // Remembered per set; valid until the next call. Cost: a look-up, the first time a walk over the set's communities.
  const VpnImport& vpn_import(const Attr& attr);

  // Name of the VN with this index, or "unresolved" (spec/xmpp.md 4.3).
  std::string_view vn_name(std::uint32_t index) const;
  std::unordered_map<core::InstanceId, InstanceState>& all() { return states_; }

 private:
  void refresh_export(InstanceState& state, InstanceChanges& changes);
  bool refresh_importers();
  std::uint32_t derived_origin_vn(const Attr& attr) const;

  Rib& rib_;
  ConfigPtr config_;
  std::unordered_map<core::InstanceId, InstanceState> states_;
  std::uint32_t next_context_ = 1;
  std::unordered_map<core::RouteTarget, std::vector<core::InstanceId>> by_target_;    // importers, without the default instance
  boost::unordered_flat_map<std::uint64_t, std::unique_ptr<VpnImport>> vpn_imports_;  // by Attr::serial
  std::unordered_map<std::uint32_t, std::uint32_t> origin_vn_contexts_;               // VN index -> context
  std::uint32_t no_origin_vn_context_ = 0;
};

}  // namespace signalbox::bgp
