// AS paths: reading, lengths, and what export does to them. spec/bgp.md 8.3, 15.3, 15.4
#include <gtest/gtest.h>

#include "bgp/wire/as_path.hpp"
#include "tests/unit/bgp/golden.hpp"

namespace signalbox::bgp::test {
namespace {

Bytes path(std::initializer_list<std::uint32_t> numbers) {
  Bytes out;
  if (numbers.size() == 0) return out;
  ByteWriter write(out);
  write.u8(2);
  write.u8(static_cast<unsigned>(numbers.size()));
  for (const std::uint32_t as : numbers) write.u32(as);
  return out;
}

TEST(AsPath, ReadsBothWidths) {
  EXPECT_EQ(parse_as_path(from_hex("0202 fde8 fde9"), false), path({65000, 65001}));
  EXPECT_EQ(parse_as_path(from_hex("0202 0000fde8 0001117d"), true), path({65000, 70013}));
  EXPECT_EQ(parse_as_path({}, false), Bytes());
  for (const char* hex : {"02", "0201", "0201fd", "0200", "0001fde8", "0301fde8"}) EXPECT_FALSE(parse_as_path(from_hex(hex), false)) << hex;
}

TEST(AsPath, LengthCountsASetOnce) {
  const Bytes mixed = *parse_as_path(from_hex("0202 fde8 fde9 0103 0001 0002 0003"), false);
  EXPECT_EQ(as_path_length(mixed), 3u);
  EXPECT_EQ(leftmost_as(mixed), 65000u);
  EXPECT_EQ(leftmost_as(*parse_as_path(from_hex("0101 fde8"), false)), 0u);
  EXPECT_EQ(count_as(mixed, 2), 1u);
}

TEST(AsPath, PrependReplace) {
  EXPECT_EQ(prepend_as({}, 64512), path({64512}));
  EXPECT_EQ(prepend_as(path({65000}), 64512), path({64512, 65000}));
  Bytes full;
  for (unsigned i = 0; i < 255; ++i) full = prepend_as(full, 1 + i);
  EXPECT_EQ(as_path_length(prepend_as(full, 300)), 256u);
  EXPECT_TRUE(parse_as_path(prepend_as(full, 300), true).has_value());
  EXPECT_EQ(replace_as(path({1, 2, 1}), 1, 9), path({9, 2, 9}));
}

TEST(AsPath, PrivateNumbers) {
  using enum PrivateAsAction;
  const Bytes p = path({64513, 64514, 3000, 64515, 65001, 70000});
  EXPECT_EQ(edit_private_as(p, kRemove, 0, 0), path({3000, 64515, 65001, 70000}));
  EXPECT_EQ(edit_private_as(p, kRemoveAll, 0, 0), path({3000, 70000}));
  EXPECT_EQ(edit_private_as(p, kReplaceAll, 0, 500), path({500, 500, 3000, 3000, 3000, 70000}));
  EXPECT_EQ(edit_private_as(p, kReplaceAll, 0, 0), path({3000, 3000, 3000, 3000, 3000, 70000}));
  EXPECT_EQ(edit_private_as(p, kRemoveAll, 65001, 0), path({3000, 65001, 70000})) << "the peer's own stays";
  EXPECT_EQ(edit_private_as(path({64513, 64514}), kRemoveAll, 0, 0), Bytes());
  EXPECT_EQ(edit_private_as(path({64513, 64514}), kReplaceAll, 0, 0), Bytes()) << "nothing to replace it with";
}

TEST(AsPath, MergesFourOctets) {
  const Bytes merged = merge_as4_path(path({1, 23456, 23456}), path({70000, 70001}));
  std::vector<std::uint32_t> numbers;
  for_each_as(merged, [&](std::uint8_t, std::uint32_t as) { numbers.push_back(as); });
  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{1, 70000, 70001}));
  EXPECT_EQ(merge_as4_path(path({1}), path({70000, 70001})), path({1})) << "a longer AS4_PATH is not for this path";
}

}  // namespace
}  // namespace signalbox::bgp::test
