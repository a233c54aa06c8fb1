#include "configdb/export_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/configdb/rows.hpp"

namespace signalbox::configdb {
namespace {

using test::export_text;
using test::Form;
using test::row;
using test::Row;
using test::uuid_text;

// Writes down what it is told.
class Record : public ExportSink {
 public:
  void row(const RowParser& r, RowOutcome outcome, SourcePosition where) override {
    const std::string at = std::to_string(where.line) + ":" + std::to_string(where.column) + " ";
    switch (outcome) {
      case RowOutcome::kObject: {
        std::string line = std::string(r.object().type()) + " " + std::string(r.object().name());
        for (std::size_t i = 0; i < r.object().property_count(); ++i) {
          line += " " + std::string(r.object().property(i).name) + "=" + std::string(r.object().property(i).json);
        }
        rows.push_back(line);
        break;
      }
      case RowOutcome::kBad: rows.push_back("bad " + r.key() + " " + r.problem().column + ": " + r.problem().reason); break;
      case RowOutcome::kAbsent: rows.push_back("absent"); break;
      case RowOutcome::kDraft: rows.push_back("draft"); break;
    }
    places.push_back(at);
  }
  void name_entry(std::string_view type, std::string_view column) override {
    names.push_back(std::string(type) + " " + std::string(column));
  }

  std::vector<std::string> rows, places, names;
};

std::string read(ExportSink& sink, std::string_view text, std::size_t piece = 1u << 20) {
  ExportReader reader(sink);
  while (!text.empty()) {
    if (const core::Status status = reader.feed(text.substr(0, piece)); !status.ok()) return status.error().text;
    text.remove_prefix(std::min(piece, text.size()));
  }
  const core::Status status = reader.finish();
  return status.ok() ? "" : status.error().text;
}

std::string in_uuid_table(const std::string& rows) { return R"({"cassandra":{"config_db_uuid":{"obj_uuid_table":)" + rows + "}}}"; }

const std::vector<Row>& sample() {
  static const std::vector<Row> rows = {
      row(1, "virtual_network", "d:p:blue").set("prop:display_name", R"("a \"b\" \u00e9 é")").set("META:x", "null"),
      row(2, "route_target", "target:1:2"),
  };
  return rows;
}

const std::vector<std::string> kSampleRows = {"virtual_network d:p:blue display_name=\"a \\\"b\\\" \\u00e9 \xc3\xa9\"",
                                              "route_target target:1:2"};

TEST(ExportReader, BothFormsReadTheSame) {
  const Row names{"virtual_network", {{"d:p:blue:" + uuid_text(1), "null"}}};
  for (const Form form : {Form::kCql, Form::kThrift}) {
    Record record;
    EXPECT_EQ(read(record, export_text(sample(), form, {names})), "");
    EXPECT_EQ(record.rows, kSampleRows);
    EXPECT_EQ(record.names, std::vector<std::string>{"virtual_network d:p:blue:" + uuid_text(1)});
  }
}

TEST(ExportReader, PiecesOfAnySizeReadTheSame) {
  for (const Form form : {Form::kCql, Form::kThrift}) {
    const std::string text = export_text(sample(), form);
    Record whole;
    EXPECT_EQ(read(whole, text), "");
    for (std::size_t piece = 1; piece < 40; ++piece) {
      Record record;
      EXPECT_EQ(read(record, text, piece), "");
      EXPECT_EQ(record.rows, kSampleRows);
      EXPECT_EQ(record.places, whole.places) << piece;
    }
  }
}

TEST(ExportReader, SaysWhereARowIs) {
  const std::string text = in_uuid_table("{\n  \"" + uuid_text(1) + "\": [],\n\n \"" + uuid_text(2) + "\": 5}");
  Record record;
  EXPECT_EQ(read(record, text), "");
  EXPECT_EQ(record.rows,
            (std::vector<std::string>{"absent", "bad " + uuid_text(2) + " : the row is neither a list nor an object of columns"}));
  EXPECT_EQ(record.places, (std::vector<std::string>{"2:4 ", "4:3 "}));
}

TEST(ExportReader, OtherTablesAndKeyspacesArePassedOver) {
  const std::string text =
      R"({"zookeeper":[["/a",[1,{"b":[]}]]],"cassandra":{"to_bgp_keyspace":{"obj_uuid_table":{"x":[["type","\"a\"",1]]}},)"
      R"("config_db_uuid":{"obj_shared_table":{"y":[["a:b","7",1]]},"obj_uuid_table":{}}}})";
  Record record;
  EXPECT_EQ(read(record, text), "");
  EXPECT_TRUE(record.rows.empty());
}

TEST(ExportReader, AWrongColumnCostsItsRow) {
  const std::string good = R"([["fq_name","[\"a\"]",1],["type","\"tag\"",1]])";
  struct Case {
    const char* row;
    const char* problem;
  };
  const std::vector<Case> cases = {
      {R"([["type","\"tag\"",1],5])", ": a column is no list, [column, value, time] is expected"},
      {R"([{"type":"\"tag\""}])", ": a column is an object, [column, value, time] is expected"},
      {R"([["type"]])", "type: the column is not [column, value, time]"},
      {R"([[]])", ": the column is not [column, value, time]"},
      {R"([[7,"x",1]])", ": a column's name is no text, a text is expected"},
      {R"([[{"a":1},"x",1]])", ": a column's name is an object, a text is expected"},
      {R"([["prop:a",5,1]])", "prop:a: the value is no text, a text is expected"},
      {R"([["prop:a",["x"],1]])", "prop:a: the value is a list, a text is expected"},
      {R"({"prop:a":"x"})", "prop:a: a column is no list, [value, time] is expected"},
      {R"({"prop:a":{"v":"x"}})", "prop:a: a column is an object, [value, time] is expected"},
      {R"({"prop:a":[]})", "prop:a: the column is not [value, time]"},
      {"\"x\"", ": the row is neither a list nor an object of columns"},
      {"null", ": the row is neither a list nor an object of columns"},
  };
  for (const Case& c : cases) {
    Record record;
    EXPECT_EQ(read(record, in_uuid_table("{\"" + uuid_text(1) + "\":" + c.row + ",\"" + uuid_text(2) + "\":" + good + "}")), "") << c.row;
    ASSERT_EQ(record.rows.size(), 2u) << c.row;
    EXPECT_EQ(record.rows[0], "bad " + uuid_text(1) + " " + c.problem);
    EXPECT_EQ(record.rows[1], "tag a");
  }
}

TEST(ExportReader, AColumnThatIsNotKeptMayLookAsItLikes) {
  const std::string row =
      R"({"fq_name":["[\"a\"]"],"type":["\"tag\"",1,{"ttl":[1]}],"META:x":null,"backref:a:b":[],"children:a":[{"x":1}]})";
  Record record;
  EXPECT_EQ(read(record, in_uuid_table("{\"" + uuid_text(1) + "\":" + row + "}")), "");
  EXPECT_EQ(record.rows, std::vector<std::string>{"tag a"});
}

TEST(ExportReader, BytesThatAreNotUtf8CostTheirRow) {
  const std::string rows = "{\"" + uuid_text(1) +
                           "\":[[\"fq_name\",\"[\\\"a\\\"]\",1],[\"type\",\"\\\"tag\\\"\",1],[\"prop:x\",\"\\\"\xff\\\"\",1]],\"" +
                           uuid_text(2) + "\":[[\"fq_name\",\"[\\\"b\\\"]\",1],[\"type\",\"\\\"tag\\\"\",1]]}";
  Record record;
  EXPECT_EQ(read(record, in_uuid_table(rows)), "");
  ASSERT_EQ(record.rows.size(), 2u);
  EXPECT_NE(record.rows[0].find("prop:x: not valid JSON at byte 1 (invalid UTF-8)"), std::string::npos) << record.rows[0];
  EXPECT_EQ(record.rows[1], "tag b");
}

TEST(ExportReader, WhatIsNotAnExport) {
  Record record;
  EXPECT_EQ(read(record, ""), "line 1 column 1: incomplete JSON");
  EXPECT_EQ(read(record, "hello"), "line 1 column 1: syntax error");
  EXPECT_EQ(read(record, "[]"), "line 1 column 1: the text is a list, a database export is an object");
  EXPECT_EQ(read(record, "7"), "line 1 column 2: the text is no object, a database export is one");
  EXPECT_EQ(read(record, "{}"), "not a database export: it has no cassandra / config_db_uuid / obj_uuid_table");
  EXPECT_EQ(read(record, R"({"cassandra":{}})"), "not a database export: it has no cassandra / config_db_uuid / obj_uuid_table");
  EXPECT_EQ(read(record, R"({"cassandra":{"config_db_uuid":{"obj_uuid_table":[]}}})"),
            "line 1 column 50: \"obj_uuid_table\" is a list, an object is expected");
  EXPECT_EQ(read(record, "{\"cassandra\":\n null}"), "line 2 column 2: \"cassandra\" is no object");
  const std::string text = export_text(sample());
  EXPECT_EQ(read(record, text + "x"), "line 1 column " + std::to_string(text.size() + 1) + ": more text after the export");
  EXPECT_EQ(read(record, text + " \n"), "");
}

// A file may be read while it is being copied.
TEST(ExportReader, EveryTruncationIsAnError) {
  const std::string text = export_text(sample());
  for (std::size_t n = 0; n < text.size(); ++n) {
    Record record;
    EXPECT_NE(read(record, text.substr(0, n)), "") << n;
  }
}

TEST(ExportReader, ErrorsCountLinesAcrossPieces) {
  const std::string text = "{\n\"a\":\n\n   oops}";
  for (std::size_t piece = 1; piece < 16; ++piece) {
    Record record;
    EXPECT_EQ(read(record, text, piece), "line 4 column 4: syntax error") << piece;
  }
}

TEST(ExportReader, AHugeValueCostsItsRow) {
  Row big = row(1, "tag", "a").set("prop:x", "\"" + std::string(10u << 20, 'x') + "\\n\"");
  for (const std::size_t piece : {std::size_t{1} << 16, std::size_t{1} << 26}) {
    Record record;
    EXPECT_EQ(read(record, export_text({big, row(2, "tag", "b")}), piece), "");
    ASSERT_EQ(record.rows.size(), 2u);
    EXPECT_NE(record.rows[0].find("prop:x: a value of"), std::string::npos) << record.rows[0];
    EXPECT_EQ(record.rows[1], "tag b");
  }
}

}  // namespace
}  // namespace signalbox::configdb
