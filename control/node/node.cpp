#include "control/node/node.hpp"

#include <algorithm>
#include <future>

#include "core/log.hpp"

namespace signalbox::control {
namespace {

constexpr unsigned kMostPartitions = 16;
constexpr core::milliseconds kDrainTime{1000};

xmpp::SessionOptions session_options(const Options& options) {
  xmpp::SessionOptions s;
  s.hostname = options.hostname;
  s.max_stanza_bytes = options.xmpp.max_stanza_bytes;
  return s;
}

}  // namespace

Node::Node(std::shared_ptr<const Options> options) : options_(std::move(options)) {
  const unsigned shards = options_->shards;
  network_.shards.resize(shards);
  network_.partitions = std::min(shards, kMostPartitions);
  for (unsigned i = 0; i < shards; ++i) {
    runtimes_.push_back(
        std::make_unique<ShardRuntime>(core::ShardId(i), network_, session_options(*options_), options_->xmpp.accept_without_config));
    network_.shards[i] = runtimes_.back().get();
  }
  config_ = std::make_shared<const bgp::Config>();
}

Node::~Node() { stop(); }

core::Status Node::start() {
  const XmppOptions& x = options_->xmpp;
  if (x.auth_enable || x.tls_port != 0) {
    tls_ = std::make_unique<xmpp::TlsFiles>(xmpp::TlsContext::Files{x.server_cert, x.server_key, x.ca_cert, x.require_client_cert});
    const core::Status loaded = tls_->reload();
    if (!loaded && (x.auth_enable || x.tls_port_given)) return loaded;
    if (!loaded) {
      core::log::notice("xmpp", "no TLS listener: its files cannot be read", {{"port", x.tls_port}, {"reason", loaded.error().text}});
      tls_.reset();
    }
  }
  xmpp::Listener::Options listen_options;
  listen_options.address = options_->hostip;
  listen_options.liveness = xmpp::TcpLiveness::from_hold_time(static_cast<unsigned>(x.tcp_hold_time.count()));
  listen_options.port = x.port;
  listen_options.security = x.auth_enable ? xmpp::StreamSecurity::kStartTls : xmpp::StreamSecurity::kPlain;
  if (const core::Status s = listen(listen_options, listener_); !s) return s;
  if (tls_ && x.tls_port != 0) {
    listen_options.port = x.tls_port;
    listen_options.security = xmpp::StreamSecurity::kTlsRequired;
    const core::Status s = listen(listen_options, tls_listener_);
    if (!s && x.tls_port_given) return s;
    if (!s) core::log::notice("xmpp", "no TLS listener", {{"reason", s.error().text}});
  }
  start_bgp();
  for (auto& runtime : runtimes_) runtime->start();
  running_ = true;
  return {};
}

core::Status Node::listen(const xmpp::Listener::Options& options, std::unique_ptr<xmpp::Listener>& listener) {
  auto opened = xmpp::Listener::open(runtimes_[0]->io(), options, [this](xmpp::AcceptedSocket socket) { place(std::move(socket)); });
  if (!opened) return opened.error();
  listener = std::move(*opened);
  core::log::notice("xmpp", "listening", {{"address", options.address.to_string()}, {"port", listener->port()}});
  return {};
}

// Agents are served without BGP, so a port that cannot be had does not keep the node from starting.
void Node::start_bgp() {
  bgp::PeerManager::Options options;
  options.address = options_->hostip;
  options.port = options_->bgp.port;
  options.started = core::Clock::now();
  options.keepalive = options_->bgp.keepalive;
  options.idle_hold_time = options_->bgp.idle_hold_time;
  peers_ = std::make_unique<bgp::PeerManager>(runtimes_[0]->io(), std::move(options));
  if (const core::Status s = peers_->start(); !s) core::log::error("bgp", "not listening", {{"reason", s.error().text}});
}

// On the first shard: the connection goes where the fewest are.
void Node::place(xmpp::AcceptedSocket socket) {
  const auto least =
      std::min_element(runtimes_.begin(), runtimes_.end(), [](const auto& a, const auto& b) { return a->load() < b->load(); });
  (*least)->count_placed();
  std::uint32_t all = 0;
  for (const auto& runtime : runtimes_) all += runtime->load();
  if (all > most_sessions_.load(std::memory_order_relaxed)) most_sessions_.store(all, std::memory_order_relaxed);
  (*least)->post(NewConnection{std::move(socket), tls_ ? tls_->current() : nullptr});
}

void Node::stop() {
  if (!std::exchange(running_, false)) return;
  std::promise<void> closed;
  runtimes_[0]->post(HubMessage(HubTask([this, &closed](AgentHub&) {
    listener_.reset();
    tls_listener_.reset();
    peers_->stop();
    closed.set_value();
  })));
  closed.get_future().wait();
  // Sessions write what the sockets take and close.
  std::vector<std::shared_ptr<std::promise<void>>> empty;
  for (unsigned i = 0; i < shards(); ++i) {
    empty.push_back(std::make_shared<std::promise<void>>());
    on_hub(i, [done = empty.back()](AgentHub& hub) {
      hub.close_all(xmpp::CloseReason::kShutdown);
      hub.when_empty([done] { done->set_value(); });
    });
  }
  const core::TimePoint end = core::Clock::now() + kDrainTime;
  for (auto& done : empty) {
    if (done->get_future().wait_until(end) != std::future_status::ready) core::log::notice("xmpp", "sessions are left open at the end");
  }
  for (auto& runtime : runtimes_) runtime->stop();
}

std::shared_ptr<const bgp::Config> Node::config() const {
  const std::lock_guard lock(config_mutex_);
  return config_;
}

void Node::apply(std::shared_ptr<const bgp::Config> config) {
  auto waiting = std::make_shared<std::atomic<unsigned>>(network_.partitions);
  for (unsigned p = 0; p < network_.partitions; ++p) {
    network_.owner_of(p).post(bgp::ToPartition(config));
    on_partition(p, [this, waiting, config](bgp::Partition&) {
      if (waiting->fetch_sub(1, std::memory_order_acq_rel) == 1) apply_to_hubs(config);
    });
  }
}

void Node::apply_to_hubs(std::shared_ptr<const bgp::Config> config) {
  auto waiting = std::make_shared<std::atomic<unsigned>>(shards());
  for (unsigned s = 0; s < shards(); ++s) {
    runtimes_[s]->post(HubMessage(config));
    on_hub(s, [this, waiting, config](AgentHub&) {
      if (waiting->fetch_sub(1, std::memory_order_acq_rel) != 1) return;
      const std::lock_guard lock(config_mutex_);
      // Hubs of two snapshots in a row may finish in either order.
      if (config->version > config_->version) config_ = config;
    });
  }
  on_hub(0, [this, config](AgentHub&) { peers_->apply(config); });
}

void Node::send_configuration(core::ShardId shard, ConfigBodies bodies) { runtimes_[shard.value]->post(HubMessage(std::move(bodies))); }

core::Status Node::reload_tls() { return tls_ ? tls_->reload() : core::Status{}; }

void Node::on_partition(unsigned partition, bgp::ShowTask task) { network_.owner_of(partition).post(bgp::ToPartition(std::move(task))); }

void Node::on_hub(unsigned shard, HubTask task) { runtimes_[shard]->post(HubMessage(std::move(task))); }

void Node::on_peers(std::function<void(const bgp::PeerManager&)> task) {
  on_hub(0, [this, task = std::move(task)](AgentHub&) { task(*peers_); });
}

std::uint32_t Node::sessions() const {
  std::uint32_t n = 0;
  for (const auto& runtime : runtimes_) n += runtime->sessions();
  return n;
}

}  // namespace signalbox::control
