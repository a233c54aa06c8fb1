#include "bgp/rib/decide.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace signalbox::bgp {
namespace {

// A path with all that is compared, easily varied.
struct Sample {
  Attr attr;
  Path path;
  core::IpAddress next_hop = core::IpAddress::from_v4(0x0a000001);
  std::uint64_t peer = 1;
  PeerRank rank;

  Sample() { attr.local_pref = 100; }
  Candidate candidate() const { return {&path, &attr, &next_hop, peer, &rank}; }
};

struct Step {
  DecisionStep step;
  std::function<void(Sample&)> worse;
};

// spec/bgp.md 11, in order: each makes a path worse than the sample.
const std::vector<Step>& steps() {
  static const std::vector<Step> kSteps{
      {DecisionStep::kFeasible, [](Sample& s) { s.attr.infeasible = true; }},
      {DecisionStep::kLocalPref, [](Sample& s) { s.attr.local_pref = 99; }},
      {DecisionStep::kEtreeRoot, [](Sample& s) { s.attr.etree_leaf = true; }},
      {DecisionStep::kStickyMac, [](Sample& s) { s.attr.sticky = true; }},
      {DecisionStep::kSequence, [](Sample& s) { --s.attr.sequence; }},
      {DecisionStep::kLlgrStale, [](Sample& s) { s.attr.llgr_stale = true; }},
      {DecisionStep::kAsPathLength, [](Sample& s) { ++s.attr.as_path_length; }},
      {DecisionStep::kOrigin, [](Sample& s) { s.attr.origin = core::Origin::kIncomplete; }},
      {DecisionStep::kMed, [](Sample& s) { ++s.attr.med; }},
      {DecisionStep::kSource, [](Sample& s) { s.path.source = PathSource::kXmpp; }},
      {DecisionStep::kPathId, [](Sample& s) { s.next_hop = core::IpAddress::from_v4(0x0a000002); }},
      {DecisionStep::kPeerIdentifier, [](Sample& s) { ++s.peer; }},
  };
  return kSteps;
}

Sample best() {
  Sample s;
  s.attr.sequence = 5;
  s.attr.origin = core::Origin::kIgp;
  s.path.source = PathSource::kStaticRoute;
  return s;
}

TEST(Decide, EachStepDecidesBeforeAllLaterOnes) {
  const DecisionRules rules{.always_compare_med = true};
  for (std::size_t n = 0; n < steps().size(); ++n) {
    Sample better = best(), worse = best();
    steps()[n].worse(worse);
    for (std::size_t later = n + 1; later < steps().size(); ++later) steps()[later].worse(better);
    const Decision d = compare(better.candidate(), worse.candidate(), rules);
    EXPECT_LT(d.order, 0) << name_of(steps()[n].step);
    EXPECT_EQ(d.step, steps()[n].step);
    const Decision reversed = compare(worse.candidate(), better.candidate(), rules);
    EXPECT_GT(reversed.order, 0) << name_of(steps()[n].step);
    EXPECT_EQ(reversed.step, d.step);
  }
}

TEST(Decide, TheStepsToMedDecideAboutSharingTheLoad) {
  const DecisionRules rules{.always_compare_med = true};
  for (const Step& step : steps()) {
    Sample a = best(), b = best();
    step.worse(b);
    const bool shares = compare_ecmp(a.path, a.attr, b.path, b.attr, rules).order == 0;
    EXPECT_EQ(shares, step.step > DecisionStep::kMed) << name_of(step.step);
  }
}

TEST(Decide, MedIsComparedOnlyWhenAskedFor) {
  Sample a = best(), b = best();
  b.attr.med = 50;
  EXPECT_EQ(compare_ecmp(a.path, a.attr, b.path, b.attr, {}).order, 0);
  EXPECT_EQ(compare(a.candidate(), b.candidate(), {}).order, 0);
  EXPECT_LT(compare_ecmp(a.path, a.attr, b.path, b.attr, {.always_compare_med = true}).order, 0);
}

TEST(Decide, WhatIsMadeHereComesBeforePeers) {
  Sample a = best(), b = best();
  a.peer = 0;
  EXPECT_EQ(compare(a.candidate(), b.candidate(), {}).step, DecisionStep::kLocallyMade);
  EXPECT_LT(compare(a.candidate(), b.candidate(), {}).order, 0);
}

TEST(Decide, CopiesOfOnePeersPathsHaveAnOrder) {
  Sample a = best(), b = best();
  a.path.primary = 3;
  b.path.primary = 4;
  EXPECT_LT(compare(a.candidate(), b.candidate(), {}).order, 0);
  EXPECT_GT(compare(b.candidate(), a.candidate(), {}).order, 0);
}

}  // namespace
}  // namespace signalbox::bgp
