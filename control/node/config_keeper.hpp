// ConfigKeeper: keeps the configuration in force, wherever it comes from, and hands snapshots of it on.
//
// Threads: the main thread; status() and reinitialize() from any. Errors: what cannot be read leaves in force what was, and is reported.
// Source: spec/config.md 1.3, 1.5, 1.7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bgp/config.hpp"
#include "configdb/live_source.hpp"
#include "control/options/options.hpp"
#include "ifmap-compat/diagnostic.hpp"
#include "ifmap-compat/graph.hpp"

namespace boost::asio {
class io_context;
}

namespace signalbox::control {

// A server that the configuration comes from.
struct ConfigConnection {
  std::string name;     // "Cassandra", "RabbitMQ"
  std::string servers;  // all that are configured, "host, host"
  std::string server;   // the one connected to, or tried last, "address:port"
  bool up = false;
  bool was_up = false;         // since the start or the last change of the options
  std::int64_t since = 0;      // when `up` became what it is, microseconds since 1970
  std::uint64_t attempts = 0;  // to connect, without success, since then
  std::string last_error;      // empty: none since then
  std::string url;             // RabbitMQ: without user and password
};

// For readiness and show pages.
struct ConfigStatus {
  bool loaded = false;         // the first read, or the last that was asked for, is complete
  std::int64_t loaded_at = 0;  // when it became so, microseconds since 1970
  std::string doing;           // while it is not: what is waited for
  std::string failure;         // why the last read did not succeed, empty when it did
  std::size_t objects = 0;
  std::vector<ifmap::Diagnostic> problems;  // the first of them
  std::size_t problem_count = 0;
  bool from_database = false;
  std::vector<ConfigConnection> connections;  // of a database
  configdb::LiveCounters counters;            // of a database
};

class ConfigKeeper {
 public:
  static constexpr std::size_t kMostProblems = 1000;

  // Who is told of changes.
  struct Listener {
    std::function<void(std::shared_ptr<const bgp::Config>)> apply;  // another snapshot
    std::function<void()> graph_changed;
  };

  virtual ~ConfigKeeper() = default;

  // Reads, or begins to; applies what there is.
  virtual void start() = 0;
  virtual void stop() = 0;
  // The options were read again. `anew`: all is read anew even when nothing in them changed.
  virtual void reload(const Options& options, bool anew) = 0;
  // The same from any thread, with the options in force; soon.
  virtual void reinitialize() = 0;
  virtual ConfigStatus status() const = 0;
  // What all of it is made of; main thread only.
  virtual ifmap::Graph& graph() = 0;
};

// A file, when one is configured, else the database. Runs on `io`, which must outlive it.
std::unique_ptr<ConfigKeeper> make_config_keeper(boost::asio::io_context& io, const Options& options, ConfigKeeper::Listener listener);

}  // namespace signalbox::control
