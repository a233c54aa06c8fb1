#include "ifmap-compat/walk_table.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace signalbox::ifmap {
namespace {

struct WhiteListRow {
  std::string_view node;   // type of an object, or of a middle node
  std::string_view links;  // names of the links that are followed from there, separated by a space
};

// A node is entered only if it has a row here.
constexpr WhiteListRow kWhiteList[] = {
    {"access-control-list", ""},
    {"address-group", "address-group-tag"},
    {"alias-ip", "alias-ip-pool-alias-ip"},
    {"alias-ip-pool", "virtual-network-alias-ip-pool"},
    {"application-policy-set", "application-policy-set-firewall-policy policy-management-application-policy-set"},
    {"application-policy-set-firewall-policy", "application-policy-set-firewall-policy"},
    {"bgp-as-a-service", "bgpaas-bgp-router bgpaas-health-check bgpaas-control-node-zone"},
    {"bgp-router", "instance-bgp-router physical-router-bgp-router bgp-router-control-node-zone"},
    {"bgpaas-control-node-zone", "bgpaas-control-node-zone"},
    {"bridge-domain", ""},
    {"control-node-zone", ""},
    {"customer-attachment", ""},
    {"domain", "domain-namespace domain-virtual-DNS"},
    {"firewall-policy", "firewall-policy-firewall-rule firewall-policy-security-logging-object"},
    {"firewall-policy-firewall-rule", "firewall-policy-firewall-rule"},
    {"firewall-policy-security-logging-object", "firewall-policy-security-logging-object"},
    {"firewall-rule",
     "firewall-rule-tag firewall-rule-service-group firewall-rule-address-group "
     "firewall-rule-security-logging-object"},
    {"firewall-rule-security-logging-object", "firewall-rule-security-logging-object"},
    {"floating-ip", "floating-ip-pool-floating-ip instance-ip-floating-ip"},
    {"floating-ip-pool", "virtual-network-floating-ip-pool"},
    {"forwarding-class", "forwarding-class-qos-queue"},
    {"global-qos-config", "global-qos-config-forwarding-class global-qos-config-qos-queue global-qos-config-qos-config"},
    {"global-system-config",
     "global-system-config-global-vrouter-config global-system-config-global-qos-config "
     "global-system-config-bgp-router qos-config-global-system-config"},
    {"global-vrouter-config", "application-policy-set-global-vrouter-config global-vrouter-config-security-logging-object"},
    {"host-based-service", "host-based-service-virtual-network"},
    {"host-based-service-virtual-network", "virtual-network"},
    {"instance-ip", "instance-ip-virtual-network"},
    {"interface-route-table", ""},
    {"logical-interface", "logical-interface-virtual-machine-interface"},
    {"logical-router", "logical-router-virtual-network logical-router-interface"},
    {"logical-router-virtual-network", "logical-router-virtual-network"},
    {"multicast-policy", "virtual-network-multicast-policy"},
    {"namespace", ""},
    {"network-ipam", "network-ipam-virtual-DNS"},
    {"physical-interface", "physical-interface-logical-interface virtual-port-group-physical-interface"},
    {"physical-router", "physical-router-physical-interface physical-router-logical-interface physical-router-virtual-network"},
    {"policy-management", ""},
    {"port-tuple", "service-instance-port-tuple port-tuple-interface"},
    {"project", "project-tag project-logical-router project-host-based-service"},
    {"provider-attachment", ""},
    {"qos-config", ""},
    {"qos-queue", ""},
    {"routing-instance", ""},
    {"security-group", "security-group-access-control-list"},
    {"security-logging-object",
     "virtual-network-security-logging-object virtual-machine-interface-security-logging-object "
     "global-vrouter-config-security-logging-object security-logging-object-network-policy "
     "security-logging-object-security-group"},
    {"service-group", ""},
    {"service-health-check", ""},
    {"service-instance", "service-instance-service-template service-instance-port-tuple"},
    {"service-template", "domain-service-template"},
    {"sub-cluster", "bgp-router-sub-cluster"},
    {"subnet", ""},
    {"tag", "application-policy-set-tag"},
    {"virtual-DNS", "virtual-DNS-virtual-DNS-record"},
    {"virtual-DNS-record", ""},
    {"virtual-machine", "virtual-machine-service-instance virtual-machine-interface-virtual-machine virtual-machine-tag"},
    {"virtual-machine-interface",
     "virtual-machine-virtual-machine-interface virtual-machine-interface-sub-interface "
     "instance-ip-virtual-machine-interface virtual-machine-interface-virtual-network "
     "virtual-machine-interface-security-group floating-ip-virtual-machine-interface "
     "alias-ip-virtual-machine-interface customer-attachment-virtual-machine-interface "
     "virtual-machine-interface-routing-instance virtual-machine-interface-route-table "
     "subnet-virtual-machine-interface service-port-health-check bgpaas-virtual-machine-interface "
     "virtual-machine-interface-qos-config virtual-machine-interface-bridge-domain "
     "virtual-machine-interface-security-logging-object project-virtual-machine-interface port-tuple-interface "
     "virtual-machine-interface-tag virtual-machine-interface-bgp-router"},
    {"virtual-machine-interface-bridge-domain", "virtual-machine-interface-bridge-domain"},
    {"virtual-machine-interface-routing-instance", "virtual-machine-interface-routing-instance"},
    {"virtual-network",
     "virtual-network-floating-ip-pool virtual-network-alias-ip-pool virtual-network-network-ipam "
     "virtual-network-access-control-list virtual-network-routing-instance virtual-network-qos-config "
     "virtual-network-bridge-domain virtual-network-security-logging-object virtual-network-tag "
     "virtual-network-provider-network virtual-network-multicast-policy vn-health-check "
     "host-based-service-virtual-network project-virtual-network"},
    {"virtual-network-network-ipam", "virtual-network-network-ipam"},
    {"virtual-port-group", "virtual-port-group-virtual-machine-interface virtual-port-group-physical-interface"},
    {"virtual-port-group-physical-interface", "virtual-port-group-physical-interface"},
    {"virtual-router",
     "physical-router-virtual-router virtual-router-virtual-machine virtual-router-network-ipam "
     "global-system-config-virtual-router provider-attachment-virtual-router "
     "virtual-router-virtual-machine-interface virtual-router-sub-cluster"},
    {"virtual-router-network-ipam", "virtual-router-network-ipam"},
};

const WhiteListRow* row_of(std::string_view node) {
  const auto at = std::find_if(std::begin(kWhiteList), std::end(kWhiteList), [&](const WhiteListRow& row) { return row.node == node; });
  return at == std::end(kWhiteList) ? nullptr : &*at;
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

bool entered(std::string_view node) { return row_of(node) != nullptr; }
bool follows(std::string_view node, std::string_view link) { return entered(node) && has_word(row_of(node)->links, link); }

WalkRule rule_of(const LinkRow& link) {
  const std::string_view from = type_row(link.from).name, to = type_row(link.to).name, name = link.metadata;
  WalkRule rule;
  if (link.attribute == nullptr) {
    rule.to_to = follows(from, name) && entered(to);
    rule.to_from = follows(to, name) && entered(from);
    return rule;
  }
  // The middle node is of the type that the link is called.
  rule.middle_from = follows(from, name) && entered(name);
  rule.middle_to = follows(to, name) && entered(name);
  rule.to_to = rule.middle_from && follows(name, name) && entered(to);
  rule.to_from = rule.middle_to && follows(name, name) && entered(from);
  return rule;
}

struct Table {
  Table() {
    for (const LinkRow& link : link_rows()) rules.push_back(rule_of(link));
    for (std::size_t type = 0; type < kNodeTypes; ++type) reached[type] = entered(type_row(static_cast<NodeType>(type)).name);
  }
  std::vector<WalkRule> rules;
  std::array<bool, kNodeTypes> reached{};
};

const Table& table() {
  static const Table kTable;
  return kTable;
}

}  // namespace

const WalkRule& walk_rule(LinkRowId link) { return table().rules[link]; }
bool reaches_agents(NodeType type) { return table().reached[static_cast<std::size_t>(type)]; }

}  // namespace signalbox::ifmap
