#include "configdb/cql/rows_reader.hpp"

#include <algorithm>

namespace signalbox::configdb::cql {

namespace {
constexpr std::size_t kLengthSize = 4;
}

void RowsReader::begin(const ResultHead& head, std::size_t max_row) {
  columns_ = head.columns;
  max_row_ = max_row;
  rows_left_ = head.kind == ResultKind::kRows ? head.rows : 0;
  skip_bytes_ = 0;
  skip_cells_ = 0;
}

std::size_t RowsReader::feed(std::string_view bytes, RowSink& sink) {
  std::size_t at = 0;
  while (rows_left_ > 0) {
    if (!pass_over(bytes, at)) break;
    if (rows_left_ == 0) break;
    const Step step = whole_row(bytes, at, sink);
    if (step == Step::kNeedMore) break;
    if (step == Step::kTooLarge) give_up_cell(bytes, at, sink);
  }
  return at;
}

RowsReader::Step RowsReader::whole_row(std::string_view bytes, std::size_t& at, RowSink& sink) {
  std::size_t p = at;
  for (std::size_t c = 0; c < columns_; ++c) {
    if (bytes.size() - p < kLengthSize) return Step::kNeedMore;
    const auto length = static_cast<std::int32_t>(read_u32(bytes.data() + p));
    p += kLengthSize;
    if (length < 0) {
      cells_[c] = std::nullopt;
      continue;
    }
    const auto size = static_cast<std::size_t>(length);
    if (p - at + size > max_row_) return Step::kTooLarge;
    if (size > bytes.size() - p) return Step::kNeedMore;
    cells_[c] = bytes.substr(p, size);
    p += size;
  }
  at = p;
  --rows_left_;
  sink.row({cells_.data(), columns_}, false);
  return Step::kGiven;
}

// Gives the row as far as it goes before the cell with which it is larger than max_row_; those behind it are passed over, whatever they are.
void RowsReader::give_up_cell(std::string_view bytes, std::size_t& at, RowSink& sink) {
  const std::size_t begin = at;
  for (std::size_t c = 0; c < columns_; ++c) {
    const auto length = static_cast<std::int32_t>(read_u32(bytes.data() + at));
    at += kLengthSize;
    const std::size_t size = length < 0 ? 0 : static_cast<std::size_t>(length);
    if (at - begin + size <= max_row_) {
      cells_[c] = length < 0 ? Value() : Value(bytes.substr(at, size));
      at += size;
      continue;
    }
    skip_bytes_ = size;
    skip_cells_ = columns_ - c - 1;
    std::fill(cells_.begin() + static_cast<std::ptrdiff_t>(c), cells_.begin() + static_cast<std::ptrdiff_t>(columns_), Value());
    break;
  }
  sink.row({cells_.data(), columns_}, true);
}

// Past what is left of a row that was given up; false: it goes on behind `bytes`.
bool RowsReader::pass_over(std::string_view bytes, std::size_t& at) {
  const bool under_way = skip_bytes_ > 0 || skip_cells_ > 0;
  while (skip_bytes_ > 0 || skip_cells_ > 0) {
    const std::size_t n = std::min(skip_bytes_, bytes.size() - at);
    at += n;
    skip_bytes_ -= n;
    if (skip_bytes_ > 0) return false;
    if (skip_cells_ == 0) break;
    if (bytes.size() - at < kLengthSize) return false;
    const auto length = static_cast<std::int32_t>(read_u32(bytes.data() + at));
    at += kLengthSize;
    skip_bytes_ = length < 0 ? 0 : static_cast<std::size_t>(length);
    --skip_cells_;
  }
  if (under_way) --rows_left_;
  return true;
}

}  // namespace signalbox::configdb::cql
