// Rows of a RESULT as their bytes arrive. native_protocol_v4.spec 4.2.5.2
#include "configdb/cql/rows_reader.hpp"

#include <gtest/gtest.h>

#include "tests/unit/configdb/cql_bytes.hpp"

namespace signalbox::configdb::cql::test {
namespace {

struct Told final : RowSink {
  void row(std::span<const Value> cells, bool cut) override {
    if (cut) text += "cut ";
    for (const Value& cell : cells) text += cell ? "[" + std::string(*cell) + "]" : "null";
    text += "\n";
  }
  std::string text;
};

ResultHead rows(std::size_t columns, std::uint32_t count) { return {ResultKind::kRows, columns, count, {}, 0}; }

// Fed in pieces of `piece` bytes, with what was not taken in front of the next.
std::string told(const ResultHead& head, const std::string& bytes, std::size_t piece, std::size_t max_row, bool expect_finished = true) {
  Told sink;
  RowsReader reader;
  reader.begin(head, max_row);
  std::string held;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    held += bytes.substr(at, piece);
    held.erase(0, reader.feed(held, sink));
  }
  EXPECT_EQ(reader.finished(), expect_finished);
  EXPECT_EQ(held, expect_finished ? "" : held);
  return sink.text;
}

TEST(CqlRows, WholeAndInPieces) {
  const std::string bytes = bytes_of("00000001 'a' 00000003 'bcd' 00000000 ffffffff 00000002 'ef' 00000001 'g'");
  const std::string all = "[a][bcd]\n[]null\n[ef][g]\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) EXPECT_EQ(told(rows(2, 3), bytes, piece, 100), all) << piece;
}

TEST(CqlRows, WhatFollowsTheLastRowIsNotTaken) {
  Told sink;
  RowsReader reader;
  reader.begin(rows(1, 1));
  EXPECT_EQ(reader.feed(bytes_of("00000001 'a' 00000001 'b'"), sink), 5u);
  EXPECT_TRUE(reader.finished());
  EXPECT_EQ(sink.text, "[a]\n");
  reader.begin(rows(1, 0));
  EXPECT_TRUE(reader.finished());
  EXPECT_EQ(reader.feed("next", sink), 0u);
}

TEST(CqlRows, ARowThatIsTooLargeIsCutAndPassedOver) {
  const std::string large(40, 'x');
  const std::string bytes =
      bytes_of("00000001 'a' 00000028") + large + bytes_of("00000002 'yz' ffffffff 00000001 'b' 00000001 'c' ffffffff 00000001 'd'");
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece)
    EXPECT_EQ(told(rows(4, 2), bytes, piece, 30), "cut [a]nullnullnull\n[b][c]null[d]\n") << piece;
  const std::string at_the_end = bytes_of("00000001 'a' 00000028") + large + bytes_of("00000001 'b' 00000028") + large;
  for (std::size_t piece = 1; piece <= at_the_end.size(); ++piece)
    EXPECT_EQ(told(rows(2, 2), at_the_end, piece, 30), "cut [a]null\ncut [b]null\n") << piece;
}

TEST(CqlRows, ALengthBeyondAllBoundsIsWaitedForInVain) {
  EXPECT_EQ(told(rows(2, 1), bytes_of("00000001 'a' 7fffffff 'xyz'"), 3, 30, false), "cut [a]null\n");
}

}  // namespace
}  // namespace signalbox::configdb::cql::test
