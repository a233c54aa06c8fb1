#include "configdb/live_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/configdb/rows.hpp"
#include "tests/unit/configdb/table_store.hpp"

namespace signalbox::configdb {
namespace {

using test::Row;
using test::row;
using test::TableStore;
using test::uuid_text;

class Mirror : public ObjectSink {
 public:
  void object_changed(const Object& object) override {
    names[object.uuid()] = std::string(object.name());
    told.push_back("+" + std::string(object.name()));
  }
  void object_deleted(const Uuid& id) override {
    told.push_back("-" + names[id]);
    names.erase(id);
  }
  std::vector<std::string> take() { return std::exchange(told, {}); }

  std::map<Uuid, std::string> names;
  std::vector<std::string> told;
};

class Watcher : public LiveObserver {
 public:
  void attention() override { due = true; }
  void read_complete() override { ++complete; }
  void audit_done(const AuditReport& report) override { audits.push_back(report); }
  void read_failed(std::string_view what, const core::Error& error) override { failed.push_back(std::string(what) + ": " + error.text); }
  void message_refused(const ChangeProblem& problem, std::string_view) override { refused.push_back(problem.text); }

  bool due = false;
  unsigned complete = 0;
  std::vector<AuditReport> audits;
  std::vector<std::string> failed, refused;
};

using Told = std::vector<std::string>;

class LiveSourceTest : public testing::Test {
 protected:
  void put(const Row& r) {
    test::Cells cells;
    ++clock_;
    for (const auto& [column, json] : r.columns) {
      const auto& old = store_.table[r.key];
      const auto same = old.find(column);
      cells[column] = same != old.end() && same->second.value == json ? same->second : test::Cell{json, clock_};
    }
    store_.table[r.key] = cells;
  }
  void put(unsigned n, const std::string& name, const std::string& property = "1") {
    put(row(n, "virtual_network", name).set("prop:x", property));
  }
  void remove(unsigned n) { store_.table.erase(uuid_text(n)); }
  void announce(const std::string& oper, unsigned n) {
    source_.message(R"({"oper":")" + oper + R"(","type":"virtual_network","uuid":")" + uuid_text(n) + R"(","fq_name":["x"]})");
  }
  // Until nothing is under way at this time.
  void settle() {
    do {
      watcher_.due = false;
      next_ = source_.run(now_);
      store_.drain();
    } while (watcher_.due);
  }
  void pass(core::Duration time) {
    now_ += time;
    settle();
  }
  // Goes to the time the source asks for.
  void until_next() {
    ASSERT_NE(next_, core::TimePoint::max());
    now_ = std::max(now_, next_);
    settle();
  }
  void start() {
    source_.bus_connected(true);
    settle();
    ASSERT_TRUE(source_.complete());
    mirror_.take();
  }

  std::int64_t clock_ = 1700000000000000;
  core::TimePoint now_{core::seconds(1000)};
  core::TimePoint next_{};
  TableStore store_{1};
  Mirror mirror_;
  Watcher watcher_;
  LiveSource source_{store_, mirror_, watcher_, {}};
};

TEST_F(LiveSourceTest, NothingIsReadBeforeTheQueueIsBound) {
  put(1, "a");
  settle();
  EXPECT_EQ(store_.scans, 0u);
  EXPECT_FALSE(source_.complete());
  source_.bus_connected(true);
  settle();
  EXPECT_EQ(mirror_.take(), Told{"+a"});
  EXPECT_TRUE(source_.complete());
  EXPECT_EQ(watcher_.complete, 1u);
  EXPECT_EQ(store_.audits, 0u);
}

TEST_F(LiveSourceTest, AMessageIsAHintToReadTheRow) {
  put(1, "a");
  put(2, "b");
  start();
  put(1, "a", "2");
  announce("UPDATE", 1);
  settle();
  EXPECT_EQ(mirror_.take(), Told{"+a"});
  announce("UPDATE", 1);  // nothing changed
  settle();
  EXPECT_EQ(mirror_.take(), Told{});
  announce("DELETE", 2);  // it is still there
  settle();
  EXPECT_EQ(mirror_.take(), Told{});
  remove(2);
  announce("UPDATE", 2);  // it is gone all the same
  announce("DELETE", 9);  // never heard of
  announce("CREATE", 10);
  settle();
  EXPECT_EQ(mirror_.take(), Told{"-b"});
  EXPECT_EQ(source_.counters().deletes_told, 1u);
}

TEST_F(LiveSourceTest, HintsForOneRowAreOneRead) {
  start();
  put(1, "a");
  for (int i = 0; i < 100; ++i) announce("UPDATE", 1);
  settle();
  EXPECT_EQ(store_.reads, 1u);
  EXPECT_EQ(mirror_.take(), Told{"+a"});
}

TEST_F(LiveSourceTest, AHintDuringTheReadIsNotLost) {
  start();
  put(1, "a", "1");
  announce("CREATE", 1);
  source_.run(now_);
  store_.step();  // the row is read ...
  put(1, "b", "2");
  announce("UPDATE", 1);  // ... and changes before the answer is there
  settle();
  EXPECT_EQ(mirror_.take(), (Told{"+a", "+b"}));
}

TEST_F(LiveSourceTest, WhatIsAnnouncedDuringTheScanIsReadAfterIt) {
  put(1, "a");
  source_.bus_connected(true);
  source_.run(now_);
  store_.step();  // the page is read
  put(1, "b");
  put(2, "c");
  announce("UPDATE", 1);
  announce("CREATE", 2);
  settle();
  Told told = mirror_.take();
  std::sort(told.begin() + 1, told.end());  // the scan may meet the new row
  EXPECT_EQ(told, (Told{"+a", "+b", "+c"}));
  EXPECT_EQ(watcher_.complete, 1u);
}

TEST_F(LiveSourceTest, EqualWriteTimesDoNotHideAChange) {
  put(1, "a", "1");
  start();
  store_.table[uuid_text(1)]["prop:x"].value = "2";  // two writers in one microsecond
  announce("UPDATE", 1);
  settle();
  EXPECT_EQ(mirror_.take(), Told{"+a"});
}

TEST_F(LiveSourceTest, MessagesThatAreNone) {
  put(1, "a");
  start();
  put(1, "b");
  announce("UPDATE", 1);
  source_.message("[1]");
  source_.message(R"({"oper":1})");
  source_.message("\xff\xfe");
  announce("RENAME", 1);  // does not push the update out
  settle();
  EXPECT_EQ(mirror_.take(), Told{"+b"});
  EXPECT_EQ(watcher_.refused.size(), 4u);
  EXPECT_EQ(source_.counters().messages, 5u);
  EXPECT_EQ(source_.counters().messages_malformed, 3u);
  EXPECT_EQ(source_.counters().messages_unusable, 1u);
}

TEST_F(LiveSourceTest, AnAuditFindsWhatALostQueueHeld) {
  put(1, "a");
  put(2, "b");
  put(3, "c");
  start();
  source_.bus_connected(false);
  settle();
  EXPECT_EQ(store_.audits, 0u);
  put(1, "a", "2");
  remove(2);
  put(4, "d");
  source_.bus_connected(true);
  settle();
  Told told = mirror_.take();
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told, (Told{"+a", "+d", "-b"}));
  ASSERT_EQ(watcher_.audits.size(), 1u);
  EXPECT_FALSE(watcher_.audits[0].periodic);
  EXPECT_EQ(watcher_.audits[0].different, 3u);
  EXPECT_EQ(watcher_.audits[0].found, 3u);
}

TEST_F(LiveSourceTest, APeriodicAuditFindsWhatNobodyAnnounced) {
  put(1, "a");
  put(2, "b");
  start();
  pass(core::seconds(599));
  EXPECT_EQ(store_.audits, 0u);
  put(1, "a", "2");
  remove(2);
  pass(core::seconds(1));
  EXPECT_EQ(store_.audits, 1u);
  EXPECT_EQ(mirror_.take(), Told{});  // a message may be on its way
  until_next();
  Told told = mirror_.take();
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told, (Told{"+a", "-b"}));
  ASSERT_EQ(watcher_.audits.size(), 1u);
  EXPECT_TRUE(watcher_.audits[0].periodic);
  EXPECT_EQ(watcher_.audits[0].found, 2u);
  pass(core::seconds(600));
  EXPECT_EQ(store_.audits, 2u);
  EXPECT_EQ(watcher_.audits.size(), 2u);
  EXPECT_EQ(watcher_.audits[1].different, 0u);
}

TEST_F(LiveSourceTest, WhatIsAnnouncedLateWasNotLost) {
  put(1, "a");
  start();
  pass(core::seconds(599));
  put(1, "a", "2");
  pass(core::seconds(1));
  announce("UPDATE", 1);
  settle();
  EXPECT_EQ(mirror_.take(), Told{"+a"});
  ASSERT_EQ(watcher_.audits.size(), 1u);
  EXPECT_EQ(watcher_.audits[0].different, 1u);
  EXPECT_EQ(watcher_.audits[0].found, 0u);
}

TEST_F(LiveSourceTest, WithoutAnIntervalThereIsNoPeriodicAudit) {
  source_.set_audit_interval(core::Duration::zero());
  start();
  EXPECT_EQ(next_, core::TimePoint::max());
}

TEST_F(LiveSourceTest, AnotherIntervalHoldsAtOnce) {
  start();
  source_.set_audit_interval(core::seconds(10));
  settle();
  pass(core::seconds(10));
  EXPECT_EQ(store_.audits, 1u);
  source_.set_audit_interval(core::Duration::zero());
  settle();
  EXPECT_EQ(next_, core::TimePoint::max());
}

TEST_F(LiveSourceTest, AuditsDoNotFollowOneAnotherAtOnce) {
  start();
  source_.bus_connected(true);
  settle();
  source_.bus_connected(true);
  settle();
  EXPECT_EQ(store_.audits, 1u);
  until_next();
  EXPECT_EQ(store_.audits, 2u);
}

TEST_F(LiveSourceTest, ColumnsThatAreNotKeptAreNoDifference) {
  put(1, "a");
  start();
  store_.table[uuid_text(1)]["META:latest_col_ts"] = {"null", 7};
  store_.table[uuid_text(1)]["backref:tag:" + uuid_text(2)] = {"null", 8};
  store_.table[uuid_text(3)]["children:tag:" + uuid_text(2)] = {"null", 9};
  source_.bus_connected(true);
  settle();
  ASSERT_EQ(watcher_.audits.size(), 1u);
  EXPECT_EQ(watcher_.audits[0].different, 0u);
}

TEST_F(LiveSourceTest, ABadRowLeavesTheLastGoodVersion) {
  put(1, "a");
  put(2, "b");
  put(row(3, "virtual_network", "c").set("prop:x", "{"));
  start();
  EXPECT_EQ(mirror_.names.size(), 2u);
  EXPECT_EQ(source_.rows().quarantined_count(), 1u);
  put(row(1, "virtual_network", "a").set("prop:x", "[1,"));
  announce("UPDATE", 1);
  settle();
  EXPECT_EQ(mirror_.take(), Told{});
  const auto listed = source_.rows().quarantined();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].uuid, uuid_text(1));
  EXPECT_EQ(listed[0].name, "a");
  EXPECT_EQ(listed[0].column, "prop:x");
  EXPECT_TRUE(listed[0].last_good_in_force);
  EXPECT_FALSE(listed[1].last_good_in_force);
  put(1, "a", "3");
  announce("UPDATE", 1);
  settle();
  EXPECT_EQ(mirror_.take(), Told{"+a"});
  remove(3);
  announce("DELETE", 3);
  settle();
  EXPECT_EQ(source_.rows().quarantined_count(), 0u);
}

TEST_F(LiveSourceTest, WhatIsLeftOfADeletedObjectIsNoObject) {
  put(1, "a");
  start();
  store_.table[uuid_text(1)] = {{"prop:id_perms", {"{}", 5}}};
  announce("DELETE", 1);
  settle();
  EXPECT_EQ(mirror_.take(), Told{"-a"});
  EXPECT_EQ(source_.rows().quarantined_count(), 1u);
}

TEST_F(LiveSourceTest, ADraftIsNoObject) {
  put(1, "a");
  start();
  put(row(1, "virtual_network", "a").set("prop:draft_mode_state", R"("updated")"));
  announce("UPDATE", 1);
  settle();
  EXPECT_EQ(mirror_.take(), Told{"-a"});
  EXPECT_EQ(source_.rows().quarantined_count(), 0u);
  put(1, "a");
  announce("UPDATE", 1);
  settle();
  EXPECT_EQ(mirror_.take(), Told{"+a"});
}

TEST_F(LiveSourceTest, KeysThatAreNoUuid) {
  Row bad = row(1, "virtual_network", "a");
  bad.key = "nonsense";
  put(bad);
  bad.key = "ABCDEF00-0000-4000-8000-000000000001";
  put(bad);
  start();
  EXPECT_EQ(mirror_.names.size(), 0u);
  EXPECT_EQ(source_.rows().quarantined_count(), 2u);
  source_.bus_connected(true);
  settle();
  EXPECT_EQ(watcher_.audits.at(0).different, 0u);
  EXPECT_EQ(source_.rows().quarantined_count(), 2u);
}

TEST_F(LiveSourceTest, AScanThatFailsIsBegunAgain) {
  put(1, "a");
  store_.failures_percent = 100;
  source_.bus_connected(true);
  settle();
  EXPECT_EQ(watcher_.failed, Told{"all rows: the store says no"});
  until_next();
  EXPECT_EQ(watcher_.failed.size(), 2u);
  EXPECT_FALSE(source_.complete());
  store_.failures_percent = 0;
  until_next();
  EXPECT_TRUE(source_.complete());
  EXPECT_EQ(mirror_.take(), Told{"+a"});
}

TEST_F(LiveSourceTest, ARowThatCannotBeReadHoldsNoOtherBack) {
  put(1, "a");
  put(2, "b");
  start();
  put(1, "a", "2");
  put(2, "b", "2");
  store_.poison = uuid_text(1);
  announce("UPDATE", 1);
  announce("UPDATE", 2);
  settle();
  for (int i = 0; i < 3; ++i) until_next();
  EXPECT_EQ(mirror_.take(), Told{"+b"});
  ASSERT_EQ(source_.rows().quarantined().size(), 1u);
  EXPECT_EQ(source_.rows().quarantined()[0].reason, "cannot be read: the store says no");
  EXPECT_TRUE(source_.rows().quarantined()[0].last_good_in_force);
  store_.poison.clear();
  until_next();
  EXPECT_EQ(mirror_.take(), Told{"+a"});
  EXPECT_EQ(source_.rows().quarantined_count(), 0u);
}

TEST_F(LiveSourceTest, ReinitializeKeepsWhatIsThereAndSweepsAtTheEnd) {
  put(1, "a");
  put(2, "b");
  put(3, "c");
  start();
  remove(2);
  put(3, "c", "2");
  TableStore other(2);
  other.table = store_.table;
  source_.reinitialize(other);
  source_.run(now_);
  EXPECT_FALSE(source_.complete());
  EXPECT_EQ(other.scans, 0u);
  source_.bus_connected(true);
  source_.run(now_);
  EXPECT_EQ(mirror_.names.size(), 3u);
  while (!source_.complete()) {
    other.drain();
    source_.run(now_);
  }
  EXPECT_EQ(mirror_.take(), (Told{"+c", "-b"}));
  EXPECT_EQ(watcher_.complete, 2u);
  EXPECT_TRUE(store_.idle());
  source_.reinitialize(store_);  // `other` goes first
}

TEST_F(LiveSourceTest, ALargeRowIsAuditedByWhatAnAuditSees) {
  put(1, "a");
  start();
  LiveRows rows(mirror_);
  const StoredColumn read[] = {{"fq_name", R"(["b"])", 5}, {"type", "\"tag\"", 5}};
  const StoredColumn times[] = {{"fq_name", "", 5}, {"prop:huge", "", 6}, {"type", "", 5}};
  rows.begin_pass();
  EXPECT_EQ(rows.take(uuid_text(2), read, true), LiveRows::Verdict::kQuarantined);
  rows.begin_pass();
  EXPECT_TRUE(rows.differs(uuid_text(2), times, false));
  EXPECT_EQ(rows.take(uuid_text(2), read, true), LiveRows::Verdict::kQuarantined);
  rows.begin_pass();
  EXPECT_FALSE(rows.differs(uuid_text(2), times, false));
  EXPECT_TRUE(rows.unseen().empty());
}

}  // namespace
}  // namespace signalbox::configdb
