#include "configdb/row_parser.hpp"

#include <gtest/gtest.h>

#include "tests/unit/configdb/rows.hpp"

namespace signalbox::configdb {
namespace {

using test::parse;
using test::row;
using test::Row;
using test::uuid;
using test::uuid_text;

Row blue() {
  Row r = row(5, "virtual_network", "default-domain:demo:blue");
  r.parent("project", 4).set("parent_type", R"("project")");
  r.set("prop:virtual_network_network_id", "5").set("prop:is_shared", "false");
  r.ref("network_ipam", 6, R"({"ipam_subnets":[]})");
  r.set("backref:virtual_machine_interface:" + uuid_text(9), "no JSON at all").set("children:routing_instance:" + uuid_text(8), "null");
  r.set("META:latest_col_ts", "null").set("relaxbackref:" + uuid_text(7), "null").set("prop:perms2", "{ broken");
  return r;
}

TEST(RowParser, AnObject) {
  RowParser parser;
  ASSERT_EQ(parse(parser, blue(), {3, 14}), RowOutcome::kObject);
  const Object& o = parser.object();
  EXPECT_EQ(o.uuid(), uuid(5));
  EXPECT_EQ(o.type(), "virtual_network");
  EXPECT_EQ(o.name(), "default-domain:demo:blue");
  EXPECT_EQ(o.parent_type(), "project");
  EXPECT_EQ(o.where(), (SourcePosition{3, 14}));
  EXPECT_EQ(o.created(), 1700000000000000);
  ASSERT_EQ(o.property_count(), 2u);
  EXPECT_EQ(o.property(0).name, "is_shared");
  EXPECT_EQ(o.property(0).json, "false");
  EXPECT_EQ(o.property(1).name, "virtual_network_network_id");
  ASSERT_EQ(o.reference_count(), 2u);
  EXPECT_EQ(o.reference(0).kind, ReferenceKind::kReference);
  EXPECT_EQ(o.reference(0).type, "network_ipam");
  EXPECT_EQ(o.reference(0).uuid, uuid(6));
  EXPECT_EQ(o.reference(0).attribute, R"({"ipam_subnets":[]})");
  EXPECT_EQ(o.reference(1).kind, ReferenceKind::kParent);
  EXPECT_EQ(o.reference(1).type, "project");
  EXPECT_EQ(o.reference(1).attribute, "null");
}

TEST(RowParser, ListAndMapElementsInByteOrder) {
  Row r = row(5, "virtual_machine_interface", "d:p:i");
  r.set("propl:fat_flow:10", "10").set("propl:fat_flow:2", "2").set("propl:fat_flow:0", "0");
  r.set("propm:annotations:a:b", R"({"key":"a:b"})");
  const Object o = test::object(r);
  ASSERT_EQ(o.property_count(), 4u);
  EXPECT_EQ(o.property(0).kind, PropertyKind::kMapElement);
  EXPECT_EQ(o.property(0).key, "a:b");
  EXPECT_EQ(o.property(1).kind, PropertyKind::kListElement);
  EXPECT_EQ(o.property(1).key, "0");
  EXPECT_EQ(o.property(2).key, "10");
  EXPECT_EQ(o.property(3).key, "2");
}

TEST(RowParser, NamesWithColonsAndEscapes) {
  EXPECT_EQ(test::object(row(5, "route_target", "target:64512:8000001")).name(), "target:64512:8000001");
  Row r = row(5, "tag", "x");
  r.set("fq_name", R"(["default-domain", "te\"am \u00e9"])");
  EXPECT_EQ(test::object(r).name(), "default-domain:te\"am \xc3\xa9");
}

TEST(RowParser, ReferencesWithoutAttribute) {
  Row r = row(5, "bgp_router", "a");
  r.set("ref:sub_cluster:" + uuid_text(1), "null");
  r.set("ref:tag:" + uuid_text(2), R"({"is_weakref":true})");
  const Object o = test::object(r);
  ASSERT_EQ(o.reference_count(), 2u);
  EXPECT_EQ(o.reference(0).attribute, "null");
  EXPECT_EQ(o.reference(1).attribute, "null");
}

TEST(RowParser, ARowThatOnlyMirrorsOthersIsAbsent) {
  Row r;
  r.key = uuid_text(5);
  r.set("backref:a:" + uuid_text(1), "null").set("META:latest_col_ts", "null").set("prop:perms2", "{}");
  RowParser parser;
  EXPECT_EQ(parse(parser, r), RowOutcome::kAbsent);
  EXPECT_EQ(parse(parser, Row{uuid_text(6), {}}), RowOutcome::kAbsent);
}

TEST(RowParser, DraftsOfSecurityPolicy) {
  RowParser parser;
  EXPECT_EQ(parse(parser, row(5, "firewall_rule", "a").set("prop:draft_mode_state", R"("created")")), RowOutcome::kDraft);
  EXPECT_EQ(parse(parser, row(5, "firewall_rule", "a").set("prop:draft_mode_state", R"("")")), RowOutcome::kObject);
  EXPECT_EQ(parse(parser, row(5, "firewall_rule", "a").set("prop:draft_mode_state", "null")), RowOutcome::kObject);
}

TEST(RowParser, ContentDecidesTheDigest) {
  const Digest digest = test::object(blue()).digest();
  Row later = blue();
  later.written += 1;
  later.set("backref:tag:" + uuid_text(77), "null");
  EXPECT_EQ(test::object(later).digest(), digest);

  RowParser parser;
  parser.begin(blue().key, {});
  const Row r = blue();
  for (auto it = r.columns.rbegin(); it != r.columns.rend(); ++it) parser.column(it->first, it->second, 0);
  ASSERT_EQ(parser.finish(), RowOutcome::kObject);
  EXPECT_EQ(parser.object().digest(), digest);

  EXPECT_NE(test::object(blue().set("prop:is_shared", "true")).digest(), digest);
  EXPECT_NE(test::object(blue().ref("network_ipam", 6)).digest(), digest);
  EXPECT_NE(test::object(blue().drop("prop:is_shared")).digest(), digest);
  EXPECT_NE(test::object(blue().set("fq_name", R"(["default-domain","demo","red"])")).digest(), digest);
}

struct BadRow {
  const char* what;
  Row row;
  const char* column;
  const char* reason;  // part of it
};

class BadRows : public testing::TestWithParam<BadRow> {};

TEST_P(BadRows, IsKeptOutWithItsReason) {
  RowParser parser;
  ASSERT_EQ(parse(parser, GetParam().row), RowOutcome::kBad);
  EXPECT_EQ(parser.problem().column, GetParam().column);
  EXPECT_NE(parser.problem().reason.find(GetParam().reason), std::string::npos) << parser.problem().reason;
  // A good row after a bad one is good.
  ASSERT_EQ(parse(parser, blue()), RowOutcome::kObject);
  EXPECT_EQ(parser.object().digest(), test::object(blue()).digest());
}

Row keyed(const char* key) {
  Row r = blue();
  r.key = key;
  return r;
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, BadRows,
    testing::Values(BadRow{"no_type", blue().drop("type"), "type", "is missing"},
                    BadRow{"no_name", blue().drop("fq_name"), "fq_name", "is missing"},
                    BadRow{"type_no_text", blue().set("type", "5"), "type", "is a number, a text is expected"},
                    BadRow{"type_null", blue().set("type", "null"), "type", "is null, a text is expected"},
                    BadRow{"type_empty", blue().set("type", R"("")"), "type", "is empty"},
                    BadRow{"type_no_json", blue().set("type", "virtual_network"), "type", "not valid JSON at byte 0"},
                    BadRow{"name_a_text", blue().set("fq_name", R"("a:b")"), "fq_name", "is a text, a list of texts is expected"},
                    BadRow{"name_empty", blue().set("fq_name", "[]"), "fq_name", "is empty"},
                    BadRow{"name_with_number", blue().set("fq_name", R"(["a",7])"), "fq_name", "a number among its components"},
                    BadRow{"name_cut", blue().set("fq_name", R"(["a",)"), "fq_name", "not valid JSON"},
                    BadRow{"parent_type_a_list", blue().set("parent_type", "[]"), "parent_type", "is a list, a text is expected"},
                    BadRow{"property_no_json", blue().set("prop:is_shared", "{\"a\":}"), "prop:is_shared", "not valid JSON at byte 5"},
                    BadRow{"property_empty", blue().set("prop:is_shared", ""), "prop:is_shared", "not valid JSON"},
                    BadRow{"property_more", blue().set("prop:is_shared", "true false"), "prop:is_shared", "more text after the value"},
                    BadRow{"property_utf8", blue().set("prop:display_name", "\"\xff\""), "prop:display_name", "invalid UTF-8"},
                    BadRow{"property_no_name", blue().set("prop:", "1"), "prop:", "no name"},
                    BadRow{"list_no_position", blue().set("propl:x", "1"), "propl:x", "neither position nor key"},
                    BadRow{"reference_no_uuid", blue().set("ref:tag:5", "null"), "ref:tag:5", "TYPE:UUID"},
                    BadRow{"reference_no_type", blue().set("ref:" + uuid_text(3), "null"), "ref:00000000-0000-4000-8000-000000000003",
                           "TYPE:UUID"},
                    BadRow{"reference_a_list", blue().set("ref:tag:" + uuid_text(3), "[1]"), "ref:tag:00000000-0000-4000-8000-000000000003",
                           "is a list"},
                    BadRow{"reference_no_json", blue().set("ref:tag:" + uuid_text(3), R"({"attr":)"),
                           "ref:tag:00000000-0000-4000-8000-000000000003", "not valid JSON"},
                    BadRow{"parent_no_uuid", blue().set("parent:project:x", "null"), "parent:project:x", "TYPE:UUID"},
                    BadRow{"key_no_uuid", keyed("blue\n"), "", "the key is not a uuid"},
                    BadRow{"value_too_long", blue().set("prop:x", "\"" + std::string(RowParser::kMaxValueSize, 'x') + "\""), "prop:x",
                           "a value of 8388610 bytes"}),
    [](const auto& tested) { return tested.param.what; });

TEST(RowParser, KnowsOfABadRowWhatItSays) {
  RowParser parser;
  ASSERT_EQ(parse(parser, blue().set("prop:is_shared", "[")), RowOutcome::kBad);
  EXPECT_EQ(parser.problem_type(), "virtual_network");
  EXPECT_EQ(parser.problem_name(), "default-domain:demo:blue");
  EXPECT_EQ(parser.key(), uuid_text(5));
}

TEST(RowParser, AColumnTwice) {
  const Row r = blue();
  const auto feed_with = [&](const std::string& column, const std::string& json) {
    RowParser parser;
    parser.begin(r.key, {});
    for (const auto& [name, value] : r.columns) parser.column(name, value, 0);
    parser.column(column, json, 0);
    EXPECT_EQ(parser.finish(), RowOutcome::kBad);
    return parser.problem().column + " " + parser.problem().reason;
  };
  EXPECT_EQ(feed_with("type", R"("tag")"), "type the column is there twice");
  EXPECT_EQ(feed_with("fq_name", R"(["a"])"), "fq_name the column is there twice");
  EXPECT_EQ(feed_with("prop:is_shared", "true"), "prop:is_shared the column is there twice");
  EXPECT_EQ(feed_with("ref:network_ipam:" + uuid_text(6), "null"), "ref:network_ipam:" + uuid_text(6) + " the column is there twice");
}

TEST(RowParser, AMillionColumns) {
  RowParser parser;
  parser.begin(uuid_text(5), {});
  const Row r = blue();
  for (const auto& [name, value] : r.columns) parser.column(name, value, 0);
  for (int i = 0; i < 1'000'000; ++i) parser.column("propl:x:" + std::to_string(i), "1", 0);
  ASSERT_EQ(parser.finish(), RowOutcome::kBad);
  EXPECT_EQ(parser.problem().reason, "more than 65536 columns");
}

TEST(Excerpt, IsPrintableAndShort) {
  EXPECT_EQ(excerpt("a\nb\xff", 60), "a\\x0ab\\xff");
  EXPECT_EQ(excerpt("abcdef", 3), "abc...");
  EXPECT_EQ(excerpt("abc", 3), "abc");
}

}  // namespace
}  // namespace signalbox::configdb
