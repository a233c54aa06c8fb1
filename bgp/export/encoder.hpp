// What the export side asks of a codec: one body, encoded once, for all members of a group.
//
// bgp knows routes, not XML: control gives each partition an encoder that writes what agents read (control/agent/xmpp_encoder.hpp).
// Threads: one partition's. A body holds items only or retracts only (spec/xmpp.md 4.1).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "bgp/config.hpp"
#include "core/attributes.hpp"
#include "core/chunk.hpp"
#include "core/family.hpp"
#include "core/net.hpp"

namespace signalbox::bgp {

// One path as it is told to members.
struct ExportedPath {
  core::IpAddress next_hop;
  std::uint32_t label = 0;
  core::AttributeView attributes;
  std::uint64_t attribute_serial = 0;  // Attr::serial
  std::string_view origin_vn;          // name of the origin virtual network, or "unresolved"
};

class Encoder {
 public:
  virtual ~Encoder() = default;

  // The settings that encoding depends on changed (global AS, tags).
  virtual void configure(const SelfConfig& self, const GlobalConfig& global) = 0;

  virtual void open_body(core::Family family, std::string_view instance) = 0;
  // `paths`: best first, at least one.
  virtual void add_item(const core::Prefix& prefix, std::span<const ExportedPath> paths) = 0;
  virtual void add_retract(const core::Prefix& prefix) = 0;
  virtual core::ChunkPtr close_body() = 0;
};

}  // namespace signalbox::bgp
