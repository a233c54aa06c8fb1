// What of a route is told to BGP peers, and with which attributes: the rules that all peers of one group share (spec/bgp.md 15).
//
// Peers with equal policies form a group (peer_group.hpp); so everything that the outcome depends on, but for whom the route came from and which
// targets a peer wants, is a member here.
// Threads: plain values and pure functions. Cost: verdict() looks at a few flags; attributes_for() builds a set, once per set and message.
// Source: spec/bgp.md 15, 16.6.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bgp/rib/rib.hpp"
#include "bgp/wire/as_path.hpp"
#include "bgp/wire/attributes.hpp"
#include "bgp/wire/iana.hpp"
#include "core/family.hpp"

namespace signalbox::bgp {

struct ExportPolicy {
  bool internal = true;  // iBGP
  bool four_octet_as = false;
  bool filtered = false;      // the peers say which targets they want (route-target was negotiated)
  bool llgr_capable = false;  // they understand stale paths
  bool as_override = false;
  PrivateAsAction private_as = PrivateAsAction::kNone;
  std::uint32_t peer_as = 0;
  std::uint32_t local_as = 0;
  std::uint32_t server_as = 0;
  std::uint32_t identifier = 0;  // of this router, host order
  std::uint32_t cluster_id = 0;  // 0: no route reflector
  std::uint32_t max_message = iana::kMaxMessageSize;
  // Tunnel types that replace those of the path.
  std::array<std::vector<std::uint16_t>, core::kFamilies> default_encaps;

  AttributeTerms terms() const { return {four_octet_as, internal, false}; }
  bool operator==(const ExportPolicy&) const = default;
};

// Whom the best path may be told to, targets aside.
enum class Verdict : std::uint8_t {
  kNobody,
  kEveryone,
  kNotContributors,  // not to peers that one of the route's feasible paths came from
  kNotSource,        // not to the peer that the best path came from
};
Verdict verdict(const ExportPolicy& policy, const Rib& rib, const Route& route, core::Family family);

// The attributes that the path is told with, encoded, without those of MP-BGP. Precondition: verdict() is not kNobody. `scratch` is memory.
void append_attributes(const ExportPolicy& policy, const Rib& rib, const Path& path, core::Family family, core::AttributeBuilder& scratch,
                       Bytes& out);

// The attributes carry a target, and peers that say which targets they want get the family's routes by it (spec/bgp.md 14).
bool target_decides(core::Family family, const Attr& attr);

}  // namespace signalbox::bgp
