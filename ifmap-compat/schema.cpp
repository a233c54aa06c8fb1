#include "ifmap-compat/schema.hpp"

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <utility>
#include <vector>

#include "ifmap-compat/schema_links.hpp"
#include "ifmap-compat/schema_properties.hpp"

namespace signalbox::ifmap {
namespace {

using configdb::ReferenceKind;

template <ElementName N>
constexpr TypeRow type_row_of(NodeType type, bool has_common_properties) {
  using Names = MemberNames<N>;
  return {type, {Names::kJson.data(), N.kSize}, {Names::kOpen.data() + 1, N.kSize}, has_common_properties};
}

constexpr TypeRow kTypes[] = {
    type_row_of<"access-control-list">(NodeType::kAccessControlList, true),
    type_row_of<"address-group">(NodeType::kAddressGroup, true),
    type_row_of<"alarm">(NodeType::kAlarm, true),
    type_row_of<"alias-ip">(NodeType::kAliasIp, true),
    type_row_of<"alias-ip-pool">(NodeType::kAliasIpPool, true),
    type_row_of<"analytics-alarm-node">(NodeType::kAnalyticsAlarmNode, true),
    type_row_of<"analytics-node">(NodeType::kAnalyticsNode, true),
    type_row_of<"analytics-snmp-node">(NodeType::kAnalyticsSnmpNode, true),
    type_row_of<"api-access-list">(NodeType::kApiAccessList, true),
    type_row_of<"application-policy-set">(NodeType::kApplicationPolicySet, true),
    type_row_of<"bgp-as-a-service">(NodeType::kBgpAsAService, true),
    type_row_of<"bgp-router">(NodeType::kBgpRouter, false),
    type_row_of<"bgpvpn">(NodeType::kBgpvpn, true),
    type_row_of<"bridge-domain">(NodeType::kBridgeDomain, true),
    type_row_of<"card">(NodeType::kCard, true),
    type_row_of<"cli-config">(NodeType::kCliConfig, true),
    type_row_of<"config-database-node">(NodeType::kConfigDatabaseNode, true),
    type_row_of<"config-node">(NodeType::kConfigNode, true),
    type_row_of<"config-properties">(NodeType::kConfigProperties, true),
    type_row_of<"control-node-zone">(NodeType::kControlNodeZone, true),
    type_row_of<"customer-attachment">(NodeType::kCustomerAttachment, false),
    type_row_of<"data-center-interconnect">(NodeType::kDataCenterInterconnect, true),
    type_row_of<"database-node">(NodeType::kDatabaseNode, true),
    type_row_of<"device-chassis">(NodeType::kDeviceChassis, true),
    type_row_of<"device-functional-group">(NodeType::kDeviceFunctionalGroup, true),
    type_row_of<"device-image">(NodeType::kDeviceImage, true),
    type_row_of<"devicemgr-node">(NodeType::kDevicemgrNode, true),
    type_row_of<"discovery-service-assignment">(NodeType::kDiscoveryServiceAssignment, true),
    type_row_of<"domain">(NodeType::kDomain, true),
    type_row_of<"dsa-rule">(NodeType::kDsaRule, true),
    type_row_of<"e2-service-provider">(NodeType::kE2ServiceProvider, true),
    type_row_of<"fabric">(NodeType::kFabric, true),
    type_row_of<"fabric-namespace">(NodeType::kFabricNamespace, true),
    type_row_of<"feature">(NodeType::kFeature, true),
    type_row_of<"feature-config">(NodeType::kFeatureConfig, true),
    type_row_of<"firewall-policy">(NodeType::kFirewallPolicy, true),
    type_row_of<"firewall-rule">(NodeType::kFirewallRule, true),
    type_row_of<"floating-ip">(NodeType::kFloatingIp, true),
    type_row_of<"floating-ip-pool">(NodeType::kFloatingIpPool, true),
    type_row_of<"flow-node">(NodeType::kFlowNode, true),
    type_row_of<"forwarding-class">(NodeType::kForwardingClass, true),
    type_row_of<"global-qos-config">(NodeType::kGlobalQosConfig, true),
    type_row_of<"global-system-config">(NodeType::kGlobalSystemConfig, true),
    type_row_of<"global-vrouter-config">(NodeType::kGlobalVrouterConfig, true),
    type_row_of<"grpc-profile">(NodeType::kGrpcProfile, true),
    type_row_of<"hardware">(NodeType::kHardware, true),
    type_row_of<"hardware-inventory">(NodeType::kHardwareInventory, true),
    type_row_of<"host-based-service">(NodeType::kHostBasedService, true),
    type_row_of<"instance-ip">(NodeType::kInstanceIp, true),
    type_row_of<"intent-map">(NodeType::kIntentMap, true),
    type_row_of<"interface-route-table">(NodeType::kInterfaceRouteTable, true),
    type_row_of<"job-template">(NodeType::kJobTemplate, true),
    type_row_of<"link-aggregation-group">(NodeType::kLinkAggregationGroup, true),
    type_row_of<"loadbalancer">(NodeType::kLoadbalancer, true),
    type_row_of<"loadbalancer-healthmonitor">(NodeType::kLoadbalancerHealthmonitor, true),
    type_row_of<"loadbalancer-listener">(NodeType::kLoadbalancerListener, true),
    type_row_of<"loadbalancer-member">(NodeType::kLoadbalancerMember, true),
    type_row_of<"loadbalancer-pool">(NodeType::kLoadbalancerPool, true),
    type_row_of<"logical-interface">(NodeType::kLogicalInterface, true),
    type_row_of<"logical-router">(NodeType::kLogicalRouter, true),
    type_row_of<"multicast-policy">(NodeType::kMulticastPolicy, true),
    type_row_of<"namespace">(NodeType::kNamespace, true),
    type_row_of<"netconf-profile">(NodeType::kNetconfProfile, true),
    type_row_of<"network-device-config">(NodeType::kNetworkDeviceConfig, true),
    type_row_of<"network-ipam">(NodeType::kNetworkIpam, true),
    type_row_of<"network-policy">(NodeType::kNetworkPolicy, true),
    type_row_of<"node">(NodeType::kNode, true),
    type_row_of<"node-profile">(NodeType::kNodeProfile, true),
    type_row_of<"overlay-role">(NodeType::kOverlayRole, true),
    type_row_of<"peering-policy">(NodeType::kPeeringPolicy, true),
    type_row_of<"physical-interface">(NodeType::kPhysicalInterface, true),
    type_row_of<"physical-role">(NodeType::kPhysicalRole, true),
    type_row_of<"physical-router">(NodeType::kPhysicalRouter, true),
    type_row_of<"policy-management">(NodeType::kPolicyManagement, true),
    type_row_of<"port">(NodeType::kPort, true),
    type_row_of<"port-group">(NodeType::kPortGroup, true),
    type_row_of<"port-profile">(NodeType::kPortProfile, true),
    type_row_of<"port-tuple">(NodeType::kPortTuple, true),
    type_row_of<"project">(NodeType::kProject, true),
    type_row_of<"provider-attachment">(NodeType::kProviderAttachment, false),
    type_row_of<"qos-config">(NodeType::kQosConfig, true),
    type_row_of<"qos-queue">(NodeType::kQosQueue, true),
    type_row_of<"role-config">(NodeType::kRoleConfig, true),
    type_row_of<"role-definition">(NodeType::kRoleDefinition, true),
    type_row_of<"route-aggregate">(NodeType::kRouteAggregate, false),
    type_row_of<"route-table">(NodeType::kRouteTable, true),
    type_row_of<"route-target">(NodeType::kRouteTarget, false),
    type_row_of<"routing-instance">(NodeType::kRoutingInstance, false),
    type_row_of<"routing-policy">(NodeType::kRoutingPolicy, false),
    type_row_of<"security-group">(NodeType::kSecurityGroup, true),
    type_row_of<"security-logging-object">(NodeType::kSecurityLoggingObject, true),
    type_row_of<"service-appliance">(NodeType::kServiceAppliance, true),
    type_row_of<"service-appliance-set">(NodeType::kServiceApplianceSet, true),
    type_row_of<"service-connection-module">(NodeType::kServiceConnectionModule, true),
    type_row_of<"service-endpoint">(NodeType::kServiceEndpoint, true),
    type_row_of<"service-group">(NodeType::kServiceGroup, true),
    type_row_of<"service-health-check">(NodeType::kServiceHealthCheck, true),
    type_row_of<"service-instance">(NodeType::kServiceInstance, true),
    type_row_of<"service-object">(NodeType::kServiceObject, true),
    type_row_of<"service-template">(NodeType::kServiceTemplate, true),
    type_row_of<"sflow-profile">(NodeType::kSflowProfile, true),
    type_row_of<"snmp-profile">(NodeType::kSnmpProfile, true),
    type_row_of<"storm-control-profile">(NodeType::kStormControlProfile, true),
    type_row_of<"sub-cluster">(NodeType::kSubCluster, true),
    type_row_of<"subnet">(NodeType::kSubnet, true),
    type_row_of<"tag">(NodeType::kTag, true),
    type_row_of<"tag-type">(NodeType::kTagType, true),
    type_row_of<"telemetry-profile">(NodeType::kTelemetryProfile, true),
    type_row_of<"virtual-DNS">(NodeType::kVirtualDNS, true),
    type_row_of<"virtual-DNS-record">(NodeType::kVirtualDNSRecord, true),
    type_row_of<"virtual-ip">(NodeType::kVirtualIp, true),
    type_row_of<"virtual-machine">(NodeType::kVirtualMachine, true),
    type_row_of<"virtual-machine-interface">(NodeType::kVirtualMachineInterface, true),
    type_row_of<"virtual-network">(NodeType::kVirtualNetwork, true),
    type_row_of<"virtual-port-group">(NodeType::kVirtualPortGroup, true),
    type_row_of<"virtual-router">(NodeType::kVirtualRouter, true),
    type_row_of<"webui-node">(NodeType::kWebuiNode, true),
};
static_assert(std::size(kTypes) == kNodeTypes);

constexpr std::size_t index_of(NodeType type) { return static_cast<std::size_t>(type); }

// The tables again, in the order in which they are asked; made once.
class Index {
 public:
  Index() {
    for (const TypeRow& type : kTypes) types.emplace(type.column, &type);
    for (const PropertyRow& property : kProperties) properties[index_of(property.owner)].push_back(&property);
    for (const TypeRow& type : kTypes) {
      auto& own = properties[index_of(type.type)];
      if (type.has_common_properties) {
        for (const PropertyRow& property : kCommonProperties) own.push_back(&property);
      }
      auto& named = by_name[index_of(type.type)];
      for (std::size_t place = 0; place < own.size(); ++place) named.emplace_back(own[place]->value.name, static_cast<int>(place));
      std::sort(named.begin(), named.end());
    }
    for (const LinkRow& link : kLinks) {
      const bool is_parent = link.relation == kHas;
      links[is_parent][index_of(is_parent ? link.to : link.from)][index_of(is_parent ? link.from : link.to)] = &link;
      if (link.kind == LinkKind::kVirtualRouterVirtualMachine) router_machine = &link;
    }
  }

  boost::unordered_flat_map<std::string_view, const TypeRow*> types;
  std::array<std::vector<const PropertyRow*>, kNodeTypes> properties;
  std::array<std::vector<std::pair<std::string_view, int>>, kNodeTypes> by_name;  // places, sorted by name
  // By relation, type of the row, type of the other end.
  std::array<std::array<std::array<const LinkRow*, kNodeTypes>, kNodeTypes>, 2> links{};
  const LinkRow* router_machine = nullptr;
};

const Index& index() {
  static const Index kIndex;
  return kIndex;
}

}  // namespace

const TypeRow* find_type(std::string_view column) {
  const auto at = index().types.find(column);
  return at == index().types.end() ? nullptr : at->second;
}

const TypeRow& type_row(NodeType type) { return kTypes[index_of(type)]; }

std::span<const PropertyRow* const> properties_of(NodeType type) { return index().properties[index_of(type)]; }

int property_place(NodeType owner, std::string_view name) {
  const auto& named = index().by_name[index_of(owner)];
  const auto less = [](const auto& entry, std::string_view n) { return entry.first < n; };
  const auto at = std::lower_bound(named.begin(), named.end(), name, less);
  return at == named.end() || at->first != name ? -1 : at->second;
}

const PropertyRow* find_property(NodeType owner, std::string_view name) {
  const int place = property_place(owner, name);
  return place < 0 ? nullptr : properties_of(owner)[static_cast<std::size_t>(place)];
}

std::span<const LinkRow> link_rows() { return kLinks; }

const LinkRow* find_link(NodeType own, ReferenceKind relation, std::string_view other) {
  const TypeRow* type = find_type(other);
  return type == nullptr ? nullptr : index().links[relation == kHas][index_of(own)][index_of(type->type)];
}

const LinkRow& virtual_router_virtual_machine() { return *index().router_machine; }

}  // namespace signalbox::ifmap
