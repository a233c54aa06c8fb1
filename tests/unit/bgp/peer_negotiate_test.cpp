// What goes into OPEN, what a received one is checked for, and when End-of-RIB is due. spec/bgp.md 4, 6, 16.1
#include <gtest/gtest.h>

#include "bgp/peer/end_of_rib.hpp"
#include "bgp/peer/negotiate.hpp"
#include "bgp/wire/header.hpp"
#include "tests/unit/bgp/golden.hpp"

namespace signalbox::bgp::test {
namespace {

using core::seconds;

SessionTerms terms() {
  SessionTerms t;
  t.local_as = 64512;
  t.peer_as = 65001;
  t.local_identifier = ipv4("127.0.0.1");
  for (const auto f : {AddressFamily::kInet, AddressFamily::kInetVpn, AddressFamily::kInet6Vpn, AddressFamily::kRouteTarget,
                       AddressFamily::kEvpn, AddressFamily::kErmVpn}) {
    t.families.add(f);
  }
  return t;
}

Open from_peer() {
  Open open;
  open.autonomous_system = 65001;
  open.hold_time = 30;
  open.identifier = ipv4("10.0.0.1");
  open.multiprotocol = {{1, 128}, {25, 70}, {1, 2}, {1, 5}};
  return open;
}

TEST(BgpNegotiate, OpenOfAControlNode) { EXPECT_EQ(to_hex(encode(make_open(terms(), true))), to_hex(golden("open_plain"))); }

TEST(BgpNegotiate, OpenFollowsTheKnobs) {
  SessionTerms t = terms();
  t.local_as = 4200000000;
  EXPECT_EQ(make_open(t, false).autonomous_system, iana::kAsTrans);
  EXPECT_EQ(make_open(t, false).four_octet_as, std::nullopt);
  t.four_octet_as = true;
  EXPECT_EQ(make_open(t, false).four_octet_as, 4200000000u);
  EXPECT_EQ(make_open(t, false).graceful_restart, GracefulRestart{});
  t.graceful_restart = true;
  t.restart_time = 60;
  Open open = make_open(t, false);
  EXPECT_EQ(open.graceful_restart->time, 60);
  EXPECT_TRUE(open.graceful_restart->notification);
  EXPECT_FALSE(open.graceful_restart->restarting);
  EXPECT_EQ(open.graceful_restart->families.size(), 6u);
  EXPECT_EQ(open.long_lived_restart, std::nullopt);
  t.long_lived_restart_time = 300;
  open = make_open(t, false);
  ASSERT_EQ(open.long_lived_restart->families.size(), 6u);
  EXPECT_EQ(open.long_lived_restart->families[0].time, 300u);
}

TEST(BgpNegotiate, Agreement) {
  const auto agreed = negotiate(terms(), from_peer());
  ASSERT_TRUE(agreed);
  FamilySet both;
  both.add(AddressFamily::kInetVpn);
  both.add(AddressFamily::kEvpn);
  EXPECT_EQ(agreed->families, both);
  EXPECT_EQ(agreed->hold_time, 30);
  EXPECT_FALSE(agreed->four_octet_as);
}

TEST(BgpNegotiate, FourOctetAs) {
  SessionTerms t = terms();
  t.peer_as = 4200000000;
  Open open = from_peer();
  open.autonomous_system = iana::kAsTrans;
  open.four_octet_as = 4200000001;
  EXPECT_TRUE(negotiate(t, open)) << "without the knob the capability is not looked at";
  t.four_octet_as = true;
  EXPECT_EQ(negotiate(t, open).error(), Notification::of(iana::OpenError::kBadPeerAs));
  open.four_octet_as = 4200000000;
  EXPECT_TRUE(negotiate(t, open)->four_octet_as);
}

TEST(BgpNegotiate, Refusals) {
  const auto refused = [](auto change) {
    Open open = from_peer();
    change(open);
    const auto result = negotiate(terms(), open);
    return result ? Notification{} : result.error();
  };
  EXPECT_EQ(refused([](Open& o) { o.identifier = 0; }), Notification::of(iana::OpenError::kBadIdentifier));
  EXPECT_EQ(refused([](Open& o) { o.identifier = ipv4("127.0.0.1"); }), Notification::of(iana::OpenError::kBadIdentifier)) << "our own";
  EXPECT_EQ(refused([](Open& o) { o.autonomous_system = 65002; }), Notification::of(iana::OpenError::kBadPeerAs));
  EXPECT_EQ(refused([](Open& o) { o.hold_time = 1; }), Notification::of(iana::OpenError::kUnacceptableHoldTime));
  EXPECT_EQ(refused([](Open& o) { o.hold_time = 2; }), Notification::of(iana::OpenError::kUnacceptableHoldTime));
  EXPECT_EQ(refused([](Open& o) { o.multiprotocol.clear(); }), Notification::of(iana::OpenError::kUnsupportedCapability))
      << "plain IPv4 is not assumed";
  EXPECT_EQ(refused([](Open& o) { o.multiprotocol = {{2, 1}}; }), Notification::of(iana::OpenError::kUnsupportedCapability));
}

TEST(BgpEndOfRib, ComesLateAfterAStartAndSoonLater) {
  const core::TimePoint start = core::TimePoint{} + seconds(1000);
  EndOfRibSchedule::Node node{start, true, seconds(300)};
  FamilySet families, targets;
  families.add(AddressFamily::kInetVpn);
  targets.add(AddressFamily::kRouteTarget);
  FamilySet both = families;
  both.add(AddressFamily::kRouteTarget);

  EndOfRibSchedule schedule;
  EXPECT_TRUE(schedule.due(node, both, start).empty());
  schedule.begin(both, start + seconds(1));
  EXPECT_TRUE(schedule.due(node, both, start + seconds(6)).empty());
  EXPECT_EQ(schedule.due(node, both, start + seconds(7)), targets);
  EXPECT_TRUE(schedule.due(node, both, start + seconds(59)).empty());
  EXPECT_EQ(schedule.due(node, both, start + seconds(60)), families);
  EXPECT_TRUE(schedule.due(node, both, start + seconds(600)).empty()) << "each comes once";

  schedule.begin(both, start + seconds(700));
  EXPECT_TRUE(schedule.due(node, both, start + seconds(700)).empty());
  EXPECT_EQ(schedule.due(node, both, start + seconds(701)), both);

  schedule.begin(both, start + seconds(800));
  EXPECT_EQ(schedule.due(node, targets, start + seconds(801)), targets) << "the other has routes that are not sent yet";
  EXPECT_EQ(schedule.due(node, both, start + seconds(802)), families);
  schedule.begin(both, start + seconds(900));
  EXPECT_EQ(schedule.due(node, {}, start + seconds(1201)), both) << "after the timeout it comes anyway";

  schedule.begin(both, start);
  schedule.end();
  EXPECT_TRUE(schedule.due(node, both, start + seconds(700)).empty());
  node.has_configuration = false;
  schedule.begin(both, start);
  EXPECT_TRUE(schedule.due(node, both, start + seconds(59)).empty());
}

}  // namespace
}  // namespace signalbox::bgp::test
