// What shards and partitions say to each other. Everything is moved; nothing is shared but immutable chunks and snapshots.
//
// One pair (sender, receiver) keeps its order, which the protocol relies on: an agent's joins, routes and leaves reach a partition as sent,
// and what a partition says of one instance reaches a shard as encoded.
//
//   agent's shard -> partition   JoinInstance, RouteBatch, LeaveInstance; FeedAck, FallOut, CatchUp; ShowTask
//   configuration -> partition   ConfigPtr
//   partition -> agent's shard   Joined, FeedChunk, CatchUpChunk, TooFarBehind
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "bgp/config.hpp"
#include "core/chunk.hpp"
#include "core/ids.hpp"
#include "core/net.hpp"
#include "core/route_change.hpp"

namespace signalbox::bgp {

class Partition;

using ConfigPtr = std::shared_ptr<const Config>;

// Who a member is, for show pages and for breaking ties. Immutable.
struct PeerInfo {
  core::PeerId id;
  std::string name;
  core::IpAddress address;
};
using PeerInfoPtr = std::shared_ptr<const PeerInfo>;

// A subscription begins. `join` tells this one from earlier ones of the same agent and instance.
struct JoinInstance {
  PeerInfoPtr peer;
  core::ShardId shard;
  core::InstanceId instance;
  std::uint32_t join = 0;
  bool wants_routes = true;             // false: publishes only (spec/xmpp.md 2.2, no-ribout)
  std::uint32_t agent_instance_id = 0;  // the agent's own number of the instance, for show pages
};

// A subscription ends: the agent's routes in the instance go, nothing is told to it any more.
struct LeaveInstance {
  core::PeerId peer;
  core::InstanceId instance;
};

// All readers of a shard are past these bytes of an instance's feed.
struct FeedAck {
  core::ShardId shard;
  core::InstanceId instance;
  std::uint64_t through = 0;  // number of the last chunk that is done with
  std::uint64_t bytes = 0;
};

// A reader has not moved for too long: from now on it keeps a position instead of chunks. It has read all chunks below `next`.
struct FallOut {
  core::PeerId peer;
  core::InstanceId instance;
  std::uint32_t join = 0;
  std::uint64_t next = 0;
};

// A fallen-out reader can take more: answer with a CatchUpChunk.
struct CatchUp {
  core::PeerId peer;
  core::InstanceId instance;
  std::uint32_t join = 0;
};

// Reads a partition's tables on its own thread; must be short.
using ShowTask = std::function<void(Partition&)>;

using ToPartition = std::variant<core::RouteBatch, JoinInstance, LeaveInstance, FeedAck, FallOut, CatchUp, ConfigPtr, ShowTask>;

// The subscription is a member now; its cursor stands behind all chunks of the instance sent before. Dumps are addressed by ticket.
struct Joined {
  unsigned partition = 0;
  core::PeerId peer;
  core::InstanceId instance;
  std::uint32_t join = 0;
  std::uint64_t ticket = 0;
};

// One encoded body for the members whose ticket is in [first_ticket, last_ticket].
struct FeedChunk {
  unsigned partition = 0;
  core::InstanceId instance;
  std::uint64_t number = 0;  // grows by one with each chunk of the instance
  std::uint64_t first_ticket = 0;
  std::uint64_t last_ticket = 0;
  core::ChunkPtr body;
};

// Part of what a fallen-out member has missed. After the last part it is a member of the feed again, as after Joined.
struct CatchUpChunk {
  unsigned partition = 0;
  core::PeerId peer;
  core::InstanceId instance;
  std::uint32_t join = 0;
  std::vector<core::ChunkPtr> bodies;
  bool last = false;
  std::uint64_t ticket = 0;  // with `last`
};

// More deletions happened than are kept for laggards: only a new session can bring this member up to date.
struct TooFarBehind {
  core::PeerId peer;
};

using FromPartition = std::variant<Joined, FeedChunk, CatchUpChunk, TooFarBehind>;

class PartitionOutput {
 public:
  virtual ~PartitionOutput() = default;
  virtual void to_shard(core::ShardId shard, FromPartition message) = 0;
};

}  // namespace signalbox::bgp
