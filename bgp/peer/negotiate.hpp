// What an OPEN says for us, and what a session agrees on when the peer's OPEN has come.
//
// Threads: plain values. Errors: the NOTIFICATION to answer with. Source: RFC 4271 section 6.2; spec/bgp.md 4, 16.1.
#pragma once

#include <cstdint>
#include <optional>

#include "bgp/wire/open.hpp"

namespace signalbox::bgp {

// What configuration wants of a session.
struct SessionTerms {
  std::uint32_t local_as = 0;
  std::uint32_t local_identifier = 0;  // IPv4, host order
  std::uint32_t peer_as = 0;
  std::uint16_t hold_time = 90;  // seconds
  FamilySet families;
  bool four_octet_as = false;  // announce and use AS numbers of four octets
  bool graceful_restart = false;
  std::uint16_t restart_time = 0;             // seconds, 12 bits
  std::uint32_t long_lived_restart_time = 0;  // seconds, 24 bits; 0: not announced

  bool operator==(const SessionTerms&) const = default;
};

// What both ends want.
struct Negotiated {
  std::uint32_t peer_identifier = 0;  // IPv4, host order
  std::uint16_t hold_time = 0;        // seconds; 0: neither hold timer nor keepalives
  FamilySet families;
  bool four_octet_as = false;
  // As the peer announced them.
  std::optional<GracefulRestart> graceful_restart;
  std::optional<LongLivedRestart> long_lived_restart;

  bool operator==(const Negotiated&) const = default;
};

// `restarting`: this node has started a short while ago (spec/bgp.md 16.1).
Open make_open(const SessionTerms& terms, bool restarting);
Decoded<Negotiated> negotiate(const SessionTerms& terms, const Open& open);

}  // namespace signalbox::bgp
