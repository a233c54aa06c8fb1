#include "configdb/change_message.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/unit/configdb/rows.hpp"

namespace signalbox::configdb {
namespace {

using test::uuid;
using test::uuid_text;

std::string message(const std::string& oper, const std::string& more = R"("fq_name":["d","p","blue"])") {
  return R"({"request-id":"req-1","oper":")" + oper + R"(","type":"virtual_network","uuid":")" + uuid_text(13) + "\"" +
         (more.empty() ? "" : ",") + more + "}";
}

TEST(ChangeMessage, EveryOper) {
  for (const ChangeOper oper : {ChangeOper::kCreate, ChangeOper::kUpdate, ChangeOper::kUpdateImplicit, ChangeOper::kDelete}) {
    const auto parsed = parse_change_message(message(std::string(to_string(oper))));
    ASSERT_TRUE(parsed.ok()) << parsed.error().text;
    EXPECT_EQ(parsed->oper, oper);
    EXPECT_EQ(parsed->uuid, uuid(13));
    EXPECT_EQ(parsed->type, "virtual_network");
    EXPECT_EQ(parsed->name, "d:p:blue");
  }
}

TEST(ChangeMessage, TheRestIsOfNoInterest) {
  const auto parsed = parse_change_message(
      message("UPDATE", R"("obj_dict":{"a":[1,{"oper":"x"}]},"extra_dict":null,"fq_name":["caf\u00e9 \"x\"","b:c"],"request-id":7)"));
  ASSERT_TRUE(parsed.ok()) << parsed.error().text;
  EXPECT_EQ(parsed->name, "caf\xc3\xa9 \"x\":b:c");
}

TEST(ChangeMessage, ADeleteNeedsNoName) {
  EXPECT_TRUE(parse_change_message(message("DELETE", "")).ok());
  EXPECT_TRUE(parse_change_message(message("DELETE", R"("fq_name":[])")).ok());
  for (const char* more : {"", R"("fq_name":[])"}) {
    const auto parsed = parse_change_message(message("CREATE", more));
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().kind, ChangeProblem::Kind::kUnusable);
    EXPECT_EQ(parsed.error().text, "fq_name is missing");
  }
}

struct Bad {
  std::string text;
  ChangeProblem::Kind kind;
  std::string reason;
};

TEST(ChangeMessage, WhatIsNoMessage) {
  using enum ChangeProblem::Kind;
  const std::string id = uuid_text(1);
  const Bad cases[] = {
      {"", kMalformed, "no JSON"},
      {"oops", kMalformed, "no JSON"},
      {"[" + message("UPDATE") + "]", kMalformed, "it is a list, not an object"},
      {"null", kMalformed, "it is null, not an object"},
      {message("UPDATE") + "x", kMalformed, ""},
      {message("UPDATE").substr(0, 40), kMalformed, ""},
      {R"({"oper":7,"type":"a","uuid":")" + id + R"(","fq_name":["a"]})", kMalformed, ""},
      {R"({"oper":"UPDATE","type":null,"uuid":")" + id + R"(","fq_name":["a"]})", kMalformed, ""},
      {R"({"oper":"UPDATE","type":"a","uuid":["x"],"fq_name":["a"]})", kMalformed, ""},
      {message("UPDATE", R"("fq_name":"a:b")"), kMalformed, ""},
      {message("UPDATE", R"("fq_name":["a",1])"), kMalformed, ""},
      {"{\"oper\":\"\xff\"}", kMalformed, ""},
      {"{}", kUnusable, "oper, type or uuid is missing"},
      {R"({"oper":"UPDATE","type":"","uuid":")" + id + R"(","fq_name":["a"]})", kUnusable, "oper, type or uuid is missing"},
      {message("RENAME"), kUnusable, "unknown oper RENAME"},
      {message("update"), kUnusable, "unknown oper update"},
      {R"({"oper":"UPDATE","type":"a","uuid":"nonsense","fq_name":["a"]})", kUnusable, "no uuid: nonsense"},
  };
  for (const Bad& bad : cases) {
    const auto parsed = parse_change_message(bad.text);
    ASSERT_FALSE(parsed.ok()) << bad.text;
    EXPECT_EQ(parsed.error().kind, bad.kind) << bad.text;
    if (!bad.reason.empty()) {
      EXPECT_EQ(parsed.error().text, bad.reason) << bad.text;
    }
    EXPECT_FALSE(parsed.error().text.empty()) << bad.text;
  }
}

TEST(ChangeMessage, WhatARealApiServerPublished) {
  const std::string recorded = "../shared/recorded/api_server/messages.jsonl";
  if (!std::filesystem::exists(recorded)) GTEST_SKIP() << recorded << " is not here";
  std::ifstream file(recorded);
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const auto parsed = parse_change_message(line);
    EXPECT_TRUE(parsed.ok()) << line << parsed.error().text;
  }
  EXPECT_GT(lines, 50u);
}

}  // namespace
}  // namespace signalbox::configdb
