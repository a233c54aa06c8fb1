// The schema: which object types, properties and links of the configuration database this node knows, as tables.
//
// Everything that is type-specific between a database row and what agents are told is a row of these tables; a type, property or link that
// is not listed is passed over. Names in JSON have underscores where the schema's own (XML) names have hyphens.
// Threads: constants; look-ups from any. Source: spec/config.md 5.2-5.5, spec/agent-config-ifmap-discovery.md 1.6.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "configdb/object.hpp"
#include "ifmap-compat/node_type.hpp"

namespace signalbox::ifmap {

enum class ValueKind : std::uint8_t {
  kString,
  kInteger,  // 32 bits
  kBoolean,
  kUnsigned,  // 64 bits
  kDateTime,
  kTime,
  kComplex,
  kZero,  // whatever the row says, the value is 0: the incumbent does not read it, and agents do not use it
};

struct ComplexType;

// A member of a complex type, or a property.
struct Member {
  std::string_view name;   // in JSON
  std::string_view open;   // "<element>"
  std::string_view close;  // "</element>"
  ValueKind kind = ValueKind::kString;
  bool list = false;                     // any number of them, a JSON list
  const ComplexType* complex = nullptr;  // of kComplex
  std::int64_t default_number = 0;       // of kInteger and kBoolean
  std::string_view default_text;         // of kString
};

struct ComplexType {
  std::string_view name;
  std::span<const Member> members;
};

struct TypeRow {
  NodeType type;
  std::string_view column;     // "virtual_network"
  std::string_view name;       // "virtual-network"
  bool has_common_properties;  // id-perms, annotations and display-name
};

// The properties that this node itself uses; all others are only relayed to agents.
enum class PropertyId : std::uint8_t {
  kRelayed,
  kBgpAllTagsAreGlobal,
  kBgpAlwaysCompareMed,
  kBgpRouterParameters,
  kControlTrafficDscp,
  kEnable4byteAs,
  kFastConvergenceParameters,
  kGracefulRestartParameters,
  kHasPnf,
  kIdPerms,
  kNetworkId,
  kPbbEvpnEnable,
  kRdClusterSeed,
  kSubClusterId,
  kVirtualNetworkProperties,
};

struct PropertyRow {
  PropertyId id;
  NodeType owner;
  configdb::PropertyKind kind;  // of a list or map the value is a complex type of one member, the list of its elements
  Member value;
};

// The links that this node itself uses; all others only lead agents to what they need.
enum class LinkKind : std::uint8_t {
  kRelayed,
  kBgpPeering,                     // bgp-router - bgp-router
  kBgpRouterSubCluster,            // bgp-router - sub-cluster
  kConnection,                     // routing-instance - routing-instance
  kInstanceBgpRouter,              // routing-instance has bgp-router
  kInstanceTarget,                 // routing-instance - route-target
  kVirtualNetworkRoutingInstance,  // virtual-network has routing-instance
  kVirtualRouterVirtualMachine,    // virtual-router - virtual-machine
};

// `from` refers to `to` in a ref: column of its row, or has it as a child, which says so in the parent: column of its own row.
struct LinkRow {
  LinkKind kind;
  NodeType from;
  NodeType to;
  configdb::ReferenceKind relation;
  std::string_view metadata;     // name of the link
  const ComplexType* attribute;  // nullptr: the link carries none
  // Between two objects of one type both rows have the column (spec/config.md 2.4).
  bool symmetric() const { return relation == configdb::ReferenceKind::kReference && from == to; }
};

// Its place in link_rows().
using LinkRowId = std::uint16_t;

// By the name in a row or reference column; nullptr for a type that is not known.
const TypeRow* find_type(std::string_view column);
const TypeRow& type_row(NodeType type);

// All properties of a type, in the order in which agents are told them.
std::span<const PropertyRow* const> properties_of(NodeType type);
// `name` as in JSON.
const PropertyRow* find_property(NodeType owner, std::string_view name);
// Its place in properties_of(), -1 when there is none.
int property_place(NodeType owner, std::string_view name);

std::span<const LinkRow> link_rows();
inline LinkRowId id_of(const LinkRow& row) { return static_cast<LinkRowId>(&row - link_rows().data()); }
// The link that a column of relation `relation` in a row of type `own` makes with an object of type `other`.
const LinkRow* find_link(NodeType own, configdb::ReferenceKind relation, std::string_view other);
const LinkRow& virtual_router_virtual_machine();

}  // namespace signalbox::ifmap
