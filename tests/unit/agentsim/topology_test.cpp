#include "bench/agentsim/topology.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace signalbox::bench {
namespace {

Topology make(Options o) {
  o.publishers = std::min(o.publishers, o.agents);
  return Topology(o, make_instances(o));
}

TEST(PrefixText, ReadsBackWhatItWrites) {
  for (const std::uint32_t n : {0u, 1u, 254u, 255u, 65535u, 65536u, 1'000'000u, 16'000'000u}) {
    for (const Family f : {Family::kInet, Family::kInet6}) EXPECT_EQ(prefix_number(f, prefix_text(f, n)), n);
  }
  EXPECT_EQ(prefix_text(Family::kInet, 0), "10.0.0.1/32");
  EXPECT_EQ(prefix_text(Family::kInet6, 4), "2001:db8::5/128");
}

TEST(PrefixText, RefusesOtherSpellings) {
  for (const char* t :
       {"10.0.0.1", "10.0.0.1/24", "10.0.0.01/32", "11.0.0.0/32", "9.0.0.1/32", "10.0.0.256/32", "10.0.0.1/32 ", "", "/", "10.0.0.0/32"}) {
    EXPECT_FALSE(prefix_number(Family::kInet, t)) << t;
  }
  for (const char* t : {"2001:DB8::5/128", "2001:db8:0::5/128", "2001:db8::5/64", "2001:db9::5/128", "::/0", ""}) {
    EXPECT_FALSE(prefix_number(Family::kInet6, t)) << t;
  }
}

TEST(Topology, NumbersEveryPrefixOnceAndBack) {
  Options o;
  o.agents = 30;
  o.instances = 7;
  o.instances_per_agent = 3;
  o.placement = Placement::kRandom;
  o.routes = 50;
  o.family = FamilyMix::kMixed;
  o.leak = "ring:2";
  const Topology t = make(o);
  for (std::uint32_t table = 0; table < t.table_count(); ++table) {
    std::uint32_t slots = 0;
    for (const std::uint32_t s : t.sources(instance_of(table))) slots += t.own_count(table_of(s, family_of(table)));
    EXPECT_EQ(t.slot_count(table), slots);
    std::set<std::uint32_t> numbers;
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      numbers.insert(t.number_of(table, slot));
      EXPECT_EQ(t.slot_of(table, t.number_of(table, slot)), slot);
    }
    EXPECT_EQ(numbers.size(), slots);
    EXPECT_EQ(t.slot_of(table, 1u << 23), kNoIndex);
  }
}

TEST(Topology, SplitsRoutesOverInstancesAndFamilies) {
  Options o;
  o.agents = 4;
  o.instances = 5;
  o.instances_per_agent = 2;
  o.routes = 7;
  o.family = FamilyMix::kMixed;
  const Topology t = make(o);
  for (const AgentPlan& a : t.agents()) {
    std::uint32_t routes = 0;
    std::uint32_t label = 0;
    for (const std::uint32_t p : a.publications) {
      EXPECT_EQ(t.publications()[p].label_base, label);
      label += t.publications()[p].count;
      routes += t.publications()[p].count;
    }
    EXPECT_EQ(routes, 7u);
    EXPECT_NE(a.instances[0], a.instances[1]);
  }
}

TEST(Topology, SharesPrefixesAmongEcmpPublishers) {
  Options o;
  o.agents = 5;
  o.routes = 10;
  o.ecmp = 2;
  const Topology t = make(o);
  EXPECT_EQ(t.own_count(0), 30u);  // three groups: 2 + 2 + 1 publishers
  EXPECT_EQ(t.publications_at(0, 0).size(), 2u);
  EXPECT_EQ(t.publications_at(0, 19).size(), 2u);
  EXPECT_EQ(t.publications_at(0, 20).size(), 1u);
  EXPECT_TRUE(t.publications_at(0, 30).empty());
}

TEST(Topology, LeaksByTargets) {
  Options o;
  o.agents = 1;
  o.instances = 4;
  o.leak = "hub";
  const Topology hub = make(o);
  EXPECT_EQ(hub.sources(0), (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(hub.sources(2), (std::vector<std::uint32_t>{2, 0}));
  EXPECT_EQ(hub.shown_in(0), (std::vector<std::uint32_t>{0, 1, 2, 3}));
  o.leak = "ring:1";
  const Topology ring = make(o);
  EXPECT_EQ(ring.sources(3), (std::vector<std::uint32_t>{3, 0}));
  EXPECT_EQ(ring.shown_in(0), (std::vector<std::uint32_t>{0, 3}));
}

TEST(Topology, FindsTablesByNode) {
  Options o;
  o.agents = 1;
  const Topology t = make(o);
  EXPECT_EQ(t.find_table("1/1/default-domain:demo:net0:net0"), table_of(0, Family::kInet));
  EXPECT_EQ(t.find_table("2/1/default-domain:demo:net0:net0"), table_of(0, Family::kInet6));
  EXPECT_EQ(t.find_table("1/4/default-domain:demo:net0:net0"), kNoIndex);
  EXPECT_EQ(t.find_table("1/1/default-domain:demo:net1:net1"), kNoIndex);
  EXPECT_EQ(t.find_table(""), kNoIndex);
}

TEST(Topology, SaysWhatCanNotBe) {
  Options o;
  o.agents = 2;
  o.instances_per_agent = 2;
  EXPECT_THROW(make(o), std::invalid_argument);
  o.instances_per_agent = 1;
  o.source_base = "10.0.0.1";
  EXPECT_THROW(make(o), std::invalid_argument);
  o.source_base = "127.16.0.1";
  o.leak = "star";
  EXPECT_THROW(make(o), std::invalid_argument);
  o.leak = "none";
  o.instance_names = {"a:b:c:c", "a:b:c:c"};
  EXPECT_THROW(make(o), std::invalid_argument);
}

}  // namespace
}  // namespace signalbox::bench
