#include "xmpp/pubsub.hpp"

#include <tuple>

#include "core/net.hpp"

namespace signalbox::xmpp {
namespace {

// Takes the text up to the next '/' off the front; nothing when there is no '/'.
std::optional<std::string_view> take_field(std::string_view& text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view field = text.substr(0, slash);
  text.remove_prefix(slash + 1);
  return field;
}

// Takes the text behind the last '/' off the end.
std::string_view take_last_field(std::string_view& text) {
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view field = text.substr(slash + 1);
  text.remove_suffix(field.size() + 1);
  return field;
}

constexpr std::string_view kServer = "network-control@contrailsystems.com/";
constexpr std::string_view kToBgp = "bgp-peer", kToConfig = "config";

}  // namespace

std::string_view to_string(RequestKind kind) {
  switch (kind) {
    case RequestKind::kMalformed: return "malformed";
    case RequestKind::kIgnored: return "ignored";
    case RequestKind::kMessage: return "message";
    case RequestKind::kSubscribe: return "subscribe";
    case RequestKind::kUnsubscribe: return "unsubscribe";
    case RequestKind::kPublish: return "publish";
    case RequestKind::kCollection: return "collection";
  }
  return "";
}

std::uint8_t channels_of(std::string_view to) {
  if (to.starts_with(kServer)) {
    const std::string_view resource = to.substr(kServer.size());
    if (resource == kToBgp) return kBgpChannel;
    if (resource == kToConfig) return kConfigChannel;
  }
  const auto bit = [to](std::string_view word, std::uint8_t channel) {
    return to.find(word) == std::string_view::npos ? std::uint8_t{0} : channel;
  };
  return static_cast<std::uint8_t>(bit(kToBgp, kBgpChannel) | bit(kToConfig, kConfigChannel) | bit("dns-peer", kDnsChannel) |
                                   bit("other-peer", kOtherChannel));
}

std::int32_t parse_option_int(std::string_view text) {
  const auto start = text.find_first_of("0123456789");
  if (start == std::string_view::npos) return 0;
  std::int32_t value = 0;
  parse_field_int(text.substr(0, text.find_first_not_of("0123456789", start)), value);
  return value;
}

bool parse_option_bool(std::string_view text) {
  return !text.empty() && std::string_view("1tTyY").find(text.front()) != std::string_view::npos;
}

void PubsubRequest::clear() {
  kind = RequestKind::kIgnored;
  channels = 0;
  node.clear();
  instance_id = -1;
  no_ribout = false;
  has_association = false;
  withdraw = false;
  association_node.clear();
  has_items = false;
  afi = 0;
  safi = 0;
  family.reset();
  primary_instance_id = 0;
  items.clear();
  attribute_bytes.clear();
}

void PubsubRequest::classify_node() {
  // Before anything else the form that nearly all have: one digit each.
  if (node.size() > 4 && node[1] == '/' && node[3] == '/' && node[0] >= '0' && node[0] <= '9' && node[2] >= '0' && node[2] <= '9') {
    afi = static_cast<std::uint16_t>(node[0] - '0');
    safi = static_cast<std::uint8_t>(node[2] - '0');
    family = core::family_of_xmpp(afi, safi);
    return;
  }
  std::string_view rest = node;
  const auto first = take_field(rest);
  const auto second = take_field(rest);
  if (!first || !second) return;
  const auto a = core::parse_number(*first, 0xffff);
  const auto s = core::parse_number(*second, 0xff);
  if (!a || !s) return;
  afi = static_cast<std::uint16_t>(*a);
  safi = static_cast<std::uint8_t>(*s);
  family = core::family_of_xmpp(afi, safi);
}

void PubsubRequest::read_primary_instance_id() {
  // afi/safi/instance/address/length/id, where an instance's name may hold a '/': what counts is a length and an address in their places.
  std::string_view rest = node;
  const std::string_view id = take_last_field(rest);
  const std::string_view length = take_last_field(rest);
  if (length.empty() || length.size() > 2 || !core::parse_number(length, 32) || !core::IpAddress::parse_v4(take_last_field(rest))) return;
  primary_instance_id = static_cast<std::uint32_t>(core::parse_number(id, 0xffffffff).value_or(0));
}

bool PubsubRequest::operator==(const PubsubRequest& o) const {
  const auto all = [](const PubsubRequest& r) {
    return std::tie(r.kind, r.channels, r.node, r.instance_id, r.no_ribout, r.has_association, r.withdraw, r.association_node, r.has_items,
                    r.afi, r.safi, r.family, r.primary_instance_id, r.items, r.attribute_bytes);
  };
  return all(*this) == all(o);
}

}  // namespace signalbox::xmpp
