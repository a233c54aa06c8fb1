// Agents' requests against the matrices of spec/xmpp.md 2.2 and 2.5: done, remembered, dropped, or answered by closing the session.
#include "tests/unit/control/agent_fixture.hpp"

namespace signalbox::control {
namespace {

using xmpp::CloseReason;
using Said = std::vector<std::string>;

// ---- 2.2, instance unknown

TEST_F(AgentTest, SubscriptionToAnUnknownInstanceWaitsForIt) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kRed)});
  EXPECT_EQ(said(), Said{});
  configure({{kBlue, 1}, {kRed, 2}});
  EXPECT_EQ(said(), Said{"join 2"});
  EXPECT_EQ(output_.last_join.agent_instance_id, 1u);
}

TEST_F(AgentTest, ASecondSubscriptionWhileOneWaitsCloses) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kRed), subscription(kRed)});
  EXPECT_EQ(agent->reason, CloseReason::kProtocolError);
  EXPECT_NE(agent->detail.find(kRed), std::string::npos);
}

TEST_F(AgentTest, UnsubscribingCancelsWhatWaits) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kRed)});
  send(*agent, publication(kRed));
  send(*agent, {unsubscription(kRed)});
  configure({{kBlue, 1}, {kRed, 2}});
  EXPECT_EQ(said(), Said{});
  EXPECT_EQ(agent->reason, CloseReason::kNone);
}

TEST_F(AgentTest, UnsubscribingFromAnUnknownInstanceCloses) {
  AgentEnd* agent = connect();
  send(*agent, {unsubscription(kRed)});
  EXPECT_EQ(agent->reason, CloseReason::kProtocolError);
}

// ---- 2.2, instance being deleted

TEST_F(AgentTest, AnInstanceThatGoesTellsTheAgentNothing) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  said();
  configure({});
  EXPECT_EQ(said(), Said{});
  EXPECT_EQ(agent->reason, CloseReason::kNone);
}

TEST_F(AgentTest, SubscribingAnewToADeletedInstanceCloses) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  configure({});
  send(*agent, {subscription(kBlue)});
  EXPECT_EQ(agent->reason, CloseReason::kProtocolError);
}

TEST_F(AgentTest, UnsubscribingFromADeletedInstanceIsDone) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  configure({});
  said();
  send(*agent, {unsubscription(kBlue)});
  EXPECT_EQ(said(), Said{"leave 1"});
  EXPECT_EQ(agent->reason, CloseReason::kNone);
}

TEST_F(AgentTest, AnInstanceMadeAnewIsAnotherOne) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  configure({});
  configure({{kBlue, 9}});
  said();
  send(*agent, {unsubscription(kBlue), subscription(kBlue)});
  EXPECT_EQ(said(), (Said{"leave 1", "join 9"}));
}

// ---- 2.2, instance active

TEST_F(AgentTest, SubscribingJoins) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  EXPECT_EQ(said(), Said{"join 1"});
}

TEST_F(AgentTest, PublishOnlySubscriptionJoinsWithoutRoutes) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue, true)});
  EXPECT_EQ(said(), Said{"join 1 no-ribout"});
}

TEST_F(AgentTest, SubscribingTwiceCloses) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue), subscription(kBlue)});
  EXPECT_EQ(agent->reason, CloseReason::kProtocolError);
}

TEST_F(AgentTest, UnsubscribingWithoutSubscriptionCloses) {
  AgentEnd* agent = connect();
  send(*agent, {unsubscription(kBlue)});
  EXPECT_EQ(agent->reason, CloseReason::kProtocolError);
}

TEST_F(AgentTest, UnsubscribingAndSubscribingJoinsAnew) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  const std::uint32_t first = output_.last_join.join;
  said();
  send(*agent, {unsubscription(kBlue), subscription(kBlue)});
  EXPECT_EQ(said(), (Said{"leave 1", "join 1"}));
  EXPECT_NE(output_.last_join.join, first);
}

TEST_F(AgentTest, ASessionThatEndsLeavesItsInstances) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue), subscription(kRed)});
  said();
  agent->session->peer_resets();
  settle(*agent);
  EXPECT_EQ(said(), Said{"leave 1"}) << "of the one that waits nobody knows";
  EXPECT_EQ(hub_.sessions(), 0u);
}

// ---- 2.4 and 2.5

TEST_F(AgentTest, APublishIsDoneWithItsCollection) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  said();
  const auto both = publication(kBlue);
  send(*agent, {both[0]});
  EXPECT_EQ(said(), Said{}) << "the second half may come with a later read";
  send(*agent, {both[1]});
  EXPECT_EQ(said(), Said{"route 1 10.1.1.1/32"});
  send(*agent, publication(kBlue, true));
  EXPECT_EQ(said(), Said{"withdraw 1 10.1.1.1/32"});
}

TEST_F(AgentTest, ACollectionOfAnotherNodeIsIgnored) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  said();
  auto both = publication(kBlue);
  both[1].node += "x";
  send(*agent, both);
  EXPECT_EQ(said(), Said{});
  EXPECT_EQ(agent->reason, CloseReason::kNone);
}

TEST_F(AgentTest, ACollectionUsesAPublishUp) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  said();
  const auto both = publication(kBlue);
  send(*agent, {both[0], both[1], both[1]});
  EXPECT_EQ(said(), Said{"route 1 10.1.1.1/32"});
}

TEST_F(AgentTest, PublishingWithoutSubscriptionCloses) {
  for (const char* instance : {kBlue, kRed, bgp::kMasterInstanceName}) {
    for (const bool withdraw : {false, true}) {
      AgentEnd* agent = connect();
      send(*agent, publication(instance, withdraw));
      EXPECT_EQ(agent->reason, CloseReason::kProtocolError) << instance << (withdraw ? " withdraw" : " add");
      EXPECT_EQ(said(), Said{});
    }
  }
}

TEST_F(AgentTest, PublishingAfterUnsubscribingCloses) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue), unsubscription(kBlue)});
  send(*agent, publication(kBlue, true));
  EXPECT_EQ(agent->reason, CloseReason::kProtocolError);
}

TEST_F(AgentTest, WhatIsPublishedWhileTheInstanceIsToComeIsReplayedInOrder) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kRed)});
  send(*agent, publication(kRed, false, "10.1.1.1/32"));
  send(*agent, publication(kRed, false, "10.1.1.1/32"));
  send(*agent, publication(kRed, true, "10.1.1.1/32"));
  EXPECT_EQ(said(), Said{});
  configure({{kBlue, 1}, {kRed, 2}});
  EXPECT_EQ(said(), (Said{"join 2", "route 2 10.1.1.1/32", "route 2 10.1.1.1/32", "withdraw 2 10.1.1.1/32"}));
}

TEST_F(AgentTest, ADeletedInstanceTakesWithdrawalsOnly) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  configure({});
  said();
  send(*agent, publication(kBlue, true));
  EXPECT_EQ(said(), Said{"withdraw 1 10.1.1.1/32"});
  send(*agent, publication(kBlue));
  EXPECT_EQ(agent->reason, CloseReason::kProtocolError);
}

TEST_F(AgentTest, ABadItemIsDroppedBeforeMembershipCounts) {
  AgentEnd* agent = connect();
  auto bad_prefix = publication(kBlue);
  bad_prefix[0].bad_prefix = true;
  auto no_next_hop = publication(kBlue);
  no_next_hop[0].has_next_hop = false;
  send(*agent, bad_prefix);
  send(*agent, no_next_hop);
  EXPECT_EQ(agent->reason, CloseReason::kNone);
  EXPECT_EQ(said(), Said{});
}

TEST_F(AgentTest, ABadNextHopOrLabelCountsAfterMembership) {
  for (const bool subscribed : {true, false}) {
    for (const bool bad_label : {true, false}) {
      AgentEnd* agent = connect();
      if (subscribed) send(*agent, {subscription(kBlue)});
      said();
      auto both = publication(kBlue);
      (bad_label ? both[0].path.label : both[0].path.local_preference) = 0;
      if (!bad_label) both[0].path.next_hop = "0.0.0.0";
      send(*agent, both);
      EXPECT_EQ(agent->reason, subscribed ? CloseReason::kNone : CloseReason::kProtocolError);
      EXPECT_EQ(said(), Said{});
    }
  }
}

TEST_F(AgentTest, ASubscriptionWithoutInstanceIdCannotPublish) {
  AgentEnd* agent = connect();
  auto s = subscription(kBlue);
  s.has_options = false;
  send(*agent, {s});
  send(*agent, publication(kBlue));
  EXPECT_EQ(agent->reason, CloseReason::kProtocolError);
}

TEST_F(AgentTest, ADefaultInstanceTakesNoEvpnRoutes) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(bgp::kMasterInstanceName)});
  send(*agent, publication(bgp::kMasterInstanceName, false, "10.1.1.1/32", "25/242"));
  EXPECT_EQ(agent->reason, CloseReason::kProtocolError);
}

TEST_F(AgentTest, AnUnknownFamilyIsIgnored) {
  AgentEnd* agent = connect();
  send(*agent, publication(kBlue, false, "10.1.1.1/32", "7/7"));
  EXPECT_EQ(agent->reason, CloseReason::kNone);
}

TEST_F(AgentTest, RequestsOfTheConfigurationChannelAreNotRoutes) {
  AgentEnd* agent = connect();
  sim::Stanza s;
  s.kind = sim::Stanza::Kind::kConfigChannel;
  send(*agent, {s});
  EXPECT_EQ(agent->reason, CloseReason::kNone);
  EXPECT_EQ(said(), Said{});
}

TEST_F(AgentTest, WhatCannotBeDecodedCloses) {
  AgentEnd* agent = connect();
  sim::Stanza s;
  s.kind = sim::Stanza::Kind::kMalformed;
  send(*agent, {s});
  EXPECT_EQ(agent->reason, CloseReason::kUndecodable);
}

// ---- sessions

TEST_F(AgentTest, ANameThatIsTakenIsRefused) {
  const AgentEnd* agent = connect(false);
  EXPECT_EQ(agent->reason, CloseReason::kDuplicateName);
  EXPECT_EQ(hub_.sessions(), 0u);
}

TEST_F(AgentTest, ACongestedPartitionStopsReadingUntilItHasCaughtUp) {
  AgentEnd* agent = connect();
  output_.congested_partition = 1;
  send(*agent, {subscription(kBlue)});
  EXPECT_TRUE(agent->session->reading_paused());
  output_.congested_partition = ~0u;
  settle(*agent);
  EXPECT_FALSE(agent->session->reading_paused());
}

TEST_F(AgentTest, ARouteCarriesNextHopLabelAndTheAgentsDistinguisher) {
  AgentEnd* agent = connect();
  send(*agent, {subscription(kBlue)});
  send(*agent, publication(kBlue));
  ASSERT_EQ(output_.last_batch.changes.size(), 1u);
  const core::RouteChange& c = output_.last_batch.changes[0];
  EXPECT_EQ(c.next_hop.to_string(), "127.0.0.11");
  EXPECT_EQ(c.label, 17u);
  EXPECT_EQ(c.source_rd.to_string(), "127.0.0.11:1");
  EXPECT_EQ(c.attributes_hash, core::hash_bytes(output_.last_batch.attributes(c)));
}

}  // namespace
}  // namespace signalbox::control
