// Sets of the members of a group of BGP peers, as small ids: who gets a message, who was told of a route, who wants a target.
//
// A group gives each member a slot. Sets are interned, and results of operations remembered, because the same few sets meet again and again:
// an operation is a look-up. Ids stay valid while the group lives; when a slot is given back it leaves all sets in place.
//
// Threads: one partition's; the sets themselves are immutable and shared with other threads (AudiencePtr).
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <vector>

#include "bgp/messages.hpp"

namespace signalbox::bgp {

using SlotSetId = std::uint32_t;
inline constexpr SlotSetId kNobody = 0;

class SlotSets {
 public:
  SlotSets();

  SlotSetId with(SlotSetId set, std::uint32_t slot);
  SlotSetId without(SlotSetId set, std::uint32_t slot);
  SlotSetId unite(SlotSetId a, SlotSetId b);
  SlotSetId subtract(SlotSetId a, SlotSetId b);
  SlotSetId intersect(SlotSetId a, SlotSetId b);

  bool empty(SlotSetId set) const { return sets_[set]->none(); }
  bool has(SlotSetId set, std::uint32_t slot) const { return sets_[set]->test(slot); }
  std::size_t count(SlotSetId set) const { return sets_[set]->count(); }
  const AudiencePtr& audience(SlotSetId set) const { return sets_[set]; }
  // The slot is in no set any more.
  void forget(std::uint32_t slot);

 private:
  enum class Operation : std::uint8_t { kUnite, kSubtract, kIntersect };
  struct Less {
    bool operator()(const Audience& a, const Audience& b) const;
  };
  SlotSetId intern(const Audience& set);
  SlotSetId combine(Operation operation, SlotSetId a, SlotSetId b);

  std::vector<AudiencePtr> sets_;
  std::map<Audience, SlotSetId, Less> index_;
  std::array<boost::unordered_flat_map<std::uint64_t, SlotSetId>, 3> memory_;
};

}  // namespace signalbox::bgp
