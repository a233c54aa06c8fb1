// Rows of the configuration database from hostile bytes: the column values, the row, the frame of an export, and what the graph makes of them.
//
// The first byte says what follows: an even one a row as lines "COLUMN", "VALUE", ...; an odd one an export file, read whole and in pieces.
// Held: the reader of values agrees with Boost.JSON; an object is what it claims to be; pieces make no difference; a graph whose objects
// are all deleted is empty.
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "configdb/export_reader.hpp"
#include "configdb/json_reader.hpp"
#include "configdb/row_parser.hpp"
#include "ifmap-compat/bgp_snapshot.hpp"
#include "ifmap-compat/graph.hpp"

namespace {

using namespace signalbox;
namespace json = boost::json;

void require(bool condition) {
  if (!condition) std::abort();
}

// True for texts on whose limits the two readers need not agree.
bool beyond_limits(const json::error_code& ec) { return ec == json::error::too_deep || ec == json::error::exponent_overflow; }

void compare_with_boost(std::string_view value) {
  configdb::JsonReader in(value);
  const bool good = in.skip() && in.finish();
  json::parse_options options;
  options.max_depth = configdb::JsonReader::kMaxDepth;
  json::error_code ec;
  json::parse(json::string_view(value.data(), value.size()), ec, {}, options);
  require(good == !ec || beyond_limits(ec) || std::string_view("nested too deep") == (in.ok() ? "" : in.error()));
}

void check_object(const configdb::Object& object) {
  require(!object.type().empty() && !object.name().empty());
  for (std::size_t i = 0; i < object.property_count(); ++i) {
    const configdb::Property p = object.property(i);
    require(!p.name.empty());
    configdb::JsonReader in(p.json);
    require(in.skip() && in.finish());
  }
  for (std::size_t i = 0; i < object.reference_count(); ++i) require(!object.reference(i).type.empty());
}

// Takes objects into a graph, and at the end out of it again.
class Consumer {
 public:
  void take(const configdb::Object& object) {
    check_object(object);
    graph_.object_changed(object);
    uuids_.push_back(object.uuid());
  }
  ~Consumer() {
    require(snapshot_.update()->instances.count(core::kMasterInstance) == 1);
    std::vector<ifmap::Diagnostic> problems;
    graph_.diagnose(problems);
    snapshot_.diagnose(problems);
    for (const configdb::Uuid& uuid : uuids_) graph_.object_deleted(uuid);
    require(graph_.node_count() == 0 && graph_.link_count() == 0);
    require(snapshot_.update()->instances.size() == 1);
  }

 private:
  ifmap::Graph graph_;
  ifmap::BgpSnapshot snapshot_{graph_, "cn1"};
  std::vector<configdb::Uuid> uuids_;
};

void row_of_lines(std::string_view text) {
  configdb::RowParser parser;
  parser.begin("00000000-0000-4000-8000-000000000001", {1, 1});
  const auto line = [&text] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
  };
  while (!text.empty()) {
    const std::string_view column = line();
    const std::string_view value = line();
    compare_with_boost(value);
    parser.column(column, value, 1);
  }
  Consumer consumer;
  if (parser.finish() == configdb::RowOutcome::kObject) consumer.take(parser.object());
}

// Everything an export says, in one text.
class Record : public configdb::ExportSink {
 public:
  void row(const configdb::RowParser& row, configdb::RowOutcome outcome, configdb::SourcePosition where) override {
    said += std::to_string(static_cast<int>(outcome)) + "@" + std::to_string(where.line) + ":" + std::to_string(where.column) + "\n";
    if (outcome == configdb::RowOutcome::kBad) said += row.problem().column + row.problem().reason + "\n";
    if (outcome == configdb::RowOutcome::kObject) {
      said += std::to_string(row.object().digest().first) + "\n";
      consumer.take(row.object());
    }
  }
  void name_entry(std::string_view type, std::string_view column) override { said.append(type).append(column).append("\n"); }

  std::string said;
  Consumer consumer;
};

std::string read_export(std::string_view text, std::size_t piece) {
  Record record;
  configdb::ExportReader reader(record);
  core::Status status;
  while (!text.empty() && status.ok()) {
    status = reader.feed(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
  }
  if (status.ok()) status = reader.finish();
  return status.ok() ? record.said : "error";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    row_of_lines(text);
  } else {
    const std::string whole = read_export(text, text.size() + 1);
    require(read_export(text, 1 + data[0] / 2) == whole);
  }
  return 0;
}
