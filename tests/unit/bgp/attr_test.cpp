#include "bgp/rib/attr.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace signalbox::bgp {
namespace {

class AttrTest : public ::testing::Test {
 protected:
  AttrId intern(core::AttributeBuilder& builder) {
    std::vector<std::uint8_t> bytes;
    builder.append_to(bytes);
    return table_.intern(bytes, core::hash_bytes(bytes));
  }
  AttrId with_local_pref(std::uint32_t local_pref) {
    core::AttributeBuilder builder;
    builder.header.local_pref = local_pref;
    return intern(builder);
  }
  static core::ExtCommunity target(std::uint32_t n) { return core::RouteTarget::two_octet_as(64512, n).community; }

  AttrTable table_;
};

TEST_F(AttrTest, EqualSetsAreOne) {
  core::AttributeBuilder a, b;
  a.add_ext_community(target(1));
  a.add_ext_community(target(2));
  b.add_ext_community(target(2));
  b.add_ext_community(target(1));
  b.add_ext_community(target(1));
  const AttrId first = intern(a), second = intern(b), other = with_local_pref(200);
  EXPECT_EQ(first, second);
  EXPECT_NE(first, other);
  EXPECT_EQ(table_.size(), 2u);
}

TEST_F(AttrTest, ASetLivesAsLongAsItsReferences) {
  const AttrId id = with_local_pref(200);
  EXPECT_EQ(with_local_pref(200), id);
  table_.release(id);
  EXPECT_EQ(table_.size(), 1u);
  const std::uint64_t serial = table_.at(id).serial;
  table_.release(id);
  EXPECT_EQ(table_.size(), 0u);
  EXPECT_GT(table_.at(with_local_pref(300)).serial, serial) << "a serial is never used again, though ids are";
}

TEST_F(AttrTest, DecodesWhatIsComparedAndTold) {
  core::AttributeBuilder builder;
  builder.header.local_pref = 150;
  builder.header.has_med = true;
  builder.header.med = 7;
  builder.header.infeasible_encap = true;
  builder.add_community(core::kLlgrStale);
  builder.add_ext_community(core::ext::mac_mobility(9, true));
  builder.add_ext_community(core::ext::origin_vn(64512, 33));
  const Attr& attr = table_.at(intern(builder));
  EXPECT_EQ(attr.local_pref, 150u);
  EXPECT_EQ(attr.med, 7u);
  EXPECT_EQ(attr.sequence, 9u);
  EXPECT_TRUE(attr.sticky);
  EXPECT_TRUE(attr.llgr_stale);
  EXPECT_TRUE(attr.infeasible);
  EXPECT_TRUE(attr.has_origin_vn);
  EXPECT_EQ(attr.origin_vn, 33u);
  EXPECT_FALSE(attr.etree_leaf);
}

TEST_F(AttrTest, OriginVnOfAFourByteAsIsRead) {
  core::AttributeBuilder builder;
  builder.add_ext_community(core::ext::origin_vn(100000, 33));
  EXPECT_EQ(table_.at(intern(builder)).origin_vn, 33u);
}

TEST_F(AttrTest, ADerivedSetIsMadeOnceForItsContext) {
  const AttrId base = with_local_pref(100);
  const std::vector<core::ExtCommunity> extra{target(1), core::ext::origin_vn(64512, 4)};
  const AttrId derived = table_.derived(base, 1, extra);
  EXPECT_EQ(table_.derived(base, 1, extra), derived);
  EXPECT_NE(derived, base);
  EXPECT_EQ(table_.at(derived).view().ext_communities(), 2u);
  EXPECT_EQ(table_.at(derived).origin_vn, 4u);
  EXPECT_EQ(table_.at(derived).local_pref, 100u);
  const std::vector<core::ExtCommunity> others{target(2)};
  EXPECT_NE(table_.derived(base, 2, others), derived);
}

TEST_F(AttrTest, ADerivedSetKeepsItsBase) {
  const AttrId base = with_local_pref(100);
  const AttrId derived = table_.derived(base, 1, std::vector{target(1)});
  table_.release(base);
  EXPECT_EQ(table_.size(), 2u);
  table_.release(derived);
  EXPECT_EQ(table_.size(), 0u);
}

TEST_F(AttrTest, AForgottenDerivationIsMadeAnew) {
  const AttrId base = with_local_pref(100);
  table_.release(table_.derived(base, 1, std::vector{target(1)}));
  EXPECT_EQ(table_.size(), 1u);
  const AttrId again = table_.derived(base, 1, std::vector{target(1)});
  EXPECT_EQ(table_.at(again).view().ext_communities(), 1u);
}

TEST_F(AttrTest, TwoContextsThatComeOutEqualShareTheSet) {
  const AttrId base = with_local_pref(100);
  const AttrId first = table_.derived(base, 1, std::vector{target(1)});
  const AttrId second = table_.derived(base, 2, std::vector{target(1)});
  EXPECT_EQ(first, second);
  for (const AttrId id : {base, first, second}) table_.release(id);
  EXPECT_EQ(table_.size(), 0u);
}

TEST_F(AttrTest, DerivingNothingIsTheBase) {
  const AttrId base = with_local_pref(100);
  EXPECT_EQ(table_.derived(base, 1, {}), base);
  table_.release(base);
  table_.release(base);
  EXPECT_EQ(table_.size(), 0u);
}

}  // namespace
}  // namespace signalbox::bgp
