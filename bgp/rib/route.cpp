#include "bgp/rib/route.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/route_change.hpp"

namespace signalbox::bgp {
namespace {

constexpr std::size_t kRdSize = 8;
constexpr std::size_t kV4Size = 5, kV6Size = 17;

void append(RouteKey& key, const std::uint8_t* bytes, std::size_t n) {
  std::memcpy(key.bytes.data() + key.size, bytes, n);
  key.size = static_cast<std::uint8_t>(key.size + n);
}

bool has_rd(std::span<const std::uint8_t> key) { return key.size() == kRdSize + kV4Size || key.size() == kRdSize + kV6Size; }

template <class Sized>
RouteId make_in(core::Slab<Sized>& slab, TableId table, std::span<const std::uint8_t> key) {
  const std::uint32_t id = slab.make();
  Route& route = slab.at(id).route;
  route.table = table;
  route.key_size = static_cast<std::uint8_t>(key.size());
  std::memcpy(reinterpret_cast<std::uint8_t*>(&slab.at(id)) + Route::kKeyAt, key.data(), key.size());
  return id;
}

}  // namespace

RouteKey RouteKey::of(const core::Prefix& prefix) {
  RouteKey key;
  append(key, prefix.address.bytes.data(), prefix.address.size());
  append(key, &prefix.length, 1);
  return key;
}

RouteKey RouteKey::of(const core::RouteDistinguisher& rd, const core::Prefix& prefix) {
  RouteKey key;
  append(key, rd.bytes.data(), rd.bytes.size());
  append(key, prefix.address.bytes.data(), prefix.address.size());
  append(key, &prefix.length, 1);
  return key;
}

RouteKey RouteKey::of_bytes(std::span<const std::uint8_t> bytes) {
  RouteKey key;
  CN_ASSERT(bytes.size() <= kMost);
  append(key, bytes.data(), bytes.size());
  return key;
}

unsigned partition_of_key(core::Family family, std::span<const std::uint8_t> key, unsigned partitions) {
  if (partitions <= 1 || family == core::Family::kRouteTarget) return 0;
  if (core::has_prefix_key(family)) return core::partition_of(prefix_of(key), partitions);
  // type, route distinguisher, the rest
  return core::partition_of_bytes(key.subspan(std::min<std::size_t>(key.size(), 1 + kRdSize)), partitions);
}

core::Prefix prefix_of(std::span<const std::uint8_t> key) {
  if (has_rd(key)) key = key.subspan(kRdSize);
  const bool v6 = key.size() == kV6Size;
  return {v6 ? core::IpAddress::from_v6_bytes(key.data()) : core::IpAddress::from_v4_bytes(key.data()), key.back()};
}

core::RouteDistinguisher rd_of(std::span<const std::uint8_t> key) {
  core::RouteDistinguisher rd;
  if (has_rd(key)) std::memcpy(rd.bytes.data(), key.data(), kRdSize);
  return rd;
}

std::string key_text(std::span<const std::uint8_t> key) {
  const std::string prefix = prefix_of(key).to_string();
  return has_rd(key) ? rd_of(key).to_string() + ":" + prefix : prefix;
}

RouteId RouteStore::make(TableId table, std::span<const std::uint8_t> key) {
  const std::size_t need = Route::kKeyAt + key.size();
  if (need <= 32) return make_in(small_, table, key);
  if (need <= 40) return make_in(medium_, table, key) | 1u << kClassShift;
  if (need <= 48) return make_in(large_, table, key) | 2u << kClassShift;
  CN_ASSERT(need <= 96);
  return make_in(huge_, table, key) | 3u << kClassShift;
}

Route& RouteStore::at(RouteId id) {
  const std::uint32_t within = id & ((1u << kClassShift) - 1);
  switch (id >> kClassShift) {
    case 0: return small_.at(within).route;
    case 1: return medium_.at(within).route;
    case 2: return large_.at(within).route;
    default: return huge_.at(within).route;
  }
}

void RouteStore::release(RouteId id) {
  const std::uint32_t within = id & ((1u << kClassShift) - 1);
  switch (id >> kClassShift) {
    case 0: return small_.release(within);
    case 1: return medium_.release(within);
    case 2: return large_.release(within);
    default: return huge_.release(within);
  }
}

}  // namespace signalbox::bgp
