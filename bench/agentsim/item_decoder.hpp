// Reads the body of a route message (spec/xmpp.md 4.1, 7.5, 7.7) into table, slots and values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/agentsim/topology.hpp"
#include "bench/agentsim/values.hpp"

namespace signalbox::bench {

enum class BodyKind : std::uint8_t { kItems, kRetracts, kEndOfRib, kEmpty };

struct DecodedBody {
  struct Entry {
    std::uint32_t slot;   // kNoIndex: a prefix the table can not have; its text is strays[value >> 1], value & 1: item, not retract
    std::uint32_t value;  // kAbsent for a retract
  };

  BodyKind kind = BodyKind::kEmpty;
  std::uint32_t table = kNoIndex;
  std::vector<Entry> entries;
  std::vector<std::string> strays;
  std::string violation;  // what the message does that it must not, empty if nothing
};

/// Never fails: what can not be read is a violation. Cost: about 2 us per item.
DecodedBody decode_body(std::string_view body, const Topology& topology, ValueStore& values);

}  // namespace signalbox::bench
