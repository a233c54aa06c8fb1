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

std::uint32_t Model::audience(std::uint32_t publication) const {
  const Publication& p = topology_.publications()[publication];
  std::size_t pairs = 0;
  for (const std::uint32_t i : topology_.shown_in(instance_of(p.table))) {
    const auto& all = topology_.subscribers(i);
    pairs += all.size() - (std::binary_search(all.begin(), all.end(), p.agent) ? 1 : 0);
  }
  return static_cast<std::uint32_t>(pairs);
}

bool Model::refresh(std::uint32_t source_table, std::uint32_t offset) {
  const std::uint32_t number = topology_.base(source_table) + offset;
  const auto& shown_in = topology_.shown_in(instance_of(source_table));
  std::uint32_t value = kAbsent;
  bool changed = false;
  for (std::size_t k = 0; k < shown_in.size(); ++k) {
    const std::uint32_t table = table_of(shown_in[k], family_of(source_table));
    // Without overlap the one source decides, so the value is the same wherever the route is shown.
    if (k == 0 || topology_.overlap()) value = expected_value(table, number, topology_.overlap() ? kNoIndex : source_table);
    SlotState& slot = slots_[table][topology_.slot_of(table, number)];
    const std::uint32_t old = slot.expected.load(std::memory_order_relaxed);
    if (old == value) continue;
    changed = true;
    visible_[table] += (value != kAbsent ? 1u : 0u) - (old != kAbsent ? 1u : 0u);
    slot.changed_at.store(0, std::memory_order_relaxed);
    slot.expected.store(value, std::memory_order_relaxed);
  }
  return changed;
}

std::uint32_t Model::expected_value(std::uint32_t table, std::uint32_t number, std::uint32_t only_source) {
  candidates_.clear();
  if (only_source != kNoIndex) {
    collect(only_source, number - topology_.base(only_source));
  } else {
    for (const std::uint32_t s : topology_.sources(instance_of(table))) collect(table_of(s, family_of(table)), number);
  }
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

void Model::collect(std::uint32_t source_table, std::uint32_t offset) {
  for (const std::uint32_t number : topology_.publications_at(source_table, offset)) {
    const Publication& p = topology_.publications()[number];
    const std::uint32_t index = offset - p.first;
    if (live_[number] == 0 || index >= p.count) continue;
    const PathState state = paths_[number][index];
    if (!state.present) continue;
    const NextHop hop{topology_.agents()[p.agent].address, route_label(p.label_base + index, state), details_[instance_of(source_table)]};
    candidates_.push_back({hop, local_preference(state), p.agent});
  }
}

}  // namespace signalbox::bench
