// FileKeeper: the configuration from a JSON file of database rows ([CONFIGDB] config_file), read at start and when it changes.
//
// Threads: ConfigKeeper's. Reading blocks the event loop.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "configdb/file_watcher.hpp"
#include "control/node/config_keeper.hpp"
#include "ifmap-compat/file_config.hpp"

namespace signalbox::control {

class FileKeeper : public ConfigKeeper {
 public:
  FileKeeper(boost::asio::io_context& io, std::string path, std::string hostname, Listener listener);
  ~FileKeeper() override;

  void start() override;
  void stop() override;
  void reload(const Options& options, bool anew) override;
  void reinitialize() override;
  ConfigStatus status() const override;
  ifmap::Graph& graph() override { return file_.graph(); };

 private:
  class Watch;

  void load();
  void report(const core::Result<configdb::Load>& load);

  boost::asio::io_context& io_;
  ifmap::FileConfig file_;
  Listener listener_;
  std::unique_ptr<Watch> watch_;  // null when the file cannot be watched
  std::shared_ptr<const bgp::Config> applied_;
  mutable std::mutex mutex_;  // guards status_: show pages read it
  ConfigStatus status_;
};

}  // namespace signalbox::control
