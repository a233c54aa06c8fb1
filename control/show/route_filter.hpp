// Keys of routes as show requests name them, and the filter that a partition applies while it looks through a table.
//
// Threads: plain values; a filter is built on the HTTP thread and then const, so partitions may share it.
// Source: spec/introspect.md 2.5 (selection rules), 2.6 (texts).
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "control/show/text_pattern.hpp"
#include "core/family.hpp"
#include "core/net.hpp"

namespace signalbox::control {

// Orders as the routes of a table are shown: VPN tables by route distinguisher first. The RD is zero in all other tables.
struct RouteKey {
  core::RouteDistinguisher rd;
  core::Prefix prefix;

  auto operator<=>(const RouteKey&) const = default;
};

// Where to go on in a table. Before everything by default.
struct RouteStart {
  bool beginning = true;
  RouteKey key;
  bool after = false;  // behind `key`, not at it

  // True if `k` is not before the start.
  bool reached(const RouteKey& k) const { return beginning || (after ? k > key : k >= key); }
};

// "10.1.1.1/32"; in VPN tables "RD:10.1.1.1/32".
std::string key_text(core::Family family, const RouteKey& key);
std::optional<RouteKey> parse_key(core::Family family, std::string_view text);

// Who made a path. Words: "BGP", "XMPP", "ServiceChain", "StaticRoute", "Aggregate", "Local", "None".
enum class PathSource : std::uint8_t { kNone, kBgp, kXmpp, kServiceChain, kStaticRoute, kAggregate, kLocal };
std::string_view source_word(PathSource source);

// The word by which `family=` selects tables: "inet", "inet6", "l3vpn", "l3vpn-inet6".
std::string_view table_family_word(core::Family family);

class RouteFilter {
 public:
  enum class Match : std::uint8_t {
    kPattern,  // regular expression on the printed key; empty: all
    kExact,
    kCovered,   // `longer_match`: the given prefix and everything inside it
    kCovering,  // `shorter_match`: the given prefix and everything around it
    kRelated,   // both
  };

  // `prefix` is "address/length" (in VPN tables: of any RD) or "RD:address/length". An unparsable one matches nothing, except as a pattern.
  RouteFilter(Match match, const std::string& prefix, std::string source, std::string protocol);

  // Does this route come into question? Cost: printing the key when there is a pattern.
  bool matches_key(core::Family family, const RouteKey& key) const;
  // Is this path shown? A route without such a path is not.
  bool matches_path(PathSource source, std::string_view peer) const;
  // Everything passes.
  bool empty() const { return match_ == Match::kPattern && !pattern_ && source_.empty() && protocol_.empty(); }
  // The one key that can match, if there is only one.
  std::optional<RouteKey> only_key(core::Family family) const;

 private:
  Match match_;
  std::shared_ptr<const TextPattern> pattern_;
  bool valid_ = true;
  core::Prefix prefix_;
  std::optional<core::RouteDistinguisher> rd_;
  std::string source_;
  std::string protocol_;
};

}  // namespace signalbox::control
