// The texts that introspect and the JSON API use for what a path carries.
//
// Threads: plain functions. Cost: one string each. Source: spec/introspect.md 2.6, spec/bgp.md 9.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "control/show/show_data.hpp"
#include "core/attributes.hpp"
#include "core/net.hpp"

namespace signalbox::control {

std::string community_text(std::uint32_t community);
std::string ext_community_text(const core::ExtCommunity& community);
std::string large_community_text(const core::LargeCommunity& community);
// "gre", "vxlan" ... "unspecified".
std::string_view tunnel_encap_name(unsigned code);

std::vector<std::string> target_texts(const std::vector<core::RouteTarget>& targets);
// "64512 {1 2}": segments joined by a blank, sets in braces.
std::string as_path_text(const std::vector<AsSegment>& path);
// Dotted quad; empty for 0.
std::string router_id_text(std::uint32_t host_order);
// {"None"} when there are none.
std::vector<std::string> flag_texts(std::uint32_t flags);
std::string endpoint_text(const SocketEndpoint& endpoint);

// What the canonical attribute bytes of a path say, as text and numbers. Empty bytes: the defaults of an attribute set.
struct PathTexts {
  std::uint32_t local_preference = 0;
  std::uint32_t med = 0;
  std::string origin;
  std::string protocol;                   // "XMPP (interface)"
  std::vector<std::string> communities;   // standard, extended, large
  std::vector<std::string> tunnel_encap;  // names, each once
  std::string sequence_no;                // of MAC mobility; empty without
  std::string load_balance_decision;      // empty without
  std::vector<std::string> load_balance_fields;
};
PathTexts path_texts(const RoutePath& path);

}  // namespace signalbox::control
