#include "bench/agentsim/model.hpp"

#include <algorithm>

namespace signalbox::bench {

Model::Model(const Topology& topology, ValueStore& values) : topology_(topology), values_(values) {
  for (const Publication& p : topology.publications()) paths_.emplace_back(p.count, PathState{});
  live_.assign(topology.publications().size(), 0);
  visible_.assign(topology.table_count(), 0);
  for (std::uint32_t t = 0; t < topology.table_count(); ++t) slots_.push_back(std::make_unique<SlotState[]>(topology.slot_count(t)));
  for (const Instance& i : topology.instances()) {
    details_.push_back(values_.intern_text(hop_detail(i.network, kEncapsulations, std::to_string(kTag) + ",")));
  }
  for (const std::uint32_t preference : {100u, 200u}) {
    for (std::uint32_t v = 0; v < kSecurityGroupVariants; ++v) {
      ItemAttributes a;
      a.local_preference = preference;
      a.med = preference == 100 ? 200 : 100;  // spec/xmpp.md 5.1
      a.security_groups = std::to_string(security_group(v)) + ",";
      attributes_.push_back(values_.intern_text(a.text()));
    }
  }
}

std::uint32_t Model::attributes_of(std::uint32_t preference, std::uint32_t agent) {
  return attributes_[(preference == 200 ? kSecurityGroupVariants : 0) + agent % kSecurityGroupVariants];
}

bool Model::set_path(std::uint32_t publication, std::uint32_t index, PathState state) {
  PathState& path = paths_[publication][index];
  const bool counted = live_[publication] != 0;
  live_paths_ -= counted && path.present;
  path = state;
  live_paths_ += counted && path.present;
  if (!counted) return false;
  const Publication& p = topology_.publications()[publication];
  return refresh(p.table, p.first + index);
}

void Model::set_live(std::uint32_t publication, bool live) {
  if ((live_[publication] != 0) == live) return;
  live_[publication] = live;
  const Publication& p = topology_.publications()[publication];
  for (std::uint32_t i = 0; i < p.count; ++i) {
    if (!paths_[publication][i].present) continue;
    live ? ++live_paths_ : --live_paths_;
    refresh(p.table, p.first + i);
  }
}

void Model::stamp(std::uint32_t publication, std::uint32_t index, std::int64_t now) {
  const Publication& p = topology_.publications()[publication];
  const std::uint32_t number = topology_.base(p.table) + p.first + index;
  for (const std::uint32_t i : topology_.shown_in(instance_of(p.table))) {
    const std::uint32_t table = table_of(i, family_of(p.table));
    SlotState& slot = slots_[table][topology_.slot_of(table, number)];
    slot.changer.store(p.agent, std::memory_order_relaxed);
    slot.changed_at.store(now, std::memory_order_relaxed);
  }
}

bool Model::refresh(std::uint32_t source_table, std::uint32_t offset) {
  const std::uint32_t number = topology_.base(source_table) + offset;
  const Family family = family_of(source_table);
  const auto& shown_in = topology_.shown_in(instance_of(source_table));
  bool changed = false;
  if (!topology_.overlap()) {
    // The one source decides, so the value is the same wherever the route is shown.
    candidates_.clear();
    collect(source_table, number);
    const std::uint32_t value = value_of_candidates();
    for (const std::uint32_t i : shown_in) changed |= refresh_slot(table_of(i, family), number, value);
    return changed;
  }
  // A new best of a table also decides which of its own routes it leaks on.
  affected_.clear();
  for (const std::uint32_t i : shown_in) {
    const auto& next = topology_.shown_in(i);
    affected_.insert(affected_.end(), next.begin(), next.end());
  }
  std::sort(affected_.begin(), affected_.end());
  affected_.erase(std::unique(affected_.begin(), affected_.end()), affected_.end());
  for (const std::uint32_t i : affected_) {
    collect_all(table_of(i, family), number);
    changed |= refresh_slot(table_of(i, family), number, value_of_candidates());
  }
  return changed;
}

bool Model::refresh_slot(std::uint32_t table, std::uint32_t number, std::uint32_t value) {
  const std::uint32_t index = topology_.slot_of(table, number);
  if (index == kNoIndex) return false;
  SlotState& slot = slots_[table][index];
  const std::uint32_t old = slot.expected.load(std::memory_order_relaxed);
  if (old == value) return false;
  visible_[table] += (value != kAbsent ? 1u : 0u) - (old != kAbsent ? 1u : 0u);
  slot.changed_at.store(0, std::memory_order_relaxed);
  slot.expected.store(value, std::memory_order_relaxed);
  return true;
}

std::uint32_t Model::value_of_candidates() {
  if (candidates_.empty()) return kAbsent;
  std::uint32_t best = 0;
  for (const Candidate& c : candidates_) best = std::max(best, c.rank);
  hops_.clear();
  std::uint32_t best_agent = kNoIndex;
  std::uint32_t best_address = UINT32_MAX;
  for (const Candidate& c : candidates_) {
    if (c.rank != best) continue;
    hops_.push_back(c.hop);
    if (c.hop.address <= best_address) {
      best_address = c.hop.address;
      best_agent = c.agent;
    }
  }
  std::sort(hops_.begin(), hops_.end());
  return values_.intern(hops_, attributes_of(best, best_agent));
}

/// Appends the paths that `source_table`'s own publishers have for the prefix.
void Model::collect(std::uint32_t source_table, std::uint32_t number) {
  const std::uint32_t offset = number - topology_.base(source_table);
  for (const std::uint32_t publication : topology_.publications_at(source_table, offset)) {
    const Publication& p = topology_.publications()[publication];
    const std::uint32_t index = offset - p.first;
    if (live_[publication] == 0 || index >= p.count) continue;
    const PathState state = paths_[publication][index];
    if (!state.present) continue;
    const NextHop hop{topology_.agents()[p.agent].address, route_label(p.label_base + index, state), details_[instance_of(source_table)]};
    candidates_.push_back({hop, local_preference(state), p.agent});
  }
}

/// Gathers all paths of a table: its own, and of those it imports from each that ties for best there (bgp.md 13, step 2).
void Model::collect_all(std::uint32_t table, std::uint32_t number) {
  candidates_.clear();
  for (const std::uint32_t s : topology_.sources(instance_of(table))) {
    const std::uint32_t source_table = table_of(s, family_of(table));
    const std::uint32_t best = source_table == table ? 0 : best_rank(source_table, number);
    const auto first = static_cast<std::ptrdiff_t>(candidates_.size());
    collect(source_table, number);
    if (source_table == table) continue;
    candidates_.erase(std::remove_if(candidates_.begin() + first, candidates_.end(), [best](const Candidate& c) { return c.rank != best; }),
                      candidates_.end());
  }
}

/// The best rank among the paths of a table. Only the higher of the two ranks can reach it from elsewhere and matter: whoever
/// publishes it leaks it on.
std::uint32_t Model::best_rank(std::uint32_t table, std::uint32_t number) {
  const std::size_t kept = candidates_.size();
  for (const std::uint32_t s : topology_.sources(instance_of(table))) collect(table_of(s, family_of(table)), number);
  std::uint32_t best = 0;
  for (std::size_t i = kept; i < candidates_.size(); ++i) best = std::max(best, candidates_[i].rank);
  candidates_.resize(kept);
  return best;
}

}  // namespace signalbox::bench
