// A partition between messages in and messages out: who is told what, encoded how often.
#include "bgp/rib/partition.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace signalbox::bgp {
namespace {

using core::Family;

constexpr core::InstanceId kBlue{1}, kRed{2};

// Bodies as text: "+PREFIX=LABEL/NETWORK ..." or "-PREFIX ...".
class TextEncoder final : public Encoder {
 public:
  void configure(const SelfConfig&, const GlobalConfig&) override {}
  void open_body(Family, std::string_view) override { text_.clear(); }
  void add_item(const core::Prefix& prefix, std::span<const ExportedPath> paths) override {
    text_ += " +" + prefix.to_string();
    for (const ExportedPath& path : paths) text_ += "=" + std::to_string(path.label) + "/" + std::string(path.origin_vn);
    ++items;
  }
  void add_retract(const core::Prefix& prefix) override { text_ += " -" + prefix.to_string(); }
  core::ChunkPtr close_body() override {
    ++bodies;
    return core::ChunkPtr::copy_of(text_);
  }

  unsigned items = 0;
  unsigned bodies = 0;

 private:
  std::string text_;
};

class PartitionTest : public ::testing::Test, private PartitionOutput {
 protected:
  PartitionTest() : partition_(0, 1, encoder_, *this) { configure(false); }

  // blue exports target 1 and imports it, red imports target 2 and, with `leak`, target 1.
  void configure(bool leak) {
    auto config = std::make_shared<Config>();
    config->version = ++version_;
    config->self.present = true;
    config->self.identifier = 0x7f000001;
    config->self.autonomous_system = config->self.local_autonomous_system = 64512;
    add(*config, core::kMasterInstance, 0, kMasterInstanceName, {}, {}, 0);
    add(*config, kBlue, 1, "blue", {1}, {1}, 5);
    add(*config, kRed, 2, "red", leak ? std::vector<std::uint32_t>{1, 2} : std::vector<std::uint32_t>{2}, {2}, 6);
    config->vn_names = {{5, "vn-blue"}, {6, "vn-red"}};
    partition_.handle(ConfigPtr(std::move(config)));
    run();
  }

  void join(std::uint32_t peer, core::InstanceId instance, bool wants_routes = true) {
    JoinInstance j;
    j.peer = std::make_shared<const PeerInfo>(PeerInfo{core::PeerId(peer), "agent-" + std::to_string(peer), {}});
    j.shard = core::ShardId(0);
    j.instance = instance;
    j.join = ++joins_;
    j.wants_routes = wants_routes;
    partition_.handle(std::move(j));
  }
  void leave(std::uint32_t peer, core::InstanceId instance) { partition_.handle(LeaveInstance{core::PeerId(peer), instance}); }

  void publish(std::uint32_t peer, core::InstanceId instance, const std::string& prefix, std::uint32_t label, bool withdraw = false) {
    core::RouteBatch batch;
    core::RouteChange c;
    c.instance = instance;
    c.peer = core::PeerId(peer);
    c.withdraw = withdraw;
    c.prefix = *core::Prefix::parse(prefix);
    c.next_hop = *core::IpAddress::parse("127.0.0." + std::to_string(peer));
    c.label = label;
    core::AttributeBuilder attributes;
    attributes.header.local_pref = 100;
    attributes.append_to(batch.attribute_bytes);
    c.attributes_size = static_cast<std::uint32_t>(batch.attribute_bytes.size());
    c.attributes_hash = core::hash_bytes(batch.attribute_bytes);
    batch.changes.push_back(c);
    partition_.handle(std::move(batch));
  }
  void withdraw(std::uint32_t peer, core::InstanceId instance, const std::string& prefix) { publish(peer, instance, prefix, 0, true); }

  // Lets all that is due be done, time included.
  void run() {
    struct : WorkBudget {
      bool spent() override { return false; }
    } unlimited;
    for (core::TimePoint next = now_; next != core::TimePoint::max();) {
      now_ = std::max(now_, next);
      next = partition_.run(now_, unlimited);
    }
  }

  // What a member with this peer number has been told since it was asked last, and acknowledges it.
  std::string told(std::uint32_t peer, core::InstanceId instance) {
    const std::uint64_t ticket = tickets_.at({peer, instance.value});
    std::string text;
    for (std::size_t& at = read_[{peer, instance.value}]; at < chunks_.size(); ++at) {
      const FeedChunk& c = chunks_[at];
      if (c.instance == instance && c.first_ticket <= ticket && ticket <= c.last_ticket) text += c.body->bytes();
    }
    return text;
  }

  core::TimePoint now_{core::seconds(100)};
  TextEncoder encoder_;
  std::vector<FeedChunk> chunks_;

 private:
  void to_shard(core::ShardId, FromPartition message) override {
    if (auto* joined = std::get_if<Joined>(&message)) tickets_[{joined->peer.value, joined->instance.value}] = joined->ticket;
    if (auto* chunk = std::get_if<FeedChunk>(&message)) chunks_.push_back(std::move(*chunk));
  }

  static void add(Config& config, core::InstanceId id, std::uint32_t index, const std::string& name, std::vector<std::uint32_t> imports,
                  std::vector<std::uint32_t> exports, std::uint32_t vn_index) {
    auto instance = std::make_shared<InstanceConfig>();
    instance->id = id;
    instance->index = index;
    instance->name = name;
    for (const std::uint32_t n : imports) instance->imports.push_back(core::RouteTarget::two_octet_as(64512, n));
    for (const std::uint32_t n : exports) instance->exports.push_back(core::RouteTarget::two_octet_as(64512, n));
    instance->vn_index = vn_index;
    config.by_name[name] = id;
    config.instances[id] = std::move(instance);
  }

  Partition partition_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> tickets_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> read_;
  std::uint64_t version_ = 0;
  std::uint32_t joins_ = 0;
};

TEST_F(PartitionTest, ARouteIsToldToItsPublisherAndAllOthers) {
  join(1, kBlue);
  join(2, kBlue);
  run();
  publish(1, kBlue, "10.1.1.1/32", 17);
  run();
  EXPECT_EQ(told(1, kBlue), " +10.1.1.1/32=17/vn-blue");
  EXPECT_EQ(told(2, kBlue), " +10.1.1.1/32=17/vn-blue");
  EXPECT_EQ(encoder_.items, 1u) << "encoded once";
  withdraw(1, kBlue, "10.1.1.1/32");
  run();
  EXPECT_EQ(told(2, kBlue), " -10.1.1.1/32");
}

TEST_F(PartitionTest, ThousandThatJoinTogetherShareOneWalkAndOneEncoding) {
  constexpr unsigned kRoutes = 200, kAgents = 1000;
  join(1, kBlue);
  for (unsigned i = 0; i < kRoutes; ++i) publish(1, kBlue, "10.1.1." + std::to_string(i) + "/32", i + 16);
  run();
  const unsigned items = encoder_.items, bodies = encoder_.bodies;
  for (unsigned peer = 100; peer < 100 + kAgents; ++peer) join(peer, kBlue);
  run();
  EXPECT_EQ(encoder_.items - items, kRoutes);
  EXPECT_EQ(encoder_.bodies - bodies, (kRoutes + ExportGroup::kItemsPerBody - 1) / ExportGroup::kItemsPerBody);
  const std::string all = told(100, kBlue);
  for (unsigned i = 0; i < kRoutes; ++i) EXPECT_NE(all.find("+10.1.1." + std::to_string(i) + "/32="), std::string::npos) << i;
  EXPECT_EQ(told(100 + kAgents - 1, kBlue), all);
}

TEST_F(PartitionTest, APublishOnlyMemberIsToldNothing) {
  join(1, kBlue, false);
  publish(1, kBlue, "10.1.1.1/32", 17);
  run();
  EXPECT_TRUE(chunks_.empty());
  join(2, kBlue);
  run();
  EXPECT_EQ(told(2, kBlue), " +10.1.1.1/32=17/vn-blue");
}

TEST_F(PartitionTest, AnIdenticalPublishChangesNothing) {
  join(1, kBlue);
  publish(1, kBlue, "10.1.1.1/32", 17);
  run();
  told(1, kBlue);
  publish(1, kBlue, "10.1.1.1/32", 17);
  run();
  EXPECT_EQ(told(1, kBlue), "");
  publish(1, kBlue, "10.1.1.1/32", 18);
  run();
  EXPECT_EQ(told(1, kBlue), " +10.1.1.1/32=18/vn-blue");
}

TEST_F(PartitionTest, SeveralPublishersOfAPrefixShareTheLoad) {
  join(1, kBlue);
  join(2, kBlue);
  run();
  publish(1, kBlue, "10.1.1.1/32", 17);
  publish(2, kBlue, "10.1.1.1/32", 27);
  run();
  EXPECT_EQ(told(1, kBlue), " +10.1.1.1/32=17/vn-blue=27/vn-blue");
}

TEST_F(PartitionTest, TargetsLeakAndStopLeakingWhileRoutesArePresent) {
  join(1, kBlue);
  join(2, kRed);
  publish(1, kBlue, "10.1.1.1/32", 17);
  run();
  EXPECT_EQ(told(2, kRed), "");
  configure(true);
  EXPECT_EQ(told(2, kRed), " +10.1.1.1/32=17/vn-blue") << "with the network it comes from";
  configure(false);
  EXPECT_EQ(told(2, kRed), " -10.1.1.1/32");
  EXPECT_NE(told(1, kBlue), "");
}

TEST_F(PartitionTest, LeavingTakesTheMembersRoutesWithIt) {
  configure(true);
  join(1, kBlue);
  join(2, kBlue);
  join(3, kRed);
  publish(1, kBlue, "10.1.1.1/32", 17);
  publish(1, kBlue, "10.1.1.2/32", 18);
  publish(2, kBlue, "10.1.1.2/32", 28);
  run();
  told(2, kBlue);
  told(3, kRed);
  const std::size_t before = chunks_.size();
  leave(1, kBlue);
  run();
  EXPECT_EQ(told(2, kBlue), " +10.1.1.2/32=28/vn-blue -10.1.1.1/32");
  EXPECT_EQ(told(3, kRed), " +10.1.1.2/32=28/vn-blue -10.1.1.1/32");
  EXPECT_EQ(chunks_.size(), before + 4) << "items and retracts are never mixed";
}

TEST_F(PartitionTest, WhatComesAfterLeavingIsIgnored) {
  join(1, kBlue);
  join(2, kBlue);
  run();
  leave(1, kBlue);
  publish(1, kBlue, "10.1.1.1/32", 17);
  run();
  EXPECT_EQ(told(2, kBlue), "");
}

TEST_F(PartitionTest, ChangesThatCancelEachOtherAreNotTold) {
  join(1, kBlue);
  run();
  publish(1, kBlue, "10.1.1.1/32", 17);
  withdraw(1, kBlue, "10.1.1.1/32");
  run();
  EXPECT_EQ(told(1, kBlue), "");
}

}  // namespace
}  // namespace signalbox::bgp
