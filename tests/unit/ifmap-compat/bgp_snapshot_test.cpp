#include "ifmap-compat/bgp_snapshot.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/configdb/rows.hpp"

namespace signalbox::ifmap {
namespace {

using test::object;
using test::row;
using test::Row;
using test::uuid;
using test::uuid_text;

using Texts = std::set<std::string>;

const std::string kMaster = bgp::kMasterInstanceName;

Texts texts(const std::vector<core::RouteTarget>& targets) {
  Texts all;
  for (const core::RouteTarget& t : targets) EXPECT_TRUE(all.insert(t.to_string()).second);
  EXPECT_TRUE(std::is_sorted(targets.begin(), targets.end()));
  return all;
}

// A snapshot as text, without version and ids.
std::string dump(const bgp::Config& config) {
  std::string out = "self " + std::to_string(config.self.identifier) + " " + std::to_string(config.self.autonomous_system) + " " +
                    std::to_string(config.self.local_autonomous_system) + " " + std::to_string(config.self.port) + " " +
                    config.self.subcluster_name + " " + std::to_string(config.self.subcluster_id) + "\nglobal " +
                    std::to_string(config.global.graceful_restart) + " " + std::to_string(config.global.restart_time) + " " +
                    std::to_string(config.global.rd_cluster_seed) + "\n";
  std::set<std::string> lines;
  for (const auto& [id, instance] : config.instances) {
    std::string line = instance->name + " " + std::to_string(instance->index) + " " + instance->uuid + " vn " + instance->vn_name + " " +
                       std::to_string(instance->vn_index) + " " + std::to_string(instance->vxlan_id) + " " +
                       std::to_string(instance->allow_transit);
    for (const std::string& t : texts(instance->imports)) line += " i:" + t;
    for (const std::string& t : texts(instance->exports)) line += " e:" + t;
    for (const std::string& t : texts(instance->own_imports)) line += " o:" + t;
    lines.insert(line);
    EXPECT_EQ(config.by_name.at(instance->name), id);
  }
  EXPECT_EQ(config.by_name.size(), config.instances.size());
  for (const std::string& line : lines) out += line + "\n";
  for (const auto& [index, name] : std::set<std::pair<std::uint32_t, std::string>>(config.vn_names.begin(), config.vn_names.end())) {
    out += std::to_string(index) + "=" + name + "\n";
  }
  return out;
}

class BgpSnapshotTest : public testing::Test {
 protected:
  void put(const Row& r) { graph_.object_changed(object(r)); }
  void erase(unsigned n) { graph_.object_deleted(uuid(n)); }
  std::shared_ptr<const bgp::Config> update() { return last_ = snapshot_.update(); }
  std::shared_ptr<const bgp::InstanceConfig> instance(const std::string& name) {
    update();
    const auto at = last_->by_name.find(name);
    return at == last_->by_name.end() ? nullptr : last_->instances.at(at->second);
  }
  Texts imports(const std::string& name) { return texts(instance(name)->imports); }
  Texts exports(const std::string& name) { return texts(instance(name)->exports); }
  Texts problems() {
    update();
    std::vector<Diagnostic> all;
    snapshot_.diagnose(all);
    Texts lines;
    for (const Diagnostic& d : all) lines.insert(to_text(d, ""));
    return lines;
  }

  Graph graph_;
  BgpSnapshot snapshot_{graph_, "cn1"};
  std::shared_ptr<const bgp::Config> last_;
};

Row router(const std::string& parameters, unsigned n = 0x10) {
  return row(n, "bgp_router", kMaster + ":cn1").set("prop:bgp_router_parameters", parameters);
}
const char* const kRouter = R"({"autonomous_system":64512,"identifier":"10.0.0.1","address":"10.0.0.1","port":179,"hold_time":90,
  "address_families":{"family":["inet-vpn","e-vpn"]},"router_type":"control-node"})";

Row network(unsigned n, const std::string& name, unsigned id) {
  return row(n, "virtual_network", "d:p:" + name).set("prop:virtual_network_network_id", std::to_string(id));
}
Row vrf(unsigned n, const std::string& name, unsigned network) {
  return row(n, "routing_instance", "d:p:" + name + ":" + name).parent("virtual_network", network);
}
Row target(unsigned n, const std::string& name) { return row(n, "route_target", name); }

TEST_F(BgpSnapshotTest, TheDefaultInstanceIsAlwaysThere) {
  const auto config = update();
  EXPECT_EQ(config->version, 1u);
  EXPECT_FALSE(config->self.present);
  ASSERT_EQ(config->instances.size(), 1u);
  const bgp::InstanceConfig& master = *config->instances.at(core::kMasterInstance);
  EXPECT_EQ(master.name, kMaster);
  EXPECT_EQ(master.index, 0u);
  EXPECT_EQ(master.uuid, "");
  EXPECT_TRUE(master.imports.empty());
  EXPECT_EQ(update(), config) << "nothing has changed";
}

TEST_F(BgpSnapshotTest, Self) {
  put(router(
      R"({"admin_down":true,"cluster_id":7,"autonomous_system":64512,"local_autonomous_system":65001,"identifier":"10.0.0.1","port":0,
    "hold_time":30,"address_families":{"family":["inet-vpn","e-vpn"]}})"));
  const bgp::SelfConfig& self = update()->self;
  EXPECT_TRUE(self.present);
  EXPECT_TRUE(self.admin_down);
  EXPECT_EQ(self.cluster_id, 7u);
  EXPECT_EQ(self.autonomous_system, 64512u);
  EXPECT_EQ(self.local_autonomous_system, 65001u);
  EXPECT_EQ(self.identifier, 0x0a000001u);
  EXPECT_EQ(self.port, 179);
  EXPECT_EQ(self.hold_time, 30);
  EXPECT_EQ(self.address_families, (std::vector<std::string>{"inet-vpn", "e-vpn"}));
  EXPECT_TRUE(self.usable());
  EXPECT_TRUE(problems().empty());
}

TEST_F(BgpSnapshotTest, SelfIsTheRouterOfThisHostInTheDefaultInstance) {
  put(row(0x11, "bgp_router", kMaster + ":cn2").set("prop:bgp_router_parameters", kRouter));
  put(row(0x12, "bgp_router", "d:p:blue:blue:cn1").set("prop:bgp_router_parameters", kRouter));
  put(row(0x13, "bgp_router", kMaster + ":cn1.example.net").set("prop:bgp_router_parameters", kRouter));
  EXPECT_FALSE(update()->self.present);
  EXPECT_EQ(problems(), Texts{"warning: no bgp-router object has the name " + kMaster + ":cn1; without one no agent is accepted"});
  put(router(kRouter));
  EXPECT_TRUE(update()->self.usable());
  EXPECT_EQ(last_->self.local_autonomous_system, 64512u);
  put(router("null"));
  EXPECT_FALSE(update()->self.present);
  put(router(kRouter));
  EXPECT_TRUE(update()->self.present);
  erase(0x10);
  EXPECT_FALSE(update()->self.present);
}

TEST_F(BgpSnapshotTest, ABadIdentifierKeepsTheLastOne) {
  put(router(R"({"autonomous_system":64512,"identifier":"cn1.example.net"})"));
  EXPECT_FALSE(update()->self.usable());
  EXPECT_EQ(problems().size(), 1u);
  put(router(kRouter));
  EXPECT_TRUE(update()->self.usable());
  EXPECT_TRUE(problems().empty());
  put(router(R"({"autonomous_system":64513,"identifier":"cn1"})"));
  EXPECT_EQ(update()->self.identifier, 0x0a000001u);
  EXPECT_EQ(last_->self.autonomous_system, 64513u);
  EXPECT_EQ(problems(), Texts{"error: bgp-router:" + kMaster + ":cn1 (" + uuid_text(0x10) +
                              "): identifier \"cn1\" is no IPv4 address; 10.0.0.1 stays"});
}

TEST_F(BgpSnapshotTest, ValuesOutOfRange) {
  put(router(R"({"autonomous_system":0,"identifier":"10.0.0.1","port":70000,"hold_time":65536})"));
  put(row(0x20, "global_system_config", "default-global-system-config")
          .set("prop:graceful_restart_parameters",
               R"({"enable":true,"restart_time":5000,"long_lived_restart_time":16777216,"end_of_rib_timeout":4096})")
          .set("prop:rd_cluster_seed", "65536"));
  put(row(0x21, "global_qos_config", "default-global-system-config:default-global-qos-config")
          .set("prop:control_traffic_dscp", R"({"control":64})"));
  put(network(5, "blue", 5).set("prop:virtual_network_properties", R"({"network_id":5,"vxlan_network_identifier":16777216})"));
  put(vrf(1, "blue", 5));
  update();
  EXPECT_EQ(last_->self.port, 65535);
  EXPECT_EQ(last_->self.hold_time, 65535);
  EXPECT_EQ(last_->global.restart_time, 4095u);
  EXPECT_EQ(last_->global.long_lived_restart_time, 16777215u);
  EXPECT_EQ(last_->global.end_of_rib_timeout, 4095u);
  EXPECT_EQ(last_->global.rd_cluster_seed, 65535u);
  EXPECT_EQ(last_->global.control_dscp, 0);
  EXPECT_EQ(instance("d:p:blue:blue")->vxlan_id, 5u);
  const std::string self = "error: bgp-router:" + kMaster + ":cn1 (" + uuid_text(0x10) + "): ";
  const std::string global = "error: global-system-config:default-global-system-config (" + uuid_text(0x20) + "): ";
  EXPECT_EQ(problems(),
            (Texts{self + "port 70000 is above its limit; 65535 is used", self + "hold_time 65536 is above its limit; 65535 is used",
                   self + "autonomous_system is 0; without one no agent is accepted",
                   global + "graceful_restart_parameters.restart_time 5000 is above its limit; 4095 is used",
                   global + "graceful_restart_parameters.long_lived_restart_time 16777216 is above its limit; 16777215 is used",
                   global + "graceful_restart_parameters.end_of_rib_timeout 4096 is above its limit; 4095 is used",
                   global + "rd_cluster_seed 65536 is above its limit; 65535 is used",
                   "error: global-qos-config:default-global-system-config:default-global-qos-config (" + uuid_text(0x21) +
                       "): control_traffic_dscp.control 64 is above 63; 0 is used",
                   "error: virtual-network:d:p:blue (" + uuid_text(5) +
                       "): vxlan_network_identifier 16777216 is above 16777215; the network id is used"}));
}

TEST_F(BgpSnapshotTest, SubCluster) {
  put(router(kRouter).ref("sub_cluster", 0x30));
  EXPECT_EQ(update()->self.subcluster_name, "");
  put(row(0x30, "sub_cluster", "pop1").set("prop:sub_cluster_id", "3"));
  EXPECT_EQ(update()->self.subcluster_name, "pop1");
  EXPECT_EQ(last_->self.subcluster_id, 3u);
  put(row(0x30, "sub_cluster", "pop1").set("prop:sub_cluster_id", "4"));
  EXPECT_EQ(update()->self.subcluster_id, 4u);
  put(router(kRouter));
  EXPECT_EQ(update()->self.subcluster_name, "");
}

TEST_F(BgpSnapshotTest, GlobalSettings) {
  EXPECT_EQ(update()->global, bgp::GlobalConfig());
  EXPECT_EQ(last_->global.restart_time, 0u);
  const Row plain = row(0x20, "global_system_config", "default-global-system-config");
  put(plain);
  EXPECT_EQ(update()->global.restart_time, 300u) << "the schema's defaults hold once there is an object";
  EXPECT_EQ(last_->global.xmpp_hold_time, 90);
  put(Row(plain)
          .set("prop:graceful_restart_parameters",
               R"({"enable":true,"restart_time":60,"bgp_helper_enable":true,"xmpp_helper_enable":true})")
          .set("prop:fast_convergence_parameters", R"({"enable":true,"nh_reachability_check":true,"xmpp_hold_time":9})")
          .set("prop:enable_4byte_as", "true")
          .set("prop:bgp_always_compare_med", "true")
          .set("prop:bgp_all_tags_are_global", "true")
          .set("prop:rd_cluster_seed", "100"));
  put(row(0x21, "global_qos_config", "default-global-system-config:default-global-qos-config")
          .set("prop:control_traffic_dscp", R"({"control":56})"));
  const bgp::GlobalConfig g = update()->global;
  EXPECT_TRUE(g.graceful_restart && g.bgp_helper && g.xmpp_helper && g.enable_4byte_as && g.always_compare_med && g.all_tags_are_global);
  EXPECT_TRUE(g.fast_convergence && g.nh_reachability_check);
  EXPECT_EQ(g.restart_time, 60u);
  EXPECT_EQ(g.long_lived_restart_time, 300u);
  EXPECT_EQ(g.xmpp_hold_time, 9);
  EXPECT_EQ(g.rd_cluster_seed, 100u);
  EXPECT_EQ(g.control_dscp, 56);
  put(Row(plain).set("prop:fast_convergence_parameters", R"({"enable":false,"xmpp_hold_time":9})"));
  EXPECT_EQ(update()->global.xmpp_hold_time, 90) << "fast convergence is off";
  erase(0x20);
  EXPECT_EQ(update()->global.restart_time, 300u);
  EXPECT_FALSE(last_->global.graceful_restart);
}

TEST_F(BgpSnapshotTest, ImportAndExport) {
  put(target(0x40, "target:64512:1"));
  put(target(0x41, "target:1.2.3.4:5"));
  put(target(0x42, "target:64512L:5"));
  put(target(0x43, "target:4200000000:7"));
  put(network(5, "blue", 50));
  put(vrf(1, "blue", 5)
          .ref("route_target", 0x40, R"({"import_export":null})")
          .ref("route_target", 0x41, R"({"import_export":"import"})")
          .ref("route_target", 0x42, R"({"import_export":"export"})")
          .ref("route_target", 0x43, R"({"import_export":""})"));
  const auto config = instance("d:p:blue:blue");
  EXPECT_EQ(texts(config->imports), (Texts{"target:64512:1", "target:1.2.3.4:5", "target:4200000000:7"}));
  EXPECT_EQ(config->own_imports, config->imports);
  EXPECT_EQ(texts(config->exports),
            (Texts{"target:64512:1", core::RouteTarget::four_octet_as(64512, 5).to_string(), "target:4200000000:7"}));
  EXPECT_EQ(config->exports.back().community.type(), 2);
  EXPECT_EQ(config->vn_name, "d:p:blue");
  EXPECT_EQ(config->vn_index, 50u);
  EXPECT_EQ(config->uuid, uuid_text(1));
  EXPECT_EQ(last_->vn_names.at(50), "d:p:blue");
}

TEST_F(BgpSnapshotTest, TargetsThatAreNone) {
  put(target(0x40, "target:64512:1"));
  for (const char* text :
       {"target:64512", "64512:1", "target:x:1", "target:64512:4294967296", "target:70000:65536", "target:1.2.3:4", "color:1:2"}) {
    put(target(0x41, text));
    put(vrf(1, "blue", 5).ref("route_target", 0x40).ref("route_target", 0x41));
    EXPECT_EQ(imports("d:p:blue:blue"), Texts{"target:64512:1"}) << text;
    const Texts found = problems();
    EXPECT_EQ(found.count("error: route-target:" + std::string(text) + " (" + uuid_text(0x41) +
                          "): is no route target (target:ASN:NUMBER or target:A.B.C.D:NUMBER); it is passed over"),
              1u)
        << text;
  }
}

TEST_F(BgpSnapshotTest, AnUnknownDirection) {
  put(target(0x40, "target:64512:1"));
  put(vrf(1, "blue", 5).ref("route_target", 0x40, R"({"import_export":"both"})"));
  EXPECT_EQ(imports("d:p:blue:blue"), Texts{"target:64512:1"});
  EXPECT_EQ(exports("d:p:blue:blue"), Texts{"target:64512:1"});
  EXPECT_EQ(problems().count("error: routing-instance:d:p:blue:blue (" + uuid_text(1) +
                             "): import_export of target:64512:1 is \"both\", neither import nor export; both are used"),
            1u);
}

TEST_F(BgpSnapshotTest, AutomaticTargets) {
  put(vrf(1, "blue", 5));
  put(vrf(2, "red", 6));
  EXPECT_EQ(imports("d:p:red:red"), Texts{});
  put(router(kRouter));
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:10.0.0.1:1", "target:64512:7999999"}));
  EXPECT_EQ(imports("d:p:red:red"), (Texts{"target:10.0.0.1:2", "target:64512:7999999"}));
  EXPECT_EQ(imports(kMaster), Texts{}) << "as recorded: the default instance has none";
  EXPECT_TRUE(instance("d:p:red:red")->own_imports.empty());
  EXPECT_EQ(exports("d:p:red:red"), Texts{});
  put(router(R"({"autonomous_system":70000,"identifier":"10.0.0.2"})"));
  EXPECT_EQ(imports("d:p:red:red"), (Texts{"target:10.0.0.2:2", "target:70000:7999"}));
  erase(0x10);
  EXPECT_EQ(imports("d:p:red:red"), Texts{});
}

TEST_F(BgpSnapshotTest, VirtualNetworkData) {
  put(vrf(1, "blue", 5));
  EXPECT_EQ(instance("d:p:blue:blue")->vn_index, 0u);
  put(row(5, "virtual_network", "d:p:blue")
          .set("prop:virtual_network_properties", R"({"allow_transit":true,"network_id":7,"vxlan_network_identifier":1007})"));
  auto config = instance("d:p:blue:blue");
  EXPECT_EQ(config->vn_index, 7u) << "the network id of the properties, without one of its own";
  EXPECT_EQ(config->vxlan_id, 1007u);
  EXPECT_TRUE(config->allow_transit);
  put(network(5, "blue", 9)
          .set("prop:virtual_network_properties", R"({"network_id":7,"vxlan_network_identifier":null})")
          .set("prop:pbb_evpn_enable", "true"));
  config = instance("d:p:blue:blue");
  EXPECT_EQ(config->vn_index, 9u);
  EXPECT_EQ(config->vxlan_id, 7u);
  EXPECT_FALSE(config->allow_transit);
  EXPECT_TRUE(config->pbb_evpn_enable);
  put(network(5, "blue", 9));
  EXPECT_EQ(instance("d:p:blue:blue")->vxlan_id, 0u) << "the network id of the network itself is not looked at";
  erase(5);
  EXPECT_EQ(instance("d:p:blue:blue")->vn_name, "");
  EXPECT_TRUE(last_->vn_names.empty());
}

TEST_F(BgpSnapshotTest, AnInstanceChangesItsNetwork) {
  put(network(5, "blue", 50));
  put(network(6, "red", 60));
  put(row(1, "routing_instance", "d:p:blue:blue"));
  EXPECT_EQ(instance("d:p:blue:blue")->vn_index, 0u);
  put(vrf(1, "blue", 5));
  EXPECT_EQ(instance("d:p:blue:blue")->vn_index, 50u);
  put(vrf(1, "blue", 6));
  EXPECT_EQ(instance("d:p:blue:blue")->vn_name, "d:p:red");
  put(row(1, "routing_instance", "d:p:blue:blue"));
  EXPECT_EQ(instance("d:p:blue:blue")->vn_index, 0u);
}

TEST_F(BgpSnapshotTest, OneNetworkIdForTwo) {
  put(network(5, "blue", 9));
  put(network(6, "red", 9));
  put(vrf(1, "blue", 5));
  put(vrf(2, "red", 6));
  EXPECT_EQ(update()->vn_names.at(9), "d:p:blue");
  EXPECT_EQ(problems().count("error: virtual-network:d:p:red (" + uuid_text(6) +
                             "): network id 9 is also that of d:p:blue; routes of either show the latter as their origin"),
            1u);
}

class ConnectionTest : public BgpSnapshotTest {
 protected:
  ConnectionTest() {
    put(target(0x40, "target:1:1"));
    put(target(0x41, "target:1:10"));
    put(target(0x42, "target:1:11"));
    put(target(0x43, "target:1:2"));
  }
  static Row blue() {
    return vrf(1, "blue", 5)
        .ref("route_target", 0x40)
        .ref("route_target", 0x41, R"({"import_export":"export"})")
        .ref("route_target", 0x42, R"({"import_export":"import"})");
  }
  static Row red() { return vrf(2, "red", 6).ref("route_target", 0x43); }
};

TEST_F(ConnectionTest, LeaksBothWaysWhatIsForBothDirections) {
  put(blue().ref("routing_instance", 2, R"({"destination_instance":null})"));
  put(red().ref("routing_instance", 1, R"({"destination_instance":null})"));
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11", "target:1:2"}));
  EXPECT_EQ(imports("d:p:red:red"), (Texts{"target:1:2", "target:1:1"}));
  EXPECT_EQ(exports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:10"}));
  EXPECT_EQ(exports("d:p:red:red"), Texts{"target:1:2"}) << "exports never change";
  EXPECT_EQ(texts(instance("d:p:red:red")->own_imports), Texts{"target:1:2"});
}

TEST_F(ConnectionTest, OnlyTheNamedDestinationImports) {
  const char* const to_red = R"({"destination_instance":"d:p:red:red"})";
  put(blue().ref("routing_instance", 2, to_red));
  put(red().ref("routing_instance", 1, to_red));
  EXPECT_EQ(imports("d:p:red:red"), (Texts{"target:1:2", "target:1:1"}));
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11"}));
}

TEST_F(ConnectionTest, FollowsTheOtherInstance) {
  put(blue().ref("routing_instance", 2));
  put(red());
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11", "target:1:2"}));
  put(target(0x44, "target:1:3"));
  put(red().ref("route_target", 0x44));
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11", "target:1:2", "target:1:3"}));
  put(red().ref("route_target", 0x44, R"({"import_export":"import"})"));
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11", "target:1:2"}));
  erase(0x43);
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11"}));
  put(target(0x43, "target:1:2"));
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11", "target:1:2"}));
  erase(2);
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11"}));
  put(red());
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11", "target:1:2"}));
  put(blue());
  EXPECT_EQ(imports("d:p:blue:blue"), (Texts{"target:1:1", "target:1:11"}));
  EXPECT_EQ(imports("d:p:red:red"), Texts{"target:1:2"});
}

TEST_F(BgpSnapshotTest, IndexesAreTheLowestFreeAndStay) {
  put(vrf(1, "c", 5));
  put(vrf(2, "a", 6));
  put(vrf(3, "b", 7));
  const auto a = instance("d:p:a:a"), b = instance("d:p:b:b"), c = instance("d:p:c:c");
  EXPECT_EQ(a->index, 1u) << "in the order of names, whatever the order of arrival";
  EXPECT_EQ(b->index, 2u);
  EXPECT_EQ(c->index, 3u);
  erase(3);
  put(vrf(4, "0", 8));
  EXPECT_EQ(instance("d:p:0:0")->index, 2u);
  EXPECT_EQ(instance("d:p:a:a"), a);
  EXPECT_EQ(instance("d:p:c:c"), c);
  put(vrf(5, "d", 8));
  EXPECT_EQ(instance("d:p:d:d")->index, 4u);
}

TEST_F(BgpSnapshotTest, AnInstanceMadeAgainIsAnother) {
  put(vrf(1, "blue", 5));
  const auto first = instance("d:p:blue:blue");
  erase(1);
  EXPECT_EQ(instance("d:p:blue:blue"), nullptr);
  put(vrf(1, "blue", 5));
  const auto second = instance("d:p:blue:blue");
  EXPECT_NE(second->id, first->id);
  EXPECT_EQ(second->index, first->index);
  EXPECT_NE(second->id, core::kMasterInstance);
}

TEST_F(BgpSnapshotTest, TheDefaultInstancesObjectComesAndGoes) {
  put(router(kRouter));
  put(target(0x40, "target:1:1"));
  put(row(5, "virtual_network", "default-domain:default-project:ip-fabric").set("prop:virtual_network_network_id", "2"));
  put(row(1, "routing_instance", kMaster).parent("virtual_network", 5).ref("route_target", 0x40));
  auto master = instance(kMaster);
  EXPECT_EQ(master->id, core::kMasterInstance);
  EXPECT_EQ(master->index, 0u);
  EXPECT_EQ(master->vn_index, 2u);
  EXPECT_EQ(texts(master->imports), Texts{"target:1:1"});
  erase(1);
  master = instance(kMaster);
  EXPECT_EQ(master->id, core::kMasterInstance);
  EXPECT_EQ(master->vn_name, "");
  EXPECT_EQ(texts(master->imports), Texts{});
  EXPECT_EQ(exports(kMaster), Texts{});
}

TEST_F(BgpSnapshotTest, UnchangedInstancesAreShared) {
  put(router(kRouter));
  put(target(0x40, "target:1:1"));
  for (unsigned i = 1; i <= 20; ++i) put(vrf(i, "n" + std::to_string(i), 100 + i).ref("route_target", 0x40));
  const auto before = update();
  put(target(0x41, "target:1:2"));
  EXPECT_EQ(update(), before) << "nobody refers to it";
  put(vrf(7, "n7", 107).ref("route_target", 0x40).ref("route_target", 0x41));
  const auto after = update();
  EXPECT_EQ(after->version, before->version + 1);
  for (const auto& [id, config] : after->instances) {
    if (config->name == "d:p:n7:n7") {
      EXPECT_NE(config, before->instances.at(id));
    } else {
      EXPECT_EQ(config, before->instances.at(id));
    }
  }
  put(network(107, "n7", 7));
  EXPECT_NE(update(), after);
  EXPECT_EQ(last_->vn_names.at(7), "d:p:n7");
  // A change that is taken back before a snapshot is asked for is none.
  const auto quiet = update();
  erase(107);
  put(network(107, "n7", 7));
  EXPECT_EQ(update(), quiet);
}

std::vector<Row> make_sample() {
  std::vector<Row> rows = {
      router(kRouter).ref("sub_cluster", 0x30),
      row(0x30, "sub_cluster", "pop1").set("prop:sub_cluster_id", "3"),
      row(0x20, "global_system_config", "default-global-system-config").set("prop:rd_cluster_seed", "100"),
      row(0x50, "toaster", "t"),
  };
  for (unsigned i = 1; i <= 6; ++i) {
    const std::string name = "n" + std::to_string(i);
    rows.push_back(network(0x60 + i, name, i));
    rows.push_back(target(0x70 + i, "target:64512:" + std::to_string(i)));
    Row instance =
        vrf(i, name, 0x60 + i).ref("route_target", 0x70 + i).ref("route_target", 0x70 + i % 6 + 1, R"({"import_export":"import"})");
    if (i < 6) instance.ref("routing_instance", i + 1);
    if (i > 1) instance.ref("routing_instance", i - 1);
    rows.push_back(instance);
  }
  // Dangling, and two of one name.
  rows.push_back(vrf(8, "dangling", 0x99).ref("route_target", 0x98).ref("routing_instance", 0x97));
  rows.push_back(target(0x7f, "target:64512:1"));
  return rows;
}

const std::vector<Row>& sample() {
  static const std::vector<Row> rows = make_sample();
  return rows;
}

// The objects of the rows; `without`: less the columns that begin so.
std::vector<configdb::Object> objects(const std::vector<Row>& rows, const std::vector<std::string>& without = {}) {
  std::vector<configdb::Object> all;
  for (Row r : rows) {
    for (const std::string& prefix : without)
      std::erase_if(r.columns, [&](const auto& column) { return column.first.rfind(prefix, 0) == 0; });
    all.push_back(object(r));
  }
  return all;
}

// Whatever the order of arrival, and whatever was there in between, the same objects give the same snapshot.
TEST(BgpSnapshot, OrderOfArrivalDoesNotMatter) {
  std::string expected;
  {
    Graph graph;
    BgpSnapshot snapshot(graph, "cn1");
    for (const Row& r : sample()) graph.object_changed(object(r));
    expected = dump(*snapshot.update());
  }
  EXPECT_NE(expected.find("d:p:n3:n3 4 " + uuid_text(3) +
                          " vn d:p:n3 3 0 0 i:target:10.0.0.1:4 i:target:64512:2 i:target:64512:3 i:target:64512:4 "
                          "i:target:64512:7999999 e:target:64512:3 o:target:64512:3 o:target:64512:4\n"),
            std::string::npos)
      << expected;
  std::vector<configdb::Object> whole = objects(sample());
  const std::vector<configdb::Object> earlier = objects(sample(), {"prop:", "ref:route_target"});
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    Graph graph;
    BgpSnapshot snapshot(graph, "cn1");
    for (std::size_t step = 0; step < whole.size(); ++step) {  // earlier versions, and some come and go
      if (random() % 3 == 0) graph.object_changed(earlier[random() % earlier.size()]);
      if (random() % 4 == 0) graph.object_deleted(whole[random() % whole.size()].uuid());
    }
    std::shuffle(whole.begin(), whole.end(), random);
    for (const configdb::Object& o : whole) graph.object_changed(o);
    ASSERT_EQ(dump(*snapshot.update()), expected) << "seed " << seed;
  }
}

// Snapshots taken after every step are what a fresh graph gives, but for the indexes.
TEST(BgpSnapshot, StepByStepIsTheSameAsAtOnce) {
  const auto without_indexes = [](const bgp::Config& config) {
    std::string text;
    std::set<std::string> lines;
    for (const auto& [id, instance] : config.instances) {
      std::string line = instance->name + " " + instance->vn_name + " " + std::to_string(instance->vn_index);
      for (const std::string& t : texts(instance->imports)) line += t.rfind("target:10.0.0.1:", 0) == 0 ? "" : " i:" + t;
      for (const std::string& t : texts(instance->exports)) line += " e:" + t;
      lines.insert(line);
    }
    for (const std::string& line : lines) text += line + "\n";
    return text + (config.self.usable() ? "usable " : "") + config.self.subcluster_name;
  };
  const std::vector<configdb::Object> whole = objects(sample());
  // Symmetric references stay as they are: dropping one in one row has a meaning of its own.
  const std::vector<configdb::Object> less = objects(sample(), {"ref:route_target"});
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    std::map<configdb::Uuid, const configdb::Object*> there;
    Graph graph;
    BgpSnapshot snapshot(graph, "cn1");
    for (int step = 0; step < 60; ++step) {
      const std::size_t n = random() % whole.size();
      if (random() % 4 == 0) {
        graph.object_deleted(whole[n].uuid());
        there.erase(whole[n].uuid());
      } else {
        const configdb::Object& o = random() % 2 == 0 ? less[n] : whole[n];
        graph.object_changed(o);
        there[o.uuid()] = &o;
      }
      Graph fresh_graph;
      BgpSnapshot fresh(fresh_graph, "cn1");
      for (const auto& [uuid, object] : there) fresh_graph.object_changed(*object);
      ASSERT_EQ(without_indexes(*snapshot.update()), without_indexes(*fresh.update())) << "seed " << seed << " step " << step;
    }
  }
}

}  // namespace
}  // namespace signalbox::ifmap
