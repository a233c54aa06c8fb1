// RowStore: where a LiveSource reads rows of the configuration database; in a running node a Cassandra (configdb/cql), in simulations a table
// in memory.
//
// Every request is answered once, by its last callback, from the event loop and never from within the call that made it; callbacks of
// different requests may interleave. Requests wait out what passes by itself (a lost connection, an overloaded or restarted server): an error
// is final for the request, not for the store. A request that is dropped by cancel_all() is not answered.
//
// Threads: one, that of the event loop. Lifetime: handlers must live until answered or cancelled; views only during the callback.
// Memory: a scan holds a few pages, whatever the size of the table.
// Source: spec/config.md 2.1-2.6.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace signalbox::configdb {

struct StoredColumn {
  std::string_view name;
  std::string_view value;    // empty when only write times were asked for
  std::int64_t written = 0;  // microseconds since 1970
};

// Rows of obj_uuid_table. A row comes whole, its columns in byte order of their names; one that is larger than RowParser takes comes with
// as many columns as it takes and `cut`.
class RowHandler {
 public:
  virtual ~RowHandler() = default;
  virtual void row(std::string_view key, std::span<const StoredColumn> columns, bool cut) = 0;
};

class RowStore {
 public:
  using Done = std::function<void(core::Status)>;
  // One column of obj_fq_name_table: "COMPONENT:...:UUID" under its type.
  using NameFn = std::function<void(std::string_view type, std::string_view column)>;

  virtual ~RowStore() = default;

  // Every row of obj_uuid_table, in no order, several ranges of the ring at once.
  virtual void scan_rows(RowHandler& handler, Done done) = 0;
  // The same with names and write times of the columns only, to find what differs from what was read before.
  virtual void scan_write_times(RowHandler& handler, Done done) = 0;
  // Every entry of obj_fq_name_table.
  virtual void scan_names(NameFn name, Done done) = 0;
  // These rows; a key that has none yields a row without columns.
  virtual void read_rows(std::vector<std::string> keys, RowHandler& handler, Done done) = 0;
  virtual void cancel_all() = 0;
};

}  // namespace signalbox::configdb
