#include "ifmap-compat/bgp_values.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "configdb/row_parser.hpp"
#include "core/net.hpp"
#include "ifmap-compat/object_reader.hpp"

namespace signalbox::ifmap {
namespace {

using core::RouteTarget;

// Ethernet-segment targets (spec/config.md 6.4, spec/bgp.md 9.2).
constexpr std::uint32_t kEsTargetNumber = 7999999;
constexpr std::uint16_t kEsTargetNumber4ByteAs = 7999;

constexpr std::uint32_t kMaxGrTime = 4095;        // RFC 4724 section 3: 12 bits
constexpr std::uint32_t kMaxLlgrTime = 16777215;  // RFC 9494: 24 bits
constexpr std::uint32_t kMaxVxlanId = 16777215;
constexpr std::uint16_t kDefaultBgpPort = 179;
constexpr std::uint32_t kMaxXmppHoldTime = 255;  // spec/xmpp.md 1.7: kept in 8 bits

void sort_unique(std::vector<RouteTarget>& targets) {
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
}

std::string none_of_name(const std::string& name) {
  return "no bgp-router object has the name " + name + "; without one no agent is accepted";
}

}  // namespace

bgp::SelfConfig read_self(const Graph& graph, const std::string& name, const bgp::SelfConfig& last, Problems& problems) {
  const NodeId node = graph.find(NodeType::kBgpRouter, name);
  if (node.value == 0) {
    problems.push_back({Severity::kWarning, "", "", {}, none_of_name(configdb::excerpt(name, 300))});
    return {};
  }
  ObjectReader in(graph, node, problems);
  const Value& params = in.property(PropertyId::kBgpRouterParameters);
  if (!params.is_set()) {
    in.problem(Severity::kError, "has no bgp_router_parameters; without them no agent is accepted");
    return {};
  }
  bgp::SelfConfig self;
  self.present = true;
  self.admin_down = params["admin_down"].flag();
  self.cluster_id = params["cluster_id"].number();
  self.autonomous_system = params["autonomous_system"].number();
  const std::uint32_t local_as = params["local_autonomous_system"].number();
  self.local_autonomous_system = local_as != 0 ? local_as : self.autonomous_system;
  const std::string& identifier = params["identifier"].text();
  if (const auto address = core::IpAddress::parse_v4(identifier)) {
    self.identifier = address->v4();
  } else {
    self.identifier = last.identifier;
    in.problem(Severity::kError,
               "identifier \"" + configdb::excerpt(identifier) + "\" is no IPv4 address; " +
                   (last.identifier != 0 ? core::IpAddress::from_v4(last.identifier).to_string() + " stays" : "there is none"));
  }
  self.port = static_cast<std::uint16_t>(in.at_most(65535, params["port"], "port"));
  if (self.port == 0) self.port = kDefaultBgpPort;
  self.hold_time = static_cast<std::uint16_t>(in.at_most(65535, params["hold_time"], "hold_time"));
  for (const Value& family : params["address_families"]["family"].items()) self.address_families.push_back(family.text());
  graph.for_each_link(node, LinkKind::kBgpRouterSubCluster, [&](NodeId cluster, const Value&) {
    if (!self.subcluster_name.empty() && self.subcluster_name <= graph.name(cluster)) return;
    self.subcluster_name = graph.name(cluster);
    self.subcluster_id = graph.property(cluster, PropertyId::kSubClusterId).number();
  });
  if (self.autonomous_system == 0) in.problem(Severity::kError, "autonomous_system is 0; without one no agent is accepted");
  return self;
}

namespace {

// The object of a type of which there should be one: that of the usual name, else the first by name.
NodeId only_node(const Graph& graph, NodeType type, std::string_view usual_name, Problems& problems) {
  NodeId node = graph.find(type, usual_name);
  if (node.value != 0) return node;
  const std::vector<std::string> names = graph.names(type);
  if (names.empty()) return {};
  node = graph.find(type, names.front());
  if (names.size() > 1) {
    ObjectReader(graph, node, problems)
        .problem(Severity::kWarning, "is one of " + std::to_string(names.size()) + " objects of its type; its settings count");
  }
  return node;
}

void read_graceful_restart(const Value& value, ObjectReader& in, bgp::GlobalConfig& global) {
  if (!value.is_set()) {
    global.restart_time = global.long_lived_restart_time = global.end_of_rib_timeout = 300;
    return;
  }
  global.graceful_restart = value["enable"].flag();
  global.bgp_helper = value["bgp_helper_enable"].flag();
  global.xmpp_helper = value["xmpp_helper_enable"].flag();
  global.restart_time = in.at_most(kMaxGrTime, value["restart_time"], "graceful_restart_parameters.restart_time");
  global.long_lived_restart_time =
      in.at_most(kMaxLlgrTime, value["long_lived_restart_time"], "graceful_restart_parameters.long_lived_restart_time");
  global.end_of_rib_timeout = in.at_most(kMaxGrTime, value["end_of_rib_timeout"], "graceful_restart_parameters.end_of_rib_timeout");
}

void read_fast_convergence(const Value& value, ObjectReader& in, bgp::GlobalConfig& global) {
  global.fast_convergence = value["enable"].flag();
  global.nh_reachability_check = value["nh_reachability_check"].flag();
  if (!global.fast_convergence) return;
  global.xmpp_hold_time =
      static_cast<std::uint8_t>(in.at_most(kMaxXmppHoldTime, value["xmpp_hold_time"], "fast_convergence_parameters.xmpp_hold_time"));
}

}  // namespace

bgp::GlobalConfig read_global(const Graph& graph, bool& ever_seen, Problems& problems) {
  bgp::GlobalConfig global;
  if (const NodeId node = only_node(graph, NodeType::kGlobalSystemConfig, "default-global-system-config", problems); node.value != 0) {
    ever_seen = true;
    ObjectReader in(graph, node, problems);
    read_graceful_restart(in.property(PropertyId::kGracefulRestartParameters), in, global);
    read_fast_convergence(in.property(PropertyId::kFastConvergenceParameters), in, global);
    global.enable_4byte_as = in.property(PropertyId::kEnable4byteAs).flag();
    global.always_compare_med = in.property(PropertyId::kBgpAlwaysCompareMed).flag();
    global.all_tags_are_global = in.property(PropertyId::kBgpAllTagsAreGlobal).flag();
    global.rd_cluster_seed = in.at_most(65535, in.property(PropertyId::kRdClusterSeed), "rd_cluster_seed");
  } else if (ever_seen) {
    global.restart_time = global.long_lived_restart_time = 300;
  }
  if (const NodeId node = only_node(graph, NodeType::kGlobalQosConfig, "default-global-system-config:default-global-qos-config", problems);
      node.value != 0) {
    ObjectReader in(graph, node, problems);
    const Value dscp = in.property(PropertyId::kControlTrafficDscp)["control"];
    if (dscp.number() <= 63) {
      global.control_dscp = static_cast<std::uint8_t>(dscp.number());
    } else {
      in.problem(Severity::kError, "control_traffic_dscp.control " + std::to_string(dscp.number()) + " is above 63; 0 is used");
    }
  }
  return global;
}

namespace {

enum class Direction { kBoth, kImport, kExport };

Direction direction(const Value& attribute) {
  const std::string& text = attribute["import_export"].text();
  return text == "import" ? Direction::kImport : text == "export" ? Direction::kExport : Direction::kBoth;
}

// Calls f(target, attribute) for each target of the instance that can be read.
template <class F>
void for_each_target(const Graph& graph, NodeId instance, F f) {
  graph.for_each_link(instance, LinkKind::kInstanceTarget, [&](NodeId target, const Value& attribute) {
    if (const auto parsed = RouteTarget::parse(graph.name(target))) f(*parsed, attribute);
  });
}

void read_targets(const Graph& graph, NodeId node, bgp::InstanceConfig& instance, ObjectReader& in) {
  for_each_target(graph, node, [&](const RouteTarget& target, const Value& attribute) {
    const std::string& text = attribute["import_export"].text();
    if (!text.empty() && text != "import" && text != "export") {
      in.problem(Severity::kError, "import_export of " + target.to_string() + " is \"" + configdb::excerpt(text) +
                                       "\", neither import nor export; both are used");
    }
    const Direction d = direction(attribute);
    if (d != Direction::kExport) instance.own_imports.push_back(target);
    if (d != Direction::kImport) instance.exports.push_back(target);
  });
  sort_unique(instance.own_imports);
  sort_unique(instance.exports);
  instance.imports = instance.own_imports;
}

// What is leaked into the instance: of those it is connected with, the targets that are for both directions (spec/services.md 1).
void read_connections(const Graph& graph, NodeId node, bgp::InstanceConfig& instance) {
  graph.for_each_link(node, LinkKind::kConnection, [&](NodeId other, const Value& attribute) {
    const std::string& destination = attribute["destination_instance"].text();
    if (!destination.empty() && destination != instance.name) return;
    for_each_target(graph, other, [&](const RouteTarget& target, const Value& of_other) {
      if (of_other["import_export"].text().empty()) instance.imports.push_back(target);
    });
  });
}

void add_automatic_targets(const bgp::SelfConfig& self, bgp::InstanceConfig& instance) {
  if (!self.usable()) return;
  instance.imports.push_back(RouteTarget::ipv4(self.identifier, static_cast<std::uint16_t>(instance.index)));
  instance.imports.push_back(self.autonomous_system <= 0xffff
                                 ? RouteTarget::two_octet_as(static_cast<std::uint16_t>(self.autonomous_system), kEsTargetNumber)
                                 : RouteTarget::four_octet_as(self.autonomous_system, kEsTargetNumber4ByteAs));
}

void read_virtual_network(const Graph& graph, NodeId node, bgp::InstanceConfig& instance, Problems& problems) {
  NodeId network;
  graph.for_each_link(node, LinkKind::kVirtualNetworkRoutingInstance, [&](NodeId candidate, const Value&) {
    if (network.value == 0 || graph.name(candidate) < graph.name(network)) network = candidate;
  });
  if (network.value == 0) return;
  ObjectReader in(graph, network, problems);
  const Value& properties = in.property(PropertyId::kVirtualNetworkProperties);
  const Value& network_id = in.property(PropertyId::kNetworkId);
  instance.vn_name = graph.name(network);
  instance.vn_index = network_id.is_set() ? network_id.number() : properties["network_id"].number();
  instance.allow_transit = properties["allow_transit"].flag();
  instance.pbb_evpn_enable = in.property(PropertyId::kPbbEvpnEnable).flag();
  const Value& vxlan_id = properties["vxlan_network_identifier"];
  instance.vxlan_id = vxlan_id.number() != 0 ? vxlan_id.number() : properties["network_id"].number();
  if (vxlan_id.number() > kMaxVxlanId) {
    in.problem(Severity::kError,
               "vxlan_network_identifier " + std::to_string(vxlan_id.number()) + " is above 16777215; the network id is used");
    instance.vxlan_id = properties["network_id"].number();
  }
}

}  // namespace

bgp::InstanceConfig read_instance(const Graph& graph, NodeId node, const bgp::SelfConfig& self, bgp::InstanceConfig identity,
                                  Problems& problems) {
  bgp::InstanceConfig instance = std::move(identity);
  if (node.value != 0) {
    ObjectReader in(graph, node, problems);
    instance.uuid = graph.uuid(node).to_string();
    instance.has_pnf = in.property(PropertyId::kHasPnf).flag();
    read_targets(graph, node, instance, in);
    read_connections(graph, node, instance);
    read_virtual_network(graph, node, instance, problems);
  }
  if (!instance.is_master()) add_automatic_targets(self, instance);  // the default instance imports nothing
  sort_unique(instance.imports);
  return instance;
}

void diagnose_objects(const Graph& graph, Problems& problems) {
  for (const std::string& name : graph.names(NodeType::kRouteTarget)) {
    if (RouteTarget::parse(name)) continue;
    ObjectReader(graph, graph.find(NodeType::kRouteTarget, name), problems)
        .problem(Severity::kError, "is no route target (target:ASN:NUMBER or target:A.B.C.D:NUMBER); it is passed over");
  }
}

}  // namespace signalbox::ifmap
