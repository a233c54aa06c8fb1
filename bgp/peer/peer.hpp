// One neighbour: joins its state machine with its connections, and counts what goes over them.
//
// Routes are exchanged by PeerRoutes, which exists while the session is up.
// Threads: the peer manager's shard. Lifetime: the context outlives it. Errors: none are returned; they end sessions.
// Source: spec/bgp.md 2-6.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "bgp/config.hpp"
#include "bgp/peer/connection.hpp"
#include "bgp/peer/end_of_rib.hpp"
#include "bgp/peer/fsm.hpp"
#include "bgp/peer/neighbor_info.hpp"
#include "bgp/peer/peer_routes.hpp"
#include "bgp/wire/update.hpp"

namespace signalbox::bgp {

class Peer;

// What all peers of a manager share.
struct PeerContext {
  boost::asio::io_context& io;
  core::IpAddress local_address;
  EndOfRibSchedule::Node node;
  unsigned dscp = 0;
  bool strict_errors = false;
  SelfConfig self;
  // Null: sessions come up and exchange no routes.
  RouteLink* link = nullptr;
  FeedSet* feeds = nullptr;
  PeerRoutesOwner* owner = nullptr;
  std::unordered_map<core::PeerId, Peer*> by_id;  // those with routes
};

class Peer : private ConnectionHandler {
 public:
  Peer(PeerContext& context, std::shared_ptr<const NeighborConfig> config, PeerFsm::Settings settings, std::uint32_t seed);

  // The configuration as it is now. `run`: a session is wanted; `renegotiate`: what was agreed before does not hold any more.
  void apply(std::shared_ptr<const NeighborConfig> config, PeerFsm::Settings settings, bool run, bool renegotiate);
  void stop(const Notification& reason);
  // A connection from the neighbour's address.
  void accept(std::unique_ptr<Connection> connection);
  // Timers; to be called every 50 to 100 ms.
  void tick(core::TimePoint now);
  // The class of traffic has changed in the context.
  void update_dscp();

  // Null: the session is not up.
  PeerRoutes* routes() { return routes_.get(); }
  // Writes what the peer is owed while its socket takes it; reads on when partitions can take more.
  void turn();
  core::TimePoint blocked_since() const;
  // The session ends and comes back.
  void reset(const Notification& reason);

  const NeighborConfig& config() const { return *config_; }
  NeighborInfo info() const;

 private:
  void on_connected(Side side) override;
  void on_connect_failed(Side side, const std::string& reason) override;
  void on_message(Side side, const Message& message) override;
  void on_bad_header(Side side, const Notification& answer) override;
  void on_closed(Side side, const std::string& reason) override;
  void on_room(Side side) override;

  FsmActions on_open(Side side, ByteView body, core::TimePoint now);
  FsmActions on_update(Side side, ByteView body, core::TimePoint now);
  FsmActions on_notification(Side side, ByteView body, core::TimePoint now);

  std::unique_ptr<Connection>& connection(Side side) { return connections_[static_cast<unsigned>(side)]; }
  // `incoming`: the connection that kTake and kRefuse are about.
  void perform(const FsmActions& actions, std::unique_ptr<Connection> incoming = {});
  void perform(const FsmAction& action, std::unique_ptr<Connection>& incoming);
  void send(Side side, const Bytes& message);
  void connect();
  void refuse(Connection& incoming, const std::optional<Notification>& reason);
  void went_up();
  void went_down();
  void send_end_of_rib(core::TimePoint now);
  void count_updates(std::string_view bytes);

  PeerContext& context_;
  std::shared_ptr<const NeighborConfig> config_;
  PeerFsm::Settings settings_;
  PeerFsm fsm_;
  EndOfRibSchedule end_of_rib_;
  std::array<std::unique_ptr<Connection>, 2> connections_;  // by Side
  MessageCounts rx_, tx_;
  UpdateCounts rx_updates_, tx_updates_;
  RouteIntake::Counters intake_;  // of sessions that are over
  std::unique_ptr<PeerRoutes> routes_;
  bool paused_ = false;
  Update update_;  // decoded into again and again
  SocketStats socket_;
};

}  // namespace signalbox::bgp
