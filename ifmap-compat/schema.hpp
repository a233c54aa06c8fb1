// The schema: which object types, properties and links of the configuration database this node knows, as tables.
//
// Everything that is type-specific between a database row and the graph is a row of these tables; a type, property or link that is not
// listed is passed over. Names are those of the JSON columns (underscores); the schema's own names have hyphens instead.
// Threads: constants. Source: spec/config.md 5.2-5.5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "configdb/object.hpp"

namespace signalbox::ifmap {

enum class ValueKind : std::uint8_t { kString, kInteger, kBoolean, kComplex };

struct ComplexType;

// A member of a complex type, or a property.
struct Member {
  std::string_view name;
  ValueKind kind = ValueKind::kString;
  bool list = false;                     // any number of them, a JSON list
  const ComplexType* complex = nullptr;  // of kComplex
  std::uint32_t default_number = 0;      // of kInteger and kBoolean; texts have no defaults here
};

struct ComplexType {
  std::string_view name;
  std::span<const Member> members;
};

enum class NodeType : std::uint8_t {
  kBgpRouter,
  kGlobalQosConfig,
  kGlobalSystemConfig,
  kRouteTarget,
  kRoutingInstance,
  kSubCluster,
  kVirtualNetwork,
};
inline constexpr std::size_t kNodeTypes = 7;

struct TypeRow {
  NodeType type;
  std::string_view column;  // "virtual_network"
  std::string_view name;    // "virtual-network"
};

enum class PropertyId : std::uint8_t {
  kBgpAllTagsAreGlobal,
  kBgpAlwaysCompareMed,
  kBgpRouterParameters,
  kControlTrafficDscp,
  kEnable4byteAs,
  kFastConvergenceParameters,
  kGracefulRestartParameters,
  kHasPnf,
  kNetworkId,
  kPbbEvpnEnable,
  kRdClusterSeed,
  kSubClusterId,
  kVirtualNetworkProperties,
};

struct PropertyRow {
  PropertyId id;
  NodeType owner;
  Member value;
};

enum class LinkKind : std::uint8_t {
  kBgpPeering,                     // bgp-router - bgp-router
  kBgpRouterSubCluster,            // bgp-router - sub-cluster
  kConnection,                     // routing-instance - routing-instance
  kInstanceBgpRouter,              // routing-instance has bgp-router
  kInstanceTarget,                 // routing-instance - route-target
  kVirtualNetworkRoutingInstance,  // virtual-network has routing-instance
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

// By the name in a row or reference column; nullptr for a type that is not known.
const TypeRow* find_type(std::string_view column);
const TypeRow& type_row(NodeType type);

const PropertyRow* find_property(NodeType owner, std::string_view name);

// The link that a column of relation `relation` in a row of type `own` makes with an object of type `other`.
const LinkRow* find_link(NodeType own, configdb::ReferenceKind relation, std::string_view other);

}  // namespace signalbox::ifmap
