#include "bench/agentsim/model.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace signalbox::bench {
namespace {

constexpr PathState kPresent{1, 0, 0};
constexpr PathState kPreferred{1, 1, 0};
constexpr PathState kAway{0, 0, 0};

class ModelTest : public testing::Test {
 protected:
  void start(Options o) {
    o.publishers = std::min(o.publishers, o.agents);
    topology_ = std::make_unique<Topology>(o, make_instances(o));
    model_ = std::make_unique<Model>(*topology_, values_);
    for (std::uint32_t p = 0; p < topology_->publications().size(); ++p) model_->set_live(p, true);
  }
  std::uint32_t expected(std::uint32_t table, std::uint32_t slot) const { return model_->slots(table)[slot].expected; }
  std::string text(std::uint32_t table, std::uint32_t slot) const { return values_.describe(expected(table, slot)); }

  ValueStore values_;
  std::unique_ptr<Topology> topology_;
  std::unique_ptr<Model> model_;
};

TEST_F(ModelTest, FollowsOneRoute) {
  Options o;
  o.agents = 3;
  o.routes = 2;
  start(o);
  EXPECT_EQ(expected(0, 0), kAbsent);
  EXPECT_TRUE(model_->set_path(0, 1, kPresent));
  EXPECT_FALSE(model_->set_path(0, 1, kPresent));
  EXPECT_EQ(text(0, 1),
            "127.16.0.1 label 24 [default-domain:demo:net0 gre,udp, tags 4294967301,] {local-preference 100 med 200 sequence 0 mobility "
            "false/0 security-groups 8000002, communities  load-balance field-hash sub-protocol interface}");
  EXPECT_EQ(model_->visible(0), 1u);
  EXPECT_EQ(model_->live_paths(), 1u);
  const std::uint32_t before = expected(0, 1);
  EXPECT_TRUE(model_->set_path(0, 1, {1, 0, 3}));
  EXPECT_NE(expected(0, 1), before);
  EXPECT_TRUE(model_->set_path(0, 1, kAway));
  EXPECT_EQ(expected(0, 1), kAbsent);
  EXPECT_EQ(model_->visible(0), 0u);
  EXPECT_EQ(model_->live_paths(), 0u);
}

TEST_F(ModelTest, HidesTheRoutesOfWhoIsGone) {
  Options o;
  o.agents = 2;
  o.routes = 3;
  start(o);
  for (std::uint32_t i = 0; i < 3; ++i) model_->set_path(1, i, kPresent);
  const std::uint32_t held = expected(0, 4);
  model_->set_live(1, false);
  EXPECT_EQ(model_->visible(0), 0u);
  EXPECT_EQ(model_->live_paths(), 0u);
  EXPECT_FALSE(model_->set_path(1, 0, kAway));
  model_->set_live(1, true);
  EXPECT_EQ(model_->visible(0), 2u);
  EXPECT_EQ(expected(0, 4), held);
}

TEST_F(ModelTest, TakesAllThatTieAndOnlyThose) {
  Options o;
  o.agents = 3;
  o.routes = 1;
  o.ecmp = 3;
  start(o);
  model_->set_path(2, 0, kPresent);
  model_->set_path(0, 0, kPresent);
  model_->set_path(1, 0, kPresent);
  EXPECT_EQ(text(0, 0).find("127.16.0.1 label 16 "), 0u);
  EXPECT_NE(text(0, 0).find(" + 127.16.0.2 label 16 "), std::string::npos);
  EXPECT_NE(text(0, 0).find(" + 127.16.0.3 label 16 "), std::string::npos);
  EXPECT_NE(text(0, 0).find("security-groups 8000002,"), std::string::npos);  // the best path's: the lowest address
  EXPECT_TRUE(model_->set_path(1, 0, kPreferred));
  EXPECT_EQ(text(0, 0).find("127.16.0.2 label 16 "), 0u);
  EXPECT_EQ(text(0, 0).find(" + "), std::string::npos);
  EXPECT_NE(text(0, 0).find("local-preference 200 med 100"), std::string::npos);
  EXPECT_FALSE(model_->set_path(0, 0, kAway));  // nobody sees the worse paths
  EXPECT_TRUE(model_->set_path(1, 0, kAway));
  EXPECT_EQ(text(0, 0).find("127.16.0.3 label 16 "), 0u);
}

TEST_F(ModelTest, ShowsLeakedRoutesWithTheirNetwork) {
  Options o;
  o.agents = 3;
  o.instances = 3;
  o.routes = 2;
  o.leak = "ring:1";  // 0 shows 1's, 1 shows 2's, 2 shows 0's
  start(o);
  model_->set_path(1, 0, kPresent);  // agent 1 publishes into instance 1
  const std::uint32_t own = table_of(1, Family::kInet);
  const std::uint32_t into = table_of(0, Family::kInet);
  EXPECT_EQ(model_->visible(own), 1u);
  EXPECT_EQ(model_->visible(into), 1u);
  EXPECT_EQ(model_->visible(table_of(2, Family::kInet)), 0u);
  const std::uint32_t number = topology_->base(own);
  EXPECT_EQ(expected(into, topology_->slot_of(into, number)), expected(own, topology_->slot_of(own, number)));
  EXPECT_NE(text(own, topology_->slot_of(own, number)).find("[default-domain:demo:net1 "), std::string::npos);
}

TEST_F(ModelTest, MergesLeakedAndLocalPathsOfOnePrefix) {
  Options o;
  o.agents = 2;
  o.instances = 2;
  o.routes = 1;
  o.leak = "ring:1";
  o.overlap = true;
  start(o);
  model_->set_path(0, 0, kPresent);
  model_->set_path(1, 0, kPresent);
  for (const std::uint32_t table : {table_of(0, Family::kInet), table_of(1, Family::kInet)}) {
    EXPECT_EQ(model_->visible(table), 1u);
    EXPECT_NE(text(table, 0).find("127.16.0.1 label 16 [default-domain:demo:net0 "), std::string::npos);
    EXPECT_NE(text(table, 0).find("127.16.0.2 label 16 [default-domain:demo:net1 "), std::string::npos);
  }
  EXPECT_TRUE(model_->set_path(1, 0, kAway));
  EXPECT_EQ(text(table_of(1, Family::kInet), 0).find(" + "), std::string::npos);
}

TEST_F(ModelTest, LeaksOnOnlyWhatTiesForBestWhereItComesFrom) {
  Options o;
  o.agents = 3;
  o.instances = 3;
  o.routes = 1;
  o.leak = "hub";  // 1 and 2 see 0, which sees both
  o.overlap = true;
  start(o);
  const std::uint32_t hub = table_of(0, Family::kInet);
  const std::uint32_t spoke = table_of(2, Family::kInet);
  for (std::uint32_t p = 0; p < 3; ++p) model_->set_path(p, 0, kPresent);
  EXPECT_NE(text(spoke, 0).find("127.16.0.1 label 16 [default-domain:demo:net0 "), std::string::npos);
  EXPECT_TRUE(model_->set_path(1, 0, kPreferred));
  EXPECT_EQ(text(hub, 0).find("127.16.0.2 label 16 [default-domain:demo:net1 "), 0u);
  EXPECT_EQ(text(hub, 0).find(" + "), std::string::npos);
  // The hub's own route no longer is its best, so the other spoke loses it, although it never sees what replaced it.
  EXPECT_EQ(text(spoke, 0).find("127.16.0.3 label 16 [default-domain:demo:net2 "), 0u);
  EXPECT_EQ(text(spoke, 0).find(" + "), std::string::npos);
  EXPECT_TRUE(model_->set_path(1, 0, kAway));
  EXPECT_NE(text(spoke, 0).find("127.16.0.1 label 16 [default-domain:demo:net0 "), std::string::npos);
}

TEST_F(ModelTest, StampsEveryTableThatShowsTheRoute) {
  Options o;
  o.agents = 4;
  o.instances = 2;
  o.routes = 2;
  o.leak = "ring:1";
  start(o);
  model_->set_path(0, 1, kPresent);
  model_->stamp(0, 1, 77);
  const std::uint32_t number = topology_->base(0) + 1;
  for (const std::uint32_t table : {table_of(0, Family::kInet), table_of(1, Family::kInet)}) {
    const SlotState& s = model_->slots(table)[topology_->slot_of(table, number)];
    EXPECT_EQ(s.changed_at, 77);
    EXPECT_EQ(s.changer, 0u);
  }
  // A route that goes with its session was not sent, so nothing can be timed.
  model_->set_live(0, false);
  EXPECT_EQ(model_->slots(0)[topology_->slot_of(0, number)].changed_at, 0);
}

TEST(ValueStore, GivesEqualValuesEqualNumbers) {
  ValueStore values;
  const std::uint32_t detail = values.intern_text("d");
  const std::uint32_t attributes = values.intern_text("a");
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < 20000; ++i) numbers.push_back(values.intern(std::vector<NextHop>{{i % 100, i / 100, detail}}, attributes));
  for (std::uint32_t i = 0; i < 20000; ++i) {
    EXPECT_NE(numbers[i], kAbsent);
    ASSERT_EQ(values.intern(std::vector<NextHop>{{i % 100, i / 100, detail}}, attributes), numbers[i]);
  }
  EXPECT_EQ(std::set<std::uint32_t>(numbers.begin(), numbers.end()).size(), numbers.size());
  EXPECT_NE(values.intern(std::vector<NextHop>{{1, 0, detail}}, detail), numbers[1]);
  EXPECT_NE(values.intern(std::vector<NextHop>{{1, 0, detail}, {2, 0, detail}}, attributes), numbers[1]);
}

}  // namespace
}  // namespace signalbox::bench
