// Complex types of all other properties and link attributes, members in schema order; for schema.cpp alone.
//
// Source: spec/config.md 5.5.
#pragma once

#include "ifmap-compat/schema_types_agent.hpp"

namespace signalbox::ifmap {

constexpr Member kUveKeysTypeMembers[] = {texts<"uve-key">()};
constexpr ComplexType kUveKeysType{"UveKeysType", kUveKeysTypeMembers};
constexpr Member kAlarmOperand2Members[] = {text<"uve_attribute">(), text<"json_value">()};
constexpr ComplexType kAlarmOperand2{"AlarmOperand2", kAlarmOperand2Members};
constexpr Member kAlarmExpressionMembers[] = {text<"operation">(), text<"operand1">(), complex<"operand2">(kAlarmOperand2),
                                              texts<"variables">()};
constexpr ComplexType kAlarmExpression{"AlarmExpression", kAlarmExpressionMembers};
constexpr Member kAlarmAndListMembers[] = {complexes<"and_list">(kAlarmExpression)};
constexpr ComplexType kAlarmAndList{"AlarmAndList", kAlarmAndListMembers};
constexpr Member kAlarmOrListMembers[] = {complexes<"or_list">(kAlarmAndList)};
constexpr ComplexType kAlarmOrList{"AlarmOrList", kAlarmOrListMembers};
constexpr Member kRbacPermTypeMembers[] = {text<"role-name">(), text<"role-crud">()};
constexpr ComplexType kRbacPermType{"RbacPermType", kRbacPermTypeMembers};
constexpr Member kRbacRuleTypeMembers[] = {text<"rule-object">(), text<"rule-field">(), complexes<"rule-perms">(kRbacPermType)};
constexpr ComplexType kRbacRuleType{"RbacRuleType", kRbacRuleTypeMembers};
constexpr Member kRbacRuleEntriesTypeMembers[] = {complexes<"rbac-rule">(kRbacRuleType)};
constexpr ComplexType kRbacRuleEntriesType{"RbacRuleEntriesType", kRbacRuleEntriesTypeMembers};
constexpr Member kPortInfoTypeMembers[] = {
    text<"name">(),       text<"type">(),   text<"port-speed">(), boolean<"channelized">(), text<"channelized-port-speed">(),
    text<"port-group">(), texts<"labels">()};
constexpr ComplexType kPortInfoType{"PortInfoType", kPortInfoTypeMembers};
constexpr Member kInterfaceMapTypeMembers[] = {complexes<"port-info">(kPortInfoType)};
constexpr ComplexType kInterfaceMapType{"InterfaceMapType", kInterfaceMapTypeMembers};
constexpr Member kCliDiffInfoTypeMembers[] = {text<"username">(), text<"time">(), text<"config_changes">()};
constexpr ComplexType kCliDiffInfoType{"CliDiffInfoType", kCliDiffInfoTypeMembers};
constexpr Member kCliDiffListTypeMembers[] = {complexes<"commit-diff-info">(kCliDiffInfoType)};
constexpr ComplexType kCliDiffListType{"CliDiffListType", kCliDiffListTypeMembers};
constexpr Member kLogicalRouterPRListParamsMembers[] = {text<"logical-router-uuid">(), texts<"physical-router-uuid-list">()};
constexpr ComplexType kLogicalRouterPRListParams{"LogicalRouterPRListParams", kLogicalRouterPRListParamsMembers};
constexpr Member kLogicalRouterPRListTypeMembers[] = {complexes<"logical-router-list">(kLogicalRouterPRListParams)};
constexpr ComplexType kLogicalRouterPRListType{"LogicalRouterPRListType", kLogicalRouterPRListTypeMembers};
constexpr Member kDevicePlatformListTypeMembers[] = {texts<"platform-name">()};
constexpr ComplexType kDevicePlatformListType{"DevicePlatformListType", kDevicePlatformListTypeMembers};
constexpr Member kDiscoveryPubSubEndPointTypeMembers[] = {text<"ep-type">(), text<"ep-id">(), complex<"ep-prefix">(kSubnetType),
                                                          text<"ep-version">()};
constexpr ComplexType kDiscoveryPubSubEndPointType{"DiscoveryPubSubEndPointType", kDiscoveryPubSubEndPointTypeMembers};
constexpr Member kDiscoveryServiceAssignmentTypeMembers[] = {complex<"publisher">(kDiscoveryPubSubEndPointType),
                                                             complexes<"subscriber">(kDiscoveryPubSubEndPointType)};
constexpr ComplexType kDiscoveryServiceAssignmentType{"DiscoveryServiceAssignmentType", kDiscoveryServiceAssignmentTypeMembers};
constexpr Member kDeviceCredentialMembers[] = {complex<"credential">(kUserCredentials), text<"vendor">(), text<"device-family">()};
constexpr ComplexType kDeviceCredential{"DeviceCredential", kDeviceCredentialMembers};
constexpr Member kDeviceCredentialListMembers[] = {complexes<"device-credential">(kDeviceCredential)};
constexpr ComplexType kDeviceCredentialList{"DeviceCredentialList", kDeviceCredentialListMembers};
constexpr Member kNamespaceValueMembers[] = {complex<"ipv4-cidr">(kSubnetListType), complex<"asn">(kAutonomousSystemsType),
                                             complex<"mac-addr">(kMacAddressesType), complexes<"asn-ranges">(kAsnRangeType),
                                             texts<"serial-nums">()};
constexpr ComplexType kNamespaceValue{"NamespaceValue", kNamespaceValueMembers};
constexpr Member kEnabledSensorParamsMembers[] = {boolean<"physical-health">(true), boolean<"interface-health">(true),
                                                  boolean<"control-plane-health">(true), boolean<"service-layer-health">(true)};
constexpr ComplexType kEnabledSensorParams{"EnabledSensorParams", kEnabledSensorParamsMembers};
constexpr Member kGrpcParametersMembers[] = {complex<"allow-clients">(kSubnetListType),
                                             complex<"enabled-sensor-params">(kEnabledSensorParams), text<"secure-mode">()};
constexpr ComplexType kGrpcParameters{"GrpcParameters", kGrpcParametersMembers};
constexpr Member kPlaybookInfoTypeMembers[] = {
    text<"playbook-uri">(),  boolean<"multi-device-playbook">(),       boolean<"refresh-token">(), text<"vendor">(),
    text<"device-family">(), integer<"job-completion-weightage">(100), integer<"sequence-no">()};
constexpr ComplexType kPlaybookInfoType{"PlaybookInfoType", kPlaybookInfoTypeMembers};
constexpr Member kPlaybookInfoListTypeMembers[] = {complexes<"playbook-info">(kPlaybookInfoType)};
constexpr ComplexType kPlaybookInfoListType{"PlaybookInfoListType", kPlaybookInfoListTypeMembers};
constexpr Member kExecutableInfoTypeMembers[] = {text<"executable-path">(), text<"executable-args">(),
                                                 integer<"job-completion-weightage">(100)};
constexpr ComplexType kExecutableInfoType{"ExecutableInfoType", kExecutableInfoTypeMembers};
constexpr Member kExecutableInfoListTypeMembers[] = {complexes<"executable-info">(kExecutableInfoType)};
constexpr ComplexType kExecutableInfoListType{"ExecutableInfoListType", kExecutableInfoListTypeMembers};
constexpr Member kLoadbalancerTypeMembers[] = {text<"status">(),        text<"provisioning-status">(), text<"operating-status">(),
                                               text<"vip-subnet-id">(), text<"vip-address">(),         boolean<"admin-state">(true)};
constexpr ComplexType kLoadbalancerType{"LoadbalancerType", kLoadbalancerTypeMembers};
constexpr Member kLoadbalancerHealthmonitorTypeMembers[] = {boolean<"admin-state">(true), text<"monitor-type">(),   integer<"delay">(),
                                                            integer<"timeout">(),         integer<"max-retries">(), text<"http-method">(),
                                                            text<"url-path">(),           text<"expected-codes">()};
constexpr ComplexType kLoadbalancerHealthmonitorType{"LoadbalancerHealthmonitorType", kLoadbalancerHealthmonitorTypeMembers};
constexpr Member kLoadbalancerListenerTypeMembers[] = {text<"protocol">(),
                                                       integer<"protocol-port">(),
                                                       boolean<"admin-state">(true),
                                                       integer<"connection-limit">(),
                                                       text<"default-tls-container">(),
                                                       texts<"sni-containers">()};
constexpr ComplexType kLoadbalancerListenerType{"LoadbalancerListenerType", kLoadbalancerListenerTypeMembers};
constexpr Member kLoadbalancerMemberTypeMembers[] = {boolean<"admin-state">(true), text<"status">(),     text<"status-description">(),
                                                     integer<"protocol-port">(),   integer<"weight">(1), text<"address">(),
                                                     text<"subnet-id">()};
constexpr ComplexType kLoadbalancerMemberType{"LoadbalancerMemberType", kLoadbalancerMemberTypeMembers};
constexpr Member kLoadbalancerPoolTypeMembers[] = {
    text<"status">(),    text<"status-description">(),  boolean<"admin-state">(true),     text<"protocol">(), text<"loadbalancer-method">(),
    text<"subnet-id">(), text<"session-persistence">(), text<"persistence-cookie-name">()};
constexpr ComplexType kLoadbalancerPoolType{"LoadbalancerPoolType", kLoadbalancerPoolTypeMembers};
constexpr Member kNetconfParametersMembers[] = {complex<"enabled-sensor-params">(kEnabledSensorParams)};
constexpr ComplexType kNetconfParameters{"NetconfParameters", kNetconfParametersMembers};
constexpr Member kESXIHostInfoMembers[] = {text<"username">(), text<"datacenter">(), text<"esxi-name">(), text<"cluster">(),
                                           text<"mac">(),      text<"datastore">(),  text<"password">(),  text<"vcenter-server">()};
constexpr ComplexType kESXIHostInfo{"ESXIHostInfo", kESXIHostInfoMembers};
constexpr Member kBaremetalPropertiesMembers[] = {integer<"memory-mb">(), text<"cpu-arch">(), integer<"local-gb">(), integer<"cpus">(),
                                                  text<"capabilities">()};
constexpr ComplexType kBaremetalProperties{"BaremetalProperties", kBaremetalPropertiesMembers};
constexpr Member kDriverInfoMembers[] = {text<"ipmi-address">(), text<"deploy-ramdisk">(), text<"ipmi-password">(),
                                         text<"ipmi-port">(),    text<"ipmi-username">(),  text<"deploy-kernel">()};
constexpr ComplexType kDriverInfo{"DriverInfo", kDriverInfoMembers};
constexpr Member kBaremetalServerInfoMembers[] = {text<"network-interface">(), text<"driver">(),
                                                  complex<"properties">(kBaremetalProperties), complex<"driver-info">(kDriverInfo),
                                                  text<"name">()};
constexpr ComplexType kBaremetalServerInfo{"BaremetalServerInfo", kBaremetalServerInfoMembers};
constexpr Member kCloudInstanceInfoMembers[] = {text<"os-version">(),        text<"operating-system">(), texts<"roles">(),
                                                text<"availability-zone">(), text<"instance-type">(),    text<"machine-id">(),
                                                integer<"volume-size">()};
constexpr ComplexType kCloudInstanceInfo{"CloudInstanceInfo", kCloudInstanceInfoMembers};
constexpr Member kNodeProfileRoleTypeMembers[] = {text<"physical-role">(), texts<"rb-roles">()};
constexpr ComplexType kNodeProfileRoleType{"NodeProfileRoleType", kNodeProfileRoleTypeMembers};
constexpr Member kNodeProfileRolesTypeMembers[] = {complexes<"role-mappings">(kNodeProfileRoleType)};
constexpr ComplexType kNodeProfileRolesType{"NodeProfileRolesType", kNodeProfileRolesTypeMembers};
constexpr Member kLocalLinkConnectionMembers[] = {text<"switch-info">(), text<"port-index">(), text<"port-id">(), text<"switch-id">()};
constexpr ComplexType kLocalLinkConnection{"LocalLinkConnection", kLocalLinkConnectionMembers};
constexpr Member kBaremetalPortInfoMembers[] = {boolean<"pxe-enabled">(), complex<"local-link-connection">(kLocalLinkConnection),
                                                text<"node-uuid">(), text<"address">()};
constexpr ComplexType kBaremetalPortInfo{"BaremetalPortInfo", kBaremetalPortInfoMembers};
constexpr Member kESXIPropertiesMembers[] = {text<"dvs_name">(), text<"dvs_id">()};
constexpr ComplexType kESXIProperties{"ESXIProperties", kESXIPropertiesMembers};
constexpr Member kPortGroupPropertiesMembers[] = {integer<"miimon">(), text<"xmit-hash-policy">()};
constexpr ComplexType kPortGroupProperties{"PortGroupProperties", kPortGroupPropertiesMembers};
constexpr Member kBaremetalPortGroupInfoMembers[] = {boolean<"standalone-ports-supported">(), text<"node-uuid">(),
                                                     complex<"properties">(kPortGroupProperties), text<"address">(), text<"mode">()};
constexpr ComplexType kBaremetalPortGroupInfo{"BaremetalPortGroupInfo", kBaremetalPortGroupInfoMembers};
constexpr Member kLacpParamsMembers[] = {boolean<"lacp-enable">(), text<"lacp-interval">(), text<"lacp-mode">()};
constexpr ComplexType kLacpParams{"LacpParams", kLacpParamsMembers};
constexpr Member kPortProfileParametersMembers[] = {complex<"port-params">(kPortParameters), boolean<"flow-control">(),
                                                    complex<"lacp-params">(kLacpParams), boolean<"bpdu-loop-protection">(),
                                                    boolean<"port-cos-untrust">()};
constexpr ComplexType kPortProfileParameters{"PortProfileParameters", kPortProfileParametersMembers};
constexpr Member kStatsCollectionFrequencyMembers[] = {integer<"sample-rate">(2000), integer<"polling-interval">(), text<"direction">()};
constexpr ComplexType kStatsCollectionFrequency{"StatsCollectionFrequency", kStatsCollectionFrequencyMembers};
constexpr Member kEnabledInterfaceParamsMembers[] = {text<"name">(), complex<"stats-collection-frequency">(kStatsCollectionFrequency)};
constexpr ComplexType kEnabledInterfaceParams{"EnabledInterfaceParams", kEnabledInterfaceParamsMembers};
constexpr Member kSflowParametersMembers[] = {complex<"stats-collection-frequency">(kStatsCollectionFrequency), text<"agent-id">(),
                                              integer<"adaptive-sample-rate">(300), text<"enabled-interface-type">(),
                                              complexes<"enabled-interface-params">(kEnabledInterfaceParams)};
constexpr ComplexType kSflowParameters{"SflowParameters", kSflowParametersMembers};
constexpr Member kSnmpParametersMembers[] = {complex<"enabled-sensor-params">(kEnabledSensorParams)};
constexpr ComplexType kSnmpParameters{"SnmpParameters", kSnmpParametersMembers};
constexpr Member kStormControlParametersMembers[] = {texts<"storm-control-actions">(),
                                                     integer<"recovery-timeout">(),
                                                     boolean<"no-unregistered-multicast">(),
                                                     boolean<"no-registered-multicast">(),
                                                     boolean<"no-unknown-unicast">(),
                                                     boolean<"no-multicast">(),
                                                     boolean<"no-broadcast">(),
                                                     integer<"bandwidth-percent">()};
constexpr ComplexType kStormControlParameters{"StormControlParameters", kStormControlParametersMembers};
constexpr Member kVirtualIpTypeMembers[] = {text<"address">(),
                                            text<"status">(),
                                            text<"status-description">(),
                                            boolean<"admin-state">(true),
                                            text<"protocol">(),
                                            integer<"protocol-port">(),
                                            integer<"connection-limit">(),
                                            text<"subnet-id">(),
                                            text<"persistence-cookie-name">(),
                                            text<"persistence-type">()};
constexpr ComplexType kVirtualIpType{"VirtualIpType", kVirtualIpTypeMembers};
constexpr Member kServiceApplianceInterfaceTypeMembers[] = {text<"interface-type">()};
constexpr ComplexType kServiceApplianceInterfaceType{"ServiceApplianceInterfaceType", kServiceApplianceInterfaceTypeMembers};
constexpr Member kFabricNetworkTagMembers[] = {text<"network-type">()};
constexpr ComplexType kFabricNetworkTag{"FabricNetworkTag", kFabricNetworkTagMembers};
constexpr Member kSerialNumListTypeMembers[] = {texts<"serial-num">()};
constexpr ComplexType kSerialNumListType{"SerialNumListType", kSerialNumListTypeMembers};

}  // namespace signalbox::ifmap
