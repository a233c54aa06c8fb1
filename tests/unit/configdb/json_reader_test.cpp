#include "configdb/json_reader.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace signalbox::configdb {
namespace {

bool well_formed(std::string_view text) {
  JsonReader in(text);
  return in.skip() && in.finish();
}

TEST(JsonReader, WalksAnObject) {
  JsonReader in(R"( {"a" : 12, "b\n" : ["x", true, null], "c": {"d": -1.5e3}} )");
  std::string_view key, text;
  std::string scratch;
  ASSERT_TRUE(in.enter_object());
  ASSERT_TRUE(in.next_member(key));
  EXPECT_EQ(key, "a");
  EXPECT_EQ(in.kind(), JsonKind::kNumber);
  ASSERT_TRUE(in.number(text));
  EXPECT_EQ(text, "12");
  ASSERT_TRUE(in.next_member(key));
  EXPECT_EQ(key, "b\n");
  ASSERT_TRUE(in.enter_array());
  ASSERT_TRUE(in.next_element());
  ASSERT_TRUE(in.string(text, scratch));
  EXPECT_EQ(text, "x");
  bool flag = false;
  ASSERT_TRUE(in.next_element());
  ASSERT_TRUE(in.boolean(flag));
  EXPECT_TRUE(flag);
  ASSERT_TRUE(in.next_element());
  ASSERT_TRUE(in.null());
  EXPECT_FALSE(in.next_element());
  ASSERT_TRUE(in.next_member(key));
  EXPECT_EQ(in.raw(), R"({"d": -1.5e3})");
  EXPECT_FALSE(in.next_member(key));
  EXPECT_TRUE(in.finish());
}

TEST(JsonReader, ReplacesEscapes) {
  JsonReader in(R"("q\" b\\ s\/ \b\f\n\r\t \u00e9 \u20ac \ud83d\ude00 é")");
  std::string_view text;
  std::string scratch;
  ASSERT_TRUE(in.string(text, scratch));
  EXPECT_EQ(text, "q\" b\\ s/ \b\f\n\r\t \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xc3\xa9");
  EXPECT_TRUE(in.finish());
}

TEST(JsonReader, PlainTextIsNotCopied) {
  const std::string json = R"("plain")";
  JsonReader in(json);
  std::string_view text;
  std::string scratch;
  ASSERT_TRUE(in.string(text, scratch));
  EXPECT_EQ(text.data(), json.data() + 1);
}

TEST(JsonReader, EmptyContainers) {
  EXPECT_TRUE(well_formed("{}"));
  EXPECT_TRUE(well_formed(" [ ] "));
  JsonReader in("[]");
  ASSERT_TRUE(in.enter_array());
  EXPECT_FALSE(in.next_element());
  EXPECT_TRUE(in.finish());
}

TEST(JsonReader, SaysWhatAndWhere) {
  JsonReader in(R"({"a": tru})");
  EXPECT_FALSE(in.skip());
  EXPECT_STREQ(in.error(), "neither true, false nor null");
  EXPECT_EQ(in.offset(), 6u);
  EXPECT_FALSE(in.finish());
}

TEST(JsonReader, AskingForTheWrongKindEndsTheWalk) {
  JsonReader in("[1]");
  std::string_view key;
  EXPECT_FALSE(in.enter_object());
  EXPECT_FALSE(in.next_member(key));
  EXPECT_FALSE(in.enter_array());
  EXPECT_STREQ(in.error(), "an object expected");
}

TEST(JsonReader, RefusesWhatIsNotJson) {
  const std::vector<std::string> wrong = {"",
                                          " ",
                                          "nul",
                                          "nulll",
                                          "True",
                                          "01",
                                          "-",
                                          "1.",
                                          ".5",
                                          "1e",
                                          "1e+",
                                          "+1",
                                          "--1",
                                          "0x10",
                                          "NaN",
                                          "Infinity",
                                          "'a'",
                                          "\"",
                                          "\"a",
                                          "\"\\\"",
                                          "\"\\x\"",
                                          "\"\\u12\"",
                                          "\"\\u12g4\"",
                                          "\"\\ud800\"",
                                          "\"\\ud800\\u0041\"",
                                          "\"\\udc00\"",
                                          "\"\x01\"",
                                          "\"\n\"",
                                          "\"\x7f\xff\"",
                                          "\"\xc0\xaf\"",
                                          "\"\xed\xa0\x80\"",
                                          "\"\xf4\x90\x80\x80\"",
                                          "\"\xe2\x82\"",
                                          "[",
                                          "[1",
                                          "[1,",
                                          "[1,]",
                                          "[,1]",
                                          "[1 2]",
                                          "{",
                                          "{\"a\"",
                                          "{\"a\":",
                                          "{\"a\":1",
                                          "{\"a\":1,}",
                                          "{a:1}",
                                          "{1:1}",
                                          "{\"a\" 1}",
                                          "{\"a\":1 \"b\":2}",
                                          "[1}",
                                          "{]",
                                          "1 2",
                                          "[] []",
                                          "//c\n1",
                                          "[1] x",
                                          std::string("1\0", 2)};
  for (const std::string& text : wrong) {
    EXPECT_FALSE(well_formed(text)) << text;
    boost::json::error_code ec;
    boost::json::parse(text, ec);
    EXPECT_TRUE(ec) << text;
  }
}

TEST(JsonReader, DepthIsLimited) {
  const auto nested = [](unsigned n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(well_formed(nested(JsonReader::kMaxDepth)));
  EXPECT_FALSE(well_formed(nested(JsonReader::kMaxDepth + 1)));
  const std::string deep(1'000'000, '[');
  JsonReader in(deep);
  EXPECT_FALSE(in.skip());
  EXPECT_STREQ(in.error(), "nested too deep");
}

// Random damage to JSON texts: Boost.JSON and this reader must agree on what is one.
TEST(JsonReader, AgreesWithBoostJson) {
  const std::vector<std::string> seeds = {R"({"a":[1,2.5e-3,{"b":null}],"c":"x\u00e9\ud83d\ude00y","d":true})",
                                          R"(["default-domain","demo","blue"])", R"({"attr":{"import_export":null},"is_weakref":false})",
                                          "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""};
  const std::string spice = "{}[]\",:\\/u0123456789eE+-.ntfalsrude \n\x01\x7f\x80\xbf\xc2\xe2\xed\xf0\xf4\xff";
  std::mt19937 random(7);
  const auto below = [&](std::size_t n) { return random() % n; };
  unsigned good = 0;
  for (int i = 0; i < 40000; ++i) {
    std::string text = seeds[below(seeds.size())];
    for (std::size_t n = below(4); n > 0; --n) {
      const std::size_t at = below(text.size());
      switch (below(3)) {
        case 0: text[at] = spice[below(spice.size())]; break;
        case 1: text.insert(at, 1, spice[below(spice.size())]); break;
        default: text.erase(at, 1); break;
      }
    }
    boost::json::error_code ec;
    boost::json::parse(text, ec);
    ASSERT_EQ(well_formed(text), !ec) << text;
    good += !ec;
  }
  EXPECT_GT(good, 10000u);
}

}  // namespace
}  // namespace signalbox::configdb
