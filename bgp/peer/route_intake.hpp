// From UPDATEs of one session to changes of routes: what the session's configuration makes of attributes, and the flags of paths.
//
// Threads: one session's. Cost: per UPDATE one attribute set for each partition that gets routes of it; per route its change.
// Source: spec/bgp.md 2.2, 7, 10.
#pragma once

#include <array>
#include <vector>

#include "bgp/config.hpp"
#include "bgp/wire/update.hpp"
#include "core/attributes.hpp"
#include "core/family.hpp"
#include "core/route_change.hpp"

namespace signalbox::bgp {

// Tunnel types by the names that configuration has for them; unknown ones are left out.
std::vector<std::uint16_t> tunnel_types(const std::vector<std::string>& names);

class RouteIntake {
 public:
  struct Counters {
    std::uint64_t treated_as_withdraw = 0;  // UPDATEs
    std::uint64_t attributes_discarded = 0;
    std::uint64_t routes_skipped = 0;  // whose form is wrong
  };

  RouteIntake(const NeighborConfig& neighbor, const SelfConfig& self, core::PeerId peer);

  // Appends what the UPDATE changes to the batch of the partition that owns each route. False: its routes cannot be read, and the session ends
  // with `answer`.
  bool take(Update& update, std::vector<core::RouteBatch>& batches, Notification& answer);
  const Counters& counters() const { return counters_; }

 private:
  struct Session {
    bool internal;
    bool med_is_preference;  // an external control node's MED says what its LOCAL_PREF was
    bool origin_override;
    core::Origin origin;
    std::uint32_t local_as, peer_as, identifier, cluster_id;
    std::array<std::uint32_t, core::kFamilies> loop_count;
    std::array<std::vector<std::uint16_t>, core::kFamilies> encaps;
  };

  void adjust(UpdateAttributes& attributes) const;
  std::uint16_t flags_of(const UpdateAttributes& attributes, core::Family family) const;
  bool take_field(const RouteField& field, bool withdraw, Update& update, std::vector<core::RouteBatch>& batches);
  void prepare(const RouteField& field, Update& update);
  void append(const RouteField& field, const Nlri& nlri, bool withdraw, std::vector<core::RouteBatch>& batches);
  void append_attributes(const Nlri& nlri, core::Family family, core::RouteBatch& batch, std::size_t partition, core::RouteChange& change);

  const Session session_;
  const core::PeerId peer_;
  Counters counters_;
  // Of the field under way.
  std::vector<std::uint8_t> canonical_;
  std::uint64_t hash_ = 0;
  std::uint16_t flags_ = 0;
  bool vni_ = false;
  std::vector<std::uint32_t> at_;  // where the canonical bytes are in each batch, kNowhere: not yet
};

}  // namespace signalbox::bgp
