// Database: a Cassandra, for a tool that reads and writes the configuration and waits for it.
//
// Threads: one; every call blocks until it is done, or the server could not be reached for `patience`. Errors: what the server or the session
// says. Source: spec/config.md 2.1.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "configdb/cql/session.hpp"
#include "control/ctl/export_file.hpp"
#include "core/result.hpp"

namespace signalbox::control {

struct DatabaseSettings {
  configdb::cql::SessionSettings session;
  configdb::cql::TlsSettings tls;
  std::string keyspace_prefix;
  unsigned replication = 1;  // of a keyspace that is made
  std::chrono::seconds patience{30};
};

// One cell to be written, or removed.
struct CellChange {
  std::size_t table = 0;  // index in kTableNames
  std::string key, column, value;
  bool remove = false;
};

class Database {
 public:
  explicit Database(DatabaseSettings settings);
  ~Database();

  // Makes keyspace and tables where they are missing.
  core::Status create();
  core::Result<Tables> read();
  // Many at a time, in no order.
  core::Status write(const std::vector<CellChange>& changes);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::control
