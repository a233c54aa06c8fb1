#include "ifmap-compat/schema.hpp"

#include <algorithm>
#include <array>

namespace signalbox::ifmap {
namespace {

using configdb::ReferenceKind;

constexpr Member text(std::string_view name) { return {name, ValueKind::kString, false, nullptr, 0}; }
constexpr Member texts(std::string_view name) { return {name, ValueKind::kString, true, nullptr, 0}; }
constexpr Member integer(std::string_view name, std::uint32_t value = 0) { return {name, ValueKind::kInteger, false, nullptr, value}; }
constexpr Member boolean(std::string_view name, bool value = false) { return {name, ValueKind::kBoolean, false, nullptr, value}; }
constexpr Member complex(std::string_view name, const ComplexType& type) { return {name, ValueKind::kComplex, false, &type, 0}; }
constexpr Member complexes(std::string_view name, const ComplexType& type) { return {name, ValueKind::kComplex, true, &type, 0}; }

// Complex types, members in schema order.

constexpr Member kAddressFamiliesMembers[] = {texts("family")};
constexpr ComplexType kAddressFamilies{"AddressFamilies", kAddressFamiliesMembers};

constexpr Member kAuthenticationKeyItemMembers[] = {integer("key_id"), text("key")};
constexpr ComplexType kAuthenticationKeyItem{"AuthenticationKeyItem", kAuthenticationKeyItemMembers};

constexpr Member kAuthenticationDataMembers[] = {text("key_type"), complexes("key_items", kAuthenticationKeyItem)};
constexpr ComplexType kAuthenticationData{"AuthenticationData", kAuthenticationDataMembers};

constexpr Member kBgpRouterParamsMembers[] = {
    boolean("admin_down"),
    text("vendor"),
    integer("cluster_id"),
    integer("autonomous_system"),
    text("identifier"),
    text("address"),
    integer("port", 179),
    integer("source_port"),
    integer("hold_time"),
    complex("address_families", kAddressFamilies),
    complex("auth_data", kAuthenticationData),
    integer("local_autonomous_system"),
    text("router_type"),
    text("gateway_address"),
    text("ipv6_gateway_address"),
};
constexpr ComplexType kBgpRouterParams{"BgpRouterParams", kBgpRouterParamsMembers};

constexpr Member kPrefixLimitMembers[] = {integer("maximum"), integer("idle_timeout")};
constexpr ComplexType kPrefixLimit{"BgpPrefixLimit", kPrefixLimitMembers};

constexpr Member kBgpFamilyAttributesMembers[] = {text("address_family"), integer("loop_count"), complex("prefix_limit", kPrefixLimit),
                                                  texts("default_tunnel_encap")};
constexpr ComplexType kBgpFamilyAttributes{"BgpFamilyAttributes", kBgpFamilyAttributesMembers};

constexpr Member kRouteOriginOverrideMembers[] = {boolean("origin_override"), text("origin")};
constexpr ComplexType kRouteOriginOverride{"RouteOriginOverride", kRouteOriginOverrideMembers};

constexpr Member kBgpSessionAttributesMembers[] = {
    text("bgp_router"),
    boolean("admin_down"),
    boolean("passive"),
    boolean("as_override"),
    integer("hold_time"),
    integer("loop_count"),
    integer("local_autonomous_system"),
    complex("address_families", kAddressFamilies),
    complex("auth_data", kAuthenticationData),
    complexes("family_attributes", kBgpFamilyAttributes),
    text("private_as_action"),
    complex("route_origin_override", kRouteOriginOverride),
};
constexpr ComplexType kBgpSessionAttributes{"BgpSessionAttributes", kBgpSessionAttributesMembers};

constexpr Member kBgpSessionMembers[] = {text("uuid"), complexes("attributes", kBgpSessionAttributes)};
constexpr ComplexType kBgpSession{"BgpSession", kBgpSessionMembers};

constexpr Member kBgpPeeringAttributesMembers[] = {complexes("session", kBgpSession)};
constexpr ComplexType kBgpPeeringAttributes{"BgpPeeringAttributes", kBgpPeeringAttributesMembers};

constexpr Member kConnectionTypeMembers[] = {text("destination_instance")};
constexpr ComplexType kConnectionType{"ConnectionType", kConnectionTypeMembers};

constexpr Member kControlTrafficDscpMembers[] = {integer("control"), integer("analytics"), integer("dns")};
constexpr ComplexType kControlTrafficDscp{"ControlTrafficDscpType", kControlTrafficDscpMembers};

constexpr Member kFastConvergenceMembers[] = {boolean("enable"), boolean("nh_reachability_check"), integer("xmpp_hold_time", 90)};
constexpr ComplexType kFastConvergence{"FastConvergenceParametersType", kFastConvergenceMembers};

constexpr Member kGracefulRestartMembers[] = {
    boolean("enable"),
    integer("restart_time", 300),
    integer("long_lived_restart_time", 300),
    integer("end_of_rib_timeout", 300),
    boolean("bgp_helper_enable"),
    boolean("xmpp_helper_enable"),
};
constexpr ComplexType kGracefulRestart{"GracefulRestartParametersType", kGracefulRestartMembers};

constexpr Member kInstanceTargetTypeMembers[] = {text("import_export")};
constexpr ComplexType kInstanceTargetType{"InstanceTargetType", kInstanceTargetTypeMembers};

constexpr Member kVirtualNetworkTypeMembers[] = {
    boolean("allow_transit"), integer("network_id"), integer("vxlan_network_identifier"),
    text("forwarding_mode"),  text("rpf"),           boolean("mirror_destination"),
    integer("max_flows"),     integer("mtu"),
};
constexpr ComplexType kVirtualNetworkType{"VirtualNetworkType", kVirtualNetworkTypeMembers};

// The tables.

constexpr TypeRow kTypes[] = {
    {NodeType::kBgpRouter, "bgp_router", "bgp-router"},
    {NodeType::kGlobalQosConfig, "global_qos_config", "global-qos-config"},
    {NodeType::kGlobalSystemConfig, "global_system_config", "global-system-config"},
    {NodeType::kRouteTarget, "route_target", "route-target"},
    {NodeType::kRoutingInstance, "routing_instance", "routing-instance"},
    {NodeType::kSubCluster, "sub_cluster", "sub-cluster"},
    {NodeType::kVirtualNetwork, "virtual_network", "virtual-network"},
};
static_assert(std::size(kTypes) == kNodeTypes);

constexpr PropertyRow kProperties[] = {
    {PropertyId::kBgpRouterParameters, NodeType::kBgpRouter, complex("bgp_router_parameters", kBgpRouterParams)},
    {PropertyId::kControlTrafficDscp, NodeType::kGlobalQosConfig, complex("control_traffic_dscp", kControlTrafficDscp)},
    {PropertyId::kBgpAllTagsAreGlobal, NodeType::kGlobalSystemConfig, boolean("bgp_all_tags_are_global")},
    {PropertyId::kBgpAlwaysCompareMed, NodeType::kGlobalSystemConfig, boolean("bgp_always_compare_med")},
    {PropertyId::kEnable4byteAs, NodeType::kGlobalSystemConfig, boolean("enable_4byte_as")},
    {PropertyId::kFastConvergenceParameters, NodeType::kGlobalSystemConfig, complex("fast_convergence_parameters", kFastConvergence)},
    {PropertyId::kGracefulRestartParameters, NodeType::kGlobalSystemConfig, complex("graceful_restart_parameters", kGracefulRestart)},
    {PropertyId::kRdClusterSeed, NodeType::kGlobalSystemConfig, integer("rd_cluster_seed")},
    {PropertyId::kHasPnf, NodeType::kRoutingInstance, boolean("routing_instance_has_pnf")},
    {PropertyId::kSubClusterId, NodeType::kSubCluster, integer("sub_cluster_id")},
    {PropertyId::kNetworkId, NodeType::kVirtualNetwork, integer("virtual_network_network_id")},
    {PropertyId::kPbbEvpnEnable, NodeType::kVirtualNetwork, boolean("pbb_evpn_enable")},
    {PropertyId::kVirtualNetworkProperties, NodeType::kVirtualNetwork, complex("virtual_network_properties", kVirtualNetworkType)},
};

constexpr ReferenceKind kRefers = ReferenceKind::kReference;
constexpr ReferenceKind kHas = ReferenceKind::kParent;

constexpr LinkRow kLinks[] = {
    {LinkKind::kBgpPeering, NodeType::kBgpRouter, NodeType::kBgpRouter, kRefers, "bgp-peering", &kBgpPeeringAttributes},
    {LinkKind::kBgpRouterSubCluster, NodeType::kBgpRouter, NodeType::kSubCluster, kRefers, "bgp-router-sub-cluster", nullptr},
    {LinkKind::kConnection, NodeType::kRoutingInstance, NodeType::kRoutingInstance, kRefers, "connection", &kConnectionType},
    {LinkKind::kInstanceBgpRouter, NodeType::kRoutingInstance, NodeType::kBgpRouter, kHas, "instance-bgp-router", nullptr},
    {LinkKind::kInstanceTarget, NodeType::kRoutingInstance, NodeType::kRouteTarget, kRefers, "instance-target", &kInstanceTargetType},
    {LinkKind::kVirtualNetworkRoutingInstance, NodeType::kVirtualNetwork, NodeType::kRoutingInstance, kHas,
     "virtual-network-routing-instance", nullptr},
};

template <class Table, class Predicate>
auto find_row(const Table& table, Predicate matches) {
  const auto at = std::find_if(std::begin(table), std::end(table), matches);
  return at == std::end(table) ? nullptr : &*at;
}

}  // namespace

const TypeRow* find_type(std::string_view column) {
  return find_row(kTypes, [&](const TypeRow& row) { return row.column == column; });
}

const TypeRow& type_row(NodeType type) { return kTypes[static_cast<std::size_t>(type)]; }

const PropertyRow* find_property(NodeType owner, std::string_view name) {
  return find_row(kProperties, [&](const PropertyRow& row) { return row.owner == owner && row.value.name == name; });
}

const LinkRow* find_link(NodeType own, configdb::ReferenceKind relation, std::string_view other) {
  return find_row(kLinks, [&](const LinkRow& row) {
    const bool is_parent = relation == kHas;
    return row.relation == relation && (is_parent ? row.to : row.from) == own && type_row(is_parent ? row.from : row.to).column == other;
  });
}

}  // namespace signalbox::ifmap
