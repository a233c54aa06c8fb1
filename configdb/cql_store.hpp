// CqlStore: the configuration database in a Cassandra.
//
// Tables are read in parts: a whole table as kRanges ranges of the ring, kInFlight at a time, rows by their keys one by one, kKeysInFlight at a
// time, each in pages of kPageCells cells. What breaks off (a lost connection, another server) goes on behind the last whole row, so nothing comes
// twice. A keyspace or table that does not exist yet is waited for; the session's state says so.
//
// Threads and lifetime: RowStore's; the session outlives it. Not to be destroyed from within a callback. Cost: about 0.12 us per column, 15 us per
// row that is read by its key. Memory: kInFlight or kKeysInFlight rows at most, see RowAssembler. Errors: a statement that the server will never
// take. Source: spec/config.md 2.1-2.6
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "configdb/cql/session.hpp"
#include "configdb/row_store.hpp"

namespace signalbox::configdb {

// "config_db_uuid", or "PREFIX_config_db_uuid" for an API server with a cluster id. The underscore may be part of the prefix.
std::string config_keyspace(const std::string& prefix);

class CqlStore final : public RowStore {
 public:
  static constexpr std::size_t kRanges = 32;
  static constexpr std::size_t kInFlight = 8;
  static constexpr std::size_t kKeysInFlight = 64;
  static constexpr std::int32_t kPageCells = 5000;

  struct Settings {
    std::string keyspace = "config_db_uuid";
    // Also columns that mirror other rows, which a node does not read (backref:, children:, META:).
    bool every_column = false;
    std::int32_t page_cells = kPageCells;
  };

  CqlStore(cql::Session& session, Settings settings);
  ~CqlStore() override;

  void scan_rows(RowHandler& handler, Done done) override;
  void scan_write_times(RowHandler& handler, Done done) override;
  void scan_names(NameFn name, Done done) override;
  void read_rows(std::vector<std::string> keys, RowHandler& handler, Done done) override;
  void cancel_all() override;

 private:
  class Reading;
  class Partitioner;
  class Part;

  void begin(std::shared_ptr<Reading> reading);

  cql::Session& session_;
  const Settings settings_;
  bool filter_ = true;  // the server leaves out the columns that are not asked for
  std::vector<std::shared_ptr<Reading>> readings_;
};

}  // namespace signalbox::configdb
