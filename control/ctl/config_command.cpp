#include "control/ctl/config_command.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "configdb/amqp/bus_connection.hpp"
#include "control/ctl/database.hpp"
#include "control/ctl/export_file.hpp"
#include "core/log.hpp"
#include "core/net.hpp"

namespace signalbox::control {
namespace {

namespace json = boost::json;

struct Settings {
  std::string file;
  std::vector<std::string> cassandra{"127.0.0.1:9042"};
  std::string rabbitmq = "127.0.0.1:5672";
  bool silent = false;   // announce nothing
  bool replace = false;  // what the file does not have goes
  configdb::BusOptions bus;
  DatabaseSettings database;
};

int failed(const std::string& text) {
  std::fprintf(stderr, "signalboxctl: %s\n", text.c_str());
  return 2;
}

// "host:port", "[v6]:port"
std::optional<std::pair<std::string, std::uint16_t>> split_endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  const auto port = core::parse_number(text.substr(colon + 1), 65535);
  if (!port) return std::nullopt;
  std::string host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return std::pair(std::move(host), static_cast<std::uint16_t>(*port));
}

core::Status settle(Settings& s) {
  core::log::set({true, core::log::Level::kWarning, {}});
  s.database.session.contact_points.clear();
  for (const std::string& server : s.cassandra) {
    auto endpoint = split_endpoint(server);
    if (!endpoint) return core::error(server + " is no HOST:PORT");
    s.database.session.contact_points.push_back({std::move(endpoint->first), endpoint->second});
  }
  auto endpoint = split_endpoint(s.rabbitmq);
  if (!endpoint) return core::error(s.rabbitmq + " is no HOST:PORT");
  s.bus.servers = {{std::move(endpoint->first), endpoint->second}};
  return {};
}

// What has to be done to one object for the database to be as the file.
struct Difference {
  enum class Kind { kCreate, kUpdate, kDelete };
  Kind kind = Kind::kUpdate;
  std::string key;
  std::vector<std::string> columns;  // that differ
};

struct Comparison {
  std::vector<Difference> objects;
  std::vector<CellChange> cells;
};

// `replace`: rows that only the database has count as well.
Comparison compare(const Tables& database, const Tables& file, bool replace) {
  Comparison out;
  for (std::size_t t = 0; t < kTableNames.size(); ++t) {
    for (const auto& [key, row] : file.table[t]) {
      const auto there = database.table[t].find(key);
      Difference difference{there == database.table[t].end() ? Difference::Kind::kCreate : Difference::Kind::kUpdate, key, {}};
      const Row empty;
      const Row& old = there == database.table[t].end() ? empty : there->second;
      for (const auto& [column, cell] : row) {
        const auto at = old.find(column);
        if (at != old.end() && same_value(at->second.value, cell.value)) continue;
        out.cells.push_back({t, key, column, cell.value, false});
        difference.columns.push_back(column);
      }
      for (const auto& [column, cell] : old) {
        // A row of the other tables holds a whole type: what the file does not have need not be meant to go.
        if (row.contains(column) || (t != 0 && !replace)) continue;
        out.cells.push_back({t, key, column, {}, true});
        difference.columns.push_back(column);
      }
      if (t == 0 && !difference.columns.empty()) out.objects.push_back(std::move(difference));
    }
    if (!replace) continue;
    for (const auto& [key, row] : database.table[t]) {
      if (file.table[t].contains(key)) continue;
      for (const auto& [column, cell] : row) out.cells.push_back({t, key, column, {}, true});
      if (t == 0) out.objects.push_back({Difference::Kind::kDelete, key, {}});
    }
  }
  return out;
}

const char* oper(Difference::Kind kind) {
  return kind == Difference::Kind::kCreate ? "CREATE" : kind == Difference::Kind::kUpdate ? "UPDATE" : "DELETE";
}

// As an API server would; nullopt for a row that is no object.
std::optional<std::string> message(const Difference& difference, const Row& row) {
  const auto type = row.find("type");
  const auto name = row.find("fq_name");
  if (type == row.end() || name == row.end()) return std::nullopt;
  json::error_code et, en;
  const json::value type_value = json::parse(type->second.value, et);
  const json::value name_value = json::parse(name->second.value, en);
  if (et || en || !type_value.is_string() || !name_value.is_array()) return std::nullopt;
  json::object m{{"request-id", "req-" + difference.key},
                 {"oper", oper(difference.kind)},
                 {"type", type_value},
                 {"uuid", difference.key},
                 {"fq_name", name_value}};
  if (difference.kind != Difference::Kind::kUpdate) m["obj_dict"] = json::object{{"uuid", difference.key}, {"fq_name", name_value}};
  return json::serialize(m);
}

core::Status announce(const Settings& s, const Comparison& comparison, const Tables& before, const Tables& after, std::size_t& announced) {
  configdb::BusConnection bus(s.bus.servers.front(), s.bus);
  if (const core::Status opened = bus.open(); !opened.ok()) return opened;
  if (const core::Status declared = bus.declare_exchange(); !declared.ok()) return declared;
  for (const Difference& d : comparison.objects) {
    const Table& table = d.kind == Difference::Kind::kDelete ? before.objects() : after.objects();
    const auto text = message(d, table.at(d.key));
    if (!text) continue;
    if (const core::Status published = bus.publish(*text); !published.ok()) return published;
    ++announced;
  }
  // The server takes frames in their order: it has all messages when it confirms the end.
  bus.close();
  return {};
}

int load(Settings& s) {
  if (const core::Status settled = settle(s); !settled.ok()) return failed(settled.error().text);
  const auto file = read_export(s.file);
  if (!file) return failed(file.error().text);
  Database database(s.database);
  if (const core::Status created = database.create(); !created.ok()) return failed(created.error().text);
  const auto before = database.read();
  if (!before) return failed(before.error().text);
  const Comparison comparison = compare(*before, *file, s.replace);
  if (const core::Status written = database.write(comparison.cells); !written.ok()) return failed(written.error().text);
  std::size_t announced = 0;
  if (!s.silent && !comparison.objects.empty()) {
    if (const core::Status told = announce(s, comparison, *before, *file, announced); !told.ok()) {
      return failed("written, but not announced: " + told.error().text);
    }
  }
  std::printf("%zu objects in the file, %zu changed (%zu cells), %zu announced\n", file->objects().size(), comparison.objects.size(),
              comparison.cells.size(), announced);
  return 0;
}

int dump(Settings& s) {
  if (const core::Status settled = settle(s); !settled.ok()) return failed(settled.error().text);
  const auto tables = Database(s.database).read();
  if (!tables) return failed(tables.error().text);
  const std::string text = export_text(*tables);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : failed("cannot write");
}

int diff(Settings& s) {
  if (const core::Status settled = settle(s); !settled.ok()) return failed(settled.error().text);
  const auto file = read_export(s.file);
  if (!file) return failed(file.error().text);
  const auto tables = Database(s.database).read();
  if (!tables) return failed(tables.error().text);
  const Comparison comparison = compare(*tables, *file, true);
  for (const Difference& d : comparison.objects) {
    const char* what = d.kind == Difference::Kind::kCreate   ? "only in the file"
                       : d.kind == Difference::Kind::kDelete ? "only in the database"
                                                             : "differs";
    std::printf("%s: %s\n", d.key.c_str(), what);
    if (d.kind != Difference::Kind::kUpdate) continue;
    for (const std::string& column : d.columns) std::printf("  %s\n", column.c_str());
  }
  for (const CellChange& c : comparison.cells) {
    if (c.table != 0)
      std::printf("%s %s: %s only in the %s\n", kTableNames[c.table], c.key.c_str(), c.column.c_str(), c.remove ? "database" : "file");
  }
  return comparison.cells.empty() ? 0 : 1;
}

void add_database_options(CLI::App& command, Settings& s) {
  command.add_option("--cassandra", s.cassandra, "HOST:PORT, several in the order to be tried")->capture_default_str();
  command.add_option("--db-user", s.database.session.user, "user of the Cassandra");
  command.add_option("--db-password", s.database.session.password, "its password");
  command.add_flag("--db-tls", s.database.tls.enabled, "TLS to the Cassandra");
  command.add_option("--db-ca", s.database.tls.ca_file, "CA certificates that verify it");
  command.add_option("--keyspace-prefix", s.database.keyspace_prefix, "cluster id of the API server");
}

void add_bus_options(CLI::App& command, Settings& s) {
  command.add_option("--rabbitmq", s.rabbitmq, "HOST:PORT")->capture_default_str();
  command.add_option("--bus-user", s.bus.user, "user of the RabbitMQ")->capture_default_str();
  command.add_option("--bus-password", s.bus.password, "its password")->capture_default_str();
  command.add_option("--bus-vhost", s.bus.vhost, "virtual host");
  command.add_flag("--bus-tls", s.bus.tls, "TLS to the RabbitMQ");
  command.add_option("--bus-ca", s.bus.ca_certs, "CA certificates that verify it");
  command.add_option("--bus-cert", s.bus.cert_file, "certificate shown to it");
  command.add_option("--bus-key", s.bus.key_file, "the key of that");
  command.add_flag("--silent", s.silent, "announce nothing");
}

}  // namespace

void add_config_command(CLI::App& app, int& status) {
  auto settings = std::make_shared<Settings>();
  CLI::App* config = app.add_subcommand("config", "the configuration database, for labs and tests");
  config->require_subcommand(1);
  CLI::App* load_command = config->add_subcommand("load", "writes an export (db_json_exim) into the database and announces what changed");
  load_command->add_option("file", settings->file, "the export")->required();
  load_command->add_flag("--replace", settings->replace, "remove what the file does not have");
  load_command->add_option("--replication", settings->database.replication, "copies of each row, of a keyspace that is made")
      ->capture_default_str();
  add_database_options(*load_command, *settings);
  add_bus_options(*load_command, *settings);
  load_command->callback([settings, &status] { status = load(*settings); });
  CLI::App* dump_command = config->add_subcommand("dump", "prints the database as an export");
  add_database_options(*dump_command, *settings);
  dump_command->callback([settings, &status] { status = dump(*settings); });
  CLI::App* diff_command = config->add_subcommand("diff", "compares the database with an export; exit status 1: they differ");
  diff_command->add_option("file", settings->file, "the export")->required();
  add_database_options(*diff_command, *settings);
  diff_command->callback([settings, &status] { status = diff(*settings); });
}

}  // namespace signalbox::control
