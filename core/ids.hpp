// Strong ids: small integers that cannot be mixed up.
//
// InstanceId   index of a routing instance, stable while the instance exists (0 = the default instance); spec/config.md 6.4
// PeerId       one agent session or BGP peer incarnation; never reused within a process
// ShardId      index of a shard (thread)
// AttrId       an interned attribute set of one partition (core/intern.hpp)
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace signalbox::core {

template <class Tag, class Int = std::uint32_t>
struct StrongId {
  Int value = 0;

  constexpr StrongId() = default;
  explicit constexpr StrongId(Int v) : value(v) {}
  auto operator<=>(const StrongId&) const = default;
};

using InstanceId = StrongId<struct InstanceTag>;
using PeerId = StrongId<struct PeerTag>;
using ShardId = StrongId<struct ShardTag>;
using AttrId = StrongId<struct AttrTag>;

inline constexpr InstanceId kMasterInstance{0};

}  // namespace signalbox::core

template <class Tag, class Int>
struct std::hash<signalbox::core::StrongId<Tag, Int>> {
  std::size_t operator()(signalbox::core::StrongId<Tag, Int> id) const noexcept { return std::hash<Int>()(id.value); }
};
