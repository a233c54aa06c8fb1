// RowsReader: the rows of one RESULT, read as their bytes arrive.
//
//   row: for each column a [bytes] cell:  +--------+--------+---      length -1: null
//                                         | [int] length | value
// A page need never be held as a whole: what is kept in memory is a row, and of a row that is larger than kMaxRow only what came before
// its large cell. Such a row is given with its large cells empty, and `cut`.
// Threads: one. Lifetime: cells view the bytes given, during the call. Cost: 4 bytes read per cell, nothing copied.
// Source: native_protocol_v4.spec section 4.2.5.2
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "configdb/cql/messages.hpp"

namespace signalbox::configdb::cql {

class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void row(std::span<const Value> cells, bool cut) = 0;
};

class RowsReader {
 public:
  // Larger than any value that is of use (RowParser::kMaxValueSize), and than what a server with usual settings accepts.
  static constexpr std::size_t kMaxRow = 20u << 20;

  // Starts with the rows behind `head`. `max_row`: for tests.
  void begin(const ResultHead& head, std::size_t max_row = kMaxRow);

  // Gives all whole rows at the beginning of `bytes` to `sink`; returns how many bytes are done with. The rest is to be given again, with
  // more behind it.
  std::size_t feed(std::string_view bytes, RowSink& sink);

  bool finished() const { return rows_left_ == 0; }

 private:
  enum class Step : std::uint8_t { kGiven, kNeedMore, kTooLarge };
  Step whole_row(std::string_view bytes, std::size_t& at, RowSink& sink);
  void give_up_cell(std::string_view bytes, std::size_t& at, RowSink& sink);
  bool pass_over(std::string_view bytes, std::size_t& at);

  std::size_t columns_ = 0;
  std::size_t max_row_ = kMaxRow;
  std::uint32_t rows_left_ = 0;
  std::size_t skip_bytes_ = 0;  // of the large cell under way
  std::size_t skip_cells_ = 0;  // of its row, behind it
  std::array<Value, kMaxColumns> cells_;
};

}  // namespace signalbox::configdb::cql
