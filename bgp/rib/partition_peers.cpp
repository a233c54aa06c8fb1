// What a partition does for BGP peers: their membership, their targets, and when routes may be forgotten that groups of them follow.
#include <algorithm>

#include "bgp/rib/partition.hpp"

namespace signalbox::bgp {

PeerGroup* Partition::peer_group(core::InstanceId feed) {
  for (const auto& group : peer_groups_) {
    if (group->feed() == feed) return group.get();
  }
  return nullptr;
}

PeerGroup& Partition::peer_group(const std::shared_ptr<const ExportPolicy>& policy) {
  for (const auto& group : peer_groups_) {
    if (group->policy() == *policy && !group->full()) return *group;
  }
  peer_groups_.push_back(std::make_unique<PeerGroup>(context_, core::InstanceId(next_peer_feed_++), policy));
  return *peer_groups_.back();
}

void Partition::on(JoinPeer join) {
  const MemberId id = add_member(join.peer, join.shard, core::kMasterInstance, join.join);
  Member& member = members_.at(id);
  member.wants_routes = false;  // as an agent would
  PeerRank rank;
  rank.bgp = true;
  rank.internal = join.peer->internal;
  rank.port = join.peer->port;
  rank.router_id = join.peer->router_id;
  rank.address = join.peer->address;
  rib_.set_rank(id, rank);
  PeerGroup& group = peer_group(join.policy);
  member.peer_feed = group.feed();
  group.join(id, interests_);
}

void Partition::on(BeginExport begin) {
  const MemberId id = find_member(begin.peer, core::kMasterInstance);
  if (!id) return;
  PeerGroup& group = *peer_group(members_.at(id).peer_feed);
  group.begin_export(id, begin.family);
  group.active = true;
}

void Partition::on(LeavePeer leave) {
  const MemberId id = find_member(leave.peer, core::kMasterInstance);
  if (!id) return;
  PeerGroup* group = peer_group(members_.at(id).peer_feed);
  group->leave(id);
  if (group->members() == 0) std::erase_if(peer_groups_, [group](const auto& g) { return g.get() == group; });
  members_.at(id).peer_feed = {};
  begin_leaving(id);
}

void Partition::on(TargetInterest interest) {
  for (const TargetInterest::Change& change : interest.changes) {
    if (!interests_.set(change)) continue;
    const MemberId id = find_member(change.peer, core::kMasterInstance);
    PeerGroup* group = id ? peer_group(members_.at(id).peer_feed) : nullptr;
    if (!group) continue;
    group->interest_changed(id, change.target, change.wanted);
    group->active = true;
  }
}

void Partition::tell_interests() {
  if (!target_watch_) return;
  auto changes = target_watch_->take();
  if (!changes.empty()) context_.output.to_partitions(TargetInterest{std::move(changes)});
}

core::TimePoint Partition::run_peer_groups(core::TimePoint now, WorkBudget& budget) {
  core::TimePoint next = core::TimePoint::max();
  for (std::size_t n = 0; n < peer_groups_.size(); ++n) {
    if (next_peer_group_ >= peer_groups_.size()) next_peer_group_ = 0;
    PeerGroup& group = *peer_groups_[next_peer_group_++];
    if (!group.active) continue;
    const core::TimePoint wants = group.run(now, budget);
    group.active = wants != core::TimePoint::max();
    next = std::min(next, wants);
    if (budget.spent()) break;
  }
  const bool waiting = std::any_of(peer_groups_.begin(), peer_groups_.end(), [](const auto& g) { return g->active; });
  return waiting && next == core::TimePoint::max() ? now : next;
}

// Forgets the routes without paths of tables that BGP peers follow or followed, up to where everybody has been told.
void Partition::sweep() {
  const InstanceState* master = instances_.find(core::kMasterInstance);
  if (!master) return;
  for (const TableId id : master->tables) {
    if (!id || !rib_.table(id).shared) continue;
    Table& table = rib_.table(id);
    if (table.swept == table.log.end()) continue;
    UpdateLog::Position until = table.log.end();
    if (const ExportGroup* agents = group(core::kMasterInstance)) until = std::min(until, agents->told_until(id));
    for (const auto& peers : peer_groups_) until = std::min(until, peers->told_until(id));
    for (; table.swept < until; ++table.swept) {
      const RouteId route = table.log.at(table.swept);
      if (!route || rib_.routes.at(route).first_path) continue;
      for (const auto& peers : peer_groups_) peers->forget(id, route);
      table.erase(route);
    }
  }
}

}  // namespace signalbox::bgp
