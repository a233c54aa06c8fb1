// Everything in any order: rows written and deleted, messages late, lost, twice, the queue gone, the store failing, all read anew. When quiet
// has come, and an audit has passed, the sink holds what the table holds; where nothing was lost, without an audit.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "configdb/live_source.hpp"
#include "tests/unit/configdb/rows.hpp"
#include "tests/unit/configdb/table_store.hpp"

namespace signalbox::configdb {
namespace {

using test::Cells;
using test::TableStore;
using test::uuid;
using test::uuid_text;

constexpr unsigned kObjects = 12;

// The object that the row is, if it is one.
std::optional<Digest> digest_of(const std::string& key, const Cells& cells) {
  RowParser parser;
  parser.begin(key, {});
  for (const auto& [column, cell] : cells) parser.column(column, cell.value, cell.written);
  return parser.finish() == RowOutcome::kObject ? std::optional(parser.object().digest()) : std::nullopt;
}

bool is_bad(const std::string& key, const Cells& cells) {
  RowParser parser;
  parser.begin(key, {});
  for (const auto& [column, cell] : cells) parser.column(column, cell.value, cell.written);
  return parser.finish() == RowOutcome::kBad && cells.contains("type");
}

class Mirror : public ObjectSink {
 public:
  void object_changed(const Object& object) override { digests[object.uuid()] = object.digest(); }
  void object_deleted(const Uuid& id) override { ASSERT_EQ(digests.erase(id), 1u) << "deleted what was not there"; }

  std::map<Uuid, Digest> digests;
};

class World : public LiveObserver {
 public:
  explicit World(std::uint64_t seed) : random_(seed), store_(seed + 1), reliable_(seed % 2 == 0), source_(store_, mirror_, *this, {}) {
    if (reliable_) source_.set_audit_interval(core::Duration::zero());
    store_.failures_percent = draw(2) ? 0 : 5;
  }

  void run() {
    for (unsigned n = 1; n <= kObjects; ++n) {
      if (draw(2)) write(n);
    }
    unpublished_.clear();
    for (int i = 0; i < 400; ++i) {
      act();
      if (draw(2)) tick(core::milliseconds(draw(500)));
    }
    quiet();
    check("at the end");
  }

  // LiveObserver
  void attention() override {}
  void read_complete() override { ++completions_; }
  void audit_done(const AuditReport&) override { ++audits_; }
  void read_failed(std::string_view, const core::Error&) override {}
  void message_refused(const ChangeProblem&, std::string_view) override {}

 private:
  std::size_t draw(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  void act() {
    switch (draw(16)) {
      case 0:
      case 1:
      case 2: return write(1 + static_cast<unsigned>(draw(kObjects)));
      case 3:
      case 4: return publish();
      case 5:
      case 6:
      case 7: return deliver();
      case 8: return connect();
      case 9: return disconnect();
      case 10:
        if (draw(10) != 0) return;
        source_.reinitialize(store_);
        connected_ = false;
        return;
      default: return store_.step();
    }
  }

  void tick(core::Duration time) {
    now_ += time;
    source_.run(now_);
  }

  void write(unsigned n) {
    const std::string key = uuid_text(n);
    ++stamp_;
    if (draw(4) == 0) {
      store_.table.erase(key);
      if (draw(4) == 0) store_.table[key]["META:latest_col_ts"] = {"null", stamp_};
      unpublished_.push_back({"DELETE", n});
      return;
    }
    Cells& cells = store_.table[key];
    if (cells.empty() || draw(8) == 0) {
      cells["type"] = {"\"virtual_network\"", stamp_};
      cells["fq_name"] = {"[\"n" + std::to_string(n) + "\"]", stamp_};
    }
    const std::string column = "prop:p" + std::to_string(draw(3));
    switch (draw(8)) {
      case 0: cells.erase(column); break;
      case 1: cells["prop:bad"] = {"{", stamp_}; break;
      case 2: cells["prop:draft_mode_state"] = {"\"created\"", stamp_}; break;
      default:
        cells[column] = {std::to_string(draw(5)), stamp_};
        cells.erase("prop:bad");
        cells.erase("prop:draft_mode_state");
    }
    if (const auto digest = digest_of(key, cells)) versions_[uuid(n)].insert({digest->first, digest->second});
    // Some changes are never announced.
    if (reliable_ || draw(10) != 0) unpublished_.push_back({"UPDATE", n});
  }

  // A message reaches the queue, or is lost, in any order, once or twice.
  void publish() {
    if (unpublished_.empty()) return;
    const std::size_t at = draw(unpublished_.size());
    const auto [oper, n] = unpublished_[at];
    unpublished_.erase(unpublished_.begin() + static_cast<std::ptrdiff_t>(at));
    if (!queue_ || (!reliable_ && draw(10) == 0)) return;
    queue_->push_back(R"({"oper":")" + oper + R"(","type":"virtual_network","uuid":")" + uuid_text(n) + R"(","fq_name":["x"]})");
    if (draw(5) == 0) queue_->push_back(queue_->back());
    if (draw(5) == 0) queue_->push_back("[]");
  }

  void deliver() {
    if (!connected_ || queue_->empty()) return;
    source_.message(queue_->front());
    queue_->pop_front();
  }

  void connect() {
    if (connected_) return;
    connected_ = true;
    const bool kept = queue_.has_value();
    if (!kept) queue_.emplace();
    source_.bus_connected(!kept);
  }

  void disconnect() {
    connected_ = false;
    if (!reliable_ && draw(2)) queue_.reset();
  }

  // No more writes; what was lost is left to the audits.
  void quiet() {
    connect();
    while (reliable_ && !unpublished_.empty()) publish();
    store_.failures_percent = 0;
    while (!queue_->empty()) deliver();
    const unsigned wanted = audits_ + 2;
    bool resting = false;
    for (int rounds = 0; !resting; ++rounds) {
      ASSERT_LT(rounds, 100) << "does not come to rest: " << source_.doing();
      store_.drain();
      const core::TimePoint next = source_.run(now_);
      if (store_.idle() && next != core::TimePoint::max()) now_ = std::max(now_, next);
      // Without audits nothing is left to be done then.
      resting = source_.complete() && !source_.reading() && (reliable_ ? next == core::TimePoint::max() : audits_ >= wanted);
    }
    ASSERT_GE(completions_, 1u);
  }

  void check(const char* when) {
    for (unsigned n = 1; n <= kObjects; ++n) {
      const auto row = store_.table.find(uuid_text(n));
      const auto told = mirror_.digests.find(uuid(n));
      const bool is_told = told != mirror_.digests.end();
      if (row != store_.table.end() && is_bad(row->first, row->second)) {
        // Kept out; an earlier version may be in force.
        if (is_told) {
          EXPECT_TRUE(versions_[uuid(n)].contains({told->second.first, told->second.second})) << when << n;
        }
        continue;
      }
      const auto digest = row == store_.table.end() ? std::nullopt : digest_of(row->first, row->second);
      ASSERT_EQ(is_told, digest.has_value()) << when << " object " << n;
      if (digest) {
        ASSERT_EQ(told->second, *digest) << when << " object " << n;
      }
    }
  }

  std::mt19937_64 random_;
  TableStore store_;
  const bool reliable_;
  Mirror mirror_;
  std::int64_t stamp_ = 1700000000000000;
  core::TimePoint now_{core::seconds(1000)};
  std::vector<std::pair<std::string, unsigned>> unpublished_;
  std::optional<std::deque<std::string>> queue_;
  std::map<Uuid, std::set<std::pair<std::uint64_t, std::uint64_t>>> versions_;
  bool connected_ = false;
  unsigned completions_ = 0, audits_ = 0;
  LiveSource source_;
};

TEST(LiveSourceRandom, TheSinkEndsAsTheTable) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    World world(seed);
    world.run();
    if (testing::Test::HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace signalbox::configdb
