// Search strings, route keys, filters and the merge of partitions.
#include <gtest/gtest.h>

#include <algorithm>

#include "control/show/route_filter.hpp"
#include "control/show/route_merge.hpp"
#include "control/show/text_pattern.hpp"

namespace signalbox::control {
namespace {

using core::Family;
using Match = RouteFilter::Match;

RouteKey key(Family family, const char* text) { return parse_key(family, text).value(); }

TEST(TextPattern, SearchesUnanchored) {
  const TextPattern pattern("net1");
  EXPECT_TRUE(pattern.matches("default-domain:demo:net1:net1"));
  EXPECT_TRUE(pattern.matches("net10"));
  EXPECT_FALSE(pattern.matches("net2"));
  EXPECT_FALSE(pattern.matches(""));
}

TEST(TextPattern, DotIsAnyCharacterAlsoWithoutOtherSpecialOnes) {
  const TextPattern pattern("10.1.1.1/32");
  EXPECT_TRUE(pattern.matches("10.1.1.1/32"));
  EXPECT_TRUE(pattern.matches("110.1.1.1/32"));
  EXPECT_TRUE(pattern.matches("10.1.1x1/32"));
  EXPECT_FALSE(pattern.matches("10.1.1.2/32"));
}

TEST(TextPattern, PerlSyntax) {
  const TextPattern pattern("^(blue|red)\\d+$");
  EXPECT_TRUE(pattern.matches("blue12"));
  EXPECT_FALSE(pattern.matches("green1"));
  EXPECT_FALSE(pattern.matches("blue"));
}

TEST(TextPattern, EmptyIsNoPatternAndInvalidMatchesNothing) {
  EXPECT_EQ(TextPattern::compile(""), nullptr);
  const TextPattern invalid("(unclosed");
  EXPECT_TRUE(invalid.broken());
  EXPECT_FALSE(invalid.matches("(unclosed"));
  EXPECT_FALSE(TextPattern(std::string(TextPattern::kMaxBytes + 1, 'a')).matches(std::string(2000, 'a')));
}

TEST(TextPattern, DeletedSelectsWhatIsBeingDeleted) {
  const TextPattern pattern("deleted");
  EXPECT_TRUE(pattern.matches("blue", true));
  EXPECT_FALSE(pattern.matches("blue", false));
  EXPECT_TRUE(pattern.matches("undeleted", false));
  EXPECT_FALSE(TextPattern("red").matches("blue", true));
}

TEST(TextPattern, ExplosiveOneTurnsItselfOff) {
  const TextPattern pattern("^(a*)*(a*)*(a*)*(a*)*(a*)*b$");
  const std::string text(2000, 'a');
  EXPECT_FALSE(pattern.matches(text));
  EXPECT_TRUE(pattern.broken());
  EXPECT_FALSE(pattern.matches("aab"));  // would match if it were still on
}

TEST(RouteKey, PrintsAndParses) {
  EXPECT_EQ(key_text(Family::kInet, key(Family::kInet, "10.1.1.1/32")), "10.1.1.1/32");
  EXPECT_EQ(key_text(Family::kInetVpn, key(Family::kInetVpn, "10.0.0.1:5:10.1.1.0/24")), "10.0.0.1:5:10.1.1.0/24");
  EXPECT_EQ(key_text(Family::kInet6Vpn, key(Family::kInet6Vpn, "64512:5:2001:db8::/32")), "64512:5:2001:db8::/32");
  for (const char* text : {"", "10.1.1.1", "10.1.1.1/33", "2001:db8::/32", "1:2", "x/8"})
    EXPECT_FALSE(parse_key(Family::kInet, text)) << text;
  for (const char* text : {"10.1.1.0/24", "64512:10.1.1.0/24", "a:b:10.1.1.0/24", "64512:5:2001:db8::/32", "::"}) {
    EXPECT_FALSE(parse_key(Family::kInetVpn, text)) << text;
  }
}

TEST(RouteKey, OrdersAsShown) {
  EXPECT_LT(key(Family::kInet, "10.1.0.9/32"), key(Family::kInet, "10.1.0.200/32"));
  EXPECT_LT(key(Family::kInet, "10.1.0.0/16"), key(Family::kInet, "10.1.0.0/24"));
  EXPECT_LT(key(Family::kInetVpn, "127.0.0.11:1:10.9.0.0/16"), key(Family::kInetVpn, "127.0.0.12:2:10.1.0.0/16"));
}

TEST(RouteFilter, MatchesByPatternOnThePrintedKey) {
  const RouteFilter filter(Match::kPattern, "10.1.1.1/32", "", "");
  EXPECT_TRUE(filter.matches_key(Family::kInet, key(Family::kInet, "10.1.1.1/32")));
  EXPECT_TRUE(filter.matches_key(Family::kInet, key(Family::kInet, "110.1.1.1/32")));
  EXPECT_TRUE(filter.matches_key(Family::kInetVpn, key(Family::kInetVpn, "127.0.0.1:1:10.1.1.1/32")));
  EXPECT_FALSE(filter.matches_key(Family::kInet, key(Family::kInet, "10.1.1.2/32")));
}

TEST(RouteFilter, CoveredAndCovering) {
  const auto matches = [](Match match, const char* wanted, const char* shown) {
    return RouteFilter(match, wanted, "", "").matches_key(Family::kInet, key(Family::kInet, shown));
  };
  EXPECT_TRUE(matches(Match::kCovered, "10.1.0.0/16", "10.1.0.0/16"));
  EXPECT_TRUE(matches(Match::kCovered, "10.1.0.0/16", "10.1.2.3/32"));
  EXPECT_FALSE(matches(Match::kCovered, "10.1.0.0/16", "10.0.0.0/8"));
  EXPECT_TRUE(matches(Match::kCovering, "10.1.0.0/16", "10.0.0.0/8"));
  EXPECT_TRUE(matches(Match::kCovering, "10.1.0.0/16", "0.0.0.0/0"));
  EXPECT_FALSE(matches(Match::kCovering, "10.1.0.0/16", "10.1.2.0/24"));
  EXPECT_TRUE(matches(Match::kRelated, "10.1.0.0/16", "10.0.0.0/8"));
  EXPECT_TRUE(matches(Match::kRelated, "10.1.0.0/16", "10.1.2.0/24"));
  EXPECT_FALSE(matches(Match::kRelated, "10.1.0.0/16", "10.2.0.0/24"));
  EXPECT_FALSE(matches(Match::kCovered, "2001:db8::/32", "10.1.0.0/16"));
  EXPECT_FALSE(matches(Match::kCovered, "nonsense", "10.1.0.0/16"));
}

TEST(RouteFilter, PlainPrefixInVpnTablesMeansAnyDistinguisher) {
  const auto shown = key(Family::kInetVpn, "127.0.0.11:1:10.1.2.0/24");
  EXPECT_TRUE(RouteFilter(Match::kCovered, "10.1.0.0/16", "", "").matches_key(Family::kInetVpn, shown));
  EXPECT_TRUE(RouteFilter(Match::kCovered, "127.0.0.11:1:10.1.0.0/16", "", "").matches_key(Family::kInetVpn, shown));
  EXPECT_FALSE(RouteFilter(Match::kCovered, "127.0.0.12:1:10.1.0.0/16", "", "").matches_key(Family::kInetVpn, shown));
}

TEST(RouteFilter, PathsBySourceAndProtocol) {
  const RouteFilter filter(Match::kPattern, "", "vr1", "XMPP");
  EXPECT_TRUE(filter.matches_path(PathSource::kXmpp, "vr1"));
  EXPECT_FALSE(filter.matches_path(PathSource::kXmpp, "vr10"));
  EXPECT_FALSE(filter.matches_path(PathSource::kBgp, "vr1"));
  EXPECT_FALSE(filter.empty());
  EXPECT_TRUE(RouteFilter(Match::kPattern, "", "", "").empty());
}

TEST(RouteFilter, OnlyKeyOfAnExactMatch) {
  EXPECT_EQ(RouteFilter(Match::kExact, "10.1.1.1/32", "", "").only_key(Family::kInet), key(Family::kInet, "10.1.1.1/32"));
  EXPECT_FALSE(RouteFilter(Match::kExact, "10.1.1.1/32", "", "").only_key(Family::kInetVpn));
  EXPECT_FALSE(RouteFilter(Match::kExact, "nonsense", "", "").only_key(Family::kInet));
  EXPECT_FALSE(RouteFilter(Match::kCovered, "10.1.1.1/32", "", "").only_key(Family::kInet));
}

RouteSlice slice(const std::vector<const char*>& keys, const char* examined_to = nullptr) {
  RouteSlice made;
  for (const char* text : keys) {
    made.routes.emplace_back();
    made.routes.back().key = key(Family::kInet, text);
  }
  if (examined_to) {
    made.complete = false;
    made.examined_to = key(Family::kInet, examined_to);
  }
  return made;
}

std::vector<std::string> keys_of(const RoutesPage& page) {
  std::vector<std::string> keys;
  for (const Route& route : page.routes) keys.push_back(key_text(Family::kInet, route.key));
  return keys;
}

using Keys = std::vector<std::string>;

TEST(MergeSlices, AllComplete) {
  const auto page = merge_slices({slice({"10.0.0.1/32", "10.0.0.4/32"}), slice({"10.0.0.2/32"}), slice({})}, 10);
  EXPECT_EQ(keys_of(page), (Keys{"10.0.0.1/32", "10.0.0.2/32", "10.0.0.4/32"}));
  EXPECT_FALSE(page.more);
}

TEST(MergeSlices, CutAtTheLimitGoesOnAtTheFirstRouteLeftOut) {
  const auto page = merge_slices({slice({"10.0.0.1/32", "10.0.0.4/32"}), slice({"10.0.0.2/32"})}, 2);
  EXPECT_EQ(keys_of(page), (Keys{"10.0.0.1/32", "10.0.0.2/32"}));
  ASSERT_TRUE(page.more);
  EXPECT_TRUE(page.next.reached(key(Family::kInet, "10.0.0.4/32")));
  EXPECT_FALSE(page.next.reached(key(Family::kInet, "10.0.0.2/32")));
}

TEST(MergeSlices, GoesOnlyAsFarAsEveryPartitionHasLooked) {
  // The second partition stopped at .3: the first one's .9 may have a predecessor there.
  const auto page = merge_slices({slice({"10.0.0.1/32", "10.0.0.9/32"}), slice({"10.0.0.2/32"}, "10.0.0.3/32")}, 10);
  EXPECT_EQ(keys_of(page), (Keys{"10.0.0.1/32", "10.0.0.2/32"}));
  ASSERT_TRUE(page.more);
  EXPECT_FALSE(page.next.reached(key(Family::kInet, "10.0.0.3/32")));
  EXPECT_TRUE(page.next.reached(key(Family::kInet, "10.0.0.4/32")));
}

TEST(MergeSlices, NothingFoundYetStillMovesOn) {
  const auto page = merge_slices({slice({}, "10.0.0.7/32"), slice({}, "10.0.0.5/32")}, 10);
  EXPECT_TRUE(page.routes.empty());
  ASSERT_TRUE(page.more);
  EXPECT_FALSE(page.next.reached(key(Family::kInet, "10.0.0.5/32")));
  EXPECT_TRUE(page.next.reached(key(Family::kInet, "10.0.0.6/32")));
}

}  // namespace
}  // namespace signalbox::control
