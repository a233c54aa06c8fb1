// Complex types of the properties and link attributes that agents or this node use, members in schema order; for schema.cpp alone.
//
// Source: spec/config.md 5.5.
#pragma once

#include "ifmap-compat/schema_member.hpp"

namespace signalbox::ifmap {

constexpr Member kPermTypeMembers[] = {text<"owner">(), integer<"owner-access">(), text<"group">(), integer<"group-access">(),
                                       integer<"other-access">()};
constexpr ComplexType kPermType{"PermType", kPermTypeMembers};
constexpr Member kUuidTypeMembers[] = {unsigned_long<"uuid-mslong">(), unsigned_long<"uuid-lslong">()};
constexpr ComplexType kUuidType{"UuidType", kUuidTypeMembers};
constexpr Member kIdPermsTypeMembers[] = {
    complex<"permissions">(kPermType), complex<"uuid">(kUuidType), boolean<"enable">(),           date_time<"created">(),
    date_time<"last-modified">(),      text<"description">(),      boolean<"user-visible">(true), text<"creator">()};
constexpr ComplexType kIdPermsType{"IdPermsType", kIdPermsTypeMembers};
constexpr Member kKeyValuePairMembers[] = {text<"key">(), text<"value">()};
constexpr ComplexType kKeyValuePair{"KeyValuePair", kKeyValuePairMembers};
constexpr Member kKeyValuePairsMembers[] = {complexes<"key-value-pair">(kKeyValuePair)};
constexpr ComplexType kKeyValuePairs{"KeyValuePairs", kKeyValuePairsMembers};
constexpr Member kSubnetTypeMembers[] = {text<"ip-prefix">(), integer<"ip-prefix-len">()};
constexpr ComplexType kSubnetType{"SubnetType", kSubnetTypeMembers};
constexpr Member kAddressTypeMembers[] = {complex<"subnet">(kSubnetType), text<"virtual-network">(), text<"security-group">(),
                                          text<"network-policy">(), complexes<"subnet-list">(kSubnetType)};
constexpr ComplexType kAddressType{"AddressType", kAddressTypeMembers};
constexpr Member kPortTypeMembers[] = {integer<"start-port">(), integer<"end-port">(65535)};
constexpr ComplexType kPortType{"PortType", kPortTypeMembers};
constexpr Member kMatchConditionTypeMembers[] = {text<"protocol">(),
                                                 complex<"src-address">(kAddressType),
                                                 complex<"src-port">(kPortType),
                                                 complex<"dst-address">(kAddressType),
                                                 complex<"dst-port">(kPortType),
                                                 text<"ethertype">()};
constexpr ComplexType kMatchConditionType{"MatchConditionType", kMatchConditionTypeMembers};
constexpr Member kServicePropertiesTypeMembers[] = {boolean<"retain-as-path">()};
constexpr ComplexType kServicePropertiesType{"ServicePropertiesType", kServicePropertiesTypeMembers};
constexpr Member kStaticMirrorNhTypeMembers[] = {text<"vtep-dst-ip-address">(), text<"vtep-dst-mac-address">(), integer<"vni">()};
constexpr ComplexType kStaticMirrorNhType{"StaticMirrorNhType", kStaticMirrorNhTypeMembers};
constexpr Member kMirrorActionTypeMembers[] = {text<"analyzer-name">(),
                                               text<"encapsulation">(),
                                               text<"analyzer-ip-address">(),
                                               text<"analyzer-mac-address">(),
                                               text<"routing-instance">(),
                                               integer<"udp-port">(),
                                               boolean<"juniper-header">(true),
                                               text<"nh-mode">(),
                                               complex<"static-nh-header">(kStaticMirrorNhType),
                                               boolean<"nic-assisted-mirroring">(),
                                               integer<"nic-assisted-mirroring-vlan">()};
constexpr ComplexType kMirrorActionType{"MirrorActionType", kMirrorActionTypeMembers};
constexpr Member kActionListTypeMembers[] = {text<"simple-action">(),
                                             text<"gateway-name">(),
                                             texts<"apply-service">(),
                                             complex<"service-properties">(kServicePropertiesType),
                                             complex<"mirror-to">(kMirrorActionType),
                                             text<"assign-routing-instance">(),
                                             boolean<"log">(),
                                             boolean<"alert">(),
                                             text<"qos-action">(),
                                             boolean<"host-based-service">()};
constexpr ComplexType kActionListType{"ActionListType", kActionListTypeMembers};
constexpr Member kAclRuleTypeMembers[] = {complex<"match-condition">(kMatchConditionType), complex<"action-list">(kActionListType),
                                          text<"rule-uuid">(), text<"direction">()};
constexpr ComplexType kAclRuleType{"AclRuleType", kAclRuleTypeMembers};
constexpr Member kAclEntriesTypeMembers[] = {boolean<"dynamic">(), complexes<"acl-rule">(kAclRuleType)};
constexpr ComplexType kAclEntriesType{"AclEntriesType", kAclEntriesTypeMembers};
constexpr Member kSubnetListTypeMembers[] = {complexes<"subnet">(kSubnetType)};
constexpr ComplexType kSubnetListType{"SubnetListType", kSubnetListTypeMembers};
constexpr Member kAddressFamiliesMembers[] = {texts<"family">()};
constexpr ComplexType kAddressFamilies{"AddressFamilies", kAddressFamiliesMembers};
constexpr Member kAuthenticationKeyItemMembers[] = {integer<"key-id">(), text<"key">()};
constexpr ComplexType kAuthenticationKeyItem{"AuthenticationKeyItem", kAuthenticationKeyItemMembers};
constexpr Member kAuthenticationDataMembers[] = {text<"key-type">(), complexes<"key-items">(kAuthenticationKeyItem)};
constexpr ComplexType kAuthenticationData{"AuthenticationData", kAuthenticationDataMembers};
constexpr Member kBgpRouterParamsMembers[] = {boolean<"admin-down">(),
                                              text<"vendor">(),
                                              integer<"cluster-id">(),
                                              integer<"autonomous-system">(),
                                              text<"identifier">(),
                                              text<"address">(),
                                              integer<"port">(179),
                                              integer<"source-port">(),
                                              integer<"hold-time">(),
                                              complex<"address-families">(kAddressFamilies),
                                              complex<"auth-data">(kAuthenticationData),
                                              integer<"local-autonomous-system">(),
                                              text<"router-type">(),
                                              text<"gateway-address">(),
                                              text<"ipv6-gateway-address">()};
constexpr ComplexType kBgpRouterParams{"BgpRouterParams", kBgpRouterParamsMembers};
constexpr Member kMACLimitControlTypeMembers[] = {integer<"mac-limit">(), text<"mac-limit-action">("log")};
constexpr ComplexType kMACLimitControlType{"MACLimitControlType", kMACLimitControlTypeMembers};
constexpr Member kMACMoveLimitControlTypeMembers[] = {integer<"mac-move-limit">(), integer<"mac-move-time-window">(10),
                                                      text<"mac-move-limit-action">("log")};
constexpr ComplexType kMACMoveLimitControlType{"MACMoveLimitControlType", kMACMoveLimitControlTypeMembers};
constexpr ComplexType kAttachmentAddressType{"AttachmentAddressType", {}};
constexpr Member kDomainLimitsTypeMembers[] = {integer<"project-limit">(), integer<"virtual-network-limit">(),
                                               integer<"security-group-limit">()};
constexpr ComplexType kDomainLimitsType{"DomainLimitsType", kDomainLimitsTypeMembers};
constexpr Member kFirewallServiceTypeMembers[] = {text<"protocol">(), integer<"protocol-id">(), complex<"src-ports">(kPortType),
                                                  complex<"dst-ports">(kPortType)};
constexpr ComplexType kFirewallServiceType{"FirewallServiceType", kFirewallServiceTypeMembers};
constexpr Member kFirewallRuleEndpointTypeMembers[] = {complex<"subnet">(kSubnetType), text<"virtual-network">(),
                                                       text<"address-group">(),        texts<"tags">(),
                                                       unsigned_longs<"tag-ids">(),    boolean<"any">()};
constexpr ComplexType kFirewallRuleEndpointType{"FirewallRuleEndpointType", kFirewallRuleEndpointTypeMembers};
constexpr Member kFirewallRuleMatchTagsTypeMembers[] = {texts<"tag-list">()};
constexpr ComplexType kFirewallRuleMatchTagsType{"FirewallRuleMatchTagsType", kFirewallRuleMatchTagsTypeMembers};
constexpr Member kFirewallRuleMatchTagsTypeIdListMembers[] = {integers<"tag-type">()};
constexpr ComplexType kFirewallRuleMatchTagsTypeIdList{"FirewallRuleMatchTagsTypeIdList", kFirewallRuleMatchTagsTypeIdListMembers};
constexpr Member kPortMapMembers[] = {text<"protocol">(), integer<"src-port">(), integer<"dst-port">()};
constexpr ComplexType kPortMap{"PortMap", kPortMapMembers};
constexpr Member kPortMappingsMembers[] = {complexes<"port-mappings">(kPortMap)};
constexpr ComplexType kPortMappings{"PortMappings", kPortMappingsMembers};
constexpr Member kFloatingIpPoolSubnetTypeMembers[] = {texts<"subnet-uuid">()};
constexpr ComplexType kFloatingIpPoolSubnetType{"FloatingIpPoolSubnetType", kFloatingIpPoolSubnetTypeMembers};
constexpr Member kControlTrafficDscpTypeMembers[] = {integer<"control">(), integer<"analytics">(), integer<"dns">()};
constexpr ComplexType kControlTrafficDscpType{"ControlTrafficDscpType", kControlTrafficDscpTypeMembers};
constexpr Member kGracefulRestartParametersTypeMembers[] = {boolean<"enable">(),
                                                            integer<"restart-time">(300),
                                                            integer<"long-lived-restart-time">(300),
                                                            integer<"end-of-rib-timeout">(300),
                                                            boolean<"bgp-helper-enable">(),
                                                            boolean<"xmpp-helper-enable">()};
constexpr ComplexType kGracefulRestartParametersType{"GracefulRestartParametersType", kGracefulRestartParametersTypeMembers};
constexpr Member kFastConvergenceParametersTypeMembers[] = {boolean<"enable">(), boolean<"nh-reachability-check">(),
                                                            integer<"xmpp-hold-time">(90)};
constexpr ComplexType kFastConvergenceParametersType{"FastConvergenceParametersType", kFastConvergenceParametersTypeMembers};
constexpr Member kPluginPropertyMembers[] = {text<"property">(), text<"value">()};
constexpr ComplexType kPluginProperty{"PluginProperty", kPluginPropertyMembers};
constexpr Member kPluginPropertiesMembers[] = {complexes<"plugin-property">(kPluginProperty)};
constexpr ComplexType kPluginProperties{"PluginProperties", kPluginPropertiesMembers};
constexpr Member kAsnRangeTypeMembers[] = {integer<"asn_min">(), integer<"asn_max">()};
constexpr ComplexType kAsnRangeType{"AsnRangeType", kAsnRangeTypeMembers};
constexpr Member kDeviceFamilyListTypeMembers[] = {texts<"device-family">()};
constexpr ComplexType kDeviceFamilyListType{"DeviceFamilyListType", kDeviceFamilyListTypeMembers};
constexpr Member kVendorHardwaresTypeMembers[] = {texts<"vendor-hardware">()};
constexpr ComplexType kVendorHardwaresType{"VendorHardwaresType", kVendorHardwaresTypeMembers};
constexpr Member kBGPaaServiceParametersTypeMembers[] = {integer<"port-start">(50000), integer<"port-end">(50512)};
constexpr ComplexType kBGPaaServiceParametersType{"BGPaaServiceParametersType", kBGPaaServiceParametersTypeMembers};
constexpr Member kUserDefinedLogStatMembers[] = {text<"name">(), text<"pattern">()};
constexpr ComplexType kUserDefinedLogStat{"UserDefinedLogStat", kUserDefinedLogStatMembers};
constexpr Member kUserDefinedLogStatListMembers[] = {complexes<"statlist">(kUserDefinedLogStat)};
constexpr ComplexType kUserDefinedLogStatList{"UserDefinedLogStatList", kUserDefinedLogStatListMembers};
constexpr Member kEcmpHashingIncludeFieldsMembers[] = {boolean<"hashing-configured">(), boolean<"source-ip">(true),
                                                       boolean<"destination-ip">(true), boolean<"ip-protocol">(true),
                                                       boolean<"source-port">(true),    boolean<"destination-port">(true)};
constexpr ComplexType kEcmpHashingIncludeFields{"EcmpHashingIncludeFields", kEcmpHashingIncludeFieldsMembers};
constexpr Member kLinklocalServiceEntryTypeMembers[] = {text<"linklocal-service-name">(),    text<"linklocal-service-ip">(),
                                                        integer<"linklocal-service-port">(), text<"ip-fabric-DNS-service-name">(),
                                                        integer<"ip-fabric-service-port">(), texts<"ip-fabric-service-ip">()};
constexpr ComplexType kLinklocalServiceEntryType{"LinklocalServiceEntryType", kLinklocalServiceEntryTypeMembers};
constexpr Member kLinklocalServicesTypesMembers[] = {complexes<"linklocal-service-entry">(kLinklocalServiceEntryType)};
constexpr ComplexType kLinklocalServicesTypes{"LinklocalServicesTypes", kLinklocalServicesTypesMembers};
constexpr Member kEncapsulationPrioritiesTypeMembers[] = {texts<"encapsulation">()};
constexpr ComplexType kEncapsulationPrioritiesType{"EncapsulationPrioritiesType", kEncapsulationPrioritiesTypeMembers};
constexpr Member kFlowAgingTimeoutMembers[] = {text<"protocol">(), integer<"port">(), integer<"timeout-in-seconds">()};
constexpr ComplexType kFlowAgingTimeout{"FlowAgingTimeout", kFlowAgingTimeoutMembers};
constexpr Member kFlowAgingTimeoutListMembers[] = {complexes<"flow-aging-timeout">(kFlowAgingTimeout)};
constexpr ComplexType kFlowAgingTimeoutList{"FlowAgingTimeoutList", kFlowAgingTimeoutListMembers};
constexpr Member kEncryptionTunnelEndpointMembers[] = {text<"tunnel-remote-ip-address">()};
constexpr ComplexType kEncryptionTunnelEndpoint{"EncryptionTunnelEndpoint", kEncryptionTunnelEndpointMembers};
constexpr Member kEncryptionTunnelEndpointListMembers[] = {complexes<"endpoint">(kEncryptionTunnelEndpoint)};
constexpr ComplexType kEncryptionTunnelEndpointList{"EncryptionTunnelEndpointList", kEncryptionTunnelEndpointListMembers};
constexpr Member kPortTranslationPoolMembers[] = {text<"protocol">(), complex<"port-range">(kPortType), text<"port-count">()};
constexpr ComplexType kPortTranslationPool{"PortTranslationPool", kPortTranslationPoolMembers};
constexpr Member kPortTranslationPoolsMembers[] = {complexes<"port-translation-pool">(kPortTranslationPool)};
constexpr ComplexType kPortTranslationPools{"PortTranslationPools", kPortTranslationPoolsMembers};
constexpr Member kCommunityAttributesMembers[] = {texts<"community-attribute">()};
constexpr ComplexType kCommunityAttributes{"CommunityAttributes", kCommunityAttributesMembers};
constexpr Member kRouteTypeMembers[] = {text<"prefix">(), text<"next-hop">(), text<"next-hop-type">(),
                                        complex<"community-attributes">(kCommunityAttributes)};
constexpr ComplexType kRouteType{"RouteType", kRouteTypeMembers};
constexpr Member kRouteTableTypeMembers[] = {complexes<"route">(kRouteType)};
constexpr ComplexType kRouteTableType{"RouteTableType", kRouteTableTypeMembers};
constexpr Member kPortParametersMembers[] = {boolean<"port-disable">(), integer<"port-mtu">(), text<"port-description">()};
constexpr ComplexType kPortParameters{"PortParameters", kPortParametersMembers};
constexpr Member kRouteTargetListMembers[] = {texts<"route-target">()};
constexpr ComplexType kRouteTargetList{"RouteTargetList", kRouteTargetListMembers};
constexpr Member kIpAddressesTypeMembers[] = {texts<"ip-address">()};
constexpr ComplexType kIpAddressesType{"IpAddressesType", kIpAddressesTypeMembers};
constexpr Member kMulticastSourceGroupMembers[] = {text<"source-address">(), text<"group-address">(), text<"action">()};
constexpr ComplexType kMulticastSourceGroup{"MulticastSourceGroup", kMulticastSourceGroupMembers};
constexpr Member kMulticastSourceGroupsMembers[] = {complexes<"multicast-source-group">(kMulticastSourceGroup)};
constexpr ComplexType kMulticastSourceGroups{"MulticastSourceGroups", kMulticastSourceGroupsMembers};
constexpr Member kIpamDnsAddressTypeMembers[] = {complex<"tenant-dns-server-address">(kIpAddressesType), text<"virtual-dns-server-name">()};
constexpr ComplexType kIpamDnsAddressType{"IpamDnsAddressType", kIpamDnsAddressTypeMembers};
constexpr Member kDhcpOptionTypeMembers[] = {text<"dhcp-option-name">(), text<"dhcp-option-value">(), text<"dhcp-option-value-bytes">()};
constexpr ComplexType kDhcpOptionType{"DhcpOptionType", kDhcpOptionTypeMembers};
constexpr Member kDhcpOptionsListTypeMembers[] = {complexes<"dhcp-option">(kDhcpOptionType)};
constexpr ComplexType kDhcpOptionsListType{"DhcpOptionsListType", kDhcpOptionsListTypeMembers};
constexpr Member kIpamTypeMembers[] = {text<"ipam-method">(),
                                       text<"ipam-dns-method">(),
                                       complex<"ipam-dns-server">(kIpamDnsAddressType),
                                       complex<"dhcp-option-list">(kDhcpOptionsListType),
                                       complex<"cidr-block">(kSubnetType),
                                       complex<"host-routes">(kRouteTableType)};
constexpr ComplexType kIpamType{"IpamType", kIpamTypeMembers};
constexpr Member kAllocationPoolTypeMembers[] = {text<"start">(), text<"end">(), boolean<"vrouter-specific-pool">()};
constexpr ComplexType kAllocationPoolType{"AllocationPoolType", kAllocationPoolTypeMembers};
constexpr Member kIpamSubnetTypeMembers[] = {complex<"subnet">(kSubnetType),
                                             text<"default-gateway">(),
                                             text<"dns-server-address">(),
                                             text<"subnet-uuid">(),
                                             boolean<"enable-dhcp">(true),
                                             texts<"dns-nameservers">(),
                                             complexes<"allocation-pools">(kAllocationPoolType),
                                             boolean<"addr_from_start">(),
                                             complex<"dhcp-option-list">(kDhcpOptionsListType),
                                             complex<"host-routes">(kRouteTableType),
                                             text<"subnet-name">(),
                                             integer<"alloc-unit">(1),
                                             date_time<"created">(),
                                             date_time<"last-modified">(),
                                             text<"subscriber-tag">(),
                                             integer<"vlan-tag">(),
                                             texts<"dhcp-relay-server">()};
constexpr ComplexType kIpamSubnetType{"IpamSubnetType", kIpamSubnetTypeMembers};
constexpr Member kIpamSubnetsMembers[] = {complexes<"subnets">(kIpamSubnetType)};
constexpr ComplexType kIpamSubnets{"IpamSubnets", kIpamSubnetsMembers};
constexpr Member kMacAddressesTypeMembers[] = {texts<"mac-address">()};
constexpr ComplexType kMacAddressesType{"MacAddressesType", kMacAddressesTypeMembers};
constexpr Member kTelemetryResourceInfoMembers[] = {text<"name">(), text<"path">(), text<"rate">()};
constexpr ComplexType kTelemetryResourceInfo{"TelemetryResourceInfo", kTelemetryResourceInfoMembers};
constexpr Member kTelemetryStateInfoMembers[] = {complexes<"resource">(kTelemetryResourceInfo), text<"server-ip">(),
                                                 integer<"server-port">()};
constexpr ComplexType kTelemetryStateInfo{"TelemetryStateInfo", kTelemetryStateInfoMembers};
constexpr Member kJunosServicePortsMembers[] = {texts<"service-port">()};
constexpr ComplexType kJunosServicePorts{"JunosServicePorts", kJunosServicePortsMembers};
constexpr Member kRoutingBridgingRolesTypeMembers[] = {texts<"rb-roles">()};
constexpr ComplexType kRoutingBridgingRolesType{"RoutingBridgingRolesType", kRoutingBridgingRolesTypeMembers};
constexpr Member kUserCredentialsMembers[] = {text<"username">(), text<"password">()};
constexpr ComplexType kUserCredentials{"UserCredentials", kUserCredentialsMembers};
constexpr Member kSNMPCredentialsMembers[] = {integer<"version">(2),
                                              integer<"local-port">(),
                                              integer<"retries">(),
                                              integer<"timeout">(),
                                              text<"v2-community">(),
                                              text<"v3-security-name">(),
                                              text<"v3-security-level">(),
                                              text<"v3-security-engine-id">(),
                                              text<"v3-context">(),
                                              text<"v3-context-engine-id">(),
                                              text<"v3-authentication-protocol">(),
                                              text<"v3-authentication-password">(),
                                              text<"v3-privacy-protocol">(),
                                              text<"v3-privacy-password">(),
                                              text<"v3-engine-id">(),
                                              integer<"v3-engine-boots">(),
                                              integer<"v3-engine-time">()};
constexpr ComplexType kSNMPCredentials{"SNMPCredentials", kSNMPCredentialsMembers};
constexpr Member kDnsmasqLeaseParametersMembers[] = {integer<"lease_expiry_time">(), text<"client_id">()};
constexpr ComplexType kDnsmasqLeaseParameters{"DnsmasqLeaseParameters", kDnsmasqLeaseParametersMembers};
constexpr Member kAutonomousSystemsTypeMembers[] = {integers<"asn">()};
constexpr ComplexType kAutonomousSystemsType{"AutonomousSystemsType", kAutonomousSystemsTypeMembers};
constexpr Member kQuotaTypeMembers[] = {integer<"defaults">(),
                                        integer<"floating-ip">(),
                                        integer<"instance-ip">(),
                                        integer<"virtual-machine-interface">(),
                                        integer<"virtual-network">(),
                                        integer<"virtual-router">(),
                                        integer<"virtual-DNS">(),
                                        integer<"virtual-DNS-record">(),
                                        integer<"bgp-router">(),
                                        integer<"network-ipam">(),
                                        integer<"access-control-list">(),
                                        integer<"network-policy">(),
                                        integer<"floating-ip-pool">(),
                                        integer<"service-template">(),
                                        integer<"service-instance">(),
                                        integer<"logical-router">(),
                                        integer<"security-group">(),
                                        integer<"security-group-rule">(),
                                        integer<"subnet">(),
                                        integer<"global-vrouter-config">(),
                                        integer<"loadbalancer">(),
                                        integer<"loadbalancer-listener">(),
                                        integer<"loadbalancer-pool">(),
                                        integer<"loadbalancer-member">(),
                                        integer<"loadbalancer-healthmonitor">(),
                                        integer<"virtual-ip">(),
                                        integer<"security-logging-object">(),
                                        integer<"route-table">(),
                                        integer<"firewall-group">(),
                                        integer<"firewall-policy">(),
                                        integer<"firewall-rule">(),
                                        integer<"host-based-service">()};
constexpr ComplexType kQuotaType{"QuotaType", kQuotaTypeMembers};
constexpr Member kQosIdForwardingClassPairMembers[] = {integer<"key">(), integer<"forwarding-class-id">()};
constexpr ComplexType kQosIdForwardingClassPair{"QosIdForwardingClassPair", kQosIdForwardingClassPairMembers};
constexpr Member kQosIdForwardingClassPairsMembers[] = {complexes<"qos-id-forwarding-class-pair">(kQosIdForwardingClassPair)};
constexpr ComplexType kQosIdForwardingClassPairs{"QosIdForwardingClassPairs", kQosIdForwardingClassPairsMembers};
constexpr Member kRouteListTypeMembers[] = {texts<"route">()};
constexpr ComplexType kRouteListType{"RouteListType", kRouteListTypeMembers};
constexpr Member kProtocolBgpTypeMembers[] = {integer<"autonomous-system">()};
constexpr ComplexType kProtocolBgpType{"ProtocolBgpType", kProtocolBgpTypeMembers};
constexpr Member kProtocolOspfTypeMembers[] = {integer<"area">()};
constexpr ComplexType kProtocolOspfType{"ProtocolOspfType", kProtocolOspfTypeMembers};
constexpr Member kDefaultProtocolTypeMembers[] = {complex<"bgp">(kProtocolBgpType), complex<"ospf">(kProtocolOspfType)};
constexpr ComplexType kDefaultProtocolType{"DefaultProtocolType", kDefaultProtocolTypeMembers};
constexpr Member kServiceChainInfoMembers[] = {text<"routing-instance">(),
                                               texts<"prefix">(),
                                               text<"service-chain-address">(),
                                               text<"service-instance">(),
                                               text<"source-routing-instance">(),
                                               text<"service-chain-id">(),
                                               boolean<"sc-head">(),
                                               boolean<"retain-as-path">()};
constexpr ComplexType kServiceChainInfo{"ServiceChainInfo", kServiceChainInfoMembers};
constexpr Member kStaticRouteTypeMembers[] = {text<"prefix">(), text<"next-hop">(), texts<"route-target">(), texts<"community">()};
constexpr ComplexType kStaticRouteType{"StaticRouteType", kStaticRouteTypeMembers};
constexpr Member kStaticRouteEntriesTypeMembers[] = {complexes<"route">(kStaticRouteType)};
constexpr ComplexType kStaticRouteEntriesType{"StaticRouteEntriesType", kStaticRouteEntriesTypeMembers};
constexpr Member kPrefixMatchTypeMembers[] = {text<"prefix">(), text<"prefix-type">()};
constexpr ComplexType kPrefixMatchType{"PrefixMatchType", kPrefixMatchTypeMembers};
constexpr Member kPrefixListMatchTypeMembers[] = {texts<"interface-route-table-uuid">(), text<"prefix-type">()};
constexpr ComplexType kPrefixListMatchType{"PrefixListMatchType", kPrefixListMatchTypeMembers};
constexpr Member kRouteFilterPropertiesMembers[] = {text<"route">(), text<"route-type">(), text<"route-type-value">()};
constexpr ComplexType kRouteFilterProperties{"RouteFilterProperties", kRouteFilterPropertiesMembers};
constexpr Member kRouteFilterTypeMembers[] = {complexes<"route-filter-properties">(kRouteFilterProperties)};
constexpr ComplexType kRouteFilterType{"RouteFilterType", kRouteFilterTypeMembers};
constexpr Member kTermMatchConditionTypeMembers[] = {texts<"protocol">(),
                                                     complexes<"prefix">(kPrefixMatchType),
                                                     text<"community">(),
                                                     texts<"community-list">(),
                                                     boolean<"community-match-all">(),
                                                     texts<"extcommunity-list">(),
                                                     boolean<"extcommunity-match-all">(),
                                                     text<"family">(),
                                                     integers<"as-path">(),
                                                     text<"external">(),
                                                     integer<"local-pref">(),
                                                     integers<"nlri-route-type">(),
                                                     complexes<"prefix-list">(kPrefixListMatchType),
                                                     complex<"route-filter">(kRouteFilterType)};
constexpr ComplexType kTermMatchConditionType{"TermMatchConditionType", kTermMatchConditionTypeMembers};
constexpr Member kAsListTypeMembers[] = {integers<"asn-list">()};
constexpr ComplexType kAsListType{"AsListType", kAsListTypeMembers};
constexpr Member kActionAsPathTypeMembers[] = {complex<"expand">(kAsListType)};
constexpr ComplexType kActionAsPathType{"ActionAsPathType", kActionAsPathTypeMembers};
constexpr Member kCommunityListTypeMembers[] = {texts<"community">()};
constexpr ComplexType kCommunityListType{"CommunityListType", kCommunityListTypeMembers};
constexpr Member kActionCommunityTypeMembers[] = {complex<"add">(kCommunityListType), complex<"remove">(kCommunityListType),
                                                  complex<"set">(kCommunityListType)};
constexpr ComplexType kActionCommunityType{"ActionCommunityType", kActionCommunityTypeMembers};
constexpr Member kExtCommunityListTypeMembers[] = {texts<"community">()};
constexpr ComplexType kExtCommunityListType{"ExtCommunityListType", kExtCommunityListTypeMembers};
constexpr Member kActionExtCommunityTypeMembers[] = {complex<"add">(kExtCommunityListType), complex<"remove">(kExtCommunityListType),
                                                     complex<"set">(kExtCommunityListType)};
constexpr ComplexType kActionExtCommunityType{"ActionExtCommunityType", kActionExtCommunityTypeMembers};
constexpr Member kActionUpdateTypeMembers[] = {complex<"as-path">(kActionAsPathType), complex<"community">(kActionCommunityType),
                                               complex<"extcommunity">(kActionExtCommunityType), integer<"local-pref">(), integer<"med">()};
constexpr ComplexType kActionUpdateType{"ActionUpdateType", kActionUpdateTypeMembers};
constexpr Member kTermActionListTypeMembers[] = {complex<"update">(kActionUpdateType),
                                                 text<"action">(),
                                                 text<"action-next-value">(),
                                                 text<"external">(),
                                                 text<"as-path-expand">(),
                                                 text<"as-path-prepend">()};
constexpr ComplexType kTermActionListType{"TermActionListType", kTermActionListTypeMembers};
constexpr Member kPolicyTermTypeMembers[] = {complex<"term-match-condition">(kTermMatchConditionType),
                                             complex<"term-action-list">(kTermActionListType)};
constexpr ComplexType kPolicyTermType{"PolicyTermType", kPolicyTermTypeMembers};
constexpr Member kPolicyStatementTypeMembers[] = {complexes<"term">(kPolicyTermType)};
constexpr ComplexType kPolicyStatementType{"PolicyStatementType", kPolicyStatementTypeMembers};
constexpr Member kSequenceTypeMembers[] = {integer<"major">(), integer<"minor">()};
constexpr ComplexType kSequenceType{"SequenceType", kSequenceTypeMembers};
constexpr Member kPolicyRuleTypeMembers[] = {complex<"rule-sequence">(kSequenceType),
                                             text<"rule-uuid">(),
                                             text<"direction">(),
                                             text<"protocol">(),
                                             complexes<"src-addresses">(kAddressType),
                                             complexes<"src-ports">(kPortType),
                                             texts<"application">(),
                                             complexes<"dst-addresses">(kAddressType),
                                             complexes<"dst-ports">(kPortType),
                                             complex<"action-list">(kActionListType),
                                             text<"ethertype">(),
                                             date_time<"created">(),
                                             date_time<"last-modified">(),
                                             text<"description">()};
constexpr ComplexType kPolicyRuleType{"PolicyRuleType", kPolicyRuleTypeMembers};
constexpr Member kPolicyEntriesTypeMembers[] = {complexes<"policy-rule">(kPolicyRuleType)};
constexpr ComplexType kPolicyEntriesType{"PolicyEntriesType", kPolicyEntriesTypeMembers};
constexpr Member kSecurityLoggingObjectRuleEntryTypeMembers[] = {text<"rule-uuid">(), integer<"rate">(100)};
constexpr ComplexType kSecurityLoggingObjectRuleEntryType{"SecurityLoggingObjectRuleEntryType", kSecurityLoggingObjectRuleEntryTypeMembers};
constexpr Member kSecurityLoggingObjectRuleListTypeMembers[] = {complexes<"rule">(kSecurityLoggingObjectRuleEntryType)};
constexpr ComplexType kSecurityLoggingObjectRuleListType{"SecurityLoggingObjectRuleListType", kSecurityLoggingObjectRuleListTypeMembers};
constexpr Member kFirewallServiceGroupTypeMembers[] = {complexes<"firewall-service">(kFirewallServiceType)};
constexpr ComplexType kFirewallServiceGroupType{"FirewallServiceGroupType", kFirewallServiceGroupTypeMembers};
constexpr Member kServiceHealthCheckTypeMembers[] = {boolean<"enabled">(),
                                                     text<"health-check-type">(),
                                                     text<"monitor-type">(),
                                                     integer<"delay">(),
                                                     integer<"delayUsecs">(),
                                                     integer<"timeout">(),
                                                     integer<"timeoutUsecs">(),
                                                     integer<"max-retries">(),
                                                     text<"http-method">(),
                                                     text<"url-path">(),
                                                     text<"expected-codes">(),
                                                     boolean<"target-ip-all">(),
                                                     complex<"target-ip-list">(kIpAddressesType)};
constexpr ComplexType kServiceHealthCheckType{"ServiceHealthCheckType", kServiceHealthCheckTypeMembers};
constexpr Member kAllowedAddressPairMembers[] = {complex<"ip">(kSubnetType), text<"mac">(), text<"address-mode">()};
constexpr ComplexType kAllowedAddressPair{"AllowedAddressPair", kAllowedAddressPairMembers};
constexpr Member kAllowedAddressPairsMembers[] = {complexes<"allowed-address-pair">(kAllowedAddressPair)};
constexpr ComplexType kAllowedAddressPairs{"AllowedAddressPairs", kAllowedAddressPairsMembers};
constexpr Member kServiceInstanceInterfaceTypeMembers[] = {text<"virtual-network">(), text<"ip-address">(),
                                                           complex<"static-routes">(kRouteTableType),
                                                           complex<"allowed-address-pairs">(kAllowedAddressPairs)};
constexpr ComplexType kServiceInstanceInterfaceType{"ServiceInstanceInterfaceType", kServiceInstanceInterfaceTypeMembers};
constexpr Member kServiceScaleOutTypeMembers[] = {integer<"max-instances">(1), boolean<"auto-scale">()};
constexpr ComplexType kServiceScaleOutType{"ServiceScaleOutType", kServiceScaleOutTypeMembers};
constexpr Member kServiceInstanceTypeMembers[] = {boolean<"auto-policy">(),
                                                  text<"availability-zone">(),
                                                  text<"management-virtual-network">(),
                                                  text<"left-virtual-network">(),
                                                  text<"left-ip-address">(),
                                                  text<"right-virtual-network">(),
                                                  text<"right-ip-address">(),
                                                  complexes<"interface-list">(kServiceInstanceInterfaceType),
                                                  complex<"scale-out">(kServiceScaleOutType),
                                                  text<"ha-mode">(),
                                                  text<"virtual-router-id">(),
                                                  text<"service-virtualization-type">()};
constexpr ComplexType kServiceInstanceType{"ServiceInstanceType", kServiceInstanceTypeMembers};
constexpr Member kServiceTemplateInterfaceTypeMembers[] = {text<"service-interface-type">(), boolean<"shared-ip">(),
                                                           boolean<"static-route-enable">()};
constexpr ComplexType kServiceTemplateInterfaceType{"ServiceTemplateInterfaceType", kServiceTemplateInterfaceTypeMembers};
constexpr Member kServiceTemplateTypeMembers[] = {integer<"version">(1),
                                                  text<"service-mode">(),
                                                  text<"service-type">(),
                                                  text<"image-name">(),
                                                  boolean<"service-scaling">(),
                                                  complexes<"interface-type">(kServiceTemplateInterfaceType),
                                                  text<"flavor">(),
                                                  boolean<"ordered-interfaces">(),
                                                  text<"service-virtualization-type">(),
                                                  boolean<"availability-zone-enable">(),
                                                  text<"vrouter-instance-type">(),
                                                  text<"instance-data">()};
constexpr ComplexType kServiceTemplateType{"ServiceTemplateType", kServiceTemplateTypeMembers};
constexpr Member kDnsSoaRecordTypeMembers[] = {integer<"negative-cache-ttl-seconds">()};
constexpr ComplexType kDnsSoaRecordType{"DnsSoaRecordType", kDnsSoaRecordTypeMembers};
constexpr Member kVirtualDnsTypeMembers[] = {text<"domain-name">(),
                                             boolean<"dynamic-records-from-client">(),
                                             text<"record-order">("random"),
                                             integer<"default-ttl-seconds">(),
                                             text<"next-virtual-DNS">(),
                                             text<"floating-ip-record">(),
                                             boolean<"external-visible">(),
                                             boolean<"reverse-resolution">(),
                                             complex<"soa-record">(kDnsSoaRecordType)};
constexpr ComplexType kVirtualDnsType{"VirtualDnsType", kVirtualDnsTypeMembers};
constexpr Member kVirtualDnsRecordTypeMembers[] = {text<"record-name">(),           text<"record-type">(),
                                                   text<"record-class">(),          text<"record-data">(),
                                                   integer<"record-ttl-seconds">(), integer<"record-mx-preference">(),
                                                   text<"record-source-name">()};
constexpr ComplexType kVirtualDnsRecordType{"VirtualDnsRecordType", kVirtualDnsRecordTypeMembers};
constexpr Member kVrfAssignRuleTypeMembers[] = {complex<"match-condition">(kMatchConditionType), integer<"vlan-tag">(),
                                                text<"routing-instance">(), boolean<"ignore-acl">()};
constexpr ComplexType kVrfAssignRuleType{"VrfAssignRuleType", kVrfAssignRuleTypeMembers};
constexpr Member kVrfAssignTableTypeMembers[] = {complexes<"vrf-assign-rule">(kVrfAssignRuleType)};
constexpr ComplexType kVrfAssignTableType{"VrfAssignTableType", kVrfAssignTableTypeMembers};
constexpr Member kInterfaceMirrorTypeMembers[] = {text<"traffic-direction">(), complex<"mirror-to">(kMirrorActionType)};
constexpr ComplexType kInterfaceMirrorType{"InterfaceMirrorType", kInterfaceMirrorTypeMembers};
constexpr Member kVirtualMachineInterfacePropertiesTypeMembers[] = {
    text<"service-interface-type">(), complex<"interface-mirror">(kInterfaceMirrorType), integer<"local-preference">(),
    integer<"sub-interface-vlan-tag">(), integer<"max-flows">()};
constexpr ComplexType kVirtualMachineInterfacePropertiesType{"VirtualMachineInterfacePropertiesType",
                                                             kVirtualMachineInterfacePropertiesTypeMembers};
constexpr Member kProtocolTypeMembers[] = {text<"protocol">(),
                                           integer<"port">(),
                                           text<"ignore-address">(),
                                           complex<"source-prefix">(kSubnetType),
                                           integer<"source-aggregate-prefix-length">(),
                                           complex<"destination-prefix">(kSubnetType),
                                           integer<"destination-aggregate-prefix-length">()};
constexpr ComplexType kProtocolType{"ProtocolType", kProtocolTypeMembers};
constexpr Member kFatFlowProtocolsMembers[] = {complexes<"fat-flow-protocol">(kProtocolType)};
constexpr ComplexType kFatFlowProtocols{"FatFlowProtocols", kFatFlowProtocolsMembers};
constexpr Member kVirtualNetworkTypeMembers[] = {boolean<"allow-transit">(), integer<"network-id">(), integer<"vxlan-network-identifier">(),
                                                 text<"forwarding-mode">(),  text<"rpf">(),           boolean<"mirror-destination">(),
                                                 integer<"max-flows">(),     integer<"mtu">()};
constexpr ComplexType kVirtualNetworkType{"VirtualNetworkType", kVirtualNetworkTypeMembers};
constexpr Member kBgpParametersMembers[] = {integer<"peer-autonomous-system">(),
                                            text<"peer-ip-address">(),
                                            texts<"peer-ip-address-list">(),
                                            integer<"hold-time">(),
                                            complex<"auth-data">(kAuthenticationData),
                                            integer<"local-autonomous-system">(),
                                            integer<"multihop-ttl">()};
constexpr ComplexType kBgpParameters{"BgpParameters", kBgpParametersMembers};
constexpr Member kOspfParametersMembers[] = {complex<"auth-data">(kAuthenticationData),
                                             integer<"hello-interval">(10),
                                             integer<"dead-interval">(40),
                                             text<"area-id">(),
                                             text<"area-type">(),
                                             boolean<"advertise-loopback">(),
                                             boolean<"orignate-summary-lsa">()};
constexpr ComplexType kOspfParameters{"OspfParameters", kOspfParametersMembers};
constexpr Member kPimParametersMembers[] = {texts<"rp-ip-address">(), text<"mode">("sparse-dense"), boolean<"enable-all-interfaces">()};
constexpr ComplexType kPimParameters{"PimParameters", kPimParametersMembers};
constexpr Member kStaticRouteParametersMembers[] = {texts<"interface-route-table-uuid">(), texts<"next-hop-ip-address">()};
constexpr ComplexType kStaticRouteParameters{"StaticRouteParameters", kStaticRouteParametersMembers};
constexpr Member kBfdParametersMembers[] = {integer<"time-interval">(), integer<"detection-time-multiplier">()};
constexpr ComplexType kBfdParameters{"BfdParameters", kBfdParametersMembers};
constexpr Member kRoutingPolicyParametersMembers[] = {texts<"import-routing-policy-uuid">(), texts<"export-routing-policy-uuid">()};
constexpr ComplexType kRoutingPolicyParameters{"RoutingPolicyParameters", kRoutingPolicyParametersMembers};
constexpr Member kRoutedPropertiesMembers[] = {text<"physical-router-uuid">(),
                                               text<"logical-router-uuid">(),
                                               text<"routed-interface-ip-address">(),
                                               text<"loopback-ip-address">(),
                                               text<"routing-protocol">(),
                                               complex<"bgp-params">(kBgpParameters),
                                               complex<"ospf-params">(kOspfParameters),
                                               complex<"pim-params">(kPimParameters),
                                               complex<"static-route-params">(kStaticRouteParameters),
                                               complex<"bfd-params">(kBfdParameters),
                                               complex<"routing-policy-params">(kRoutingPolicyParameters)};
constexpr ComplexType kRoutedProperties{"RoutedProperties", kRoutedPropertiesMembers};
constexpr Member kVirtualNetworkRoutedPropertiesTypeMembers[] = {complexes<"routed-properties">(kRoutedProperties),
                                                                 boolean<"shared_across_all_lrs">()};
constexpr ComplexType kVirtualNetworkRoutedPropertiesType{"VirtualNetworkRoutedPropertiesType", kVirtualNetworkRoutedPropertiesTypeMembers};
constexpr Member kProviderDetailsMembers[] = {integer<"segmentation-id">(), text<"physical-network">()};
constexpr ComplexType kProviderDetails{"ProviderDetails", kProviderDetailsMembers};
constexpr Member kBGPaaSControlNodeZoneAttributesMembers[] = {text<"bgpaas-control-node-zone-type">()};
constexpr ComplexType kBGPaaSControlNodeZoneAttributes{"BGPaaSControlNodeZoneAttributes", kBGPaaSControlNodeZoneAttributesMembers};
constexpr Member kVnSubnetsTypeMembers[] = {complexes<"ipam-subnets">(kIpamSubnetType), complex<"host-routes">(kRouteTableType)};
constexpr ComplexType kVnSubnetsType{"VnSubnetsType", kVnSubnetsTypeMembers};
constexpr Member kVirtualRouterNetworkIpamTypeMembers[] = {complexes<"allocation-pools">(kAllocationPoolType),
                                                           complexes<"subnet">(kSubnetType)};
constexpr ComplexType kVirtualRouterNetworkIpamType{"VirtualRouterNetworkIpamType", kVirtualRouterNetworkIpamTypeMembers};
constexpr Member kTimerTypeMembers[] = {date_time<"start-time">(), time_of_day<"on-interval">(), time_of_day<"off-interval">(),
                                        date_time<"end-time">()};
constexpr ComplexType kTimerType{"TimerType", kTimerTypeMembers};
constexpr Member kVirtualNetworkPolicyTypeMembers[] = {complex<"sequence">(kSequenceType), complex<"timer">(kTimerType)};
constexpr ComplexType kVirtualNetworkPolicyType{"VirtualNetworkPolicyType", kVirtualNetworkPolicyTypeMembers};
constexpr Member kPolicyBasedForwardingRuleTypeMembers[] = {text<"direction">(),
                                                            integer<"vlan-tag">(),
                                                            text<"src-mac">(),
                                                            text<"dst-mac">(),
                                                            integer<"mpls-label">(),
                                                            text<"service-chain-address">(),
                                                            text<"ipv6-service-chain-address">(),
                                                            text<"protocol">()};
constexpr ComplexType kPolicyBasedForwardingRuleType{"PolicyBasedForwardingRuleType", kPolicyBasedForwardingRuleTypeMembers};
constexpr Member kServiceInterfaceTagMembers[] = {text<"interface-type">()};
constexpr ComplexType kServiceInterfaceTag{"ServiceInterfaceTag", kServiceInterfaceTagMembers};
constexpr Member kRoutingPolicyServiceInstanceTypeMembers[] = {text<"left-sequence">(), text<"right-sequence">()};
constexpr ComplexType kRoutingPolicyServiceInstanceType{"RoutingPolicyServiceInstanceType", kRoutingPolicyServiceInstanceTypeMembers};
constexpr Member kLogicalRouterVirtualNetworkTypeMembers[] = {text<"logical-router-virtual-network-type">("ExternalGateway")};
constexpr ComplexType kLogicalRouterVirtualNetworkType{"LogicalRouterVirtualNetworkType", kLogicalRouterVirtualNetworkTypeMembers};
constexpr Member kFirewallSequenceMembers[] = {text<"sequence">()};
constexpr ComplexType kFirewallSequence{"FirewallSequence", kFirewallSequenceMembers};
constexpr Member kSloRateTypeMembers[] = {integer<"rate">(-1)};
constexpr ComplexType kSloRateType{"SloRateType", kSloRateTypeMembers};
constexpr Member kVpgInterfaceParametersTypeMembers[] = {integer<"ae-num">()};
constexpr ComplexType kVpgInterfaceParametersType{"VpgInterfaceParametersType", kVpgInterfaceParametersTypeMembers};
constexpr Member kVMIVirtualPortGroupAttributesMembers[] = {integer<"vlan-tag">(), integer<"native-vlan-tag">()};
constexpr ComplexType kVMIVirtualPortGroupAttributes{"VMIVirtualPortGroupAttributes", kVMIVirtualPortGroupAttributesMembers};
constexpr Member kBridgeDomainMembershipTypeMembers[] = {integer<"vlan-tag">()};
constexpr ComplexType kBridgeDomainMembershipType{"BridgeDomainMembershipType", kBridgeDomainMembershipTypeMembers};
constexpr Member kServiceVirtualNetworkTypeMembers[] = {text<"virtual-network-type">()};
constexpr ComplexType kServiceVirtualNetworkType{"ServiceVirtualNetworkType", kServiceVirtualNetworkTypeMembers};
constexpr Member kConnectionTypeMembers[] = {text<"destination-instance">()};
constexpr ComplexType kConnectionType{"ConnectionType", kConnectionTypeMembers};
constexpr Member kInstanceTargetTypeMembers[] = {text<"import-export">()};
constexpr ComplexType kInstanceTargetType{"InstanceTargetType", kInstanceTargetTypeMembers};
constexpr Member kRoutingPolicyTypeMembers[] = {text<"sequence">()};
constexpr ComplexType kRoutingPolicyType{"RoutingPolicyType", kRoutingPolicyTypeMembers};
constexpr Member kBgpPrefixLimitMembers[] = {integer<"maximum">(), integer<"idle-timeout">()};
constexpr ComplexType kBgpPrefixLimit{"BgpPrefixLimit", kBgpPrefixLimitMembers};
constexpr Member kBgpFamilyAttributesMembers[] = {text<"address-family">(), integer<"loop-count">(),
                                                  complex<"prefix-limit">(kBgpPrefixLimit), texts<"default-tunnel-encap">()};
constexpr ComplexType kBgpFamilyAttributes{"BgpFamilyAttributes", kBgpFamilyAttributesMembers};
constexpr Member kRouteOriginOverrideMembers[] = {boolean<"origin-override">(), text<"origin">("IGP")};
constexpr ComplexType kRouteOriginOverride{"RouteOriginOverride", kRouteOriginOverrideMembers};
constexpr Member kBgpSessionAttributesMembers[] = {text<"bgp-router">(),
                                                   boolean<"admin-down">(),
                                                   boolean<"passive">(),
                                                   boolean<"as-override">(),
                                                   integer<"hold-time">(),
                                                   integer<"loop-count">(),
                                                   integer<"local-autonomous-system">(),
                                                   complex<"address-families">(kAddressFamilies),
                                                   complex<"auth-data">(kAuthenticationData),
                                                   complexes<"family-attributes">(kBgpFamilyAttributes),
                                                   text<"private-as-action">(),
                                                   complex<"route-origin-override">(kRouteOriginOverride)};
constexpr ComplexType kBgpSessionAttributes{"BgpSessionAttributes", kBgpSessionAttributesMembers};
constexpr Member kBgpSessionMembers[] = {text<"uuid">(), complexes<"attributes">(kBgpSessionAttributes)};
constexpr ComplexType kBgpSession{"BgpSession", kBgpSessionMembers};
constexpr Member kBgpPeeringAttributesMembers[] = {complexes<"session">(kBgpSession)};
constexpr ComplexType kBgpPeeringAttributes{"BgpPeeringAttributes", kBgpPeeringAttributesMembers};

}  // namespace signalbox::ifmap
