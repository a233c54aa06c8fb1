// What shards and partitions say to each other. Everything is moved; nothing is shared but immutable chunks and snapshots.
//
// One pair (sender, receiver) keeps its order, which the protocol relies on: an agent's joins, routes and leaves reach a partition as sent,
// and what a partition says of one instance reaches a shard as encoded.
//
//   agent's shard -> partition   JoinInstance, RouteBatch, LeaveInstance; FeedAck, FallOut, CatchUp; ShowTask
//   BGP peer's shard -> partition  JoinPeer, RouteBatch, BeginExport, LeavePeer; FeedAck, FallOut, CatchUp
//   configuration -> partition   ConfigPtr
//   partition -> either's shard  Joined, FeedChunk, CatchUpChunk, TooFarBehind; DumpDone to BGP peers
//   partition -> partition       TargetInterest
#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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
  // BGP peers; all zero otherwise.
  std::uint16_t port = 0;
  std::uint32_t autonomous_system = 0;
  std::uint32_t local_as = 0;
  std::uint32_t router_id = 0;  // host order
  bool internal = true;
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

// ---- BGP peers (export/peer_group.hpp)

struct ExportPolicy;

// Groups of BGP peers have feeds like instances, under numbers that no instance has.
inline constexpr std::uint32_t kFirstPeerFeed = 0x80000000;
inline bool is_peer_feed(core::InstanceId id) { return id.value >= kFirstPeerFeed; }

// The members of a group, by slot.
inline constexpr std::size_t kMostGroupMembers = 1024;
using Audience = std::bitset<kMostGroupMembers>;
using AudiencePtr = std::shared_ptr<const Audience>;

// A BGP session is up. It may send routes of the default instance from now on; it is told routes of the families it asks for (BeginExport).
// Answered with Joined, whose instance is the feed and whose ticket is the slot.
struct JoinPeer {
  PeerInfoPtr peer;
  core::ShardId shard;
  std::uint32_t join = 0;
  std::shared_ptr<const ExportPolicy> policy;
};

// Tell the peer the family's routes: all there are, then what changes. Again for one that is told already: all of it anew.
struct BeginExport {
  core::PeerId peer;
  core::Family family = core::Family::kInet;
};

// The session has ended: its routes go, nothing is told to it any more.
struct LeavePeer {
  core::PeerId peer;
};

// The peer wants routes with this target, or does not any more. No target: all routes.
struct TargetInterest {
  struct Change {
    std::optional<core::RouteTarget> target;
    core::PeerId peer;
    bool wanted = false;
  };
  std::vector<Change> changes;
};

// Reads a partition's tables on its own thread; must be short.
using ShowTask = std::function<void(Partition&)>;

using ToPartition = std::variant<core::RouteBatch, JoinInstance, LeaveInstance, FeedAck, FallOut, CatchUp, ConfigPtr, ShowTask, JoinPeer,
                                 BeginExport, LeavePeer, TargetInterest>;

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
  AudiencePtr audience;  // feeds of BGP peers: the slots that the body is for, instead of tickets
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

// All routes that the family had when BeginExport came are on their way to the peer.
struct DumpDone {
  unsigned partition = 0;
  core::PeerId peer;
  std::uint32_t join = 0;
  core::Family family = core::Family::kInet;
};

using FromPartition = std::variant<Joined, FeedChunk, CatchUpChunk, TooFarBehind, DumpDone>;
// The message is for a BGP peer, not for an agent.
bool is_for_peer(const FromPartition& message);

class PartitionOutput {
 public:
  virtual ~PartitionOutput() = default;
  virtual void to_shard(core::ShardId shard, FromPartition message) = 0;
  // To every partition, the sender too.
  virtual void to_partitions(const TargetInterest& message) = 0;
};

}  // namespace signalbox::bgp
