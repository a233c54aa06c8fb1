#include "bgp/rib/replicate.hpp"

#include <cstring>

namespace signalbox::bgp {
namespace {

bool same_key(const Route& route, const RouteKey& key) {
  return route.key_size == key.size && std::memcmp(route.key().data(), key.bytes.data(), key.size) == 0;
}

}  // namespace

void Replicator::sync(RouteId route) {
  sync_one(route);
  sync_touched();
}

void Replicator::sync_touched() {
  for (std::size_t n = 0; n < touched_.size(); ++n) sync_one(touched_[n]);
  touched_.clear();
}

void Replicator::sync_one(RouteId id) {
  const Route& route = rib_.routes.at(id);
  const Table& table = rib_.table_of(route);
  const bool vpn = core::is_vpn(table.family);
  if (!vpn && !core::vpn_family_of(table.family)) return;
  InstanceState* from = instances_.find(table.instance);
  if (!from || from->config->is_master() != vpn) return;  // the default instance's own inet tables are not replicated
  const core::Family family = table.family;
  const core::Prefix prefix = prefix_of(route.key());
  bool used = rib_.exportable(route) && (vpn || !from->extra.empty());
  const PathId best = route.first_path;
  for (PathId p = best; p; p = rib_.paths.at(p).next) {
    used = used && rib_.is_ecmp_of(rib_.paths.at(best), rib_.paths.at(p));
    if (rib_.paths.at(p).is_copy()) continue;
    if (used && vpn) {
      sync_vpn_path(family, prefix, p);
    } else if (used) {
      sync_path(*from, family, prefix, p);
    } else {
      remove_copies(p);
    }
  }
}

PathValue Replicator::copy_value(const InstanceState& from, const Path& primary) {
  PathValue value;
  value.attr = rib_.attrs.derived(primary.attr, from.context, from.extra);
  value.label = primary.label;
  value.next_hop = primary.next_hop;
  value.source_rd = primary.source_rd;
  value.source = primary.source;
  value.flags = primary.flags;
  return value;
}

RouteKey Replicator::key_in(const InstanceState& from, const Path& primary, const core::Prefix& prefix, bool vpn) const {
  if (!vpn) return RouteKey::of(prefix);
  return RouteKey::of(primary.source_rd.zero() ? from.rd : primary.source_rd, prefix);
}

void Replicator::add_references(const PathValue& value) {
  rib_.attrs.add_reference(value.attr);
  rib_.next_hops.add_reference(value.next_hop);
}

// Puts one copy at `link`'s place in the primary's list, which is sorted by destination: importing instances ascending, the VPN table last.
void Replicator::place(TableId table, const RouteKey& key, const PathValue& value, PathId primary, PathId*& link) {
  const auto before = [this](TableId a, TableId b) {
    const Table &ta = rib_.table(a), &tb = rib_.table(b);
    const bool va = !core::vpn_family_of(ta.family), vb = !core::vpn_family_of(tb.family);
    return va != vb ? vb : ta.instance < tb.instance;
  };
  while (*link && before(rib_.routes.at(rib_.paths.at(*link).route).table, table)) {
    const PathId gone = *link;
    *link = rib_.paths.at(gone).next_copy;
    remove_copy(gone);
  }
  if (*link) {
    const Route& there = rib_.routes.at(rib_.paths.at(*link).route);
    if (there.table == table && same_key(there, key)) {
      add_references(value);
      if (rib_.change(*link, value) != Rib::Put::kSame) copy_changed(rib_.paths.at(*link).route);
      link = &rib_.paths.at(*link).next_copy;
      return;
    }
    if (there.table == table) {  // the route distinguisher changed
      const PathId gone = *link;
      *link = rib_.paths.at(gone).next_copy;
      remove_copy(gone);
    }
  }
  bool made;
  const RouteId route = rib_.table(table).find_or_make(key, made);
  add_references(value);
  const PathId copy = rib_.add_copy(route, primary, value);
  rib_.paths.at(copy).next_copy = *link;
  *link = copy;
  link = &rib_.paths.at(copy).next_copy;
  copy_changed(route);
}

void Replicator::sync_path(InstanceState& from, core::Family family, const core::Prefix& prefix, PathId primary) {
  const PathValue value = copy_value(from, rib_.paths.at(primary));
  PathId* link = &rib_.paths.at(primary).first_copy;
  for (const core::InstanceId importer : from.importers) {
    InstanceState* to = instances_.find(importer);
    place(instances_.table(*to, family), key_in(from, rib_.paths.at(primary), prefix, false), value, primary, link);
  }
  place(instances_.vpn_table(*core::vpn_family_of(family)), key_in(from, rib_.paths.at(primary), prefix, true), value, primary, link);
  remove_rest(link);
  rib_.attrs.release(value.attr);
}

void Replicator::remove_rest(PathId* link) {
  while (*link) {
    const PathId gone = *link;
    *link = rib_.paths.at(gone).next_copy;
    remove_copy(gone);
  }
}

void Replicator::sync_vpn_path(core::Family family, const core::Prefix& prefix, PathId primary) {
  const Path& path = rib_.paths.at(primary);
  const VpnImport& import = instances_.vpn_import(rib_.attrs.at(path.attr));
  PathId* link = &rib_.paths.at(primary).first_copy;
  if (import.importers.empty()) return remove_rest(link);
  PathValue value;
  value.attr = path.attr;
  if (import.origin_vn == VpnImport::OriginVn::kKeep) {
    rib_.attrs.add_reference(value.attr);
  } else {
    value.attr = rib_.attrs.derived(path.attr, import.context, import.extra, true);
  }
  value.label = path.label;
  value.next_hop = path.next_hop;
  value.source_rd = path.source_rd;
  value.source = path.source;
  value.flags = path.flags;
  const core::Family unicast = core::is_v6(family) ? core::Family::kInet6 : core::Family::kInet;
  const RouteKey key = RouteKey::of(prefix);
  for (const core::InstanceId importer : import.importers)
    place(instances_.table(*instances_.find(importer), unicast), key, value, primary, link);
  remove_rest(link);
  rib_.attrs.release(value.attr);
}

void Replicator::remove_copy(PathId copy) {
  const RouteId route = rib_.paths.at(copy).route;
  rib_.remove(copy);
  copy_changed(route);
}

void Replicator::copy_changed(RouteId route) {
  // Asked first: a route that has no paths any more may go with the change.
  const bool has_primary = rib_.has_primary(rib_.routes.at(route));
  rib_.changed(route);
  if (has_primary) touched_.push_back(route);
}

void Replicator::remove_copies(PathId primary) {
  PathId copy = std::exchange(rib_.paths.at(primary).first_copy, 0);
  while (copy) {
    const PathId next = rib_.paths.at(copy).next_copy;
    remove_copy(copy);
    copy = next;
  }
}

}  // namespace signalbox::bgp
