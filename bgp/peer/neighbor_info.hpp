// A neighbour as show pages and metrics see it, and its counters.
//
// Threads: plain values; filled in on the peer manager's shard. Source: spec/introspect.md 2.2.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bgp/config.hpp"
#include "bgp/peer/connection.hpp"
#include "bgp/peer/fsm.hpp"
#include "bgp/peer/route_intake.hpp"

namespace signalbox::bgp {

struct MessageCounts {
  std::uint64_t open = 0;
  std::uint64_t update = 0;
  std::uint64_t notification = 0;
  std::uint64_t keepalive = 0;
  std::uint64_t close = 0;  // connections that ended

  std::uint64_t total() const { return open + update + notification + keepalive; }
};

// Of UPDATEs, by what they carry; one message may count as both reach and unreach.
struct UpdateCounts {
  std::uint64_t reach = 0;
  std::uint64_t unreach = 0;
  std::uint64_t end_of_rib = 0;
};

struct NeighborInfo {
  std::shared_ptr<const NeighborConfig> config;
  SessionState state = SessionState::kIdle;
  SessionState last_state = SessionState::kIdle;
  core::TimePoint state_since{};  // the epoch: never changed
  FsmEvent last_event = FsmEvent::kNone;
  std::string last_error;  // of the last NOTIFICATION; empty: there was none
  std::uint64_t flaps = 0;
  core::TimePoint last_flap{};
  std::optional<Negotiated> negotiated;  // while the session is up or about to be
  std::uint16_t offered_hold_time = 0;   // seconds
  SocketEndpoint remote, local;          // of the connection in use; unspecified: none
  MessageCounts rx, tx;
  UpdateCounts rx_updates, tx_updates;
  SocketStats socket;
  RouteIntake::Counters intake;
  core::PeerId id;  // of the session that is up; 0: none is
};

}  // namespace signalbox::bgp
