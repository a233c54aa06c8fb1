// PeerManager: the BGP sessions of this node, as configuration wants them.
//
// Listens, connects to neighbours, gives accepted connections to the neighbour with that address, and ends sessions when configuration says
// so. Neighbours of routing instances other than the default one (BGP as a service) are left alone.
// Threads: one shard's, all calls; the constructor and start() may also run before the shard starts, the destructor after it has stopped.
// Lifetime: `io` outlives it. Errors: see start(); everything else is logged. Cost: a timer every 50 ms with a few compares per neighbour.
// Source: spec/bgp.md 1-6; spec/config.md 6.2, 6.3, 6.5.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "bgp/config.hpp"
#include "bgp/peer/neighbor_info.hpp"
#include "bgp/peer/route_link.hpp"
#include "core/clock.hpp"
#include "core/net.hpp"
#include "core/result.hpp"

namespace boost::asio {
class io_context;
}

namespace signalbox::bgp {

class PeerManager {
 public:
  struct Options {
    core::IpAddress address;    // to listen on and connect from
    std::uint16_t port = 179;   // until the configuration of this router names one; 0: any free one, whatever the configuration says
    core::TimePoint started{};  // when this node did
    std::optional<core::seconds> keepalive;            // instead of a third of the configured hold time
    std::optional<core::milliseconds> idle_hold_time;  // instead of 5 s
    bool strict_errors = false;                        // a malformed attribute ends the session, whichever it is
  };

  // `link`: null for sessions without routes.
  PeerManager(boost::asio::io_context& io, Options options, RouteLink* link = nullptr);
  ~PeerManager();
  PeerManager(const PeerManager&) = delete;
  PeerManager& operator=(const PeerManager&) = delete;

  // Listens. When that fails, the manager works without a listener and tries again every few seconds.
  core::Status start();
  void apply(std::shared_ptr<const Config> config);
  // Around the messages of a turn: what has been read goes to partitions, what partitions have said to the sockets.
  void begin_turn();
  void end_turn(core::TimePoint now);
  void handle(FromPartition message, core::TimePoint now);
  // Ends all sessions with a word to the peers, and listens no more.
  void stop();

  // By name.
  void for_each(const std::function<void(const NeighborInfo&)>& f) const;
  // 0: not listening.
  std::uint16_t port() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace signalbox::bgp
