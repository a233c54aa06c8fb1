#include "bgp/peer/peer_routes.hpp"

#include <iterator>
#include <utility>

namespace signalbox::bgp {
namespace {

// How long a peer may take to say which targets it wants.
constexpr core::seconds kTargetWait{30};
// Changes of one partition that are gathered before they are sent in the middle of a turn.
constexpr std::size_t kMostGathered = 4096;

bool by_target(AddressFamily family) {
  switch (family) {
    case AddressFamily::kInet:
    case AddressFamily::kInet6:
    case AddressFamily::kInetLabeled:
    case AddressFamily::kRouteTarget: return false;
    default: return true;
  }
}

PrivateAsAction parse_action(std::string_view text) {
  if (text == "remove") return PrivateAsAction::kRemove;
  if (text == "remove-all") return PrivateAsAction::kRemoveAll;
  return text == "replace-all" ? PrivateAsAction::kReplaceAll : PrivateAsAction::kNone;
}

std::string name_of(const NeighborConfig& neighbor, const core::IpAddress& address) {
  const std::string text = address.to_string();
  return neighbor.port == iana::kPort ? text : text + ":" + std::to_string(neighbor.port);
}

}  // namespace

std::shared_ptr<const ExportPolicy> export_policy(const NeighborConfig& neighbor, const SelfConfig& self, const Negotiated& negotiated) {
  auto policy = std::make_shared<ExportPolicy>();
  policy->internal = neighbor.internal();
  policy->four_octet_as = negotiated.four_octet_as;
  policy->filtered = negotiated.families.has(AddressFamily::kRouteTarget);
  policy->llgr_capable = negotiated.long_lived_restart.has_value() && !negotiated.long_lived_restart->families.empty();
  policy->as_override = neighbor.as_override;
  policy->private_as = parse_action(neighbor.private_as_action);
  policy->peer_as = neighbor.peer_as;
  policy->local_as = neighbor.local_as;
  policy->server_as = self.local_autonomous_system;
  policy->identifier = neighbor.local_identifier;
  policy->cluster_id = policy->internal ? self.cluster_id : 0;
  for (const NeighborConfig::Family& f : neighbor.families)
    policy->default_encaps[static_cast<std::size_t>(table_family(f.family))] = tunnel_types(f.default_tunnel_encap);
  return policy;
}

PeerRoutes::PeerRoutes(const Session& session, RouteLink& link, FeedSet& feeds, PeerRoutesOwner& owner, core::TimePoint now)
    : link_(link),
      feeds_(feeds),
      owner_(owner),
      id_(link.new_peer_id()),
      families_(session.negotiated.families),
      intake_(session.neighbor, session.self, id_),
      readers_(std::make_unique<PeerReader[]>(link.partitions())),
      batches_(link.partitions()) {
  auto info = std::make_shared<PeerInfo>();
  info->id = id_;
  info->name = name_of(session.neighbor, session.address);
  info->address = session.address;
  info->port = session.neighbor.port;
  info->autonomous_system = session.neighbor.peer_as;
  info->local_as = session.neighbor.local_as;
  info->router_id = session.negotiated.peer_identifier;
  info->internal = session.neighbor.internal();
  for (unsigned p = 0; p < link_.partitions(); ++p) {
    PeerReader& reader = readers_[p];
    reader.owner = &reader;
    reader.routes = this;
    reader.partition = static_cast<std::uint16_t>(p);
  }
  to_all(JoinPeer{std::move(info), link_.shard(), 0, export_policy(session.neighbor, session.self, session.negotiated)});
  const bool filtered = families_.has(AddressFamily::kRouteTarget);
  families_.for_each([&](AddressFamily family) {
    if (filtered && by_target(family)) {
      waiting_.add(family);
    } else {
      begin_export(family);
    }
  });
  if (!waiting_.empty()) wait_until_ = now + kTargetWait;
}

PeerRoutes::~PeerRoutes() {
  for (unsigned p = 0; p < link_.partitions(); ++p) {
    if (readers_[p].feed) readers_[p].feed->detach(readers_[p]);
  }
  to_all(LeavePeer{id_});
}

void PeerRoutes::to_all(const ToPartition& message) {
  flush();
  for (unsigned p = 0; p < link_.partitions(); ++p) link_.to_partition(p, message, 0);
}

void PeerRoutes::begin_export(AddressFamily family) {
  exporting_.add(family);
  dumps_[static_cast<std::size_t>(family)] = link_.partitions();
  to_all(BeginExport{id_, table_family(family)});
}

void PeerRoutes::begin_waiting() {
  wait_until_ = core::TimePoint::max();
  std::exchange(waiting_, {}).for_each([this](AddressFamily family) { begin_export(family); });
}

// ---- in

bool PeerRoutes::update(Update& update, Notification& answer) {
  if (!intake_.take(update, batches_, answer)) return false;
  for (const core::RouteBatch& batch : batches_) {
    if (batch.changes.size() < kMostGathered) continue;
    flush();
    break;
  }
  return true;
}

void PeerRoutes::flush() {
  for (unsigned p = 0; p < batches_.size(); ++p) {
    if (batches_[p].empty()) continue;
    const std::size_t bytes = batches_[p].attribute_bytes.size() + batches_[p].changes.size() * sizeof(core::RouteChange);
    link_.to_partition(p, std::exchange(batches_[p], {}), bytes);
  }
}

bool PeerRoutes::congested() const {
  for (unsigned p = 0; p < link_.partitions(); ++p) {
    if (link_.congested(p)) return true;
  }
  return false;
}

void PeerRoutes::end_of_rib(FamilyNumbers family) {
  if (family_of(family) == AddressFamily::kRouteTarget) begin_waiting();
}

void PeerRoutes::refresh(AddressFamily family) {
  if (exporting_.has(family)) to_all(BeginExport{id_, table_family(family)});
}

void PeerRoutes::tick(core::TimePoint now) {
  if (now >= wait_until_) begin_waiting();
}

// ---- out

core::ChunkPtr PeerRoutes::next() {
  const unsigned partitions = link_.partitions();
  for (unsigned n = 0; n < partitions; ++n) {
    PeerReader& reader = readers_[(next_reader_ + n) % partitions];
    core::ChunkPtr body;
    if (!reader.missed.empty()) {
      body = std::move(reader.missed.back());
      reader.missed.pop_back();
    } else if (reader.feed) {
      body = reader.feed->take(reader);
    }
    if (!body) continue;
    next_reader_ = (next_reader_ + n) % partitions;
    return body;
  }
  return {};
}

void PeerRoutes::ask_for_missed() {
  for (unsigned p = 0; p < link_.partitions(); ++p) {
    PeerReader& reader = readers_[p];
    if (reader.state != PeerReader::State::kLagging || !reader.missed.empty()) continue;
    reader.state = PeerReader::State::kAsked;
    link_.to_partition(p, CatchUp{id_, reader.feed_id, 0}, 0);
  }
}

bool PeerRoutes::has_more() const {
  for (unsigned p = 0; p < link_.partitions(); ++p) {
    const PeerReader& reader = readers_[p];
    if (reader.state != PeerReader::State::kLive || !reader.missed.empty() || (reader.feed && reader.feed->has_more(reader))) return true;
  }
  return false;
}

FamilySet PeerRoutes::told() const {
  FamilySet told;
  if (has_more()) return told;
  exporting_.for_each([&](AddressFamily family) {
    if (dumps_[static_cast<std::size_t>(family)] == 0) told.add(family);
  });
  return told;
}

void PeerRoutes::joined(const Joined& joined) {
  PeerReader& reader = readers_[joined.partition];
  reader.feed_id = joined.instance;
  feeds_.feed(joined.partition, joined.instance).attach(reader, joined.ticket);
  reader.state = PeerReader::State::kLive;
}

void PeerRoutes::caught_up(CatchUpChunk&& chunk) {
  PeerReader& reader = readers_[chunk.partition];
  // What came before is sent: the reader asks again only when it has nothing left.
  reader.missed.assign(std::make_move_iterator(chunk.bodies.rbegin()), std::make_move_iterator(chunk.bodies.rend()));
  if (chunk.last) {
    feeds_.feed(chunk.partition, chunk.instance).attach(reader, chunk.ticket);
    reader.state = PeerReader::State::kLive;
  } else {
    reader.state = PeerReader::State::kLagging;
  }
  owner_.wants_turn(*this);
}

void PeerRoutes::dump_done(const DumpDone& done) {
  unsigned& left = dumps_[static_cast<std::size_t>(address_family(done.family))];
  if (left != 0) --left;
}

void PeerRoutes::fall_out(PeerReader& reader) {
  const std::uint64_t next = reader.feed->detach(reader);
  reader.state = PeerReader::State::kLagging;
  link_.to_partition(reader.partition, FallOut{id_, reader.feed_id, 0, next}, 0);
}

}  // namespace signalbox::bgp
