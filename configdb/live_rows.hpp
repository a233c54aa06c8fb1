// LiveRows: what was read of each row of the database, as far as needed to tell later versions from it, and the judgement of rows.
//
// An object is told to the sink when its content is another than what was told before. A row that can't be read is quarantined: kept out and
// listed, while the version of it that was told last stays in force. What is left of a deleted object (neither type nor fq_name) is gone.
//
// Threads: one, that of the sink. Memory: about 48 bytes for each row. Cost of take(): one pass over the columns.
// Source: spec/config.md 2.8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "configdb/file_source.hpp"
#include "configdb/object.hpp"
#include "configdb/row_parser.hpp"
#include "configdb/row_store.hpp"

namespace signalbox::configdb {

class LiveRows {
 public:
  static constexpr std::size_t kMaxListed = FileSource::kMaxListed;

  enum class Verdict : std::uint8_t {
    kUnchanged,    // nothing for the sink
    kChanged,      // told: new, or another content
    kDeleted,      // told: gone
    kQuarantined,  // kept out
  };

  explicit LiveRows(ObjectSink& sink);
  ~LiveRows();

  // A pass over the whole table begins: rows count as unseen until take() or differs() meets them.
  void begin_pass();
  // A row as it is now. Without columns that are kept, it does not exist.
  Verdict take(std::string_view key, std::span<const StoredColumn> columns, bool cut);
  // Names and write times of a row: is it another version than the one that was taken?
  bool differs(std::string_view key, std::span<const StoredColumn> columns, bool cut);
  // The rows that exist as far as known and that the pass has not met.
  std::vector<Uuid> unseen() const;
  // The row could not be read; what was told of it stays in force.
  void unreadable(const Uuid& uuid, std::string reason);

  std::size_t in_force() const { return in_force_; }
  std::size_t quarantined_count() const { return quarantined_count_ + bad_keys_.size(); }
  // The first of them, by key.
  std::vector<Quarantined> quarantined() const;
  // Type and name as of the last take(), for messages.
  std::string last_name() const;

 private:
  struct Entry;
  class Table;

  Verdict take_object(Entry& entry);
  Verdict remove(const Uuid& uuid);
  Verdict withdraw(Entry& entry, const Uuid& uuid);
  void quarantine(Entry& entry, const Uuid& uuid, const RowProblem& problem);
  void release(Entry& entry, const Uuid& uuid);
  Verdict take_bad_key(std::string_view key);

  ObjectSink& sink_;
  RowParser parser_;
  std::unique_ptr<Table> table_;
  std::map<Uuid, Quarantined> listed_;           // the first of the quarantined rows
  std::map<std::string, Quarantined> bad_keys_;  // rows whose key is no uuid
  std::size_t in_force_ = 0;
  std::size_t quarantined_count_ = 0;
  std::uint32_t pass_ = 0;
};

}  // namespace signalbox::configdb
