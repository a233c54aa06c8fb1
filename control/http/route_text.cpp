#include "control/http/route_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace signalbox::control {
namespace {

using core::ExtCommunity;

std::string hex_text(const std::uint8_t* bytes, std::size_t size) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 15];
  }
  return text;
}

// "as:number" of the three layouts: AS2 + 4 bytes, IPv4 + 2 bytes, AS4 + 2 bytes. A four-byte layout with a small AS is marked by an L.
std::string administrator_text(const ExtCommunity& c) {
  switch (c.type() & 0x3f) {
    case 0: return std::to_string(c.u16(2)) + ":" + std::to_string(c.u32(4));
    case 1: return core::IpAddress::from_v4_bytes(&c.bytes[2]).to_string() + ":" + std::to_string(c.u16(6));
    default: return std::to_string(c.u32(2)) + (c.u32(2) <= 0xffff ? "L:" : ":") + std::to_string(c.u16(6));
  }
}

// The same without the mark, for communities that are not route targets.
std::string number_pair_text(const ExtCommunity& c) {
  if ((c.type() & 0x3f) == 2) return std::to_string(c.u32(2)) + ":" + std::to_string(c.u16(6));
  return administrator_text(c);
}

std::string mac_text(const ExtCommunity& c) {
  core::MacAddress mac;
  std::copy(c.bytes.begin() + 2, c.bytes.end(), mac.bytes.begin());
  return mac.to_string();
}

std::string label_text(const ExtCommunity& c) { return std::to_string((c.u32(4) & 0xffffff) >> 4); }

std::string opaque_text(const ExtCommunity& c) { return "ext community: " + hex_text(c.bytes.data(), c.bytes.size()); }

// Types 0, 1, 2 (RFC 4360) and 0x80, 0x82 (private): an administrator and a number.
std::string assigned_text(const ExtCommunity& c) {
  switch (c.type() << 8 | c.subtype()) {
    case 0x0002:
    case 0x0102:
    case 0x0202: return "target:" + administrator_text(c);
    case 0x0003:
    case 0x0103:
    case 0x0203: return "soo:" + number_pair_text(c);
    case 0x0009:
    case 0x0209: return "source-as:" + number_pair_text(c);
    case 0x010b: return "rt-import:" + number_pair_text(c);
    case 0x8004:
    case 0x8204: return "secgroup:" + number_pair_text(c);
    case 0x8071:
    case 0x8271: return "originvn:" + number_pair_text(c);
    case 0x8084:
    case 0x8284: return "tag:" + number_pair_text(c);
    case 0x8085:
    case 0x8285: return "subcluster:" + number_pair_text(c);
    default: return opaque_text(c);
  }
}

// Types 3 (opaque), 6 (EVPN, RFC 7432) and 0xc0 (private).
std::string other_text(const ExtCommunity& c) {
  switch (c.type() << 8 | c.subtype()) {
    case 0x030c: return "encapsulation:" + std::string(tunnel_encap_name(c.u16(6)));
    case 0x030d: return "defaultgw:0";
    case 0x03aa: return c.bytes[4] & 0x80 ? "load-balance:source-bias" : "load-balance:field-hash";
    case 0x0600: return (c.bytes[2] & 1 ? "mobility:sticky:" : "mobility:non-sticky:") + std::to_string(c.u32(4));
    case 0x0601: return (c.bytes[2] & 1 ? "esilabel:sa:" : "esilabel:aa:") + label_text(c);
    case 0x0602: return "esimport:" + mac_text(c);
    case 0x0603: return "rtrmac:" + mac_text(c);
    case 0x0605: return (c.bytes[2] & 1 ? "etree:leaf:" : "etree:root:") + label_text(c);
    case 0x0609: return "evpn-mcast-flags:" + std::to_string(c.u16(2));
    case 0xc000: return "local_sequence_number:" + std::to_string(c.u32(2));
    default: return opaque_text(c);
  }
}

std::string_view sub_protocol_suffix(core::SubProtocol sub_protocol) {
  switch (sub_protocol) {
    case core::SubProtocol::kInterface: return " (interface)";
    case core::SubProtocol::kInterfaceStatic: return " (interface-static)";
    case core::SubProtocol::kServiceInterface: return " (service-interface)";
    case core::SubProtocol::kBgpaas: return " (bgpaas)";
    default: return "";
  }
}

std::string_view origin_text(core::Origin origin) {
  switch (origin) {
    case core::Origin::kIgp: return "igp";
    case core::Origin::kEgp: return "egp";
    default: return "incomplete";
  }
}

void read_ext_community(const ExtCommunity& c, PathTexts& texts) {
  texts.communities.push_back(ext_community_text(c));
  if (core::ext::is_tunnel_encap(c)) {
    std::string name(tunnel_encap_name(c.u16(6)));
    if (std::find(texts.tunnel_encap.begin(), texts.tunnel_encap.end(), name) == texts.tunnel_encap.end()) {
      texts.tunnel_encap.push_back(std::move(name));
    }
  } else if (core::ext::is_mac_mobility(c)) {
    texts.sequence_no = std::to_string(c.u32(4));
  } else if (core::ext::is_load_balance(c)) {
    static constexpr std::array<const char*, 5> kFields{"l3-source-address", "l3-destination-address", "l4-protocol", "l4-source-port",
                                                        "l4-destination-port"};
    texts.load_balance_decision = c.bytes[4] & 0x80 ? "source-bias" : "field-hash";
    for (std::size_t i = 0; i < kFields.size(); ++i) {
      if (c.bytes[2] & (0x80 >> i)) texts.load_balance_fields.emplace_back(kFields[i]);
    }
  }
}

}  // namespace

std::string_view tunnel_encap_name(unsigned code) {
  switch (code) {
    case 2: return "gre";
    case 8: return "vxlan";
    case 9: return "nvgre";
    case 10: return "mpls";
    case 11: return "mpls-o-gre";
    case 12: return "vxlan-gpe";
    case 13: return "udp";
    case 16: return "native";
    default: return "unspecified";
  }
}

std::string community_text(std::uint32_t community) {
  switch (community) {
    case core::kNoExport: return "no-export";
    case core::kNoAdvertise: return "no-advertise";
    case core::kNoExportSubconfed: return "no-export-subconfed";
    case core::kAcceptOwn: return "accept-own";
    case core::kLlgrStale: return "llgr-stale";
    case core::kNoLlgr: return "no-llgr";
    case core::kAcceptOwnNexthop: return "accept-own-nexthop";
    case core::kNoReoriginate: return "no-reoriginate";
    default: return std::to_string(community >> 16) + ":" + std::to_string(community & 0xffff);
  }
}

std::string ext_community_text(const ExtCommunity& c) {
  const bool assigned = c.type() <= 2 || c.type() == 0x80 || c.type() == 0x82;
  return assigned ? assigned_text(c) : other_text(c);
}

std::string large_community_text(const core::LargeCommunity& community) {
  const auto& b = community.bytes;
  if (b[4] != 0x01) return "large community: " + hex_text(b.data(), b.size());
  const auto number = [&b](std::size_t from, std::size_t to) {
    std::uint64_t value = 0;
    for (std::size_t i = from; i < to; ++i) value = value << 8 | b[i];
    return std::to_string(value);
  };
  return "tagLC:" + number(0, 4) + ":" + number(5, 12);
}

std::vector<std::string> target_texts(const std::vector<core::RouteTarget>& targets) {
  std::vector<std::string> texts;
  texts.reserve(targets.size());
  for (const auto& target : targets) texts.push_back(ext_community_text(target.community));
  return texts;
}

std::string as_path_text(const std::vector<AsSegment>& path) {
  std::string text;
  for (const AsSegment& segment : path) {
    if (!text.empty()) text += ' ';
    if (segment.set) text += '{';
    for (std::size_t i = 0; i < segment.numbers.size(); ++i) {
      if (i) text += ' ';
      text += std::to_string(segment.numbers[i]);
    }
    if (segment.set) text += '}';
  }
  return text;
}

std::string router_id_text(std::uint32_t host_order) {
  return host_order == 0 ? std::string() : core::IpAddress::from_v4(host_order).to_string();
}

std::vector<std::string> flag_texts(std::uint32_t flags) {
  static constexpr std::array<const char*, 12> kNames{"AsPathLooped",       "NoNeighborAs",      "Stale",        "NoTunnelEncap",
                                                      "OriginatorIdLooped", "ResolveNexthop",    "ResolvedPath", "RoutingPolicyReject",
                                                      "LlgrStale",          "ClusterListLooped", "AliasedPath",  "CheckGlobalErmVpnRoute"};
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (flags & (1u << i)) texts.emplace_back(kNames[i]);
  }
  if (texts.empty()) texts.emplace_back("None");
  return texts;
}

std::string endpoint_text(const SocketEndpoint& endpoint) { return endpoint.address.to_string() + ":" + std::to_string(endpoint.port); }

PathTexts path_texts(const RoutePath& path) {
  std::vector<std::uint8_t> default_set;
  if (path.attributes.empty()) core::AttributeBuilder().append_to(default_set);
  const core::AttributeView view(path.attributes.empty() ? default_set : path.attributes);

  PathTexts texts;
  texts.local_preference = view.header().local_pref;
  texts.med = view.header().med;
  texts.origin = origin_text(view.header().origin);
  texts.protocol = source_word(path.source);
  texts.protocol += sub_protocol_suffix(view.header().sub_protocol);
  for (std::size_t i = 0; i < view.communities(); ++i) texts.communities.push_back(community_text(view.community(i)));
  for (std::size_t i = 0; i < view.ext_communities(); ++i) read_ext_community(view.ext_community(i), texts);
  for (std::size_t i = 0; i < view.large_communities(); ++i) texts.communities.push_back(large_community_text(view.large_community(i)));
  return texts;
}

}  // namespace signalbox::control
