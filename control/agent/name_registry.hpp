// Which session holds an agent's name: one table for the whole node, because a name may be held once (spec/xmpp.md 1.8).
//
// A session asks before it answers a stream open; the holder releases the name when its routes are gone. Flap counts survive sessions.
// Threads: one shard's; others reach it by messages. Cost: a hash look-up.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <variant>

#include "core/ids.hpp"

namespace signalbox::control {

struct ClaimName {
  std::string name;
  core::PeerId peer;
  core::ShardId shard;
};
struct ReleaseName {
  std::string name;
  core::PeerId peer;
};
using RegistryMessage = std::variant<ClaimName, ReleaseName>;

struct ClaimAnswer {
  core::PeerId peer;
  bool granted = false;
  std::uint32_t flaps = 0;  // sessions of this name that have ended
};

class NameRegistry {
 public:
  ClaimAnswer claim(const ClaimName& claim);
  void release(const ReleaseName& release);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    core::PeerId holder;  // 0: nobody
    std::uint32_t flaps = 0;
  };
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace signalbox::control
