#include "control/ctl/export_file.hpp"

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace signalbox::control {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(std::string_view(value.as_string())) : json::serialize(value);
}

Cell cell_of(const json::value& value, const json::value* written) {
  return {text_of(value), written && written->is_int64() ? written->as_int64() : 0};
}

// [[COLUMN, VALUE, TIME], ...] or {COLUMN: [VALUE, TIME], ...}
bool read_row(const json::value& from, Row& row) {
  if (const json::array* cells = from.if_array()) {
    for (const json::value& entry : *cells) {
      const json::array* cell = entry.if_array();
      if (!cell || cell->size() < 2 || !(*cell)[0].is_string()) return false;
      row[text_of((*cell)[0])] = cell_of((*cell)[1], cell->size() > 2 ? &(*cell)[2] : nullptr);
    }
    return true;
  }
  const json::object* cells = from.if_object();
  if (!cells) return false;
  for (const auto& [column, entry] : *cells) {
    const json::array* cell = entry.if_array();
    if (!cell || cell->empty()) return false;
    row[std::string(std::string_view(column))] = cell_of((*cell)[0], cell->size() > 1 ? &(*cell)[1] : nullptr);
  }
  return true;
}

core::Result<Tables> read_tables(const json::value& root) {
  const json::value* keyspace = nullptr;
  if (const json::object* top = root.if_object()) {
    const json::value* cassandra = top->if_contains("cassandra");
    if (cassandra && cassandra->is_object()) keyspace = cassandra->as_object().if_contains("config_db_uuid");
  }
  if (!keyspace || !keyspace->is_object()) return core::error("no database export: it has no cassandra/config_db_uuid");
  Tables tables;
  for (std::size_t t = 0; t < kTableNames.size(); ++t) {
    const json::value* table = keyspace->as_object().if_contains(kTableNames[t]);
    if (!table) continue;
    if (!table->is_object()) return core::error(std::string(kTableNames[t]) + " is no table");
    for (const auto& [key, row] : table->as_object()) {
      if (!read_row(row, tables.table[t][std::string(std::string_view(key))])) {
        return core::error(std::string(kTableNames[t]) + ": row " + std::string(std::string_view(key)) + " is no row");
      }
    }
  }
  return tables;
}

}  // namespace

core::Result<Tables> read_export(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return core::error(path + ": " + std::strerror(errno));
  std::ostringstream text;
  text << file.rdbuf();
  json::error_code ec;
  const json::value root = json::parse(text.view(), ec);
  if (ec) return core::error(path + ": " + ec.message());
  auto tables = read_tables(root);
  if (!tables) return core::error(path + ": " + tables.error().text);
  return tables;
}

std::string export_text(const Tables& tables) {
  json::object keyspace;
  for (std::size_t t = 0; t < kTableNames.size(); ++t) {
    json::object table;
    for (const auto& [key, row] : tables.table[t]) {
      json::array cells;
      for (const auto& [column, cell] : row) cells.push_back(json::array{column, cell.value, cell.written});
      table[key] = std::move(cells);
    }
    keyspace[kTableNames[t]] = std::move(table);
  }
  return json::serialize(json::object{{"cassandra", json::object{{"config_db_uuid", std::move(keyspace)}}}, {"zookeeper", "[]"}}) + "\n";
}

bool same_value(std::string_view a, std::string_view b) {
  if (a == b) return true;
  json::error_code ea, eb;
  const json::value left = json::parse(json::string_view(a.data(), a.size()), ea);
  const json::value right = json::parse(json::string_view(b.data(), b.size()), eb);
  return !ea && !eb && left == right;
}

}  // namespace signalbox::control
