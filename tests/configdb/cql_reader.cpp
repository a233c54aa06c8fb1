// Reads a configuration database through CqlStore as it is told on standard input, and says what it got: for tests against a real Cassandra.
//
//   cql_reader [--user U --password P] [--tls] [--ca FILE] [--keyspace NAME] [--page CELLS] [--every-column] [--version3] HOST:PORT...
//
//   rows | times | names | keys KEY...    then, in any order     row KEY [cut] COLUMN=VALUE@WRITTEN...   or   name TYPE COLUMN
//                                         and at the end         done   or   failed REASON
//   cancel                                done, without the rest
//   state                                 state PHASE SERVER version=V links=N attempts=N error=TEXT
// Texts are hexadecimal; a value of more than 256 bytes is "#" and its size. The end of standard input ends it.
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "configdb/cql_store.hpp"
#include "core/net.hpp"

namespace {

using namespace signalbox;
namespace asio = boost::asio;

std::string hex(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789abcdef"[c & 15];
  }
  return out;
}

struct Options {
  configdb::cql::SessionSettings session;
  configdb::cql::TlsSettings tls;
  configdb::CqlStore::Settings store;
};

bool parse(int argc, char** argv, Options& o) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    if (word == "--user") {
      o.session.user = value();
    } else if (word == "--password") {
      o.session.password = value();
    } else if (word == "--version3") {
      o.session.newest_version = 3;
    } else if (word == "--tls") {
      o.tls.enabled = true;
    } else if (word == "--ca") {
      o.tls.ca_file = value();
    } else if (word == "--keyspace") {
      o.store.keyspace = value();
    } else if (word == "--page") {
      o.store.page_cells = static_cast<std::int32_t>(core::parse_number(value(), 1'000'000).value_or(1));
    } else if (word == "--every-column") {
      o.store.every_column = true;
    } else {
      const std::size_t colon = word.rfind(':');
      const auto port = colon == std::string::npos ? std::nullopt : core::parse_number(word.substr(colon + 1), 65535);
      if (!port) return false;
      o.session.contact_points.push_back({word.substr(0, colon), static_cast<std::uint16_t>(*port)});
    }
  }
  return !o.session.contact_points.empty();
}

class Reader final : configdb::RowHandler {
 public:
  Reader(asio::io_context& io, const Options& o) : session_(io, o.session, o.tls), store_(session_, o.store), input_(io, ::dup(0)) {
    session_.start();
    next_command();
  }

 private:
  void row(std::string_view key, std::span<const configdb::StoredColumn> columns, bool cut) override {
    std::string line = "row " + hex(key) + (cut ? " cut" : "");
    for (const configdb::StoredColumn& c : columns) {
      line += " " + hex(c.name) + "=" + (c.value.size() > 256 ? "#" + std::to_string(c.value.size()) : hex(c.value));
      line += "@" + std::to_string(c.written);
    }
    say(line);
  }

  // Waits until the line is taken, so that whoever reads it can hold the reading where it is.
  static void say(const std::string& line) { std::cout << line << std::endl; }

  void next_command() {
    asio::async_read_until(input_, buffer_, '\n', [this](const boost::system::error_code& error, std::size_t) {
      if (error) {
        store_.cancel_all();
        session_.stop();
        return;
      }
      std::istream lines(&buffer_);
      std::string line;
      std::getline(lines, line);
      command(line);
      next_command();
    });
  }

  void command(const std::string& line) {
    std::istringstream words(line);
    std::string what;
    words >> what;
    const auto done = [](const core::Status& status) { say(status.ok() ? "done" : "failed " + status.error().text); };
    if (what == "rows") {
      store_.scan_rows(*this, done);
    } else if (what == "times") {
      store_.scan_write_times(*this, done);
    } else if (what == "names") {
      store_.scan_names([](std::string_view type, std::string_view column) { say("name " + hex(type) + " " + hex(column)); }, done);
    } else if (what == "keys") {
      std::vector<std::string> keys;
      for (std::string key; words >> key;) keys.push_back(key);
      store_.read_rows(std::move(keys), *this, done);
    } else if (what == "cancel") {
      store_.cancel_all();
      say("done");
    } else if (what == "state") {
      say_state();
    }
  }

  void say_state() {
    static constexpr const char* kPhases[] = {"stopped", "connecting", "ready", "pausing"};
    const configdb::cql::SessionState s = session_.state();
    say(std::string("state ") + kPhases[static_cast<std::size_t>(s.phase)] + " " + configdb::cql::to_string(s.contact_point) +
        " version=" + std::to_string(s.version) + " links=" + std::to_string(s.links) + " attempts=" + std::to_string(s.attempts) +
        " error=" + s.last_error);
  }

  configdb::cql::Session session_;
  configdb::CqlStore store_;
  asio::posix::stream_descriptor input_;
  asio::streambuf buffer_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::cerr << "usage: cql_reader [options] HOST:PORT...\n";
    return 2;
  }
  asio::io_context io(1);
  Reader reader(io, options);
  io.run();
  return 0;
}
