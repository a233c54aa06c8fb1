// DatabaseKeeper: the configuration from a Cassandra, with its changes announced on a RabbitMQ.
//
// Ties the connections to both, the live source, the graph and the snapshots made of it. Snapshots are taken when what changed has been read,
// at the latest kSnapshotDelay after it was told; none before the first read is complete.
// Threads: ConfigKeeper's; the message bus has a thread of its own. Source: spec/config.md 1.5, 1.7, 2, 3.
#pragma once

#include <memory>

#include "control/node/config_keeper.hpp"
#include "core/clock.hpp"

namespace signalbox::control {

class DatabaseKeeper : public ConfigKeeper {
 public:
  static constexpr core::milliseconds kSnapshotDelay{100};

  DatabaseKeeper(boost::asio::io_context& io, const Options& options, Listener listener);
  ~DatabaseKeeper() override;

  void start() override;
  void stop() override;
  void reload(const Options& options, bool anew) override;
  void reinitialize() override;
  ConfigStatus status() const override;
  ifmap::Graph& graph() override;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace signalbox::control
