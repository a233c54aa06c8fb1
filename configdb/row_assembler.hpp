// Cells of a table, in the order in which a Cassandra gives them, put together to rows.
//
// CellSink      takes the cells of one range of a table, and says where it stands, so that a reading that broke off can go on
// RowAssembler  rows of obj_uuid_table: a row is given when its last column was there
// NameReader    entries of obj_fq_name_table: each is given at once
//
// Threads: one. Lifetime: cells are views until keep(), which copies what of them is still needed.
// Memory: the row under way, at most what RowParser takes. Source: spec/config.md 2.2, 2.4
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "configdb/row_store.hpp"

namespace signalbox::configdb {

struct StoredCell {
  std::string_view key;
  StoredColumn column;
  bool cut = false;  // the value was too large to be read
};

class CellSink {
 public:
  virtual ~CellSink() = default;
  virtual void cell(const StoredCell& cell) = 0;
  // Views of cells given so far end.
  virtual void keep() = 0;
  // No cell of the range follows.
  virtual void end() = 0;
  // The reading broke off and goes on behind last_key().
  virtual void go_back() = 0;
  // Of the last row that is done with; empty: none is.
  virtual const std::string& last_key() const = 0;
};

class RowAssembler final : public CellSink {
 public:
  // `every_column`: also those that RowParser does not want.
  RowAssembler(RowHandler& handler, bool every_column) : handler_(handler), every_column_(every_column) {}

  void cell(const StoredCell& cell) override;
  void keep() override;
  void end() override;
  void go_back() override;
  const std::string& last_key() const override { return last_key_; }

 private:
  bool full(const StoredColumn& column) const;
  void begin(std::string_view key);
  void give();

  RowHandler& handler_;
  const bool every_column_;
  bool under_way_ = false;
  bool cut_ = false;
  std::string_view key_;  // of the row under way
  std::vector<StoredColumn> columns_;
  std::size_t size_ = 0;  // bytes of names and values
  std::size_t kept_ = 0;  // columns that view blocks_, not the caller's bytes
  std::string kept_key_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::string last_key_;
};

class NameReader final : public CellSink {
 public:
  explicit NameReader(const RowStore::NameFn& name) : name_(name) {}

  void cell(const StoredCell& cell) override;
  void keep() override;
  void end() override;
  void go_back() override;
  const std::string& last_key() const override { return last_key_; }

 private:
  const RowStore::NameFn& name_;
  std::string_view key_, column_;  // of the last entry
  std::string kept_key_, kept_column_;
  std::string last_key_;
  bool repeating_ = false;  // until past where the reading broke off
};

}  // namespace signalbox::configdb
