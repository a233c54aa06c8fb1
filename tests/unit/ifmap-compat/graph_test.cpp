#include "ifmap-compat/graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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

using Names = std::set<std::string>;

class GraphTest : public testing::Test {
 protected:
  void put(const Row& r) { graph_.object_changed(object(r)); }
  void erase(unsigned n) { graph_.object_deleted(uuid(n)); }
  NodeId instance(std::string_view name) const { return graph_.find(NodeType::kRoutingInstance, name); }

  // "NAME" or "NAME ATTRIBUTE" of the other end of each link in effect.
  Names links(NodeId node, LinkKind kind, std::string_view member = "") const {
    Names names;
    graph_.for_each_link(node, kind, [&](NodeId other, const Value& attribute) {
      const std::string& text = attribute[member].text();
      EXPECT_TRUE(names.insert(graph_.name(other) + (text.empty() ? "" : " " + text)).second);
    });
    return names;
  }
  Names targets(std::string_view name) const { return links(instance(name), LinkKind::kInstanceTarget, "import_export"); }
  Names peers(std::string_view name) const { return links(instance(name), LinkKind::kConnection, "destination_instance"); }

  std::vector<std::string> problems() const {
    std::vector<Diagnostic> all;
    graph_.diagnose(all);
    std::vector<std::string> texts;
    for (const Diagnostic& d : all) texts.push_back(std::string(to_string(d.severity)) + " " + d.object + " " + d.text);
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  Graph graph_;
};

Row blue() { return row(1, "routing_instance", "d:p:blue:blue"); }
Row red() { return row(2, "routing_instance", "d:p:red:red"); }
Row target(unsigned n, const std::string& name) { return row(n, "route_target", name); }

TEST_F(GraphTest, AReferenceTakesEffectWhenTheOtherEndComes) {
  put(blue().ref("route_target", 9, R"({"import_export":"import"})"));
  EXPECT_EQ(targets("d:p:blue:blue"), Names{});
  EXPECT_EQ(graph_.node_count(), 1u);
  EXPECT_EQ(problems(), std::vector<std::string>{"warning routing-instance:d:p:blue:blue refers to route-target " + uuid_text(9) +
                                                 " (instance-target), which is not there; without effect until it is"});
  put(target(9, "target:1:9"));
  EXPECT_EQ(targets("d:p:blue:blue"), Names{"target:1:9 import"});
  EXPECT_EQ(links(graph_.find(NodeType::kRouteTarget, "target:1:9"), LinkKind::kInstanceTarget), Names{"d:p:blue:blue"});
  EXPECT_EQ(problems(), std::vector<std::string>{});
  erase(9);
  EXPECT_EQ(targets("d:p:blue:blue"), Names{});
  EXPECT_EQ(graph_.link_count(), 1u);
  put(target(9, "target:1:10"));
  EXPECT_EQ(targets("d:p:blue:blue"), Names{"target:1:10 import"});
}

TEST_F(GraphTest, ChangesOfARow) {
  put(target(8, "target:1:8"));
  put(target(9, "target:1:9"));
  put(blue().ref("route_target", 8).ref("route_target", 9));
  EXPECT_EQ(targets("d:p:blue:blue"), (Names{"target:1:8", "target:1:9"}));
  put(blue().ref("route_target", 9, R"({"import_export":"export"})"));
  EXPECT_EQ(targets("d:p:blue:blue"), Names{"target:1:9 export"});
  EXPECT_EQ(graph_.link_count(), 1u);
  put(blue());
  EXPECT_EQ(targets("d:p:blue:blue"), Names{});
  EXPECT_EQ(graph_.link_count(), 0u);
  erase(1);
  EXPECT_EQ(instance("d:p:blue:blue").value, 0u);
  EXPECT_EQ(graph_.node_count(), 2u);
}

TEST_F(GraphTest, ParentsMakeLinks) {
  put(blue().parent("virtual_network", 5));
  put(row(5, "virtual_network", "d:p:blue"));
  EXPECT_EQ(links(instance("d:p:blue:blue"), LinkKind::kVirtualNetworkRoutingInstance), Names{"d:p:blue"});
  EXPECT_EQ(links(graph_.find(NodeType::kVirtualNetwork, "d:p:blue"), LinkKind::kVirtualNetworkRoutingInstance), Names{"d:p:blue:blue"});
}

TEST_F(GraphTest, ASymmetricReferenceIsOneLink) {
  put(blue().ref("routing_instance", 2));
  put(red().ref("routing_instance", 1));
  EXPECT_EQ(graph_.link_count(), 1u);
  EXPECT_EQ(peers("d:p:blue:blue"), Names{"d:p:red:red"});
  EXPECT_EQ(peers("d:p:red:red"), Names{"d:p:blue:blue"});
}

TEST_F(GraphTest, ASymmetricReferenceInOneRowIsEnough) {
  put(red().ref("routing_instance", 1));
  put(blue());
  EXPECT_EQ(peers("d:p:blue:blue"), Names{"d:p:red:red"});
  EXPECT_EQ(peers("d:p:red:red"), Names{"d:p:blue:blue"});
}

TEST_F(GraphTest, DroppingASymmetricReferenceInOneRowEndsIt) {
  put(blue().ref("routing_instance", 2));
  put(red().ref("routing_instance", 1));
  put(blue());
  EXPECT_EQ(peers("d:p:red:red"), Names{});
  // Another change of the other row does not bring it back, asserting it anew does.
  put(red().ref("routing_instance", 1).set("prop:routing_instance_has_pnf", "true"));
  EXPECT_EQ(peers("d:p:red:red"), Names{});
  put(red().ref("routing_instance", 1, R"({"destination_instance":"d:p:red:red"})"));
  EXPECT_EQ(peers("d:p:red:red"), Names{"d:p:blue:blue d:p:red:red"});
  put(red());
  EXPECT_EQ(peers("d:p:red:red"), Names{});
  EXPECT_EQ(graph_.link_count(), 0u);
}

TEST_F(GraphTest, DeletingOneEndOfASymmetricReferenceKeepsTheOtherRowsWord) {
  put(blue().ref("routing_instance", 2));
  put(red().ref("routing_instance", 1));
  erase(1);
  EXPECT_EQ(peers("d:p:red:red"), Names{});
  put(blue());
  EXPECT_EQ(peers("d:p:red:red"), Names{"d:p:blue:blue"});
}

TEST_F(GraphTest, WhereTwoRowsDifferTheLowerUuidCounts) {
  const Row low = blue().ref("routing_instance", 2, R"({"destination_instance":"low"})");
  const Row high = red().ref("routing_instance", 1, R"({"destination_instance":"high"})");
  put(low);
  put(high);
  EXPECT_EQ(peers("d:p:red:red"), Names{"d:p:blue:blue low"});
  put(low);
  EXPECT_EQ(peers("d:p:red:red"), Names{"d:p:blue:blue low"});
}

TEST_F(GraphTest, PropertiesAreReadAndForgotten) {
  put(row(5, "virtual_network", "d:p:blue").set("prop:virtual_network_network_id", "7").set("prop:unknown", "{}"));
  const NodeId node = graph_.find(NodeType::kVirtualNetwork, "d:p:blue");
  EXPECT_EQ(graph_.property(node, PropertyId::kNetworkId).number(), 7u);
  put(row(5, "virtual_network", "d:p:blue").set("prop:virtual_network_network_id", "null"));
  EXPECT_FALSE(graph_.property(node, PropertyId::kNetworkId).is_set());
}

TEST_F(GraphTest, AViolationKeepsTheLastGoodValue) {
  const auto network = [](const std::string& id) {
    return row(5, "virtual_network", "d:p:blue").set("prop:virtual_network_network_id", id);
  };
  put(network("[]"));
  const NodeId node = graph_.find(NodeType::kVirtualNetwork, "d:p:blue");
  EXPECT_FALSE(graph_.property(node, PropertyId::kNetworkId).is_set());
  EXPECT_EQ(problems(),
            std::vector<std::string>{"error virtual-network:d:p:blue property virtual_network_network_id: is a list, an integer is "
                                     "expected; it is passed over"});
  put(network("7"));
  EXPECT_EQ(problems(), std::vector<std::string>{});
  put(network("\"x\"").set("prop:pbb_evpn_enable", "true"));
  EXPECT_EQ(graph_.property(node, PropertyId::kNetworkId).number(), 7u);
  EXPECT_TRUE(graph_.property(node, PropertyId::kPbbEvpnEnable).flag()) << "the rest of the object is unharmed";
  EXPECT_EQ(problems(),
            std::vector<std::string>{"error virtual-network:d:p:blue property virtual_network_network_id: \"x\" is no integer; its "
                                     "last good value stays"});
  erase(5);
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(GraphTest, AViolationInAnAttribute) {
  put(target(9, "target:1:9"));
  put(blue().ref("route_target", 9, "7"));
  EXPECT_EQ(targets("d:p:blue:blue"), Names{});
  EXPECT_EQ(graph_.link_count(), 0u);
  put(blue().ref("route_target", 9, R"({"import_export":"import"})"));
  put(blue().ref("route_target", 9, R"({"import_export":{}})"));
  EXPECT_EQ(targets("d:p:blue:blue"), Names{"target:1:9 import"});
  EXPECT_EQ(problems(),
            std::vector<std::string>{"error routing-instance:d:p:blue:blue attribute of the reference to route_target " + uuid_text(9) +
                                     ": import_export: is an object, a text is expected; its last good value stays"});
}

TEST_F(GraphTest, TypesThatAreNotKnownArePassedOver) {
  put(row(7, "toaster", "d:p:t").ref("route_target", 9));
  EXPECT_EQ(graph_.passed_over(), 1u);
  EXPECT_EQ(graph_.node_count(), 0u);
  erase(7);
  put(blue().ref("toaster", 7));
  EXPECT_EQ(graph_.link_count(), 0u);
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(GraphTest, AReferenceToAnObjectOfAnotherType) {
  put(blue().ref("route_target", 5));
  put(row(5, "virtual_network", "d:p:v"));
  EXPECT_EQ(targets("d:p:blue:blue"), Names{});
  EXPECT_EQ(problems(), std::vector<std::string>{"error routing-instance:d:p:blue:blue refers to route-target " + uuid_text(5) +
                                                 " (instance-target), which is a virtual-network; without effect"});
}

TEST_F(GraphTest, AReferenceToItself) {
  put(blue().ref("routing_instance", 1));
  EXPECT_EQ(graph_.link_count(), 0u);
  EXPECT_EQ(problems(),
            std::vector<std::string>{"error routing-instance:d:p:blue:blue refers to itself (connection); the reference is passed over"});
}

TEST_F(GraphTest, AnObjectThatChangesNameOrTypeIsAnother) {
  put(target(9, "target:1:9"));
  put(blue().ref("route_target", 9));
  put(row(1, "routing_instance", "d:p:green:green").ref("route_target", 9));
  EXPECT_EQ(instance("d:p:blue:blue").value, 0u);
  EXPECT_EQ(targets("d:p:green:green"), Names{"target:1:9"});
  put(row(1, "virtual_network", "d:p:green"));
  EXPECT_EQ(instance("d:p:green:green").value, 0u);
  EXPECT_NE(graph_.find(NodeType::kVirtualNetwork, "d:p:green").value, 0u);
  EXPECT_EQ(graph_.link_count(), 0u);
  put(row(1, "toaster", "t"));
  EXPECT_EQ(graph_.node_count(), 1u);
}

Row twin(unsigned n, std::int64_t written, const std::string& id) {
  Row r = row(n, "virtual_network", "d:p:blue").set("prop:virtual_network_network_id", id);
  r.written = written;
  return r;
}

TEST_F(GraphTest, OfTwoRowsOfOneNameTheLaterCounts) {
  const std::vector<Row> rows = {twin(5, 100, "1"), twin(6, 300, "2"), twin(7, 200, "3"),
                                 row(1, "routing_instance", "d:p:blue:blue").parent("virtual_network", 5)};
  std::vector<std::size_t> order = {0, 1, 2, 3};
  do {
    Graph graph;
    for (const std::size_t i : order) graph.object_changed(object(rows[i]));
    NodeId node = graph.find(NodeType::kVirtualNetwork, "d:p:blue");
    EXPECT_EQ(graph.property(node, PropertyId::kNetworkId).number(), 2u);
    std::size_t links = 0;
    graph.for_each_link(node, LinkKind::kVirtualNetworkRoutingInstance, [&](NodeId, const Value&) { ++links; });
    graph.for_each_link(graph.find(NodeType::kRoutingInstance, "d:p:blue:blue"), LinkKind::kVirtualNetworkRoutingInstance,
                        [&](NodeId network, const Value&) {
                          EXPECT_EQ(network, node);
                          ++links;
                        });
    EXPECT_EQ(links, 2u) << "a link to any of them counts";
    std::vector<Diagnostic> problems;
    graph.diagnose(problems);
    EXPECT_EQ(problems.size(), 2u);

    graph.object_deleted(uuid(6));
    node = graph.find(NodeType::kVirtualNetwork, "d:p:blue");
    EXPECT_EQ(graph.property(node, PropertyId::kNetworkId).number(), 3u);
    graph.object_deleted(uuid(5));
    EXPECT_EQ(graph.find(NodeType::kVirtualNetwork, "d:p:blue"), node);
    graph.object_deleted(uuid(7));
    EXPECT_EQ(graph.find(NodeType::kVirtualNetwork, "d:p:blue").value, 0u);
    EXPECT_EQ(graph.node_count(), 1u);
  } while (std::next_permutation(order.begin(), order.end()));
}

// Every change that a reader of the graph could see is told.
class Notes : public GraphObserver {
 public:
  explicit Notes(const Graph& graph) : graph_(graph) {}
  void node_changed(NodeId node) override { told.insert(graph_.label(node)); }
  void link_changed(LinkKind, NodeId from, NodeId to) override {
    told.insert(graph_.label(from));
    told.insert(graph_.label(to));
  }
  const Graph& graph_;
  Names told;
};

TEST_F(GraphTest, TellsItsObservers) {
  Notes notes(graph_);
  graph_.add_observer(&notes);
  const auto told = [&] { return std::exchange(notes.told, {}); };
  put(blue().ref("route_target", 9));
  EXPECT_EQ(told(), (Names{"route-target:", "routing-instance:d:p:blue:blue"}));
  put(target(9, "target:1:9"));
  EXPECT_EQ(told(), Names{"route-target:target:1:9"});
  put(blue().ref("route_target", 9).set("prop:display_name", "\"x\""));
  EXPECT_EQ(told(), Names{}) << "nothing that the schema knows has changed";
  put(blue().ref("route_target", 9, R"({"import_export":"import"})"));
  EXPECT_EQ(told(), (Names{"route-target:target:1:9", "routing-instance:d:p:blue:blue"}));
  put(blue().ref("route_target", 9, R"({"import_export":"import"})").set("prop:routing_instance_has_pnf", "true"));
  EXPECT_EQ(told(), Names{"routing-instance:d:p:blue:blue"});
  erase(9);
  EXPECT_EQ(told(), Names{"route-target:target:1:9"});
  erase(1);
  EXPECT_EQ(told(), (Names{"route-target:target:1:9", "routing-instance:d:p:blue:blue"}));
}

// Random changes: links and nodes are counted right at every step, and nothing is left at the end.
TEST_F(GraphTest, RandomChangesLeaveNothingBehind) {
  std::mt19937 random(11);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  constexpr unsigned kInstances = 8, kTargets = 6;
  for (int step = 0; step < 4000; ++step) {
    const unsigned n = 1 + below(kInstances + kTargets);
    if (below(3) == 0) {
      erase(n);
    } else if (n > kInstances) {
      put(target(n, "target:1:" + std::to_string(n)));
    } else {
      Row r = row(n, "routing_instance", "d:p:i" + std::to_string(below(4) == 0 ? 1 : n));
      for (unsigned i = below(5); i > 0; --i) r.ref("route_target", 1 + kInstances + below(kTargets));
      for (unsigned i = below(3); i > 0; --i) r.ref("routing_instance", 1 + below(kInstances));
      put(r);
    }
    std::size_t seen = 0;
    for (const NodeType type : {NodeType::kRoutingInstance, NodeType::kRouteTarget}) {
      for (const std::string& name : graph_.names(type)) {
        for (const LinkKind kind : {LinkKind::kInstanceTarget, LinkKind::kConnection}) {
          graph_.for_each_link(graph_.find(type, name), kind, [&](NodeId other, const Value&) {
            EXPECT_TRUE(graph_.present(other));
            ++seen;
          });
        }
      }
    }
    ASSERT_LE(seen, 2 * graph_.link_count());
  }
  for (unsigned n = 1; n <= kInstances + kTargets; ++n) erase(n);
  EXPECT_EQ(graph_.node_count(), 0u);
  EXPECT_EQ(graph_.link_count(), 0u);
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

}  // namespace
}  // namespace signalbox::ifmap
