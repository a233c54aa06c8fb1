// The stanzas an agent sends: subscriptions, and the publish + collection pair of each route, in the form of the real agent
// (spec/xmpp.md 7.2, 7.3: every tag on a line of its own).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "bench/agentsim/published_route.hpp"
#include "bench/agentsim/topology.hpp"

namespace signalbox::bench {

void append_subscribe(std::string& out, std::string_view agent, std::string_view instance, std::uint32_t instance_id, bool subscribe);

/// Writes the routes of one publication; all that is the same for each of them is put together once.
class PublishEncoder {
 public:
  PublishEncoder(const Topology& topology, std::uint32_t publication);

  /// Appends the two stanzas of route `index`, numbered `number`.
  void append(std::string& out, std::uint32_t index, PathState state, std::uint64_t number) const;

 private:
  const Topology& topology_;
  const std::uint32_t publication_;
  std::string to_number_;   // up to the publish's iq id
  std::string to_node_;     // up to the prefix in its node id
  std::string to_address_;  // up to the prefix in its nlri
  std::string to_label_;
  std::string to_preference_;
  std::string to_collection_;  // up to the collection's iq id
  std::string to_sense_;       // up to associate or dissociate
  std::string to_last_node_;   // up to the prefix in its node id
  std::string to_end_;
};

}  // namespace signalbox::bench
