// Rows of a configuration database for tests: made by hand, as objects or as the text of an export file.
#pragma once

#include <boost/json.hpp>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "configdb/object.hpp"
#include "configdb/row_parser.hpp"

namespace signalbox::test {

// The uuid 00000000-0000-4000-8000-0000000000NN.
inline std::string uuid_text(unsigned n) {
  char text[40];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012x", n);
  return text;
}

inline configdb::Uuid uuid(unsigned n) { return *configdb::Uuid::parse(uuid_text(n)); }

struct Row {
  std::string key;
  std::map<std::string, std::string> columns;  // name -> JSON text
  std::int64_t written = 1700000000000000;

  Row& set(const std::string& column, const std::string& json) {
    columns[column] = json;
    return *this;
  }
  Row& drop(const std::string& column) {
    columns.erase(column);
    return *this;
  }
  Row& ref(const std::string& type, unsigned n, const std::string& attribute = "null") {
    return set("ref:" + type + ":" + uuid_text(n), R"({"attr":)" + attribute + R"(,"is_weakref":false})");
  }
  Row& parent(const std::string& type, unsigned n) { return set("parent:" + type + ":" + uuid_text(n), "null"); }
};

// `name`: the components, joined by ':' unless the type's names hold colons themselves.
inline Row row(unsigned n, const std::string& type, const std::string& name) {
  boost::json::array components;
  if (type == "route_target") {
    components.emplace_back(name);
  } else {
    for (std::size_t at = 0; at <= name.size();) {
      const std::size_t colon = std::min(name.find(':', at), name.size());
      components.emplace_back(name.substr(at, colon - at));
      at = colon + 1;
    }
  }
  Row r;
  r.key = uuid_text(n);
  r.set("type", "\"" + type + "\"").set("fq_name", boost::json::serialize(components));
  return r;
}

// Feeds the row to `parser`.
inline configdb::RowOutcome parse(configdb::RowParser& parser, const Row& r, configdb::SourcePosition where = {}) {
  parser.begin(r.key, where);
  for (const auto& [column, json] : r.columns) parser.column(column, json, r.written);
  return parser.finish();
}

// The object of a row that must be good.
inline configdb::Object object(const Row& r) {
  configdb::RowParser parser;
  if (parse(parser, r) != configdb::RowOutcome::kObject) throw std::runtime_error(parser.problem().column + " " + parser.problem().reason);
  return parser.object();
}

enum class Form { kCql, kThrift };

inline boost::json::object table(const std::vector<Row>& rows, Form form) {
  boost::json::object all;
  for (const Row& r : rows) {
    boost::json::array list;
    boost::json::object keyed;
    for (const auto& [column, json] : r.columns) {
      list.push_back(boost::json::array{column, json, r.written});
      keyed[column] = boost::json::array{json, r.written};
    }
    if (form == Form::kCql) {
      all[r.key] = list;
    } else {
      all[r.key] = keyed;
    }
  }
  return all;
}

// The rows as db_json_exim writes them.
inline std::string export_text(const std::vector<Row>& rows, Form form = Form::kCql, const std::vector<Row>& names = {}) {
  boost::json::object tables{{"obj_uuid_table", table(rows, form)}, {"obj_shared_table", boost::json::object()}};
  if (!names.empty()) tables["obj_fq_name_table"] = table(names, form);
  const boost::json::object keyspaces{{"useragent", boost::json::object()}, {"config_db_uuid", tables}};
  return boost::json::serialize(boost::json::object{{"cassandra", keyspaces}, {"zookeeper", "[]"}});
}

}  // namespace signalbox::test
