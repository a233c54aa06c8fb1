// The tables of a configuration database in memory, and as the text of an export (db_json_exim).
//
// Threads: plain values. Memory: all of it, so this is for labs and tests. Source: spec/config.md 2.1-2.4, 2.12.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace signalbox::control {

struct Cell {
  std::string value;
  std::int64_t written = 0;  // microseconds since 1970, 0: unknown
};
using Row = std::map<std::string, Cell>;   // by column
using Table = std::map<std::string, Row>;  // by key

inline constexpr std::array<const char*, 3> kTableNames = {"obj_uuid_table", "obj_fq_name_table", "obj_shared_table"};

struct Tables {
  std::array<Table, kTableNames.size()> table;

  Table& objects() { return table[0]; }
  const Table& objects() const { return table[0]; }
};

// The error says what is wrong with the file.
core::Result<Tables> read_export(const std::string& path);
std::string export_text(const Tables& tables);

// Equal texts, or equal JSON.
bool same_value(std::string_view a, std::string_view b);

}  // namespace signalbox::control
