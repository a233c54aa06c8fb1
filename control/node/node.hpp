// The node: shards, listeners and the configuration they live on.
//
// Threads: made, started and stopped by the main thread, which also brings configurations. Lifetime: the shards run between start() and stop().
// Errors: start() names what cannot be listened on or loaded.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bgp/config.hpp"
#include "bgp/peer/peer_manager.hpp"
#include "control/node/shard_runtime.hpp"
#include "control/options/options.hpp"
#include "core/result.hpp"
#include "xmpp/listener.hpp"
#include "xmpp/tls_context.hpp"

namespace signalbox::control {

class Node {
 public:
  explicit Node(std::shared_ptr<const Options> options);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  core::Status start();
  // Refuses new agents, ends the sessions there are and the shards; takes at most a second or two.
  void stop();

  // Gives the snapshot to all partitions and then, when each has it, to all hubs and the BGP peers.
  void apply(std::shared_ptr<const bgp::Config> config);
  // For the configuration thread: what agents ask of it, and what they are told.
  ConfigInbox& config_inbox() { return network_.config_inbox; }
  void send_configuration(core::ShardId shard, ConfigBodies bodies);
  // Reads the TLS files anew; sessions that begin from now on use them.
  core::Status reload_tls();

  // ---- for show
  const Options& options() const { return *options_; }
  // The snapshot that all partitions and hubs have.
  std::shared_ptr<const bgp::Config> config() const;
  unsigned shards() const { return static_cast<unsigned>(runtimes_.size()); }
  unsigned partitions() const { return network_.partitions; }
  ShardRuntime& shard(unsigned i) { return *runtimes_[i]; }
  const ShardRuntime& shard(unsigned i) const { return *runtimes_[i]; }
  // Runs on the partition's or hub's own thread; short work only.
  void on_partition(unsigned partition, bgp::ShowTask task);
  void on_hub(unsigned shard, HubTask task);
  std::uint32_t sessions() const;
  std::uint32_t most_sessions() const { return most_sessions_.load(std::memory_order_relaxed); }
  // Runs on the first shard, with the BGP peers; short work only.
  void on_peers(std::function<void(const bgp::PeerManager&)> task);
  std::uint16_t xmpp_port() const { return listener_ ? listener_->port() : 0; }

 private:
  core::Status listen(const xmpp::Listener::Options& options, std::unique_ptr<xmpp::Listener>& listener);
  void place(xmpp::AcceptedSocket socket);
  void apply_to_hubs(std::shared_ptr<const bgp::Config> config);
  void start_bgp();

  std::shared_ptr<const Options> options_;
  ShardNetwork network_;
  std::vector<std::unique_ptr<ShardRuntime>> runtimes_;
  std::unique_ptr<bgp::PeerManager> peers_;  // on the first shard
  std::unique_ptr<xmpp::TlsFiles> tls_;
  std::unique_ptr<xmpp::Listener> listener_;
  std::unique_ptr<xmpp::Listener> tls_listener_;
  mutable std::mutex config_mutex_;  // show pages read config_ on their own thread
  std::shared_ptr<const bgp::Config> config_;
  std::atomic<std::uint32_t> most_sessions_{0};
  bool running_ = false;
};

}  // namespace signalbox::control
