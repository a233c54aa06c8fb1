#include "bgp/rib/rib.hpp"

namespace signalbox::bgp {
namespace {
std::uint64_t head_key(MemberId member, TableId table) { return static_cast<std::uint64_t>(member) << 32 | table; }
}  // namespace

TableId Rib::make_table(core::InstanceId instance, core::Family family) {
  TableId id;
  if (free_tables_.empty()) {
    id = static_cast<TableId>(tables_.size());
    tables_.emplace_back();
  } else {
    id = free_tables_.back();
    free_tables_.pop_back();
  }
  tables_[id] = std::make_unique<Table>(id, instance, family, routes);
  ++live_tables_;
  return id;
}

void Rib::drop_table(TableId id) {
  CN_ASSERT(tables_[id]->size() == 0);
  std::erase(dirty_, id);
  std::erase(sparse_, id);
  tables_[id].reset();
  free_tables_.push_back(id);
  --live_tables_;
}

PathId Rib::primary_of(const Route& route, MemberId member) const {
  for (PathId id = route.first_path; id; id = paths.at(id).next) {
    const Path& p = paths.at(id);
    if (p.member == member && !p.is_copy()) return id;
  }
  return 0;
}

bool Rib::has_primary(const Route& route) const {
  for (PathId id = route.first_path; id; id = paths.at(id).next) {
    if (!paths.at(id).is_copy()) return true;
  }
  return false;
}

Candidate Rib::candidate(const Path& path) const {
  return {&path, &attrs.at(path.attr), &next_hops.at(path.next_hop), path.member, &rank_of(path.member)};
}

const PeerRank Rib::kNoRank;

void Rib::set_rank(MemberId member, const PeerRank& rank) {
  if (member >= ranks_.size()) ranks_.resize(member + 1);
  ranks_[member] = rank;
}

Decision Rib::compare_paths(PathId a, PathId b) const { return compare(candidate(paths.at(a)), candidate(paths.at(b)), rules); }

bool Rib::is_ecmp_of(const Path& best, const Path& path) const {
  return compare_ecmp(best, attrs.at(best.attr), path, attrs.at(path.attr), rules).order == 0;
}

void Rib::insert_sorted(Route& route, PathId id) {
  PathId* link = &route.first_path;
  while (*link && compare_paths(*link, id).order <= 0) link = &paths.at(*link).next;
  paths.at(id).next = *link;
  *link = id;
}

void Rib::unlink(Route& route, PathId id) {
  PathId* link = &route.first_path;
  while (*link != id) link = &paths.at(*link).next;
  *link = paths.at(id).next;
}

void Rib::count(const Path& path, Table& table, int by) const {
  (path.is_copy() ? table.secondary_paths : table.primary_paths) += static_cast<std::uint64_t>(by);
  if (!is_usable(path)) table.infeasible_paths += static_cast<std::uint64_t>(by);
}

Rib::Put Rib::put_primary(RouteId route_id, MemberId member, const PathValue& value, PathId& path) {
  Route& route = routes.at(route_id);
  path = primary_of(route, member);
  if (path) return change(path, value);
  path = paths.make();
  Path& p = paths.at(path);
  p.route = route_id;
  p.attr = value.attr;
  p.label = value.label;
  p.next_hop = value.next_hop;
  p.member = member;
  p.source_rd = value.source_rd;
  p.source = value.source;
  p.flags = value.flags;
  p.changed_at = now_seconds;
  PathId& head = member_head(member, route.table);
  p.member_next = head;
  if (head) paths.at(head).member_previous = path;
  head = path;
  count(p, table_of(route), 1);
  insert_sorted(route, path);
  return Put::kNew;
}

PathId Rib::add_copy(RouteId route_id, PathId primary, const PathValue& value) {
  Route& route = routes.at(route_id);
  const PathId id = paths.make();
  Path& p = paths.at(id);
  p.route = route_id;
  p.attr = value.attr;
  p.label = value.label;
  p.next_hop = value.next_hop;
  p.member = paths.at(primary).member;
  p.primary = primary;
  p.source_rd = value.source_rd;
  p.source = value.source;
  p.flags = value.flags;
  p.changed_at = now_seconds;
  count(p, table_of(route), 1);
  insert_sorted(route, id);
  return id;
}

Rib::Put Rib::change(PathId id, const PathValue& value) {
  Path& p = paths.at(id);
  if (p.attr == value.attr && p.label == value.label && p.source_rd == value.source_rd && p.next_hop == value.next_hop &&
      p.flags == value.flags) {
    attrs.release(value.attr);
    next_hops.release(value.next_hop);
    return Put::kSame;
  }
  Route& route = routes.at(p.route);
  Table& table = table_of(route);
  unlink(route, id);
  count(p, table, -1);
  attrs.release(p.attr);
  next_hops.release(p.next_hop);
  p.attr = value.attr;
  p.label = value.label;
  p.next_hop = value.next_hop;
  p.source_rd = value.source_rd;
  p.source = value.source;
  p.flags = value.flags;
  p.changed_at = now_seconds;
  count(p, table, 1);
  insert_sorted(route, id);
  return Put::kChanged;
}

void Rib::unlink_from_member(PathId id) {
  Path& p = paths.at(id);
  const TableId table = routes.at(p.route).table;
  if (p.member_next) paths.at(p.member_next).member_previous = p.member_previous;
  if (p.member_previous) {
    paths.at(p.member_previous).member_next = p.member_next;
  } else if (p.member_next) {
    member_head(p.member, table) = p.member_next;
  } else {
    forget_member_head(p.member, table);
  }
}

void Rib::remove(PathId id) {
  Path& p = paths.at(id);
  Route& route = routes.at(p.route);
  unlink(route, id);
  count(p, table_of(route), -1);
  if (!p.is_copy()) unlink_from_member(id);
  attrs.release(p.attr);
  next_hops.release(p.next_hop);
  paths.release(id);
}

void Rib::changed(RouteId id) {
  Route& route = routes.at(id);
  if (resorting) resort(route);
  Table& table = table_of(route);
  const bool known = route.log_position < table.log.end() && table.log.at(route.log_position) == id;
  table.log.append(id, route, known);
  if (!table.sparse && table.log.wants_compaction()) {
    table.sparse = true;
    sparse_.push_back(table.id);
  }
  const bool followed = table.watched || table.peer_groups != 0;
  if (followed && !table.queued) {
    table.queued = true;
    dirty_.push_back(table.id);
  }
  if (table.watched) return;
  // No agent to tell: what the last members knew is of no interest any more.
  table.drained = table.log.end();
  if (followed) return;
  route.sent = exportable(route) ? 1 : 0;
  if (!route.first_path) table.erase(id);
}

void Rib::resort(Route& route) {
  PathId rest = std::exchange(route.first_path, 0);
  while (rest) {
    const PathId path = rest;
    rest = paths.at(path).next;
    insert_sorted(route, path);
  }
}

PathId& Rib::member_head(MemberId member, TableId table) { return member_heads_[head_key(member, table)]; }

void Rib::forget_member_head(MemberId member, TableId table) { member_heads_.erase(head_key(member, table)); }

std::size_t Rib::bytes() const {
  std::size_t n = attrs.bytes() + routes.bytes() + paths.bytes() + next_hops.bytes() + member_heads_.bucket_count() * 13;
  for (const auto& table : tables_) n += table ? table->bytes() : 0;
  return n;
}

}  // namespace signalbox::bgp
