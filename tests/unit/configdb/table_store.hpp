// A RowStore over a table in memory, whose answers come one by one when the test says so, in the order that the test's seed draws.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "configdb/row_store.hpp"

namespace signalbox::test {

struct Cell {
  std::string value;
  std::int64_t written = 0;
};
using Cells = std::map<std::string, Cell>;

class TableStore : public configdb::RowStore {
 public:
  explicit TableStore(std::uint64_t seed) : random_(seed) {}

  std::map<std::string, Cells> table;
  // Of a hundred steps so many fail their request.
  unsigned failures_percent = 0;
  // Reading this row fails whatever request it is in; scans pass it over.
  std::string poison;
  std::size_t scans = 0, audits = 0, reads = 0;

  void scan_rows(configdb::RowHandler& handler, Done done) override {
    ++scans;
    requests_.push_back(std::make_unique<Request>(Request{handler, std::move(done), true, false, {}, {}, {}}));
  }
  void scan_write_times(configdb::RowHandler& handler, Done done) override {
    ++audits;
    requests_.push_back(std::make_unique<Request>(Request{handler, std::move(done), true, true, {}, {}, {}}));
  }
  void scan_names(NameFn, Done) override {}
  void read_rows(std::vector<std::string> keys, configdb::RowHandler& handler, Done done) override {
    ++reads;
    requests_.push_back(std::make_unique<Request>(Request{handler, std::move(done), false, false, std::move(keys), {}, {}}));
  }
  void cancel_all() override { requests_.clear(); }

  bool idle() const { return requests_.empty(); }

  // One page is read, or one is handed over: so an answer may be older than what the table holds by then.
  void step() {
    if (requests_.empty()) return;
    const std::size_t at = draw(requests_.size());
    Request& request = *requests_[at];
    const bool poisoned = !request.keys.empty() && request.keys.front() == poison;
    if (poisoned || (failures_percent > 0 && draw(100) < failures_percent)) return finish(at, core::error("the store says no"));
    if (!request.page.empty()) return hand_over(request);
    if (!read_page(request)) finish(at, {});
  }

  void drain() {
    while (!idle()) step();
  }

 private:
  struct Request {
    configdb::RowHandler& handler;
    Done done;
    bool scan = false;
    bool times_only = false;
    std::vector<std::string> keys;  // still to be read
    std::pair<std::size_t, std::string> position;
    std::vector<std::pair<std::string, Cells>> page;
  };

  std::size_t draw(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  // A scan goes in an order of its own: that of the ring.
  static std::pair<std::size_t, std::string> place(const std::string& key) { return {std::hash<std::string>()(key), key}; }

  bool read_page(Request& request) {
    if (request.scan) {
      std::map<std::pair<std::size_t, std::string>, const Cells*> ring;
      for (const auto& [key, cells] : table) {
        if (place(key) > request.position) ring[place(key)] = &cells;
      }
      for (const auto& [where, cells] : ring) {
        if (request.page.size() == 3) break;
        request.position = where;
        request.page.emplace_back(where.second, *cells);
      }
    } else {
      while (!request.keys.empty() && request.page.size() < 3 && request.keys.front() != poison) {
        const std::string key = request.keys.front();
        request.keys.erase(request.keys.begin());
        const auto found = table.find(key);
        request.page.emplace_back(key, found == table.end() ? Cells() : found->second);
      }
    }
    return !request.page.empty();
  }

  static void hand_over(Request& request) {
    for (const auto& [key, cells] : std::exchange(request.page, {})) {
      std::vector<configdb::StoredColumn> columns;
      for (const auto& [name, cell] : cells) columns.push_back({name, request.times_only ? std::string_view() : cell.value, cell.written});
      request.handler.row(key, columns, false);
    }
  }

  void finish(std::size_t at, const core::Status& status) {
    const Done done = std::move(requests_[at]->done);
    requests_.erase(requests_.begin() + static_cast<std::ptrdiff_t>(at));
    done(status);
  }

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Request>> requests_;
};

}  // namespace signalbox::test
