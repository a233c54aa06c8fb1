// RowParser: the columns of one row of obj_uuid_table -> an Object, or the reason why there is none.
//
// The one reader of rows, whatever brings them: a file, a Cassandra. A row is fed column by column, in any order, and judged at its end:
//   object    type and fq_name are there and every column that is kept is well-formed
//   absent    no column that is kept: what is left of a deleted object
//   draft     a draft of a security policy (prop:draft_mode_state), not for control nodes
//   bad       anything else; problem() says what, and problem_type() and problem_name() of what, as far as known
// Threads: one. Lifetime: object() is valid until the next begin(). Cost: one pass over the values, no allocation once warm.
// Source: spec/config.md 2.4, 2.6, 2.8, 2.12.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "configdb/object.hpp"

namespace signalbox::configdb {

enum class RowOutcome : std::uint8_t { kObject, kAbsent, kDraft, kBad };

struct RowProblem {
  std::string column;  // empty: the row as a whole
  std::string reason;
};

class RowParser {
 public:
  static constexpr std::size_t kMaxValueSize = 8u << 20;  // bytes of one column value
  static constexpr std::size_t kMaxColumnNameSize = 4096;
  static constexpr std::size_t kMaxColumns = 65536;      // of those that are kept
  static constexpr std::size_t kMaxRowSize = 64u << 20;  // bytes of names and values that are kept

  // Starts a row. `key` is its key, which must be a uuid.
  void begin(std::string_view key, SourcePosition where);

  // False: the column is not kept, its value need not be read at all.
  static bool wanted(std::string_view column);

  // One column; `written` is its write time in microseconds, 0 when unknown.
  void column(std::string_view name, std::string_view value, std::int64_t written);

  // What the reader of the row's frame found wrong; the first problem of a row counts.
  void bad(std::string_view column, std::string reason);

  RowOutcome finish();

  // After finish() said kObject.
  const Object& object() const { return object_; }
  // After finish() said kBad.
  const RowProblem& problem() const { return problem_; }
  std::string_view problem_type() const { return object_.type(); }
  std::string_view problem_name() const { return object_.name(); }
  // Key of the row as given, fit for a message.
  std::string key() const;
  bool key_is_uuid() const { return key_is_uuid_; }
  const Uuid& uuid() const { return object_.uuid_; }

 private:
  Object::Range keep(std::string_view text);
  void type_column(std::string_view value, std::int64_t written);
  void fq_name_column(std::string_view value);
  void parent_type_column(std::string_view value);
  void property_column(std::string_view column, std::string_view name, PropertyKind kind, std::string_view value);
  void reference_column(std::string_view column, std::string_view target, std::string_view value);
  void parent_column(std::string_view column, std::string_view target);
  bool split_target(std::string_view column, std::string_view target, std::string_view& type, Uuid& uuid);
  void sort_columns();
  void compute_digest();

  Object object_;
  RowProblem problem_;
  bool failed_ = false;
  bool key_is_uuid_ = false;
  bool draft_ = false;
  std::size_t columns_ = 0;
  std::string key_;
  std::string scratch_;
};

// `text` for a message: control characters and invalid bytes made visible, cut after `max` bytes.
std::string excerpt(std::string_view text, std::size_t max = 60);

}  // namespace signalbox::configdb
