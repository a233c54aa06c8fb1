// The words of agents' items and the numbers they stand for, both ways: encapsulations, communities, load balancing, sub-protocols.
//
// Threads: any (constant tables). Cost: a few comparisons, no allocation. Errors: an unknown word gives nullopt or nothing set; no word is ever
// refused here. Source: spec/xmpp.md 3.6, 5.2; spec/bgp.md 9.1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/attributes.hpp"

namespace signalbox::xmpp {

// Tunnel encapsulation by the name agents use.
std::optional<std::uint16_t> encap_type(std::string_view name);
// What agents are told, in the order they are told it (alphabetical, no name twice).
inline constexpr std::array<std::string_view, 7> kEncapNames{"gre", "mpls", "native", "nvgre", "udp", "vxlan", "vxlan-gpe"};
// Index into kEncapNames; nothing for types that agents are not told. MPLS-over-GRE (11) is `gre` too.
std::optional<unsigned> encap_name_index(std::uint16_t type);

// A community's name or "asn:value", each below 65535.
std::optional<std::uint32_t> parse_community(std::string_view text);
// Name or "high:low". Writes at most 19 characters, returns the end.
char* print_community(char* out, std::uint32_t community);

// Load-balance fields in the order of their bits in the community, most significant bit first.
inline constexpr std::array<std::string_view, 5> kLoadBalanceFields{"l3-source-address", "l3-destination-address", "l4-protocol",
                                                                    "l4-source-port", "l4-destination-port"};
inline constexpr std::uint8_t kAllLoadBalanceFields = 0xf8;
// The bit of a field; 0 for unknown words.
std::uint8_t load_balance_bit(std::string_view field);
inline constexpr std::string_view kFieldHash = "field-hash";
inline constexpr std::string_view kSourceBias = "source-bias";

// kNone for unknown words.
core::SubProtocol sub_protocol(std::string_view name);

}  // namespace signalbox::xmpp
