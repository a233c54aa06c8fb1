#include "control/show/route_filter.hpp"

#include <array>
#include <utility>

namespace signalbox::control {
namespace {

struct RdAndPrefix {
  std::optional<core::RouteDistinguisher> rd;
  core::Prefix prefix;
};

// An RD has exactly one colon inside, so the prefix begins behind the second one.
std::optional<RdAndPrefix> parse_with_rd(std::string_view text) {
  const auto first = text.find(':');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = text.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto rd = core::RouteDistinguisher::parse(text.substr(0, second));
  const auto prefix = core::Prefix::parse(text.substr(second + 1));
  if (!rd || !prefix) return std::nullopt;
  return RdAndPrefix{rd, *prefix};
}

std::optional<RdAndPrefix> parse_either(std::string_view text) {
  if (const auto plain = core::Prefix::parse(text)) return RdAndPrefix{std::nullopt, *plain};
  return parse_with_rd(text);
}

// `outer` equals or contains `inner`.
bool covers(const core::Prefix& outer, const core::Prefix& inner) {
  return outer.address.v6 == inner.address.v6 && outer.length <= inner.length && core::Prefix::make(inner.address, outer.length) == outer;
}

}  // namespace

std::string key_text(core::Family family, const RouteKey& key) {
  return core::is_vpn(family) ? key.rd.to_string() + ":" + key.prefix.to_string() : key.prefix.to_string();
}

std::optional<RouteKey> parse_key(core::Family family, std::string_view text) {
  RouteKey key;
  if (core::is_vpn(family)) {
    const auto parsed = parse_with_rd(text);
    if (!parsed) return std::nullopt;
    key = {*parsed->rd, parsed->prefix};
  } else {
    const auto parsed = core::Prefix::parse(text);
    if (!parsed) return std::nullopt;
    key.prefix = *parsed;
  }
  if (key.prefix.address.v6 != core::is_v6(family)) return std::nullopt;
  return key;
}

std::string_view source_word(PathSource source) {
  static constexpr std::array<std::string_view, 7> kWords{"None", "BGP", "XMPP", "ServiceChain", "StaticRoute", "Aggregate", "Local"};
  return kWords[static_cast<std::size_t>(source)];
}

std::string_view table_family_word(core::Family family) {
  switch (family) {
    case core::Family::kInetVpn: return "l3vpn";
    case core::Family::kInet6Vpn: return "l3vpn-inet6";
    default: return core::info(family).name;
  }
}

RouteFilter::RouteFilter(Match match, const std::string& prefix, std::string source, std::string protocol)
    : match_(match), source_(std::move(source)), protocol_(std::move(protocol)) {
  if (match_ == Match::kPattern) {
    pattern_ = TextPattern::compile(prefix);
  } else if (const auto parsed = parse_either(prefix)) {
    prefix_ = parsed->prefix;
    rd_ = parsed->rd;
  } else {
    valid_ = false;
  }
}

bool RouteFilter::matches_key(core::Family family, const RouteKey& key) const {
  if (match_ == Match::kPattern) return !pattern_ || pattern_->matches(key_text(family, key));
  if (!valid_ || (rd_ && *rd_ != key.rd)) return false;
  switch (match_) {
    case Match::kCovered: return covers(prefix_, key.prefix);
    case Match::kCovering: return covers(key.prefix, prefix_);
    case Match::kRelated: return covers(prefix_, key.prefix) || covers(key.prefix, prefix_);
    default: return key.prefix == prefix_;
  }
}

bool RouteFilter::matches_path(PathSource source, std::string_view peer) const {
  return (source_.empty() || source_ == peer) && (protocol_.empty() || protocol_ == source_word(source));
}

std::optional<RouteKey> RouteFilter::only_key(core::Family family) const {
  if (match_ != Match::kExact || !valid_ || core::is_vpn(family) != rd_.has_value()) return std::nullopt;
  RouteKey key;
  key.prefix = prefix_;
  if (rd_) key.rd = *rd_;
  return key;
}

}  // namespace signalbox::control
