// Keeps the configuration in force: reads the file at start and when it changes, and hands snapshots on.
//
// Threads: the main thread; problems() and status() from any. Errors: a file that cannot be read leaves what was in force and is reported.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bgp/config.hpp"
#include "configdb/file_watcher.hpp"
#include "ifmap-compat/file_config.hpp"

namespace signalbox::control {

// For readiness and show pages.
struct ConfigStatus {
  bool loaded = false;  // a first read was complete
  std::string failure;  // why the last read did not succeed, empty when it did
  std::size_t objects = 0;
  std::vector<ifmap::Diagnostic> problems;  // the first of them
  std::size_t problem_count = 0;
};

class ConfigKeeper {
 public:
  using Apply = std::function<void(std::shared_ptr<const bgp::Config>)>;

  // `changed` is called after every change of the graph.
  ConfigKeeper(std::string path, std::string hostname, Apply apply, std::function<void()> changed);

  // Reads the file; applies what differs. Returns false when it could not be read.
  bool load();
  // Readable when the file may have changed; -1 when it cannot be watched.
  int watch_fd() const { return watcher_ ? watcher_->fd() : -1; }
  // After watch_fd() was readable.
  void look();

  ifmap::Graph& graph() { return file_.graph(); }
  ConfigStatus status() const;

 private:
  void report(const core::Result<configdb::Load>& load);

  ifmap::FileConfig file_;
  Apply apply_;
  std::function<void()> changed_;
  std::optional<configdb::FileWatcher> watcher_;
  std::shared_ptr<const bgp::Config> applied_;
  mutable std::mutex mutex_;  // guards status_: show pages read it
  ConfigStatus status_;
};

}  // namespace signalbox::control
