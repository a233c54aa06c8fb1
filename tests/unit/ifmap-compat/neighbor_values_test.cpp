// The neighbours of a snapshot. spec/config.md 6.3
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ifmap-compat/bgp_snapshot.hpp"
#include "tests/unit/configdb/rows.hpp"

namespace signalbox::ifmap {
namespace {

using bgp::NeighborConfig;
using test::object;
using test::row;
using test::Row;
using test::uuid;

const std::string kMaster = bgp::kMasterInstanceName;
constexpr unsigned kSelf = 0x10, kPeer = 0x11;

Row router(unsigned n, const std::string& name, const std::string& parameters) {
  return row(n, "bgp_router", name).set("prop:bgp_router_parameters", parameters);
}

std::string session(const std::string& attributes, const std::string& uuid = "null") {
  return R"({"session":[{"uuid":)" + uuid + R"(,"attributes":[)" + attributes + "]}]}";
}

class NeighborsTest : public testing::Test {
 protected:
  void put(const Row& r) { graph_.object_changed(object(r)); }
  // cn1 and gw, and the attribute of the link between them.
  void peer(const std::string& attribute, const std::string& of_peer = kOfPeer, const std::string& of_self = kOfSelf) {
    put(router(kSelf, kMaster + ":cn1", of_self).ref("bgp_router", kPeer, attribute));
    put(router(kPeer, kMaster + ":gw", of_peer).ref("bgp_router", kSelf, attribute));
  }
  const std::vector<std::shared_ptr<const NeighborConfig>>& neighbors() {
    last_ = snapshot_.update();
    return last_->neighbors;
  }
  NeighborConfig only() {
    const auto& all = neighbors();
    EXPECT_EQ(all.size(), 1u);
    return all.size() == 1 ? *all.front() : NeighborConfig{};
  }
  std::string families() {
    std::string names;
    for (const NeighborConfig::Family& f : only().families) names += (names.empty() ? "" : " ") + std::string(name_of(f.family));
    return names;
  }
  std::size_t problems() {
    neighbors();
    std::vector<Diagnostic> all;
    snapshot_.diagnose(all);
    return all.size();
  }

  static inline const std::string kOfSelf = R"({"autonomous_system":64512,"identifier":"10.0.0.1","address":"10.0.0.1",
    "address_families":{"family":["route-target","inet-vpn","e-vpn"]},"router_type":"control-node"})";
  static inline const std::string kOfPeer =
      R"({"autonomous_system":64512,"identifier":"10.0.0.9","address":"10.0.0.9","port":1790,"vendor":"mx",
    "address_families":{"family":["inet","inet-vpn","e-vpn"]},"router_type":"router"})";

  Graph graph_;
  BgpSnapshot snapshot_{graph_, "cn1"};
  std::shared_ptr<const bgp::Config> last_;
};

TEST_F(NeighborsTest, PlainPeering) {
  peer("null");
  const NeighborConfig n = only();
  EXPECT_EQ(n.name, kMaster + ":gw");
  EXPECT_EQ(n.instance, kMaster);
  EXPECT_EQ(n.router_type, "router");
  EXPECT_EQ(n.vendor, "mx");
  EXPECT_EQ(n.address.to_string(), "10.0.0.9");
  EXPECT_EQ(n.identifier, 0x0a000009u);
  EXPECT_EQ(n.port, 1790);
  EXPECT_EQ(n.peer_as, 64512u);
  EXPECT_EQ(n.local_as, 64512u);
  EXPECT_EQ(n.local_identifier, 0x0a000001u);
  EXPECT_TRUE(n.internal());
  EXPECT_EQ(n.hold_time, 0);
  EXPECT_EQ(n.offered_hold_time, 90);
  EXPECT_FALSE(n.admin_down || n.passive);
  EXPECT_EQ(n.md5_key, "");
  EXPECT_EQ(families(), "inet-vpn e-vpn") << "those of both, in this router's order";
  EXPECT_EQ(problems(), 0u);
}

TEST_F(NeighborsTest, WhoIsANeighbor) {
  put(router(kSelf, kMaster + ":cn1", kOfSelf).ref("bgp_router", kPeer).ref("bgp_router", 0x12));
  EXPECT_TRUE(neighbors().empty()) << "the other end is not there";
  put(router(0x12, "d:p:blue:blue:gw", kOfPeer).ref("bgp_router", kSelf));
  EXPECT_TRUE(neighbors().empty()) << "another instance";
  put(router(kPeer, kMaster + ":gw", "null").ref("bgp_router", kSelf));
  EXPECT_TRUE(neighbors().empty()) << "no parameters";
  put(router(kPeer, kMaster + ":gw", kOfPeer).ref("bgp_router", kSelf));
  EXPECT_EQ(neighbors().size(), 1u);
  put(router(0x13, kMaster + ":cn2", kOfSelf).ref("bgp_router", kPeer));
  EXPECT_EQ(neighbors().size(), 1u) << "a peering of others";
  graph_.object_deleted(uuid(kPeer));
  EXPECT_TRUE(neighbors().empty());
}

TEST_F(NeighborsTest, SessionAttributes) {
  peer(session(
      R"({"bgp_router":"cn1","hold_time":7},{"bgp_router":null,"passive":true,"admin_down":true,"as_override":true,"hold_time":30,"loop_count":2,
    "local_autonomous_system":65000,"private_as_action":"remove","route_origin_override":{"origin_override":true,"origin":"EGP"},
    "auth_data":{"key_type":"MD5","key_items":[{"key_id":0,"key":"s3cret"},{"key_id":1,"key":"later"}]}})",
      R"("6d6c9e7c-0000-4000-8000-000000000001")"));
  const NeighborConfig n = only();
  EXPECT_EQ(n.name, kMaster + ":gw:6d6c9e7c-0000-4000-8000-000000000001");
  EXPECT_EQ(n.uuid, "6d6c9e7c-0000-4000-8000-000000000001");
  EXPECT_TRUE(n.passive && n.admin_down && n.as_override && n.origin_override);
  EXPECT_EQ(n.hold_time, 30) << "the attributes for both ends count before those for this end";
  EXPECT_EQ(n.offered_hold_time, 30);
  EXPECT_EQ(n.loop_count, 2u);
  EXPECT_EQ(n.local_as, 65000u);
  EXPECT_FALSE(n.internal());
  EXPECT_EQ(n.private_as_action, "remove");
  EXPECT_EQ(n.origin, "EGP");
  EXPECT_EQ(n.md5_key, "s3cret");
}

TEST_F(NeighborsTest, AttributesOfThisEnd) {
  peer(session(R"({"bgp_router":"gw","hold_time":9},{"bgp_router":"cn1","hold_time":7})"));
  EXPECT_EQ(only().hold_time, 7);
}

TEST_F(NeighborsTest, OneNeighborForEachSession) {
  peer(R"({"session":[{"uuid":"b"},{"uuid":"a"}]})");
  ASSERT_EQ(neighbors().size(), 2u);
  EXPECT_EQ(last_->neighbors[0]->name, kMaster + ":gw:a");
  EXPECT_EQ(last_->neighbors[1]->name, kMaster + ":gw:b");
}

TEST_F(NeighborsTest, Families) {
  peer(session(R"({"family_attributes":[{"address_family":"erm-vpn","loop_count":3,"prefix_limit":{"maximum":1000,"idle_timeout":60},
    "default_tunnel_encap":["gre","udp"]}],"address_families":{"family":["inet6-vpn","erm-vpn","e-vpn","x"]}})"));
  EXPECT_EQ(families(), "erm-vpn inet6-vpn e-vpn") << "whatever the remote router lists";
  const NeighborConfig::Family first = only().families.front();
  EXPECT_EQ(first.loop_count, 3u);
  EXPECT_EQ(first.prefix_limit, 1000u);
  EXPECT_EQ(first.idle_timeout, 60u);
  EXPECT_EQ(first.default_tunnel_encap, (std::vector<std::string>{"gre", "udp"}));
  EXPECT_EQ(problems(), 1u) << "x";
  peer("null", R"({"autonomous_system":64512,"address":"10.0.0.9"})");
  EXPECT_EQ(families(), "route-target inet-vpn e-vpn") << "no list takes everything";
  peer("null", kOfPeer, R"({"autonomous_system":64512,"identifier":"10.0.0.1","address":"10.0.0.1"})");
  EXPECT_EQ(families(), "inet inet-vpn") << "without a list of ours";
}

TEST_F(NeighborsTest, WhatThisRouterDecides) {
  peer("null", kOfPeer,
       R"({"autonomous_system":64512,"local_autonomous_system":64999,"identifier":"10.0.0.1","hold_time":45,"admin_down":true,
    "auth_data":{"key_type":"md5","key_items":[{"key_id":0,"key":"own"}]}})");
  const NeighborConfig n = only();
  EXPECT_EQ(n.local_as, 64999u);
  EXPECT_EQ(n.hold_time, 0);
  EXPECT_EQ(n.offered_hold_time, 45);
  EXPECT_TRUE(n.admin_down);
  EXPECT_EQ(n.md5_key, "own");
}

TEST_F(NeighborsTest, WhatTheRemoteRouterDecides) {
  peer("null", R"({"autonomous_system":64512,"local_autonomous_system":65001,"address":"gw.example.net","hold_time":20,"port":0})");
  const NeighborConfig n = only();
  EXPECT_EQ(n.peer_as, 65001u);
  EXPECT_TRUE(n.address.unspecified());
  EXPECT_EQ(n.port, 179);
  EXPECT_EQ(n.offered_hold_time, 20);
  EXPECT_EQ(problems(), 1u);
}

TEST_F(NeighborsTest, BgpAsAService) {
  put(router(kSelf, kMaster + ":cn1", kOfSelf));
  put(router(0x20, "d:p:blue:blue:bgpaas-server", R"({"autonomous_system":64512,"router_type":"bgpaas-server"})")
          .ref(
              "bgp_router", 0x21,
              session(
                  R"({"bgp_router":"bgpaas-server","hold_time":33,"family_attributes":[{"address_family":"inet"},{"address_family":"e-vpn"}]})")));
  put(router(0x21, "d:p:blue:blue:vm1",
             R"({"autonomous_system":64600,"address":"10.1.1.3","source_port":50001,"router_type":"bgpaas-client",
    "gateway_address":"10.1.1.1","ipv6_gateway_address":"fd00::1"})"));
  const NeighborConfig n = only();
  EXPECT_EQ(n.name, "d:p:blue:blue:vm1");
  EXPECT_EQ(n.instance, "d:p:blue:blue");
  EXPECT_TRUE(n.passive);
  EXPECT_EQ(n.hold_time, 33);
  EXPECT_EQ(n.source_port, 50001);
  EXPECT_EQ(n.gateway_address, "10.1.1.1");
  EXPECT_EQ(families(), "inet");
}

TEST_F(NeighborsTest, UnchangedNeighborsAreShared) {
  peer("null");
  const auto first = neighbors().front();
  const auto version = last_->version;
  put(router(kSelf, kMaster + ":cn1", kOfSelf).ref("bgp_router", kPeer).ref("bgp_router", 0x12));
  put(router(0x12, kMaster + ":a-gw", kOfPeer));
  ASSERT_EQ(neighbors().size(), 2u);
  EXPECT_GT(last_->version, version);
  EXPECT_EQ(last_->neighbors[1], first);
  const auto snapshot = last_;
  neighbors();
  EXPECT_EQ(last_, snapshot) << "nothing has changed";
}

}  // namespace
}  // namespace signalbox::ifmap
