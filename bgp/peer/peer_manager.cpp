#include "bgp/peer/peer_manager.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <string>
#include <utility>

#include "bgp/peer/listener.hpp"
#include "bgp/peer/peer.hpp"
#include "core/log.hpp"
#include "core/log_limit.hpp"

namespace signalbox::bgp {
namespace asio = boost::asio;
namespace log = core::log;

namespace {

constexpr core::milliseconds kTickPeriod{50};
constexpr core::seconds kListenRetryTime{5};

// When a reader falls out of a feed.
constexpr core::milliseconds kTooSlow{5000};    // its next body has waited this long
constexpr core::milliseconds kSlow{500};        // or this long,
constexpr core::milliseconds kStuck{250};       // while its socket took nothing for this long
constexpr std::size_t kFeedKeeps = 256u << 10;  // and the feed holds more than this

using NeighborPtr = std::shared_ptr<const NeighborConfig>;

// Changes of the global settings that end all sessions (spec/config.md 6.5).
bool must_reset(const GlobalConfig& a, const GlobalConfig& b) {
  return a.graceful_restart != b.graceful_restart || a.restart_time != b.restart_time ||
         a.long_lived_restart_time != b.long_lived_restart_time || a.end_of_rib_timeout != b.end_of_rib_timeout ||
         a.bgp_helper != b.bgp_helper || a.enable_4byte_as != b.enable_4byte_as || a.fast_convergence != b.fast_convergence ||
         a.nh_reachability_check != b.nh_reachability_check || a.always_compare_med != b.always_compare_med;
}

SessionTerms terms_of(const NeighborConfig& neighbor, const GlobalConfig& global, const std::optional<core::seconds>& keepalive) {
  SessionTerms terms;
  terms.local_as = neighbor.local_as;
  terms.local_identifier = neighbor.local_identifier;
  terms.peer_as = neighbor.peer_as;
  terms.hold_time = keepalive ? static_cast<std::uint16_t>(keepalive->count() * 3) : neighbor.offered_hold_time;
  for (const NeighborConfig::Family& family : neighbor.families) terms.families.add(family.family);
  terms.four_octet_as = global.enable_4byte_as;
  terms.graceful_restart = global.graceful_restart;
  terms.restart_time = static_cast<std::uint16_t>(global.restart_time);
  terms.long_lived_restart_time = global.long_lived_restart_time;
  return terms;
}

}  // namespace

struct PeerManager::Impl : std::enable_shared_from_this<Impl>, private PeerRoutesOwner {
  Impl(asio::io_context& io, Options o, RouteLink* route_link)
      : options(std::move(o)),
        timer(io),
        link(route_link),
        feeds(route_link != nullptr ? route_link->shard() : core::ShardId{}),
        context{io, options.address, {options.started, false, core::seconds(300)}, 0, options.strict_errors, {}, link, &feeds, this, {}},
        warnings(5, core::seconds(10)) {}

  core::Status listen(std::uint16_t port);
  void follow_port(const SelfConfig& self);
  void retry_listening(core::TimePoint now);
  void arm_timer();
  void tick();
  void accept(std::unique_ptr<Connection> connection);
  void refuse(Connection& connection, iana::CeaseReason reason, const char* why);
  void apply(const std::shared_ptr<const Config>& next);
  void apply_neighbor(const NeighborPtr& neighbor, const Config& next, bool reset);
  void remove_others(const std::map<std::string, NeighborPtr>& wanted);
  void index_addresses();
  void sign_listener();
  void follow_dscp(unsigned dscp);
  void stop();
  void wants_turn(PeerRoutes& routes) override;
  void begin_turn();
  void end_turn();
  void handle(FromPartition& message, core::TimePoint now);
  void find_slow_readers(core::TimePoint now);
  PeerRoutes* routes_of(core::PeerId id);

  const Options options;
  asio::steady_timer timer;
  RouteLink* const link;
  FeedSet feeds;
  std::vector<core::PeerId> wanting;  // a turn
  PeerContext context;
  log::RateLimit warnings;
  std::shared_ptr<const Config> config;
  std::map<std::string, std::unique_ptr<Peer>> peers;
  std::map<core::IpAddress, Peer*> by_address;
  std::map<core::IpAddress, std::string> keys;       // as the listener has them
  std::map<core::IpAddress, std::string> unsigned_;  // addresses whose key the system does not take, and why
  std::unique_ptr<Listener> listener;
  std::uint16_t wanted_port = 0;
  core::TimePoint listen_again = core::TimePoint::max();
  std::uint32_t next_seed = 1;
  bool stopped = false;
};

// Listening.

core::Status PeerManager::Impl::listen(std::uint16_t port) {
  wanted_port = port;
  listen_again = core::TimePoint::max();
  auto opened = Listener::open(context.io, {options.address, port}, [this](std::unique_ptr<Connection> c) { accept(std::move(c)); });
  if (!opened) {
    listen_again = core::Clock::now() + kListenRetryTime;
    return opened.error();
  }
  listener = std::move(*opened);
  keys.clear();
  sign_listener();
  if (context.dscp != 0) follow_dscp(std::exchange(context.dscp, 0));
  log::notice("bgp", "listening", {{"address", options.address.to_string()}, {"port", listener->port()}});
  return {};
}

// The listener that there is stays until another one is open.
void PeerManager::Impl::follow_port(const SelfConfig& self) {
  if (!self.present || options.port == 0 || self.port == wanted_port) return;
  if (const core::Status s = listen(self.port); !s) log::error("bgp", "the configured port cannot be used", {{"reason", s.error().text}});
}

void PeerManager::Impl::retry_listening(core::TimePoint now) {
  if (now < listen_again) return;
  if (const core::Status s = listen(wanted_port); !s)
    log::warning(warnings, "listen", "bgp", "still not listening", {{"reason", s.error().text}});
}

void PeerManager::Impl::accept(std::unique_ptr<Connection> connection) {
  const auto at = by_address.find(connection->remote().address);
  if (at == by_address.end()) return refuse(*connection, iana::CeaseReason::kPeerDeconfigured, "no neighbour has this address");
  if (unsigned_.contains(at->first)) return refuse(*connection, iana::CeaseReason::kConnectionRejected, "its key is not in force");
  at->second->accept(std::move(connection));
}

void PeerManager::Impl::refuse(Connection& connection, iana::CeaseReason reason, const char* why) {
  const std::string address = connection.remote().address.to_string();
  log::warning(warnings, address, "bgp", "connection refused", {{"address", address}, {"reason", why}});
  connection.finish(encode(Notification::of(reason, why)));
}

// Installs the keys that neighbours have now, and takes those away that nobody has any more.
void PeerManager::Impl::sign_listener() {
  if (listener == nullptr) return;
  std::map<core::IpAddress, std::string> wanted;
  for (const auto& [address, peer] : by_address) {
    if (!peer->config().md5_key.empty()) wanted.emplace(address, peer->config().md5_key);
  }
  for (const auto& [address, key] : keys) {
    if (!wanted.contains(address)) (void)listener->set_md5_key(address, {}).ok();
  }
  std::erase_if(unsigned_, [&](const auto& entry) { return !wanted.contains(entry.first); });
  for (const auto& [address, key] : wanted) {
    const auto installed = keys.find(address);
    if (installed != keys.end() && installed->second == key) continue;
    if (const core::Status s = listener->set_md5_key(address, key); s) {
      unsigned_.erase(address);
    } else {
      log::error("bgp", "the key of a neighbour cannot be put in force", {{"address", address.to_string()}, {"reason", s.error().text}});
      unsigned_[address] = s.error().text;
    }
  }
  std::erase_if(wanted, [&](const auto& entry) { return unsigned_.contains(entry.first); });
  keys = std::move(wanted);
}

void PeerManager::Impl::follow_dscp(unsigned dscp) {
  if (dscp == context.dscp) return;
  context.dscp = dscp;
  if (listener != nullptr) {
    if (const core::Status s = listener->set_dscp(dscp); !s) log::warning("bgp", "traffic class not set", {{"reason", s.error().text}});
  }
  for (auto& [name, peer] : peers) peer->update_dscp();
}

// Time.

void PeerManager::Impl::arm_timer() {
  timer.expires_after(kTickPeriod);
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || self == nullptr || self->stopped) return;
    self->tick();
    self->arm_timer();
  });
}

void PeerManager::Impl::tick() {
  const core::TimePoint now = core::Clock::now();
  for (auto& [name, peer] : peers) peer->tick(now);
  retry_listening(now);
  find_slow_readers(now);
}

// Routes.

PeerRoutes* PeerManager::Impl::routes_of(core::PeerId id) {
  const auto found = context.by_id.find(id);
  return found == context.by_id.end() ? nullptr : found->second->routes();
}

void PeerManager::Impl::wants_turn(PeerRoutes& routes) {
  if (std::exchange(routes.queued, true)) return;
  wanting.push_back(routes.id());
}

void PeerManager::Impl::begin_turn() {
  for (const auto& [id, peer] : context.by_id) peer->routes()->flush();
}

void PeerManager::Impl::end_turn() {
  for (const core::PeerId id : std::exchange(wanting, {})) {
    PeerRoutes* routes = routes_of(id);
    if (routes == nullptr) continue;
    routes->queued = false;
    context.by_id.at(id)->turn();
  }
  if (link != nullptr) feeds.acknowledge([this](unsigned partition, const FeedAck& ack) { link->to_partition(partition, ack, 0); });
}

void PeerManager::Impl::handle(FromPartition& message, core::TimePoint now) {
  if (auto* chunk = std::get_if<FeedChunk>(&message)) {
    feeds.feed(chunk->partition, chunk->instance).push(std::move(*chunk), now, [this](FeedReader& r) {
      wants_turn(*static_cast<PeerReader*>(r.owner)->routes);
    });
  } else if (const auto* joined = std::get_if<Joined>(&message)) {
    if (PeerRoutes* routes = routes_of(joined->peer)) routes->joined(*joined);
  } else if (auto* missed = std::get_if<CatchUpChunk>(&message)) {
    if (PeerRoutes* routes = routes_of(missed->peer)) routes->caught_up(std::move(*missed));
  } else if (const auto* done = std::get_if<DumpDone>(&message)) {
    if (PeerRoutes* routes = routes_of(done->peer)) routes->dump_done(*done);
  } else if (const auto* behind = std::get_if<TooFarBehind>(&message)) {
    if (routes_of(behind->peer) != nullptr) context.by_id.at(behind->peer)->reset(Notification::of(iana::CeaseReason::kOutOfResources));
  }
}

// A reader that holds bodies back is taken off its feed: when the feed is long and its socket is stuck, or after a while in any case.
void PeerManager::Impl::find_slow_readers(core::TimePoint now) {
  std::vector<FeedReader*> slow;
  const auto let_fall = [&](Feed& feed, core::TimePoint since, core::TimePoint blocked_before) {
    slow.clear();
    feed.overdue(since, slow);
    for (FeedReader* r : slow) {
      auto& reader = *static_cast<PeerReader*>(r->owner);
      if (context.by_id.at(reader.routes->id())->blocked_since() <= blocked_before) reader.routes->fall_out(reader);
    }
  };
  feeds.for_each([&](Feed& feed) {
    let_fall(feed, now - kTooSlow, now);
    if (feed.bytes() > kFeedKeeps) let_fall(feed, now - kSlow, now - kStuck);
  });
  // Their reading may go on.
  for (const auto& [id, peer] : context.by_id) wants_turn(*peer->routes());
}

// Configuration.

void PeerManager::Impl::apply(const std::shared_ptr<const Config>& next) {
  const std::shared_ptr<const Config> last = std::exchange(config, next);
  context.node.has_configuration = next->self.usable();
  context.self = next->self;
  context.node.timeout = core::seconds(next->global.end_of_rib_timeout);
  follow_dscp(next->global.control_dscp);
  const bool reset_all = last != nullptr && must_reset(last->global, next->global);
  const bool reset_internal = last != nullptr && last->self.cluster_id != next->self.cluster_id;
  std::map<std::string, NeighborPtr> wanted;
  for (const NeighborPtr& neighbor : next->neighbors) {
    if (neighbor->instance == kMasterInstanceName) wanted.emplace(neighbor->name, neighbor);
  }
  remove_others(wanted);
  for (const auto& [name, neighbor] : wanted) apply_neighbor(neighbor, *next, reset_all || (reset_internal && neighbor->internal()));
  index_addresses();
  sign_listener();
  follow_port(next->self);
}

void PeerManager::Impl::apply_neighbor(const NeighborPtr& neighbor, const Config& next, bool reset) {
  PeerFsm::Settings settings;
  settings.terms = terms_of(*neighbor, next.global, options.keepalive);
  settings.passive = neighbor->passive;
  settings.admin_down = neighbor->admin_down;
  if (options.idle_hold_time) settings.idle_hold_time = *options.idle_hold_time;
  const bool run = next.self.usable() && !neighbor->admin_down && !neighbor->address.unspecified();
  std::unique_ptr<Peer>& peer = peers[neighbor->name];
  if (peer == nullptr) peer = std::make_unique<Peer>(context, neighbor, settings, next_seed++);
  const bool changed = peer->config() != *neighbor;
  peer->apply(neighbor, settings, run, reset || changed);
}

void PeerManager::Impl::remove_others(const std::map<std::string, NeighborPtr>& wanted) {
  std::erase_if(peers, [&](auto& entry) {
    if (wanted.contains(entry.first)) return false;
    entry.second->stop(Notification::of(iana::CeaseReason::kPeerDeconfigured));
    return true;
  });
}

void PeerManager::Impl::index_addresses() {
  by_address.clear();
  for (auto& [name, peer] : peers) {
    const NeighborConfig& neighbor = peer->config();
    if (neighbor.address.unspecified()) continue;
    // Of several sessions with one address, one that may come up counts.
    Peer*& at = by_address[neighbor.address];
    if (at == nullptr || (at->config().admin_down && !neighbor.admin_down)) at = peer.get();
  }
}

void PeerManager::Impl::stop() {
  if (std::exchange(stopped, true)) return;
  timer.cancel();
  listener.reset();
  for (auto& [name, peer] : peers) peer->stop(Notification::of(iana::CeaseReason::kAdministrativeShutdown));
}

PeerManager::PeerManager(asio::io_context& io, Options options, RouteLink* link)
    : impl_(std::make_shared<Impl>(io, std::move(options), link)) {}

PeerManager::~PeerManager() = default;

core::Status PeerManager::start() {
  impl_->arm_timer();
  return impl_->listen(impl_->options.port);
}

void PeerManager::apply(std::shared_ptr<const Config> config) {
  if (!impl_->stopped) impl_->apply(config);
}

void PeerManager::begin_turn() { impl_->begin_turn(); }

void PeerManager::end_turn(core::TimePoint) { impl_->end_turn(); }

void PeerManager::handle(FromPartition message, core::TimePoint now) { impl_->handle(message, now); }

void PeerManager::stop() { impl_->stop(); }

void PeerManager::for_each(const std::function<void(const NeighborInfo&)>& f) const {
  for (const auto& [name, peer] : impl_->peers) f(peer->info());
}

std::uint16_t PeerManager::port() const { return impl_->listener == nullptr ? 0 : impl_->listener->port(); }

}  // namespace signalbox::bgp
