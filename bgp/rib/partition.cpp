#include "bgp/rib/partition.hpp"

#include <algorithm>

namespace signalbox::bgp {
namespace {

std::uint64_t member_key(core::PeerId peer, core::InstanceId instance) {
  return static_cast<std::uint64_t>(peer.value) << 32 | instance.value;
}

// How many routes are worked on between looks at the clock.
constexpr unsigned kSlice = 16;

}  // namespace

Partition::Partition(unsigned index, unsigned shards, Encoder& encoder, PartitionOutput& output, const ExportLimits& limits)
    : instances_(rib_), replicator_(rib_, instances_), context_{rib_, instances_, encoder, output, members_, index, shards, limits} {
  if (index != 0) return;
  local_targets_.emplace(rib_, instances_);
  target_watch_.emplace(rib_, members_);
}

void Partition::handle(ToPartition message) {
  std::visit([this](auto& m) { on(std::move(m)); }, message);
}

const ExportGroup* Partition::group(core::InstanceId instance) const {
  const auto found = groups_.find(instance);
  return found == groups_.end() ? nullptr : found->second.get();
}

ExportGroup* Partition::find_group(core::InstanceId instance) {
  const auto found = groups_.find(instance);
  return found == groups_.end() ? nullptr : found->second.get();
}

MemberId Partition::find_member(core::PeerId peer, core::InstanceId instance) {
  const std::uint64_t key = member_key(peer, instance);
  if (key == last_key_ && last_member_) return last_member_;
  const auto found = member_index_.find(key);
  last_key_ = key;
  last_member_ = found == member_index_.end() ? 0 : found->second;
  return last_member_;
}

void Partition::activate(core::InstanceId instance) {
  ExportGroup* group = find_group(instance);
  if (!group || group->active) return;
  group->active = true;
  active_.push_back(instance);
}

// ---- messages

void Partition::on(core::RouteBatch batch) {
  for (const core::RouteChange& change : batch.changes) apply(batch, change);
}

void Partition::apply(const core::RouteBatch& batch, const core::RouteChange& change) {
  const MemberId member = find_member(change.peer, change.instance);
  InstanceState* instance = member ? instances_.find(change.instance) : nullptr;
  if (!instance) {
    ++counters_.ignored;
    return;
  }
  const TableId table = instances_.table(*instance, change.family);
  if (change.withdraw) {
    withdraw(member, table, batch, change);
  } else {
    add(member, table, batch, change);
  }
}

void Partition::add(MemberId member, TableId table, const core::RouteBatch& batch, const core::RouteChange& change) {
  ++counters_.adds;
  bool made;
  const RouteId route = rib_.table(table).find_or_make(key_of(batch, change), made);
  PathValue value;
  value.attr = rib_.attrs.intern(batch.attributes(change), change.attributes_hash);
  value.label = change.label;
  value.next_hop = rib_.next_hops.intern(change.next_hop);
  value.source_rd = change.source_rd;
  value.flags = change.flags;
  if (rib_.rank_of(member).bgp) value.source = PathSource::kBgp;
  PathId path;
  if (rib_.put_primary(route, member, value, path) == Rib::Put::kSame) {
    ++counters_.unchanged;
    return;
  }
  rib_.changed(route);
  replicator_.sync(route);
  if (change.family == core::Family::kRouteTarget) target_changed(key_of(batch, change), table);
}

RouteKey Partition::key_of(const core::RouteBatch& batch, const core::RouteChange& change) const {
  if (!core::has_prefix_key(change.family)) return RouteKey::of_bytes(batch.key(change));
  return core::is_vpn(change.family) ? RouteKey::of(change.source_rd, change.prefix) : RouteKey::of(change.prefix);
}

void Partition::target_changed(const RouteKey& key, TableId table) {
  if (target_watch_) target_watch_->changed(key, rib_.table(table).find(key));
}

void Partition::withdraw(MemberId member, TableId table, const core::RouteBatch& batch, const core::RouteChange& change) {
  const RouteId route = rib_.table(table).find(key_of(batch, change));
  const PathId path = route ? rib_.primary_of(rib_.routes.at(route), member) : 0;
  if (!path) return;
  ++counters_.withdraws;
  withdraw_path(path);
}

void Partition::withdraw_path(PathId path) {
  const RouteId route = rib_.paths.at(path).route;
  const TableId table = rib_.routes.at(route).table;
  const bool is_target = rib_.table(table).family == core::Family::kRouteTarget;
  const RouteKey key = is_target ? RouteKey::of_bytes(rib_.routes.at(route).key()) : RouteKey{};
  replicator_.remove_copies(path);
  rib_.remove(path);
  // Without paths the route may go with the change.
  const bool empty = rib_.routes.at(route).first_path == 0;
  rib_.changed(route);
  if (empty) {
    replicator_.sync_touched();
  } else {
    replicator_.sync(route);
  }
  if (is_target) target_changed(key, table);
}

MemberId Partition::add_member(PeerInfoPtr peer, core::ShardId shard, core::InstanceId instance, std::uint32_t join) {
  const std::uint64_t key = member_key(peer->id, instance);
  const MemberId id = members_.make();
  Member& member = members_.at(id);
  member.peer = std::move(peer);
  member.shard = shard;
  member.instance = instance;
  member.join = join;
  member_index_[key] = id;
  last_key_ = key;
  last_member_ = id;
  ++instances_.find(instance)->members;
  return id;
}

void Partition::on(JoinInstance join) {
  InstanceState* instance = instances_.find(join.instance);
  if (!instance) {
    // The hub has not heard yet that the instance is gone: nothing will ever be told of it, and the answer ends the wait for it.
    if (join.wants_routes) context_.output.to_shard(join.shard, Joined{context_.partition, join.peer->id, join.instance, join.join, 0});
    return;
  }
  const MemberId id = add_member(join.peer, join.shard, join.instance, join.join);
  Member& member = members_.at(id);
  member.wants_routes = join.wants_routes;
  member.agent_instance_id = join.agent_instance_id;
  if (local_targets_) local_targets_->subscribed(join.instance);
  if (!join.wants_routes) return;
  auto& group = groups_[join.instance];
  if (!group) group = std::make_unique<ExportGroup>(context_, join.instance);
  group->join(id);
  activate(join.instance);
}

void Partition::on(LeaveInstance leave) {
  const MemberId id = find_member(leave.peer, leave.instance);
  if (!id) return;
  if (members_.at(id).wants_routes) find_group(leave.instance)->leave(id);
  if (local_targets_) local_targets_->unsubscribed(leave.instance);
  begin_leaving(id);
}

// Its routes go, a slice at a time.
void Partition::begin_leaving(MemberId id) {
  const Member& member = members_.at(id);
  member_index_.erase(member_key(member.peer->id, member.instance));
  last_member_ = 0;
  Leaving job{id, {}};
  for (const TableId table : instances_.find(member.instance)->tables) {
    if (table) job.tables.push_back(table);
  }
  leaving_.push_back(std::move(job));
}

void Partition::on(FeedAck ack) {
  if (PeerGroup* peers = is_peer_feed(ack.instance) ? peer_group(ack.instance) : nullptr) {
    peers->acknowledge(ack);
    peers->active = true;
    return;
  }
  if (ExportGroup* group = find_group(ack.instance)) {
    group->acknowledge(ack);
    activate(ack.instance);
  }
}

void Partition::on(FallOut fall_out) {
  if (is_peer_feed(fall_out.instance)) {
    const MemberId peer = find_member(fall_out.peer, core::kMasterInstance);
    if (peer && members_.at(peer).join == fall_out.join) peer_group(fall_out.instance)->fall_out(peer, fall_out.next);
    return;
  }
  const MemberId id = find_member(fall_out.peer, fall_out.instance);
  if (id && members_.at(id).join == fall_out.join) find_group(fall_out.instance)->fall_out(id, fall_out.next);
}

void Partition::on(CatchUp catch_up) {
  if (is_peer_feed(catch_up.instance)) {
    const MemberId peer = find_member(catch_up.peer, core::kMasterInstance);
    if (!peer || members_.at(peer).join != catch_up.join) return;
    peer_group(catch_up.instance)->catch_up(peer);
    peer_group(catch_up.instance)->active = true;
    return;
  }
  const MemberId id = find_member(catch_up.peer, catch_up.instance);
  if (!id || members_.at(id).join != catch_up.join) return;
  find_group(catch_up.instance)->catch_up(id);
  activate(catch_up.instance);
}

void Partition::on(ConfigPtr config) {
  const InstanceChanges changes = instances_.apply(config);
  context_.encoder.configure(config->self, config->global);
  for (const core::InstanceId id : changes.readvertise) readvertise(id);
  start_walks(changes.replicate, Walk::What::kReplicate);
  if (changes.vpn_imports_changed) start_walks({core::kMasterInstance}, Walk::What::kReplicate);
  if (local_targets_) local_targets_->config_changed();
  if (changes.rules_changed) {
    std::vector<core::InstanceId> all;
    for (const auto& [id, state] : instances_.all()) all.push_back(id);
    start_walks(all, Walk::What::kSort);
    rib_.resorting = true;
  }
  deleted_.clear();
  for (const auto& [id, state] : instances_.all()) {
    if (state.deleted) deleted_.push_back(id);
  }
}

void Partition::readvertise(core::InstanceId id) {
  ExportGroup* group = find_group(id);
  if (!group) return;
  group->readvertise();
  activate(id);
  // That moved the routes to the end of their logs without bringing them in step: walks under way go on to there.
  for (Walk& walk : walks_) {
    const Table& table = rib_.table(walk.table);
    if (table.instance == id) walk.until = table.log.end();
  }
}

// Deleted instances go when their last member has and the copies in their tables are gone. Precondition: no walks and nobody leaving.
void Partition::drop_deleted() {
  std::erase_if(deleted_, [this](core::InstanceId id) {
    if (!instances_.drop_if_unused(id)) return false;
    groups_.erase(id);
    return true;
  });
}

void Partition::on(ShowTask task) { task(*this); }

// ---- turns

core::TimePoint Partition::run(core::TimePoint now, WorkBudget& budget) {
  if (started_ == core::TimePoint{}) started_ = now;
  rib_.now_seconds = static_cast<std::uint32_t>(std::chrono::duration_cast<core::seconds>(now - started_).count());
  const bool leaving = run_leaving(budget);
  const bool more = run_walks(budget) || leaving;
  if (!more && !deleted_.empty()) drop_deleted();
  tell_interests();
  gather_dirty();
  core::TimePoint next = run_groups(now, budget);
  if (!peer_groups_.empty()) next = std::min(next, run_peer_groups(now, budget));
  sweep();
  compact_logs();
  return more ? now : next;
}

void Partition::start_walks(const std::vector<core::InstanceId>& instances, Walk::What what) {
  for (const core::InstanceId id : instances) {
    InstanceState* state = instances_.find(id);
    if (!state) continue;
    for (const TableId table : state->tables) {
      if (!table || !rib_.table(table).size()) continue;
      // Routes that change from now on are brought in step by their change; those that changed since an earlier walk was planned are not, so a
      // walk that has not begun does as well only if it goes on to where the log ends now.
      const UpdateLog::Position end = rib_.table(table).log.end();
      const auto planned =
          std::find_if(walks_.begin(), walks_.end(), [&](const Walk& w) { return w.table == table && w.what == what && w.at == 0; });
      if (planned != walks_.end()) {
        planned->until = end;
      } else {
        walks_.push_back(Walk{what, table, 0, end});
      }
    }
  }
}

bool Partition::run_walks(WorkBudget& budget) {
  while (!walks_.empty()) {
    Walk& walk = walks_.front();
    UpdateLog& log = rib_.table(walk.table).log;
    for (unsigned n = 0; n < kSlice && walk.at < walk.until; ++n) {
      if (const RouteId route = log.at(walk.at++)) walk_route(walk, route);
    }
    if (walk.at >= walk.until) walks_.pop_front();
    if (budget.spent()) break;
  }
  rib_.resorting = rib_.resorting && std::any_of(walks_.begin(), walks_.end(), [](const Walk& w) { return w.what == Walk::What::kSort; });
  return !walks_.empty();
}

void Partition::walk_route(const Walk& walk, RouteId route) {
  if (walk.what == Walk::What::kSort) {
    // changed() sorts. What shares the load may differ where the order does not, so all that could matter is looked at again.
    const Route& r = rib_.routes.at(route);
    const bool several = r.first_path && rib_.paths.at(r.first_path).next;
    if (!several) return;
    rib_.changed(route);
    replicator_.sync(route);
    return;
  }
  replicator_.sync(route);
}

bool Partition::run_leaving(WorkBudget& budget) {
  while (!leaving_.empty()) {
    Leaving& job = leaving_.front();
    while (!job.tables.empty()) {
      const TableId table = job.tables.back();
      for (unsigned n = 0; n < kSlice; ++n) {
        const PathId head = rib_.member_head(job.member, table);
        if (!head) break;
        withdraw_path(head);
      }
      if (!rib_.member_head(job.member, table)) {
        rib_.forget_member_head(job.member, table);
        job.tables.pop_back();
      }
      if (budget.spent()) return true;
    }
    finish_leaving(job.member);
    leaving_.pop_front();
  }
  return false;
}

void Partition::finish_leaving(MemberId id) {
  const core::InstanceId instance = members_.at(id).instance;
  if (rib_.rank_of(id).bgp) rib_.set_rank(id, {});
  members_.release(id);
  --instances_.find(instance)->members;
}

// Tables whose logs have got entries: their groups have something to tell.
void Partition::gather_dirty() {
  for (const TableId id : rib_.dirty_tables()) {
    Table& table = rib_.table(id);
    table.queued = false;
    if (table.watched) activate(table.instance);
    if (table.peer_groups == 0) continue;
    for (const auto& peers : peer_groups_) peers->active = true;
  }
  rib_.dirty_tables().clear();
}

core::TimePoint Partition::run_groups(core::TimePoint now, WorkBudget& budget) {
  core::TimePoint next = core::TimePoint::max();
  for (std::size_t n = active_.size(); n > 0; --n) {
    if (next_active_ >= active_.size()) next_active_ = 0;
    ExportGroup* group = find_group(active_[next_active_]);
    const core::TimePoint wants = group ? group->run(now, budget) : core::TimePoint::max();
    if (wants == core::TimePoint::max()) {
      if (group) group->active = false;
      active_[next_active_] = active_.back();
      active_.pop_back();
    } else {
      next = std::min(next, wants);
      ++next_active_;
    }
    if (budget.spent() && !active_.empty()) return std::min(next, n > 1 ? now : next);
  }
  return next;
}

void Partition::compact_logs() {
  std::vector<UpdateLog::Position*> cursors;
  for (const TableId id : rib_.sparse_tables()) {
    Table& table = rib_.table(id);
    table.sparse = false;
    cursors.assign({&table.drained, &table.swept});
    for (const auto& peers : peer_groups_) peers->collect_cursors(id, cursors);
    for (Walk& walk : walks_) {
      if (walk.table == id) cursors.insert(cursors.end(), {&walk.at, &walk.until});
    }
    if (ExportGroup* group = find_group(table.instance)) group->collect_cursors(id, cursors);
    table.log.compact(rib_.routes, cursors);
  }
  rib_.sparse_tables().clear();
}

}  // namespace signalbox::bgp
