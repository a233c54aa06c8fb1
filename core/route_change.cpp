#include "core/route_change.hpp"

namespace signalbox::core {

unsigned partition_of(const Prefix& prefix, unsigned partitions) {
  if (partitions <= 1) return 0;
  std::uint64_t high, low;
  std::memcpy(&high, prefix.address.bytes.data(), 8);
  std::memcpy(&low, prefix.address.bytes.data() + 8, 8);
  std::uint64_t h = (high ^ (low * 0x9e3779b97f4a7c15ull) ^ prefix.length) * 0xff51afd7ed558ccdull;
  h ^= h >> 32;
  return static_cast<unsigned>((h * 0xc4ceb9fe1a85ec53ull >> 32) % partitions);
}

unsigned partition_of_bytes(std::span<const std::uint8_t> key, unsigned partitions) {
  std::uint64_t h = 0xcbf29ce484222325ull;
  for (const std::uint8_t byte : key) h = (h ^ byte) * 0x100000001b3ull;
  return static_cast<unsigned>((h * 0xc4ceb9fe1a85ec53ull >> 32) % partitions);
}

}  // namespace signalbox::core
