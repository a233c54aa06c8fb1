// Reads a configuration database once as a node does at start, and says what that cost.
//
//   config_scan HOST:PORT [rows|times|names|keys] [KEYSPACE_PREFIX]
//   config_scan HOST:PORT fill OBJECTS [KEYSPACE_PREFIX]
// keys: the rows by their keys, after a scan of the write times that is not counted. fill: makes the keyspace and its tables, in place of what was
// there, with so many objects of 8 columns and 800 bytes. Exit status 0: done to the end.
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "bench/config_scan/fill.hpp"
#include "configdb/cql_store.hpp"
#include "core/net.hpp"

namespace {

using namespace signalbox;

struct Count final : configdb::RowHandler {
  void row(std::string_view key, std::span<const configdb::StoredColumn> columns, bool) override {
    ++rows;
    cells += columns.size();
    for (const configdb::StoredColumn& column : columns) bytes += column.name.size() + column.value.size();
    if (keep) keys.emplace_back(key);
  }
  std::size_t rows = 0, cells = 0, bytes = 0;
  bool keep = false;
  std::vector<std::string> keys;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// Runs the loop until the reading that `begin` starts is over.
template <class Begin>
bool until_done(boost::asio::io_context& io, Begin begin) {
  bool good = false;
  begin([&](const core::Status& status) {
    good = status.ok();
    if (!good) std::fprintf(stderr, "%s\n", status.error().text.c_str());
    io.stop();
  });
  io.restart();
  io.run();
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string place = argc > 1 ? argv[1] : "";
  const std::size_t colon = place.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : core::parse_number(place.substr(colon + 1), 65535);
  if (!port) {
    std::fprintf(stderr, "usage: config_scan HOST:PORT [rows|times|names|keys] [KEYSPACE_PREFIX]\n");
    return 2;
  }
  const std::string what = argc > 2 ? argv[2] : "rows";
  const int prefix_at = what == "fill" ? 4 : 3;
  const std::string keyspace = configdb::config_keyspace(argc > prefix_at ? argv[prefix_at] : "");
  boost::asio::io_context io(1);
  configdb::cql::SessionSettings settings;
  settings.contact_points = {{place.substr(0, colon), static_cast<std::uint16_t>(*port)}};
  configdb::cql::Session session(io, settings, {});
  configdb::CqlStore store(session, {keyspace, false, configdb::CqlStore::kPageCells});
  session.start();
  if (what == "fill") {
    const auto objects = core::parse_number(argc > 3 ? argv[3] : "", 100'000'000);
    return objects && bench::fill(io, session, keyspace, *objects) ? 0 : 1;
  }
  Count count;
  bool good = true;
  if (what == "keys") {
    count.keep = true;
    good = until_done(io, [&](auto done) { store.scan_write_times(count, done); });
  }
  const std::vector<std::string> keys = std::move(count.keys);
  count = {};
  const auto start = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  good = good && until_done(io, [&](auto done) {
           if (what == "names") {
             const auto name = [&count](std::string_view type, std::string_view column) {
               ++count.cells;
               count.bytes += type.size() + column.size();
             };
             return store.scan_names(name, done);
           }
           if (what == "keys") return store.read_rows(keys, count, done);
           what == "times" ? store.scan_write_times(count, done) : store.scan_rows(count, done);
         });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%s: %zu rows, %zu cells, %.1f MB; %.2f s, %.3f CPU s, peak %ld MB\n", what.c_str(), count.rows, count.cells,
              static_cast<double>(count.bytes) / 1e6, took.count(), cpu_seconds() - cpu, peak_kilobytes() / 1024);
  return good ? 0 : 1;
}
