// Cells put together to rows of obj_uuid_table and entries of obj_fq_name_table.
#include "configdb/row_assembler.hpp"

#include <gtest/gtest.h>

#include "configdb/row_parser.hpp"

namespace signalbox::configdb {
namespace {

struct Rows final : RowHandler {
  void row(std::string_view key, std::span<const StoredColumn> columns, bool cut) override {
    text.append(key);
    for (const StoredColumn& c : columns)
      text.append(" ").append(c.name).append("=").append(c.value).append("@").append(std::to_string(c.written));
    text += cut ? " cut\n" : "\n";
    count = columns.size();
    last = columns.empty() ? "" : std::string(columns.back().name);
  }
  std::string text, last;
  std::size_t count = 0;
};

// Texts that are overwritten when their views end.
class Cells {
 public:
  explicit Cells(CellSink& sink) : sink_(sink) {}
  void give(const std::string& key, const std::string& name, const std::string& value, std::int64_t written, bool cut = false) {
    texts_.push_back(std::make_unique<std::string>(key + name + value));
    const std::string_view all = *texts_.back();
    sink_.cell({all.substr(0, key.size()), {all.substr(key.size(), name.size()), all.substr(key.size() + name.size()), written}, cut});
  }
  void views_end() {
    sink_.keep();
    for (const auto& text : texts_) text->assign(text->size(), '#');
    texts_.clear();
  }

 private:
  CellSink& sink_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

TEST(RowAssembler, ARowIsWholeWhenAnotherBegins) {
  Rows rows;
  RowAssembler assembler(rows, false);
  Cells cells(assembler);
  cells.give("k1", "fq_name", "[]", 1);
  cells.give("k1", "type", "t", 2);
  EXPECT_EQ(rows.text, "");
  EXPECT_EQ(assembler.last_key(), "");
  cells.give("k2", "type", "u", 3);
  EXPECT_EQ(rows.text, "k1 fq_name=[]@1 type=t@2\n");
  EXPECT_EQ(assembler.last_key(), "k1");
  assembler.end();
  EXPECT_EQ(rows.text, "k1 fq_name=[]@1 type=t@2\nk2 type=u@3\n");
}

TEST(RowAssembler, WhereTheViewsEndMakesNoDifference) {
  for (unsigned mask = 0; mask < 64; ++mask) {
    Rows rows;
    RowAssembler assembler(rows, false);
    Cells cells(assembler);
    const char* const all[][3] = {
        {"k1", "fq_name", "[\"a\"]"}, {"k1", "prop:x", ""}, {"k1", "type", "t"}, {"k2", "prop:y", "1"}, {"k2", "type", "u"}};
    for (unsigned i = 0; i < 5; ++i) {
      cells.give(all[i][0], all[i][1], all[i][2], i);
      if ((mask >> i & 1) != 0) cells.views_end();
    }
    if ((mask >> 5 & 1) != 0) cells.views_end();
    assembler.end();
    EXPECT_EQ(rows.text, "k1 fq_name=[\"a\"]@0 prop:x=@1 type=t@2\nk2 prop:y=1@3 type=u@4\n") << mask;
  }
}

TEST(RowAssembler, ColumnsThatMirrorOtherRowsAreLeftOut) {
  Rows some, every;
  RowAssembler a(some, false), b(every, true);
  for (RowAssembler* assembler : {&a, &b}) {
    Cells cells(*assembler);
    cells.give("k", "backref:x:1", "null", 1);
    cells.give("k", "type", "t", 2);
    cells.give("l", "children:x:1", "null", 3);
    assembler->end();
  }
  EXPECT_EQ(some.text, "k type=t@2\nl\n");
  EXPECT_EQ(every.text, "k backref:x:1=null@1 type=t@2\nl children:x:1=null@3\n");
}

TEST(RowAssembler, GoingBackForgetsTheRowUnderWay) {
  Rows rows;
  RowAssembler assembler(rows, false);
  Cells cells(assembler);
  cells.give("k1", "type", "t", 1);
  cells.give("k2", "fq_name", "[]", 2);
  cells.views_end();
  assembler.go_back();
  EXPECT_EQ(assembler.last_key(), "k1");
  cells.give("k2", "fq_name", "[]", 2);
  cells.give("k2", "type", "u", 3);
  assembler.end();
  EXPECT_EQ(rows.text, "k1 type=t@1\nk2 fq_name=[]@2 type=u@3\n");
}

TEST(RowAssembler, ARowOfTooManyColumnsIsCutAndStillSaysWhatItIs) {
  Rows rows;
  RowAssembler assembler(rows, false);
  Cells cells(assembler);
  cells.give("k", "fq_name", "[]", 1);
  for (std::size_t i = 0; i < RowParser::kMaxColumns + 10; ++i) cells.give("k", "prop:" + std::to_string(i), "1", 1);
  cells.give("k", "type", "t", 1);
  assembler.end();
  EXPECT_EQ(rows.count, RowParser::kMaxColumns + 1);
  EXPECT_EQ(rows.last, "type");
  EXPECT_EQ(rows.text.substr(rows.text.size() - 5), " cut\n");
}

TEST(RowAssembler, ARowOfTooManyBytesIsCut) {
  Rows rows;
  RowAssembler assembler(rows, false);
  Cells cells(assembler);
  const std::string value(RowParser::kMaxValueSize, 'x');
  for (char c = 'a'; c < 'a' + 10; ++c) {
    cells.give("k", std::string("prop:") + c, value, 1);
    cells.views_end();
  }
  cells.give("k", "type", "t", 1);
  assembler.end();
  EXPECT_EQ(rows.count, RowParser::kMaxRowSize / RowParser::kMaxValueSize - 1 + 1);
  EXPECT_EQ(rows.last, "type");
  EXPECT_EQ(rows.text.substr(rows.text.size() - 5), " cut\n");
}

TEST(RowAssembler, AValueThatWasNotReadCutsTheRow) {
  Rows rows;
  RowAssembler assembler(rows, false);
  Cells cells(assembler);
  cells.give("k", "backref:x:1", "", 0, true);
  cells.give("k", "type", "t", 1);
  cells.give("l", "prop:large", "", 0, true);
  cells.give("l", "type", "t", 1);
  assembler.end();
  EXPECT_EQ(rows.text, "k type=t@1\nl type=t@1 cut\n");
}

TEST(NameReader, EntriesComeOnceWhenTheReadingBreaksOff) {
  std::string text;
  const RowStore::NameFn name = [&text](std::string_view type, std::string_view column) {
    text.append(type).append(" ").append(column).append("\n");
  };
  NameReader reader(name);
  Cells cells(reader);
  cells.give("t1", "a", "", 0);
  cells.give("t2", "a", "", 0);
  cells.views_end();
  cells.give("t2", "b", "", 0);
  cells.views_end();
  reader.go_back();
  EXPECT_EQ(reader.last_key(), "t1");
  for (const char* column : {"a", "b", "c"}) cells.give("t2", column, "", 0);
  cells.give("t3", "a", "", 0);
  reader.go_back();
  EXPECT_EQ(reader.last_key(), "t2");
  // The entry that was given last is gone from the database.
  cells.give("t3", "b", "", 0);
  cells.give("t4", "a", "", 0);
  reader.end();
  EXPECT_EQ(text, "t1 a\nt2 a\nt2 b\nt2 c\nt3 a\nt3 b\nt4 a\n");
  EXPECT_EQ(reader.last_key(), "t4");
}

}  // namespace
}  // namespace signalbox::configdb
