#include "bgp/export/export_group.hpp"

#include <algorithm>

namespace signalbox::bgp {
namespace {

std::uint64_t mix(std::uint64_t h, std::uint64_t v) {
  h = (h ^ v) * 0x9e3779b97f4a7c15ull;
  return h ^ (h >> 29);
}

// Digests 0 and 1 are taken: nothing told, something unknown told.
std::uint64_t usable_digest(std::uint64_t h) { return h < 2 ? 2 : h; }

constexpr std::uint64_t kUnknownDigest = 1;

// Two next hops a vrouter could not tell apart (spec/xmpp.md 4.3): the parts of the attribute set that it forwards by.
bool same_forwarding(const core::AttributeView& a, const core::AttributeView& b) {
  const auto relevant = [](const core::ExtCommunity& c) { return core::ext::is_tunnel_encap(c) || core::ext::is_router_mac(c); };
  std::size_t i = 0, j = 0;
  while (true) {
    while (i < a.ext_communities() && !relevant(a.ext_community(i))) ++i;
    while (j < b.ext_communities() && !relevant(b.ext_community(j))) ++j;
    if (i == a.ext_communities() || j == b.ext_communities()) break;
    if (a.ext_community(i++) != b.ext_community(j++)) return false;
  }
  if (i != a.ext_communities() || j != b.ext_communities() || a.large_communities() != b.large_communities()) return false;
  for (std::size_t k = 0; k < a.large_communities(); ++k) {
    if (a.large_community(k) != b.large_community(k)) return false;
  }
  return true;
}

}  // namespace

ExportGroup::ExportGroup(ExportContext& context, core::InstanceId instance)
    : context_(context), instance_(instance), members_on_(context.shards), unacknowledged_(context.shards) {
  InstanceState& state = *context_.instances.find(instance);
  for (unsigned f = 0; f < kAgentFamilies.size(); ++f) {
    const bool exists = kAgentFamilies[f] != core::Family::kInetLabeled || state.config->is_master();
    if (exists) tables_[f].table = context_.instances.table(state, kAgentFamilies[f]);
  }
}

ExportGroup::TableExport* ExportGroup::export_of(TableId table) {
  for (TableExport& te : tables_) {
    if (te.table == table) return &te;
  }
  return nullptr;
}

// Tables of a group with members keep changes for it; those without are settled at once by the RIB.
void ExportGroup::watch_tables() {
  for (TableExport& te : tables_) {
    if (!te.table) continue;
    Table& table = context_.rib.table(te.table);
    if (table.watched == has_members()) continue;
    table.watched = has_members();
    if (table.watched) continue;
    // What the members that left were told says nothing about those to come.
    for (; table.drained < table.log.end(); ++table.drained) {
      if (const RouteId id = table.log.at(table.drained)) {
        Route& route = context_.rib.routes.at(id);
        route.sent = context_.rib.exportable(route) ? kUnknownDigest : 0;
      }
    }
    table.queued = false;
    std::erase(context_.rib.dirty_tables(), te.table);
  }
}

// ---- members

ExportGroup::~ExportGroup() {
  for (std::size_t shard = 0; shard < unacknowledged_.size(); ++shard) context_.under_way[shard] -= unacknowledged_[shard];
}

void ExportGroup::join(MemberId id) {
  Member& member = context_.members.at(id);
  member.ticket = next_ticket_++;
  ++members_;
  ++members_on_[member.shard.value];
  watch_tables();
  context_.output.to_shard(member.shard, Joined{context_.partition, member.peer->id, instance_, member.join, member.ticket});
  for (TableExport& te : tables_) {
    if (te.table) start_scan(te, member.ticket);
  }
}

void ExportGroup::leave(MemberId id) {
  Member& member = context_.members.at(id);
  --members_;
  --members_on_[member.shard.value];
  if (member.lagging) {
    std::erase(laggards_, id);
    if (laggards_.empty()) forget_tombstones();
  }
  for (TableExport& te : tables_) {
    if (te.table) drop_joiner(te, member.ticket);
  }
  if (!has_members()) {
    forget_tombstones();
    watch_tables();
  }
}

void ExportGroup::start_scan(TableExport& te, std::uint64_t ticket) {
  const Table& table = context_.rib.table(te.table);
  if (table.drained == 0) {
    // Nothing there that the live feed will not bring.
    doubt_pending(te);
    return;
  }
  if (te.joiners.empty()) te.scan_at = 0;
  te.lap_end = table.drained;
  te.joiners.push_back(Joiner{ticket, te.scan_at, false});
}

// True when the member was one. Those that are done rely on changes being told by force while the walk lasted.
bool ExportGroup::drop_joiner(TableExport& te, std::uint64_t ticket) {
  if (std::erase_if(te.joiners, [&](const Joiner& j) { return j.ticket == ticket; }) == 0) return false;
  if (te.joiners.empty()) doubt_pending(te);
  return true;
}

// What waits in the log may come to equal what members were told last, but not what one knows that has just come up to `drained`: it is told
// whatever it becomes. The routes are marked and not places in the log, because they may move on before they are told.
void ExportGroup::doubt_pending(TableExport& te) {
  const UpdateLog& log = context_.rib.table(te.table).log;
  for (UpdateLog::Position p = std::max(te.doubted_until, context_.rib.table(te.table).drained); p < log.end(); ++p) {
    if (const RouteId id = log.at(p)) context_.rib.routes.at(id).sent = kUnknownDigest;
  }
  te.doubted_until = log.end();
}

void ExportGroup::fall_out(MemberId id, std::uint64_t next_chunk) {
  Member& member = context_.members.at(id);
  if (member.lagging) return;
  member.lagging = true;
  laggards_.push_back(id);
  for (const Outstanding& o : outstanding_) {
    if (o.number >= next_chunk && o.retracts) member.missed_retracts.push_back(o.retracts);
  }
  for (unsigned f = 0; f < tables_.size(); ++f) {
    TableExport& te = tables_[f];
    if (!te.table) continue;
    const bool joining = drop_joiner(te, member.ticket);
    member.positions[f] = context_.rib.table(te.table).drained;
    if (joining) {
      member.positions[f] = 0;
      continue;
    }
    for (const Outstanding& o : outstanding_) {
      if (o.number < next_chunk || o.family != f) continue;
      // Part of its dump is unread: only the beginning is a safe place to go on from.
      if (o.dump && o.audience.includes(member.ticket)) member.positions[f] = 0;
      if (!o.dump) member.positions[f] = std::min(member.positions[f], o.start);
    }
  }
}

void ExportGroup::catch_up(MemberId id) {
  Member& member = context_.members.at(id);
  if (!member.lagging || member.lost) return;
  CatchUpChunk answer;
  answer.partition = context_.partition;
  answer.peer = member.peer->id;
  answer.instance = instance_;
  answer.join = member.join;
  answer.bodies = std::exchange(member.missed_retracts, {});
  std::size_t bytes = 0;
  bool done = true;
  for (unsigned f = 0; f < tables_.size() && done; ++f) {
    if (tables_[f].table) done = catch_up_table(member, f, bytes, answer.bodies);
  }
  if (done) to_live(id, answer);
  context_.output.to_shard(member.shard, std::move(answer));
}

// Encodes what the member has missed of one table. True when it has all up to `drained`.
bool ExportGroup::catch_up_table(Member& member, unsigned family, std::size_t& bytes, std::vector<core::ChunkPtr>& bodies) {
  const Table& table = context_.rib.table(tables_[family].table);
  UpdateLog::Position& at = member.positions[family];
  while (at < table.drained) {
    if (bytes >= context_.limits.catch_up_bytes) return false;
    items_.clear();
    retracts_.clear();
    for (; at < table.drained && items_.size() < kItemsPerBody && retracts_.size() < kRetractsPerBody; ++at) {
      const RouteId id = table.log.at(at);
      if (!id) continue;
      const Route& route = context_.rib.routes.at(id);
      if (context_.rib.exportable(route)) {
        items_.push_back(id);
      } else {
        retracts_.push_back(prefix_of(route.key()));
      }
    }
    if (!items_.empty()) bodies.push_back(encode_items(table, items_));
    if (!retracts_.empty()) bodies.push_back(encode_retracts(table, retracts_));
    bytes = 0;
    for (const core::ChunkPtr& body : bodies) bytes += body->size();
  }
  return true;
}

void ExportGroup::to_live(MemberId id, CatchUpChunk& answer) {
  Member& member = context_.members.at(id);
  member.lagging = false;
  member.ticket = next_ticket_++;
  answer.last = true;
  answer.ticket = member.ticket;
  for (TableExport& te : tables_) {
    if (te.table) doubt_pending(te);
  }
  std::erase(laggards_, id);
  if (laggards_.empty()) forget_tombstones();
}

// ---- telling

bool ExportGroup::window_open() const {
  for (std::size_t shard = 0; shard < unacknowledged_.size(); ++shard) {
    const std::size_t own = unacknowledged_[shard];
    if (own >= context_.limits.window || (own > 0 && context_.under_way[shard] >= context_.limits.all_windows)) return false;
  }
  return true;
}

core::TimePoint ExportGroup::run(core::TimePoint now, WorkBudget& budget) {
  if (!has_members()) return core::TimePoint::max();
  bool pending = false, more = false;
  std::size_t waiting = 0;
  for (const TableExport& te : tables_) {
    if (!te.table) continue;
    const Table& table = context_.rib.table(te.table);
    waiting += table.log.end() - table.drained;
    pending |= table.drained != table.log.end() || !te.joiners.empty();
  }
  if (!pending) return core::TimePoint::max();
  // Idle: at once. Busy: gather for a while, so that bodies are full and sockets are written in large pieces.
  if (waiting < 8 * kItemsPerBody && now < last_sent_ + kCoalesce) return last_sent_ + kCoalesce;
  for (unsigned f = 0; f < tables_.size(); ++f) {
    if (!tables_[f].table) continue;
    more |= drain(f, budget);
    more |= scan(f, budget);
  }
  last_sent_ = now;
  if (!more || !window_open()) return core::TimePoint::max();
  return now;
}

// True when something is left.
bool ExportGroup::drain(unsigned family, WorkBudget& budget) {
  Table& table = context_.rib.table(tables_[family].table);
  while (table.drained < table.log.end() && window_open()) {
    if (budget.spent()) return true;
    drain_slice(family);
  }
  return table.drained < table.log.end();
}

void ExportGroup::drain_slice(unsigned family) {
  TableExport& te = tables_[family];
  Table& table = context_.rib.table(te.table);
  items_.clear();
  retracts_.clear();
  const UpdateLog::Position start = table.drained;
  while (table.drained < table.log.end() && items_.size() < kItemsPerBody && retracts_.size() < kRetractsPerBody) {
    const UpdateLog::Position at = table.drained++;
    const RouteId id = table.log.at(at);
    if (id) settle(table, id, !te.joiners.empty());
  }
  if (!items_.empty()) send(encode_items(table, items_), family, start, Content::kItems, {});
  if (!retracts_.empty()) send(encode_retracts(table, retracts_), family, start, Content::kRetracts, {});
}

// Decides what the members are to be told of one changed route, and forgets it when it is gone and told.
void ExportGroup::settle(Table& table, RouteId id, bool forced) {
  Route& route = context_.rib.routes.at(id);
  if (context_.rib.exportable(route)) {
    const std::uint64_t now = digest(route);
    if (now != route.sent || forced) items_.push_back(id);
    route.sent = now;
    return;
  }
  if (route.sent != 0 || forced) retracts_.push_back(prefix_of(route.key()));
  route.sent = 0;
  // Routes that BGP peers follow too are forgotten by the partition.
  if (route.first_path || table.shared) return;
  if (laggards_.empty()) {
    table.erase(id);
  } else {
    ++tombstones_;
    enforce_tombstone_limit();
  }
}

bool ExportGroup::scan(unsigned family, WorkBudget& budget) {
  TableExport& te = tables_[family];
  while (!te.joiners.empty() && window_open()) {
    if (budget.spent()) return true;
    scan_slice(family);
  }
  return !te.joiners.empty();
}

void ExportGroup::scan_slice(unsigned family) {
  TableExport& te = tables_[family];
  const Table& table = context_.rib.table(te.table);
  const Audience audience{te.joiners.front().ticket, te.joiners.back().ticket};
  const UpdateLog::Position start = te.scan_at;
  items_.clear();
  while (te.scan_at < te.lap_end && items_.size() < kItemsPerBody) {
    const RouteId id = table.log.at(te.scan_at++);
    if (id && context_.rib.exportable(context_.rib.routes.at(id))) items_.push_back(id);
    const Joiner& first = te.joiners.front();
    if (first.wrapped && te.scan_at >= first.start) break;
  }
  if (!items_.empty()) send(encode_items(table, items_), family, start, Content::kDump, audience);
  if (te.scan_at >= te.lap_end) {
    for (Joiner& j : te.joiners) j.wrapped = true;
    te.scan_at = 0;
  }
  finish_joiners(te);
}

void ExportGroup::finish_joiners(TableExport& te) {
  while (!te.joiners.empty() && te.joiners.front().wrapped && te.scan_at >= te.joiners.front().start) te.joiners.pop_front();
  if (te.joiners.empty()) doubt_pending(te);
}

void ExportGroup::readvertise() {
  for (TableExport& te : tables_) {
    if (!te.table || !has_members()) continue;
    Table& table = context_.rib.table(te.table);
    std::vector<RouteId> ids;
    table.for_each([&](RouteId id) { ids.push_back(id); });
    for (const RouteId id : ids) {
      context_.rib.changed(id);
    }
  }
}

// ---- encoding

// Fills exported_ with what is told of the route: the best path and those that share the load with it, without repetitions.
void ExportGroup::collect(const Route& route) {
  Rib& rib = context_.rib;
  exported_.clear();
  const Path& best = rib.paths.at(route.first_path);
  for (PathId id = route.first_path; id; id = rib.paths.at(id).next) {
    const Path& path = rib.paths.at(id);
    if (!rib.is_ecmp_of(best, path)) break;
    const Attr& attr = rib.attrs.at(path.attr);
    const ExportedPath candidate{rib.next_hops.at(path.next_hop), path.label, attr.view(), attr.serial, network_of(path, attr)};
    const bool repeated = std::any_of(exported_.begin(), exported_.end(), [&](const ExportedPath& e) {
      return e.next_hop == candidate.next_hop && e.label == candidate.label && e.origin_vn == candidate.origin_vn &&
             (e.attribute_serial == candidate.attribute_serial || same_forwarding(e.attributes, candidate.attributes));
    });
    if (!repeated) exported_.push_back(candidate);
  }
}

// The origin network that is shown (spec/xmpp.md 4.3). A path that brings none takes on that of this instance if it was made here, or if
// this instance exports one of its targets (spec/bgp.md 13.1).
std::string_view ExportGroup::network_of(const Path& path, const Attr& attr) const {
  const InstanceConfig& instance = *context_.instances.find(instance_)->config;
  std::uint32_t index = attr.origin_vn;
  if (!attr.has_origin_vn) {
    const core::AttributeView view = attr.view();
    bool adopted = !path.is_copy();
    for (std::size_t i = 0; i < view.ext_communities() && !adopted; ++i) {
      adopted = std::binary_search(instance.exports.begin(), instance.exports.end(), core::RouteTarget{view.ext_community(i)});
    }
    if (!adopted) return "unresolved";
    index = instance.vn_index;
  }
  return index ? context_.instances.vn_name(index) : std::string_view(instance.vn_name);
}

std::uint64_t ExportGroup::digest(const Route& route) {
  collect(route);
  std::uint64_t h = 0;
  for (const ExportedPath& e : exported_) {
    std::uint64_t words[2];
    std::memcpy(words, e.next_hop.bytes.data(), sizeof words);
    h = mix(mix(mix(mix(h, words[0]), words[1]), e.label), e.attribute_serial);
    h = mix(h, std::hash<std::string_view>()(e.origin_vn));
  }
  return usable_digest(h);
}

core::ChunkPtr ExportGroup::encode_items(const Table& table, const std::vector<RouteId>& ids) {
  context_.encoder.open_body(table.family, context_.instances.find(instance_)->config->name);
  for (const RouteId id : ids) {
    const Route& route = context_.rib.routes.at(id);
    collect(route);
    context_.encoder.add_item(prefix_of(route.key()), exported_);
  }
  return context_.encoder.close_body();
}

core::ChunkPtr ExportGroup::encode_retracts(const Table& table, const std::vector<core::Prefix>& prefixes) {
  context_.encoder.open_body(table.family, context_.instances.find(instance_)->config->name);
  for (const core::Prefix& prefix : prefixes) context_.encoder.add_retract(prefix);
  return context_.encoder.close_body();
}

void ExportGroup::send(core::ChunkPtr body, unsigned family, UpdateLog::Position start, Content content, Audience audience) {
  std::uint64_t waiting = 0;
  const auto bytes = static_cast<std::uint32_t>(body->size());
  for (std::uint32_t shard = 0; shard < members_on_.size(); ++shard) {
    if (!members_on_[shard]) continue;
    waiting |= 1ull << shard;
    unacknowledged_[shard] += bytes;
    context_.under_way[shard] += bytes;
    context_.output.to_shard(core::ShardId(shard),
                             FeedChunk{context_.partition, instance_, next_number_, audience.first, audience.last, body, {}});
  }
  if (waiting) {
    outstanding_.push_back(Outstanding{next_number_, family, start, content == Content::kDump, audience, bytes, waiting,
                                       content == Content::kRetracts ? std::move(body) : core::ChunkPtr()});
  }
  ++next_number_;
}

void ExportGroup::acknowledge(const FeedAck& ack) {
  for (Outstanding& o : outstanding_) {
    if (o.number > ack.through) break;
    const std::uint64_t bit = 1ull << ack.shard.value;
    if (o.waiting_shards & bit) {
      const std::size_t done = std::min<std::size_t>(unacknowledged_[ack.shard.value], o.bytes);
      unacknowledged_[ack.shard.value] -= done;
      context_.under_way[ack.shard.value] -= done;
    }
    o.waiting_shards &= ~bit;
  }
  while (!outstanding_.empty() && outstanding_.front().waiting_shards == 0) outstanding_.pop_front();
}

std::size_t ExportGroup::unacknowledged() const {
  std::size_t most = 0;
  for (const std::size_t bytes : unacknowledged_) most = std::max(most, bytes);
  return most;
}

// ---- tombstones and positions

// Calls f(table, id) for every told deletion that is still kept.
template <class F>
void ExportGroup::for_each_tombstone(F&& f) {
  for (TableExport& te : tables_) {
    if (!te.table) continue;
    Table& table = context_.rib.table(te.table);
    if (table.shared) continue;
    // Without members also what was still to be told is of no interest.
    const UpdateLog::Position end = has_members() ? table.drained : table.log.end();
    for (UpdateLog::Position p = 0; p < end; ++p) {
      const RouteId id = table.log.at(p);
      if (id && !context_.rib.routes.at(id).first_path) f(table, id);
    }
  }
}

void ExportGroup::forget_tombstones() {
  if (tombstones_ == 0 && has_members()) return;
  for_each_tombstone([](Table& table, RouteId id) { table.erase(id); });
  tombstones_ = 0;
}

void ExportGroup::enforce_tombstone_limit() {
  std::size_t routes = 0;
  for (const TableExport& te : tables_) routes += te.table ? context_.rib.table(te.table).size() : 0;
  const auto too_many = [&] { return tombstones_ > context_.limits.tombstones && tombstones_ * 2 > routes; };
  if (!too_many()) return;
  // Routes that came back and went again were counted each time: count what is there.
  tombstones_ = 0;
  for_each_tombstone([this](Table&, RouteId) { ++tombstones_; });
  if (!too_many()) return;
  for (const MemberId id : laggards_) {
    Member& member = context_.members.at(id);
    member.lost = true;
    context_.output.to_shard(member.shard, TooFarBehind{member.peer->id});
  }
  laggards_.clear();
  forget_tombstones();
}

UpdateLog::Position ExportGroup::told_until(TableId table) const {
  const UpdateLog::Position all = ~UpdateLog::Position{0};
  if (!has_members()) return all;
  UpdateLog::Position until = all;
  for (unsigned f = 0; f < tables_.size(); ++f) {
    if (tables_[f].table != table) continue;
    until = context_.rib.table(table).drained;
    for (const MemberId id : laggards_) until = std::min(until, context_.members.at(id).positions[f]);
  }
  return until;
}

void ExportGroup::collect_cursors(TableId table, std::vector<UpdateLog::Position*>& cursors) {
  TableExport* te = export_of(table);
  if (!te) return;
  const auto family = static_cast<unsigned>(te - tables_.data());
  cursors.insert(cursors.end(), {&te->doubted_until, &te->scan_at, &te->lap_end});
  for (Joiner& j : te->joiners) cursors.push_back(&j.start);
  for (Outstanding& o : outstanding_) {
    if (o.family == family) cursors.push_back(&o.start);
  }
  for (const MemberId id : laggards_) cursors.push_back(&context_.members.at(id).positions[family]);
}

}  // namespace signalbox::bgp
