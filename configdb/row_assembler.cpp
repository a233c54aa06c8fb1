#include "configdb/row_assembler.hpp"

#include <cstring>

#include "configdb/row_parser.hpp"

namespace signalbox::configdb {

void RowAssembler::cell(const StoredCell& cell) {
  if (!under_way_ || cell.key != key_) {
    give();
    begin(cell.key);
  }
  if (!every_column_ && !RowParser::wanted(cell.column.name)) return;
  cut_ |= cell.cut;
  if (cell.cut || full(cell.column)) {
    cut_ = true;
    return;
  }
  size_ += cell.column.name.size() + cell.column.value.size();
  columns_.push_back(cell.column);
}

// What names the object is taken in any case: whoever reads that a row was cut wants to know of what.
bool RowAssembler::full(const StoredColumn& column) const {
  const bool more = columns_.size() >= RowParser::kMaxColumns || size_ + column.name.size() + column.value.size() > RowParser::kMaxRowSize;
  return more && !((column.name == "type" || column.name == "fq_name") && column.value.size() <= RowParser::kMaxColumnNameSize);
}

void RowAssembler::begin(std::string_view key) {
  under_way_ = true;
  key_ = key;
}

void RowAssembler::give() {
  if (!under_way_) return;
  last_key_ = key_;
  handler_.row(last_key_, columns_, cut_);
  go_back();
}

void RowAssembler::go_back() {
  under_way_ = cut_ = false;
  key_ = {};
  columns_.clear();
  size_ = kept_ = 0;
  blocks_.clear();
}

void RowAssembler::end() { give(); }

void RowAssembler::keep() {
  if (!under_way_) return;
  if (key_.data() != kept_key_.data()) {
    kept_key_ = key_;
    key_ = kept_key_;
  }
  std::size_t size = 0;
  for (std::size_t i = kept_; i < columns_.size(); ++i) size += columns_[i].name.size() + columns_[i].value.size();
  if (size > 0) {
    blocks_.push_back(std::make_unique<char[]>(size));
    char* to = blocks_.back().get();
    const auto move = [&to](std::string_view& text) {
      if (text.empty()) return;
      std::memcpy(to, text.data(), text.size());
      text = {to, text.size()};
      to += text.size();
    };
    for (std::size_t i = kept_; i < columns_.size(); ++i) {
      move(columns_[i].name);
      move(columns_[i].value);
    }
  }
  kept_ = columns_.size();
}

void NameReader::cell(const StoredCell& cell) {
  if (cell.key != key_) {
    last_key_ = key_;
    repeating_ = false;
  }
  if (repeating_ && cell.column.name <= column_) return;
  repeating_ = false;
  key_ = cell.key;
  column_ = cell.column.name;
  name_(cell.key, cell.column.name);
}

void NameReader::keep() {
  if (key_.data() != kept_key_.data()) key_ = kept_key_ = key_;
  if (column_.data() != kept_column_.data()) column_ = kept_column_ = column_;
}

void NameReader::end() { last_key_ = key_; }

void NameReader::go_back() { repeating_ = true; }

}  // namespace signalbox::configdb
