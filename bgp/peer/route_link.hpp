// The way from BGP sessions to the partitions that own the routes.
//
// Threads: the peer manager's shard. Lifetime: outlives the sessions.
#pragma once

#include <cstddef>

#include "bgp/messages.hpp"

namespace signalbox::bgp {

class RouteLink {
 public:
  virtual ~RouteLink() = default;
  virtual unsigned partitions() const = 0;
  virtual core::ShardId shard() const = 0;
  virtual void to_partition(unsigned partition, ToPartition message, std::size_t bytes) = 0;
  // The partition has more waiting than it should: stop reading for a while.
  virtual bool congested(unsigned partition) const = 0;
  // Never used again in this process.
  virtual core::PeerId new_peer_id() = 0;
};

}  // namespace signalbox::bgp
