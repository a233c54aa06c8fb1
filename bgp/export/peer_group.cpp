#include "bgp/export/peer_group.hpp"

#include <algorithm>
#include <tuple>

namespace signalbox::bgp {
namespace {

constexpr std::size_t kMostRemembered = 200000;

std::string_view text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

bool TargetInterests::set(const TargetInterest::Change& change) {
  std::vector<core::PeerId>& peers = change.target ? wanted_[*change.target] : all_;
  const auto at = std::lower_bound(peers.begin(), peers.end(), change.peer);
  const bool known = at != peers.end() && *at == change.peer;
  if (known == change.wanted) return false;
  if (change.wanted) {
    peers.insert(at, change.peer);
  } else {
    peers.erase(at);
    if (peers.empty() && change.target) wanted_.erase(*change.target);
  }
  return true;
}

PeerGroup::PeerGroup(ExportContext& context, core::InstanceId feed, std::shared_ptr<const ExportPolicy> policy)
    : context_(context), feed_(feed), policy_(std::move(policy)), unacknowledged_(context.shards) {}

PeerGroup::~PeerGroup() {
  for (TableExport& te : tables_) {
    if (te.table) unfollow(te);
  }
}

// ---- members

void PeerGroup::join(MemberId id, const TargetInterests& interests) {
  Member& member = context_.members.at(id);
  std::uint32_t slot;
  if (free_slots_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  slots_[slot] = Slot{};
  slots_[slot].member = id;
  member.ticket = slot;
  ++members_;
  if (policy_->filtered) {
    interests.for_each_of(member.peer->id, [&](const std::optional<core::RouteTarget>& target) { interest_changed(id, target, true); });
  }
  context_.output.to_shard(member.shard, Joined{context_.partition, member.peer->id, feed_, member.join, member.ticket});
}

void PeerGroup::leave(MemberId id) {
  const auto slot = static_cast<std::uint32_t>(context_.members.at(id).ticket);
  if (slots_[slot].lagging) --laggards_;
  slots_[slot] = Slot{};
  free_slots_.push_back(slot);
  --members_;
  sets_.forget(slot);
  membership_changed();
  for (TableExport& te : tables_) {
    std::erase_if(te.cohorts, [this](const Cohort& c) { return sets_.empty(c.members); });
  }
}

void PeerGroup::membership_changed() {
  interest_memory_.clear();
  shard_memory_.clear();
}

void PeerGroup::follow(TableExport& te, core::Family family) {
  te.table = context_.instances.vpn_table(family);
  Table& t = context_.rib.table(te.table);
  ++t.peer_groups;
  t.shared = true;
  te.at = t.log.end();
  te.in_route = !t.sent_claimed && std::find(kAgentFamilies.begin(), kAgentFamilies.end(), family) == kAgentFamilies.end();
  if (!te.in_route) return;
  t.sent_claimed = true;
  t.for_each([this](RouteId id) { context_.rib.routes.at(id).sent = 0; });
}

void PeerGroup::unfollow(TableExport& te) {
  Table& t = context_.rib.table(te.table);
  --t.peer_groups;
  if (te.in_route) t.sent_claimed = false;
  te.table = 0;
}

void PeerGroup::begin_export(MemberId id, core::Family family) {
  const auto slot = static_cast<std::uint32_t>(context_.members.at(id).ticket);
  TableExport& te = table(family);
  if (!te.table) follow(te, family);
  te.exporting = sets_.with(te.exporting, slot);
  if (slots_[slot].lagging) {
    slots_[slot].positions[static_cast<std::size_t>(family)] = 0;
    return;
  }
  te.live = sets_.without(te.live, slot);
  for (Cohort& c : te.cohorts) c.members = sets_.without(c.members, slot);
  std::erase_if(te.cohorts, [this](const Cohort& c) { return sets_.empty(c.members); });
  const auto first = std::find_if(te.cohorts.begin(), te.cohorts.end(), [](const Cohort& c) { return c.at == 0; });
  if (first != te.cohorts.end()) {
    first->members = sets_.with(first->members, slot);
  } else {
    te.cohorts.push_back(Cohort{sets_.with(kNobody, slot), 0, interest_version_});
  }
}

// What waits may come to equal what was told last, but not what one knows that has just come up to the live ones.
void PeerGroup::doubt_pending(TableExport& te) {
  const UpdateLog& log = context_.rib.table(te.table).log;
  for (Position p = te.at; p < log.end(); ++p) {
    const RouteId id = log.at(p);
    if (!id) continue;
    Route& route = context_.rib.routes.at(id);
    Sent s = sent(te, id, route);
    s.digest = 0;
    set_sent(te, id, route, s);
  }
}

void PeerGroup::fall_out(MemberId id, std::uint64_t next_chunk) {
  const auto number = static_cast<std::uint32_t>(context_.members.at(id).ticket);
  Slot& slot = slots_[number];
  if (slot.lagging) return;
  slot.lagging = true;
  ++laggards_;
  for (std::size_t f = 0; f < core::kFamilies; ++f) {
    TableExport& te = tables_[f];
    if (!sets_.has(te.exporting, number)) continue;
    slot.positions[f] = te.at;
    te.live = sets_.without(te.live, number);
    for (Cohort& c : te.cohorts) {
      if (!sets_.has(c.members, number)) continue;
      slot.positions[f] = std::min(slot.positions[f], c.at);
      c.members = sets_.without(c.members, number);
    }
    std::erase_if(te.cohorts, [this](const Cohort& c) { return sets_.empty(c.members); });
  }
  for (const Outstanding& o : outstanding_) {
    if (o.number < next_chunk || !sets_.has(o.to, number)) continue;
    Position& position = slot.positions[static_cast<std::size_t>(o.family)];
    position = std::min(position, o.start);
    if (o.withdrawals) slot.missed.push_back(o.withdrawals);
  }
}

void PeerGroup::catch_up(MemberId id) {
  const Member& member = context_.members.at(id);
  const auto number = static_cast<std::uint32_t>(member.ticket);
  Slot& slot = slots_[number];
  if (!slot.lagging) return;
  CatchUpChunk answer;
  answer.partition = context_.partition;
  answer.peer = member.peer->id;
  answer.instance = feed_;
  answer.join = member.join;
  answer.bodies = std::exchange(slot.missed, {});
  const SlotSetId only = sets_.with(kNobody, number);
  const auto size = [&answer] {
    std::size_t bytes = 0;
    for (const core::ChunkPtr& body : answer.bodies) bytes += body->size();
    return bytes;
  };
  bool done = true;
  for (std::size_t f = 0; f < core::kFamilies && done; ++f) {
    TableExport& te = tables_[f];
    if (!sets_.has(te.exporting, number)) continue;
    while (slot.positions[f] < te.at && size() < context_.limits.catch_up_bytes)
      slice(static_cast<core::Family>(f), slot.positions[f], te.at, only, Mode::kCatchingUp, &answer);
    done = slot.positions[f] >= te.at;
  }
  if (done) to_live(slot, number, answer);
  context_.output.to_shard(member.shard, std::move(answer));
}

void PeerGroup::to_live(Slot& slot, std::uint32_t number, CatchUpChunk& answer) {
  slot.lagging = false;
  --laggards_;
  answer.last = true;
  answer.ticket = number;
  for (std::size_t f = 0; f < core::kFamilies; ++f) {
    TableExport& te = tables_[f];
    if (!sets_.has(te.exporting, number)) continue;
    te.live = sets_.with(te.live, number);
    te.rescan_wanted = te.rescan_wanted || policy_->filtered;
    doubt_pending(te);
    const Member& member = context_.members.at(slot.member);
    // It may have fallen out before its first dump was through.
    context_.output.to_shard(member.shard, DumpDone{context_.partition, member.peer->id, member.join, static_cast<core::Family>(f)});
  }
}

void PeerGroup::interest_changed(MemberId id, const std::optional<core::RouteTarget>& target, bool wanted) {
  if (!policy_->filtered) return;
  const auto slot = static_cast<std::uint32_t>(context_.members.at(id).ticket);
  SlotSetId& set = target ? wanted_[*target] : want_all_;
  set = wanted ? sets_.with(set, slot) : sets_.without(set, slot);
  if (target && sets_.empty(set)) wanted_.erase(*target);
  interest_memory_.clear();
  ++interest_version_;
  for (TableExport& te : tables_) te.rescan_wanted = te.rescan_wanted || sets_.has(te.live, slot);
}

// ---- what is remembered of a route

PeerGroup::Sent PeerGroup::sent(const TableExport& te, RouteId id, const Route& route) const {
  std::uint64_t packed = 0;
  if (te.in_route) {
    packed = route.sent;
  } else if (const auto found = te.sent.find(id); found != te.sent.end()) {
    packed = found->second;
  }
  return {static_cast<std::uint32_t>(packed), static_cast<std::uint32_t>(packed >> 32)};
}

void PeerGroup::set_sent(TableExport& te, RouteId id, Route& route, Sent value) {
  const std::uint64_t packed = static_cast<std::uint64_t>(value.digest) << 32 | value.told;
  if (te.in_route) {
    route.sent = packed;
  } else if (packed == 0) {
    te.sent.erase(id);
  } else {
    te.sent[id] = packed;
  }
}

void PeerGroup::forget(TableId id, RouteId route) {
  for (TableExport& te : tables_) {
    if (te.table == id && !te.in_route) te.sent.erase(route);
  }
}

bool PeerGroup::is_told(MemberId id, const Route& route, RouteId route_id, core::Family family) {
  const TableExport& te = table(family);
  return te.table && sets_.has(sent(te, route_id, route).told, static_cast<std::uint32_t>(context_.members.at(id).ticket));
}

// ---- deciding

SlotSetId PeerGroup::interested(const Attr& attr) {
  const auto found = interest_memory_.find(attr.serial);
  if (found != interest_memory_.end()) return found->second;
  SlotSetId set = want_all_;
  const core::AttributeView view = attr.view();
  for (std::size_t i = 0; i < view.ext_communities(); ++i) {
    const auto want = wanted_.find(core::RouteTarget{view.ext_community(i)});
    if (want != wanted_.end()) set = sets_.unite(set, want->second);
  }
  if (interest_memory_.size() > kMostRemembered) interest_memory_.clear();
  interest_memory_.emplace(attr.serial, set);
  return set;
}

SlotSetId PeerGroup::wanted_by(core::Family family, const Route& route) {
  const Verdict v = verdict(*policy_, context_.rib, route, family);
  if (v == Verdict::kNobody) return kNobody;
  const Rib& rib = context_.rib;
  const Path& best = rib.paths.at(route.first_path);
  SlotSetId set = table(family).exporting;
  const Attr& attr = rib.attrs.at(best.attr);
  if (policy_->filtered && target_decides(family, attr)) set = sets_.intersect(set, interested(attr));
  const auto exclude = [&](const Path& path) {
    if (!path.member) return;
    const Member& member = context_.members.at(path.member);
    if (member.peer_feed == feed_) set = sets_.without(set, static_cast<std::uint32_t>(member.ticket));
  };
  if (v == Verdict::kNotSource) exclude(best);
  for (PathId p = v == Verdict::kNotContributors ? route.first_path : 0; p; p = rib.paths.at(p).next) {
    if (rib.is_usable(rib.paths.at(p))) exclude(rib.paths.at(p));
  }
  return set;
}

std::uint32_t PeerGroup::digest(const Path& path) const {
  std::uint64_t h = context_.rib.attrs.at(path.attr).serial * 0x9e3779b97f4a7c15ull;
  h = (h ^ path.next_hop) * 0xff51afd7ed558ccdull;
  h = (h ^ path.label ^ static_cast<std::uint64_t>(policy_->cluster_id ? path.member : 0) << 32) * 0xc4ceb9fe1a85ec53ull;
  h ^= (path.flags & path_flag::kLlgrStale) << 7;
  h ^= h >> 32;
  const auto d = static_cast<std::uint32_t>(h);
  return d == 0 ? 1 : d;
}

// Decides who is to be told what of one route, and notes that they were.
void PeerGroup::settle(core::Family family, RouteId id, SlotSetId members, Mode mode) {
  TableExport& te = table(family);
  Route& route = context_.rib.routes.at(id);
  Sent s = sent(te, id, route);
  const SlotSetId want = sets_.intersect(wanted_by(family, route), members);
  const SlotSetId told = sets_.intersect(s.told, members);
  std::uint32_t now = 0;
  const Path* best = nullptr;
  if (!sets_.empty(want)) {
    best = &context_.rib.paths.at(route.first_path);
    now = digest(*best);
  }
  const bool known = mode == Mode::kLive && now != 0 && now == s.digest;
  const SlotSetId add = known ? sets_.subtract(want, told) : want;
  const SlotSetId remove = sets_.subtract(mode == Mode::kCatchingUp ? members : told, want);
  if (best && !sets_.empty(add)) {
    items_.push_back({add, best->attr, best->next_hop, policy_->cluster_id ? best->member : 0,
                      static_cast<std::uint16_t>(best->flags & path_flag::kLlgrStale), id});
  }
  if (!sets_.empty(remove)) withdrawals_.push_back({remove, {}, 0, 0, 0, id});
  s.told = sets_.unite(sets_.subtract(s.told, members), want);
  if (now != 0) s.digest = now;
  if (sets_.empty(s.told)) s = Sent{0, 0};
  set_sent(te, id, route, s);
}

// ---- encoding

void PeerGroup::slice(core::Family family, Position& at, Position end, SlotSetId members, Mode mode, CatchUpChunk* answer) {
  const UpdateLog& log = context_.rib.table(table(family).table).log;
  const Position start = at;
  items_.clear();
  withdrawals_.clear();
  for (unsigned n = 0; n < kRoutesPerSlice && at < end; ++at) {
    if (const RouteId id = log.at(at)) {
      settle(family, id, members, mode);
      ++n;
    }
  }
  encode(family, start, answer);
}

void PeerGroup::encode(core::Family family, Position start, CatchUpChunk* answer) {
  std::sort(withdrawals_.begin(), withdrawals_.end(), [](const Item& a, const Item& b) { return a.to < b.to; });
  for (std::size_t i = 0; i < withdrawals_.size();) {
    const SlotSetId to = withdrawals_[i].to;
    UpdatePacker packer(buffer_, policy_->max_message);
    packer.begin_unreach(family);
    for (; i < withdrawals_.size() && withdrawals_[i].to == to; ++i) {
      packer.add(nlri_of(family, context_.rib.routes.at(withdrawals_[i].route), true));
      ++table(family).counters.unreach;
    }
    packer.finish();
    table(family).counters.updates += packer.messages();
    flush(family, start, to, true, answer);
  }
  const auto order = [](const Item& i) { return std::tuple(i.to, i.attr.value, i.next_hop, i.source, i.flags); };
  std::sort(items_.begin(), items_.end(), [&](const Item& a, const Item& b) { return order(a) < order(b); });
  for (std::size_t i = 0; i < items_.size();) {
    const SlotSetId to = items_[i].to;
    UpdatePacker packer(buffer_, policy_->max_message);
    while (i < items_.size() && items_[i].to == to) {
      std::size_t last = i;
      while (last < items_.size() && order(items_[last]) == order(items_[i])) ++last;
      pack_items(family, packer, i, last);
      i = last;
      if (buffer_.size() < kChunkBytes) continue;
      flush(family, start, to, false, answer);
    }
    table(family).counters.updates += packer.messages();
    flush(family, start, to, false, answer);
  }
}

// Routes that differ in nothing but their key and label.
void PeerGroup::pack_items(core::Family family, UpdatePacker& packer, std::size_t first, std::size_t last) {
  const Rib& rib = context_.rib;
  const Path& path = rib.paths.at(rib.routes.at(items_[first].route).first_path);
  attributes_.clear();
  append_attributes(*policy_, rib, path, family, builder_, attributes_);
  packer.begin_reach(family, attributes_, rib.next_hops.at(path.next_hop));
  for (std::size_t i = first; i < last; ++i) packer.add(nlri_of(family, rib.routes.at(items_[i].route), false));
  table(family).counters.reach += last - first;
  packer.finish();
}

Nlri PeerGroup::nlri_of(core::Family family, const Route& route, bool withdraw) const {
  Nlri nlri;
  if (core::has_prefix_key(family)) {
    nlri.prefix = prefix_of(route.key());
    if (core::is_vpn(family)) nlri.rd = rd_of(route.key());
  } else {
    std::copy(route.key().begin(), route.key().end(), nlri.key.begin());
    nlri.key_size = route.key_size;
  }
  if (withdraw) return nlri;
  const Path& path = context_.rib.paths.at(route.first_path);
  const Attr& attr = context_.rib.attrs.at(path.attr);
  const bool vni = attr.vxlan && (family == core::Family::kInetVpn || family == core::Family::kEvpn);
  nlri.label = label_field(path.label, vni);
  if (family != core::Family::kEvpn) return nlri;
  const ByteView other = attr.view().other();
  if (const auto segment = find_other(other, InternalAttribute::kEthernetSegment))
    std::copy(segment->begin(), segment->end(), nlri.segment.begin());
  if (const auto second = find_other(other, InternalAttribute::kSecondLabel)) nlri.second_label = ByteReader(*second).u24();
  return nlri;
}

// Hands over what is in the buffer.
void PeerGroup::flush(core::Family family, Position start, SlotSetId to, bool withdrawals, CatchUpChunk* answer) {
  if (buffer_.empty()) return;
  if (answer) {
    answer->bodies.push_back(core::ChunkPtr::copy_of(text_of(buffer_)));
  } else {
    send(family, start, to, withdrawals);
  }
  buffer_.clear();
}

std::uint64_t PeerGroup::shards_of(SlotSetId set) {
  const auto found = shard_memory_.find(set);
  if (found != shard_memory_.end()) return found->second;
  std::uint64_t shards = 0;
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].member && sets_.has(set, slot)) shards |= 1ull << context_.members.at(slots_[slot].member).shard.value;
  }
  shard_memory_.emplace(set, shards);
  return shards;
}

void PeerGroup::send(core::Family family, Position start, SlotSetId to, bool withdrawals) {
  const core::ChunkPtr body = core::ChunkPtr::copy_of(text_of(buffer_));
  const auto bytes = static_cast<std::uint32_t>(body->size());
  const std::uint64_t shards = shards_of(to);
  for (std::uint32_t shard = 0; shard < unacknowledged_.size(); ++shard) {
    if ((shards >> shard & 1) == 0) continue;
    unacknowledged_[shard] += bytes;
    context_.output.to_shard(core::ShardId(shard), FeedChunk{context_.partition, feed_, next_number_, 0, 0, body, sets_.audience(to)});
  }
  if (shards) outstanding_.push_back(Outstanding{next_number_, family, start, to, bytes, shards, withdrawals ? body : core::ChunkPtr()});
  ++next_number_;
}

void PeerGroup::acknowledge(const FeedAck& ack) {
  for (Outstanding& o : outstanding_) {
    if (o.number > ack.through) break;
    const std::uint64_t bit = 1ull << ack.shard.value;
    if (o.waiting_shards & bit) unacknowledged_[ack.shard.value] -= std::min<std::size_t>(unacknowledged_[ack.shard.value], o.bytes);
    o.waiting_shards &= ~bit;
  }
  while (!outstanding_.empty() && outstanding_.front().waiting_shards == 0) outstanding_.pop_front();
}

bool PeerGroup::window_open() const {
  return std::none_of(unacknowledged_.begin(), unacknowledged_.end(),
                      [this](std::size_t bytes) { return bytes >= context_.limits.window; });
}

// ---- turns

core::TimePoint PeerGroup::run(core::TimePoint now, WorkBudget& budget) {
  bool pending = false;
  std::size_t waiting = 0;
  for (TableExport& te : tables_) {
    if (!te.table) continue;
    const UpdateLog& log = context_.rib.table(te.table).log;
    // Nobody is live: there is nobody to tell what changes, and cohorts find it where they pass.
    if (sets_.empty(te.live)) te.at = log.end();
    waiting += log.end() - te.at;
    pending |= te.at != log.end() || !te.cohorts.empty() || te.rescan_wanted || te.rescan_at < te.rescan_until;
  }
  if (!pending) return core::TimePoint::max();
  if (waiting < kRoutesPerSlice && now < last_sent_ + kCoalesce) return last_sent_ + kCoalesce;
  bool more = false;
  for (std::size_t f = 0; f < core::kFamilies; ++f) {
    if (tables_[f].table) more |= run_table(static_cast<core::Family>(f), budget);
  }
  last_sent_ = now;
  return more && window_open() ? now : core::TimePoint::max();
}

// True when something is left.
bool PeerGroup::run_table(core::Family family, WorkBudget& budget) {
  TableExport& te = table(family);
  const UpdateLog& log = context_.rib.table(te.table).log;
  while (te.at < log.end() && window_open()) {
    slice(family, te.at, log.end(), te.live, Mode::kLive, nullptr);
    if (budget.spent()) return true;
  }
  if (te.rescan_wanted && te.rescan_at >= te.rescan_until) {
    te.rescan_wanted = false;
    te.rescan_at = 0;
    te.rescan_until = te.at;
  }
  while (te.rescan_at < te.rescan_until && window_open()) {
    slice(family, te.rescan_at, te.rescan_until, te.live, Mode::kLive, nullptr);
    if (budget.spent()) return true;
  }
  const bool cohorts = run_cohorts(family, budget);
  return cohorts || te.at < log.end() || te.rescan_wanted || te.rescan_at < te.rescan_until;
}

bool PeerGroup::run_cohorts(core::Family family, WorkBudget& budget) {
  TableExport& te = table(family);
  for (std::size_t i = 0; i < te.cohorts.size() && window_open();) {
    Cohort& cohort = te.cohorts[i];
    while (cohort.at < te.at && window_open()) {
      slice(family, cohort.at, te.at, cohort.members, Mode::kJoining, nullptr);
      if (budget.spent()) return true;
    }
    if (cohort.at < te.at) break;
    merge(family, cohort);
    te.cohorts.erase(te.cohorts.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return !te.cohorts.empty();
}

void PeerGroup::merge(core::Family family, const Cohort& cohort) {
  TableExport& te = table(family);
  te.live = sets_.unite(te.live, cohort.members);
  te.rescan_wanted = te.rescan_wanted || cohort.interest_version != interest_version_;
  doubt_pending(te);
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].member || !sets_.has(cohort.members, slot)) continue;
    const Member& member = context_.members.at(slots_[slot].member);
    context_.output.to_shard(member.shard, DumpDone{context_.partition, member.peer->id, member.join, family});
  }
}

// ---- positions

void PeerGroup::collect_cursors(TableId id, std::vector<Position*>& cursors) {
  for (std::size_t f = 0; f < core::kFamilies; ++f) {
    TableExport& te = tables_[f];
    if (te.table != id) continue;
    cursors.insert(cursors.end(), {&te.at, &te.rescan_at, &te.rescan_until});
    for (Cohort& c : te.cohorts) cursors.push_back(&c.at);
    for (Outstanding& o : outstanding_) {
      if (static_cast<std::size_t>(o.family) == f) cursors.push_back(&o.start);
    }
    for (Slot& slot : slots_) {
      if (slot.lagging) cursors.push_back(&slot.positions[f]);
    }
  }
}

UpdateLog::Position PeerGroup::told_until(TableId id) const {
  Position until = ~Position{0};
  for (std::size_t f = 0; f < core::kFamilies; ++f) {
    const TableExport& te = tables_[f];
    if (te.table != id) continue;
    until = std::min(until, te.at);
    for (const Cohort& c : te.cohorts) until = std::min(until, c.at);
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot].lagging && sets_.has(te.exporting, slot)) until = std::min(until, slots_[slot].positions[f]);
    }
  }
  return until;
}

}  // namespace signalbox::bgp
