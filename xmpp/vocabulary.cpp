#include "xmpp/vocabulary.hpp"

#include <algorithm>

#include "core/net.hpp"

namespace signalbox::xmpp {
namespace {

struct Encap {
  std::string_view name;
  std::uint16_t type;
};
// gre and udp first: they are nearly all there is.
constexpr std::array<Encap, 7> kEncaps{
    {{"gre", 2}, {"udp", 13}, {"vxlan", 8}, {"native", 16}, {"nvgre", 9}, {"mpls", 10}, {"vxlan-gpe", 12}}};

struct Named {
  std::string_view name;
  std::uint32_t value;
};
// The first name of a value is the one that is printed.
constexpr std::array<Named, 10> kCommunities{{{"no-export", core::kNoExport},
                                              {"no-advertise", core::kNoAdvertise},
                                              {"no-export-subconfed", core::kNoExportSubconfed},
                                              {"no-reoriginate", core::kNoReoriginate},
                                              {"accept-own", core::kAcceptOwn},
                                              {"accept-own-nexthop", core::kAcceptOwnNexthop},
                                              {"llgr-stale", core::kLlgrStale},
                                              {"no-llgr", core::kNoLlgr},
                                              {"LlgrStale", core::kLlgrStale},
                                              {"NoLlgr", core::kNoLlgr}}};

constexpr std::uint64_t kMostOfCommunityPart = 65534;

}  // namespace

std::optional<std::uint16_t> encap_type(std::string_view name) {
  for (const Encap& e : kEncaps) {
    if (e.name == name) return e.type;
  }
  return std::nullopt;
}

std::optional<unsigned> encap_name_index(std::uint16_t type) {
  switch (type) {
    case 2:
    case 11: return 0;
    case 10: return 1;
    case 16: return 2;
    case 9: return 3;
    case 13: return 4;
    case 8: return 5;
    case 12: return 6;
    default: return std::nullopt;
  }
}

std::optional<std::uint32_t> parse_community(std::string_view text) {
  const auto* const named = std::find_if(kCommunities.begin(), kCommunities.end(), [&](const Named& n) { return n.name == text; });
  if (named != kCommunities.end()) return named->value;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto high = core::parse_number(text.substr(0, colon), kMostOfCommunityPart);
  const auto low = core::parse_number(text.substr(colon + 1), kMostOfCommunityPart);
  if (!high || !low) return std::nullopt;
  return static_cast<std::uint32_t>(*high << 16 | *low);
}

char* print_community(char* out, std::uint32_t community) {
  for (const Named& n : kCommunities) {
    if (n.value == community) return std::copy(n.name.begin(), n.name.end(), out);
  }
  out = core::print_number(out, community >> 16);
  *out++ = ':';
  return core::print_number(out, community & 0xffff);
}

std::uint8_t load_balance_bit(std::string_view field) {
  for (unsigned i = 0; i < kLoadBalanceFields.size(); ++i) {
    if (kLoadBalanceFields[i] == field) return static_cast<std::uint8_t>(0x80u >> i);
  }
  return 0;
}

core::SubProtocol sub_protocol(std::string_view name) {
  using core::SubProtocol;
  if (name == "interface") return SubProtocol::kInterface;
  if (name == "interface-static") return SubProtocol::kInterfaceStatic;
  if (name == "service-interface") return SubProtocol::kServiceInterface;
  if (name == "bgpaas") return SubProtocol::kBgpaas;
  return SubProtocol::kNone;
}

}  // namespace signalbox::xmpp
