#include "bgp/export/feed.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::bgp {
namespace {

constexpr core::InstanceId kInstance{5};
constexpr std::uint64_t kEverybody = ~0ull;

class FeedTest : public ::testing::Test {
 protected:
  Feed& feed() { return set_.feed(1, kInstance); }
  // Returns how many readers it is for.
  unsigned push(std::uint64_t number, const std::string& text, std::uint64_t first = 0, std::uint64_t last = kEverybody) {
    unsigned ready = 0;
    feed().push(FeedChunk{1, kInstance, number, first, last, core::ChunkPtr::copy_of(text)}, now_, [&](FeedReader&) { ++ready; });
    return ready;
  }
  std::string take(FeedReader& reader) {
    const core::ChunkPtr body = feed().take(reader);
    return body ? std::string(body->bytes()) : std::string("-");
  }
  // The acknowledgements that are due now: "partition:through/bytes".
  std::vector<std::string> acknowledgements() {
    std::vector<std::string> sent;
    set_.acknowledge([&](unsigned partition, const FeedAck& ack) {
      EXPECT_EQ(ack.shard, core::ShardId(3));
      EXPECT_EQ(ack.instance, kInstance);
      sent.push_back(std::to_string(partition) + ":" + std::to_string(ack.through) + "/" + std::to_string(ack.bytes));
    });
    return sent;
  }

  core::TimePoint now_{core::seconds(100)};
  FeedSet set_{core::ShardId(3)};
  FeedReader a_, b_;
};

TEST_F(FeedTest, AReaderGetsWhatComesAfterItWasAttached) {
  feed().attach(a_, 1);
  EXPECT_EQ(push(1, "one"), 1u);
  feed().attach(b_, 2);
  EXPECT_EQ(push(2, "two"), 2u);
  EXPECT_EQ(take(a_), "one");
  EXPECT_EQ(take(a_), "two");
  EXPECT_EQ(take(a_), "-");
  EXPECT_EQ(take(b_), "two");
}

TEST_F(FeedTest, DumpsAreForTheirTicketsOnly) {
  feed().attach(a_, 1);
  feed().attach(b_, 2);
  EXPECT_EQ(push(1, "dump", 2, 7), 1u);
  EXPECT_EQ(push(2, "live"), 2u);
  EXPECT_TRUE(feed().has_more(a_));
  EXPECT_EQ(take(a_), "live");
  EXPECT_EQ(take(b_), "dump");
  EXPECT_EQ(take(b_), "live");
}

TEST_F(FeedTest, ABodyIsAcknowledgedWhenItsLastReaderIsPast) {
  feed().attach(a_, 1);
  feed().attach(b_, 2);
  push(1, "aaa");
  push(2, "bb");
  take(a_);
  take(a_);
  EXPECT_TRUE(acknowledgements().empty());
  take(b_);
  EXPECT_EQ(acknowledgements(), std::vector<std::string>{"1:1/3"});
  EXPECT_EQ(feed().bytes(), 2u);
  take(b_);
  EXPECT_EQ(acknowledgements(), std::vector<std::string>{"1:2/2"});
  EXPECT_EQ(feed().entries(), 0u);
}

TEST_F(FeedTest, ABodyNobodyReadsIsAcknowledgedAtOnce) {
  EXPECT_EQ(push(4, "nobody"), 0u);
  EXPECT_EQ(acknowledgements(), std::vector<std::string>{"1:4/6"});
  EXPECT_EQ(set_.find(1, kInstance), nullptr) << "a feed without readers is forgotten";
}

TEST_F(FeedTest, DetachingSaysWhatWasNotReadAndLetsItGo) {
  feed().attach(a_, 1);
  push(7, "x");
  push(8, "y");
  push(9, "z", 5, 5);
  take(a_);
  EXPECT_EQ(feed().detach(a_), 8u);
  EXPECT_EQ(a_.feed, nullptr);
  EXPECT_EQ(acknowledgements(), std::vector<std::string>{"1:9/3"});
}

TEST_F(FeedTest, DetachingWithoutUnreadBodiesNamesTheNextOne) {
  feed().attach(a_, 1);
  push(7, "x");
  take(a_);
  EXPECT_EQ(feed().detach(a_), 8u);
}

TEST_F(FeedTest, AnotherReadersBodiesStayWhenOneDetaches) {
  feed().attach(a_, 1);
  feed().attach(b_, 2);
  push(1, "one");
  feed().detach(a_);
  EXPECT_TRUE(acknowledgements().empty());
  EXPECT_EQ(take(b_), "one");
}

TEST_F(FeedTest, OverdueAreThoseWhoseNextBodyHasWaited) {
  feed().attach(a_, 1);
  feed().attach(b_, 2);
  push(1, "one");
  now_ += core::seconds(2);
  push(2, "two");
  take(b_);
  std::vector<FeedReader*> slow;
  feed().overdue(now_ - core::seconds(1), slow);
  EXPECT_EQ(slow, std::vector<FeedReader*>{&a_});
  slow.clear();
  feed().overdue(now_ - core::seconds(3), slow);
  EXPECT_TRUE(slow.empty());
  slow.clear();
  feed().overdue(now_ + core::seconds(1), slow);
  EXPECT_EQ(slow.size(), 2u);
}

TEST_F(FeedTest, AStragglerIsOneThatMostOthersHaveLeftBehind) {
  std::vector<FeedReader*> slow;
  FeedReader c{};
  feed().attach(a_, 1);
  feed().attach(b_, 2);
  feed().attach(c, 3);
  push(1, "one");
  push(2, "two");
  now_ += core::seconds(2);
  take(a_);
  feed().stragglers(now_, slow);
  EXPECT_TRUE(slow.empty()) << "two of three still want the first body, all three the second";
  take(b_);
  feed().stragglers(now_, slow);
  EXPECT_EQ(slow, std::vector<FeedReader*>{&c});
  slow.clear();
  feed().detach(a_);
  feed().detach(b_);
  feed().stragglers(now_, slow);
  EXPECT_EQ(slow, std::vector<FeedReader*>{&c}) << "the only reader of a shard may hold up those of others";
  feed().detach(c);
}

}  // namespace
}  // namespace signalbox::bgp
