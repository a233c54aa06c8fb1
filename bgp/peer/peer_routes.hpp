// The routes of one BGP session: what comes in goes to partitions, what partitions have for its group is read from feeds.
//
// Exists while the session is up. Families without route targets are exported at once, the others when the peer has said which targets it wants:
// its End-of-RIB of route-target, or 30 s (spec/bgp.md 6).
// Threads: the peer manager's shard. Lifetime: link and feeds outlive it; destroying it ends the session's membership.
// Cost: a body that is read from a feed is a pointer.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "bgp/export/export_policy.hpp"
#include "bgp/export/feed.hpp"
#include "bgp/peer/negotiate.hpp"
#include "bgp/peer/route_intake.hpp"
#include "bgp/peer/route_link.hpp"
#include "core/clock.hpp"

namespace signalbox::bgp {

class PeerRoutes;

// One partition's feed, as a cursor.
struct PeerReader : FeedReader {
  enum class State : std::uint8_t { kJoining, kLive, kLagging, kAsked };
  PeerRoutes* routes = nullptr;
  core::InstanceId feed_id;
  std::uint16_t partition = 0;
  State state = State::kJoining;
  std::vector<core::ChunkPtr> missed;  // answers to a catch-up, last first; before what the feed has
};

// What the manager does for sessions with routes.
class PeerRoutesOwner {
 public:
  virtual ~PeerRoutesOwner() = default;
  // There is something to send.
  virtual void wants_turn(PeerRoutes& routes) = 0;
};

class PeerRoutes {
 public:
  struct Session {
    const NeighborConfig& neighbor;
    const SelfConfig& self;
    const Negotiated& negotiated;
    core::IpAddress address;  // of the peer
  };
  PeerRoutes(const Session& session, RouteLink& link, FeedSet& feeds, PeerRoutesOwner& owner, core::TimePoint now);
  ~PeerRoutes();
  PeerRoutes(const PeerRoutes&) = delete;
  PeerRoutes& operator=(const PeerRoutes&) = delete;

  core::PeerId id() const { return id_; }
  RouteIntake::Counters counters() const { return intake_.counters(); }

  // From the session. False: it ends with `answer`.
  bool update(Update& update, Notification& answer);
  void end_of_rib(FamilyNumbers family);
  // The peer asks for all routes of the family again.
  void refresh(AddressFamily family);
  // Sends to the partitions what update() gathered.
  void flush();
  bool congested() const;
  void tick(core::TimePoint now);

  // To the session: the next bytes to write, nothing when there are none now.
  core::ChunkPtr next();
  // There is room again: laggards ask for what they missed.
  void ask_for_missed();
  // Families all of whose routes, as they were when the session came up, have been handed out by next().
  FamilySet told() const;

  // From partitions.
  void joined(const Joined& joined);
  void caught_up(CatchUpChunk&& chunk);
  void dump_done(const DumpDone& done);
  void fall_out(PeerReader& reader);
  bool queued = false;  // in the owner's list of those that want a turn

 private:
  bool has_more() const;
  void begin_export(AddressFamily family);
  void begin_waiting();
  void to_all(const ToPartition& message);

  RouteLink& link_;
  FeedSet& feeds_;
  PeerRoutesOwner& owner_;
  const core::PeerId id_;
  const FamilySet families_;
  RouteIntake intake_;
  std::unique_ptr<PeerReader[]> readers_;
  std::vector<core::RouteBatch> batches_;
  FamilySet waiting_;  // for the peer to say which targets it wants
  core::TimePoint wait_until_ = core::TimePoint::max();
  std::array<unsigned, kAddressFamilies> dumps_{};  // partitions that still have some of the family's first routes
  FamilySet exporting_;
  unsigned next_reader_ = 0;
};

// Peers with equal ones share what is encoded for them.
std::shared_ptr<const ExportPolicy> export_policy(const NeighborConfig& neighbor, const SelfConfig& self, const Negotiated& negotiated);

}  // namespace signalbox::bgp
