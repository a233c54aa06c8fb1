// ExportReader: a database export as db_json_exim writes it, read as a stream.
//
//   {"cassandra": {"config_db_uuid": {"obj_uuid_table":    {UUID: ROW, ...},
//                                     "obj_fq_name_table": {TYPE: ROW, ...}, ...}, ...}, ...}
//   ROW, exported through CQL     [[COLUMN, VALUE, WRITE TIME], ...]
//   ROW, exported through Thrift  {COLUMN: [VALUE, WRITE TIME], ...}
//
// Fed in pieces of any size; holds one row at a time. What is wrong inside a row costs that row; a text that is not JSON, or not of this
// shape, ends the reading. Raw bytes that are not UTF-8 are let through to the row they stand in.
// Threads: one. Cost: one pass; about as much memory as the largest row.
// Source: spec/config.md 2.2, 2.4, 2.12.
#pragma once

#include <memory>
#include <string_view>

#include "configdb/object.hpp"
#include "configdb/row_parser.hpp"
#include "core/result.hpp"

namespace signalbox::configdb {

class ExportSink {
 public:
  virtual ~ExportSink() = default;
  // One row of obj_uuid_table; `row` has the outcome's object or problem.
  virtual void row(const RowParser& row, RowOutcome outcome, SourcePosition where) = 0;
  // One column of obj_fq_name_table: "COMPONENT:...:UUID" under the type it is kept by.
  virtual void name_entry(std::string_view type, std::string_view column) = 0;
};

class ExportReader {
 public:
  explicit ExportReader(ExportSink& sink);
  ~ExportReader();

  // Errors say line and column. After one, the reader is of no further use.
  core::Status feed(std::string_view piece);
  // After the last piece.
  core::Status finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::configdb
