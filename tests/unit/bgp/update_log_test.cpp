#include "bgp/export/update_log.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "bgp/rib/table.hpp"

namespace signalbox::bgp {
namespace {

class UpdateLogTest : public ::testing::Test {
 protected:
  RouteId make(unsigned n) {
    const auto prefix = core::Prefix::make(core::IpAddress::from_v4(0x0a000000 + n), 32);
    return routes_.make(1, RouteKey::of(prefix).view());
  }
  void append(RouteId id) {
    Route& route = routes_.at(id);
    const bool known = route.log_position < log_.end() && log_.at(route.log_position) == id;
    log_.append(id, route, known);
  }
  std::vector<RouteId> behind(UpdateLog::Position p) const {
    std::vector<RouteId> ids;
    for (; p < log_.end(); ++p) {
      if (log_.at(p)) ids.push_back(log_.at(p));
    }
    return ids;
  }

  RouteStore routes_;
  UpdateLog log_;
};

TEST_F(UpdateLogTest, KeepsOneEntryPerRouteAtItsLastChange) {
  const RouteId a = make(1), b = make(2), c = make(3);
  for (const RouteId id : {a, b, c, a}) append(id);
  EXPECT_EQ(behind(0), (std::vector<RouteId>{b, c, a}));
  EXPECT_EQ(log_.live(), 3u);
  EXPECT_EQ(log_.end(), 4u);
  log_.remove(routes_.at(c));
  EXPECT_EQ(behind(0), (std::vector<RouteId>{b, a}));
}

TEST_F(UpdateLogTest, CompactionKeepsWhatIsBehindEachCursor) {
  const RouteId a = make(1), b = make(2), c = make(3);
  for (const RouteId id : {a, b, c, a}) append(id);  // [hole] b c a
  UpdateLog::Position begin = 0, at_b = 1, at_a = 3, end = 4;
  std::vector<UpdateLog::Position*> cursors{&end, &at_a, &begin, &at_b};
  log_.compact(routes_, cursors);
  EXPECT_EQ(log_.end(), 3u);
  EXPECT_EQ(begin, 0u);
  EXPECT_EQ(at_b, 0u);
  EXPECT_EQ(at_a, 2u);
  EXPECT_EQ(end, 3u);
  EXPECT_EQ(routes_.at(a).log_position, 2u);
  append(b);
  EXPECT_EQ(behind(0), (std::vector<RouteId>{c, a, b}));
}

TEST_F(UpdateLogTest, WantsCompactionWhenMostIsHoles) {
  std::vector<RouteId> ids;
  for (unsigned n = 0; n < 40; ++n) ids.push_back(make(n));
  for (const RouteId id : ids) append(id);
  EXPECT_FALSE(log_.wants_compaction());
  for (const RouteId id : ids) append(id);
  EXPECT_FALSE(log_.wants_compaction()) << "few holes are not worth it";
  for (const RouteId id : ids) append(id);
  EXPECT_TRUE(log_.wants_compaction());
  std::vector<UpdateLog::Position*> none;
  log_.compact(routes_, none);
  EXPECT_FALSE(log_.wants_compaction());
  EXPECT_EQ(log_.end(), 40u);
}

TEST_F(UpdateLogTest, AnyHistoryCompactsToTheSameOrder) {
  std::mt19937 random(7);
  std::vector<RouteId> ids;
  for (unsigned n = 0; n < 50; ++n) ids.push_back(make(n));
  std::set<RouteId> there;
  std::vector<UpdateLog::Position> cursors(8, 0);
  for (unsigned step = 0; step < 5000; ++step) {
    const RouteId id = ids[random() % ids.size()];
    if (random() % 4 == 0 && there.erase(id)) {
      log_.remove(routes_.at(id));
      routes_.at(id).log_position = 0;
    } else {
      append(id);
      there.insert(id);
    }
    if (random() % 10 == 0) cursors[random() % cursors.size()] = static_cast<UpdateLog::Position>(random() % (log_.end() + 1));
    if (random() % 40 != 0) continue;
    std::vector<std::vector<RouteId>> before;
    std::vector<UpdateLog::Position*> pointers;
    for (UpdateLog::Position& c : cursors) {
      before.push_back(behind(c));
      pointers.push_back(&c);
    }
    log_.compact(routes_, pointers);
    ASSERT_EQ(log_.end(), there.size());
    for (std::size_t n = 0; n < cursors.size(); ++n) ASSERT_EQ(behind(cursors[n]), before[n]) << "cursor " << n << " in step " << step;
    for (const RouteId route : there) ASSERT_EQ(log_.at(routes_.at(route).log_position), route);
  }
}

}  // namespace
}  // namespace signalbox::bgp
