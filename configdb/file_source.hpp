// FileSource: configuration from a JSON file of database rows ([CONFIGDB] config_file).
//
// load() reads the whole file and tells the sink only what differs from what it told before: objects that are new or have another content,
// and those that are gone. A row that can't be read is quarantined: kept out, counted and listed; a version of it that was told before
// stays in force. A file that is no database export, or is cut short, is an error and changes nothing.
//
// Threads: one, that of the sink. The reading blocks: about a second for 200 MB.
// Memory: per object 48 bytes to recognise it again. The first load streams; a later one keeps the changed objects until the file has been
// read to its end.
// Source: spec/config.md 2.2-2.9, 2.12.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "configdb/object.hpp"
#include "core/result.hpp"

namespace signalbox::configdb {

// A row that was kept out, in words.
struct Quarantined {
  std::string uuid;  // key of the row
  std::string type;  // empty: not known
  std::string name;  // empty: not known
  std::string column;
  std::string reason;
  SourcePosition where;
  bool last_good_in_force = false;
};

// What a load found.
struct Load {
  std::size_t objects = 0;            // well-formed rows
  std::size_t changed = 0;            // told to the sink
  std::size_t deleted = 0;            // told to the sink
  std::size_t quarantined = 0;        // rows kept out; quarantined() lists the first of them
  std::size_t drafts = 0;             // draft security policy objects, left out
  std::size_t names_without_row = 0;  // entries of obj_fq_name_table that no row stands behind
  std::size_t rows_without_name = 0;  // objects that obj_fq_name_table does not list
};

class FileSource {
 public:
  // So many quarantined rows are listed; all are counted.
  static constexpr std::size_t kMaxListed = 1000;

  explicit FileSource(std::string path);
  ~FileSource();

  const std::string& path() const { return path_; }

  // The error names the file, and line and column where it has them. After an error the sink stands where it stood before.
  core::Result<Load> load(ObjectSink& sink);

  // Rows kept out by the last load that succeeded, in the order of the file.
  const std::vector<Quarantined>& quarantined() const { return quarantined_; }

  // Where the last load found the row of an object that is in force; unknown for others.
  SourcePosition where(const Uuid& uuid) const;

 private:
  class Versions;
  class Loading;

  core::Status read_into(Loading& loading);

  std::string path_;
  std::unique_ptr<Versions> versions_;
  std::vector<Quarantined> quarantined_;
};

}  // namespace signalbox::configdb
