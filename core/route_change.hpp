// RouteChange: one add or withdraw of one path, as it travels from the shard that read it to the partition that owns the prefix.
//
// It is all that the XMPP floor and the BGP floor share. A RouteBatch carries many of them with their attribute bytes in one arena: one batch
// per read burst and partition. Threads: moved from one thread to another, never shared.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/family.hpp"
#include "core/ids.hpp"
#include "core/net.hpp"

namespace signalbox::core {

struct RouteChange {
  InstanceId instance;
  PeerId peer;
  Family family = Family::kInet;
  bool withdraw = false;
  std::uint16_t flags = 0;    // of the path, see bgp/rib/route.hpp
  std::uint8_t key_size = 0;  // families without prefixes: the key, in the batch's bytes at key_at
  std::uint32_t key_at = 0;
  Prefix prefix;
  RouteDistinguisher source_rd;  // VPN families: part of the key. Agents' adds: spec/xmpp.md 5.1; zero when none is attached
  // From here on: adds only.
  IpAddress next_hop;
  std::uint32_t label = 0;
  std::uint32_t attributes_at = 0;
  std::uint32_t attributes_size = 0;
  std::uint64_t attributes_hash = 0;  // hash_bytes of the attribute bytes
};

struct RouteBatch {
  std::vector<RouteChange> changes;
  std::vector<std::uint8_t> attribute_bytes;

  bool empty() const { return changes.empty(); }
  std::span<const std::uint8_t> attributes(const RouteChange& c) const {
    return std::span(attribute_bytes).subspan(c.attributes_at, c.attributes_size);
  }
  std::span<const std::uint8_t> key(const RouteChange& c) const { return std::span(attribute_bytes).subspan(c.key_at, c.key_size); }
};

// The partition that owns a prefix, RD left out, so that a VPN route and its VRF routes fall together.
unsigned partition_of(const Prefix& prefix, unsigned partitions);
// The same for keys of bytes.
unsigned partition_of_bytes(std::span<const std::uint8_t> key, unsigned partitions);

}  // namespace signalbox::core
