#include "bgp/export/slot_sets.hpp"

namespace signalbox::bgp {

SlotSets::SlotSets() { intern(Audience{}); }

bool SlotSets::Less::operator()(const Audience& a, const Audience& b) const { return std::memcmp(&a, &b, sizeof a) < 0; }

SlotSetId SlotSets::intern(const Audience& set) {
  const auto [at, made] = index_.try_emplace(set, static_cast<SlotSetId>(sets_.size()));
  if (made) sets_.push_back(std::make_shared<const Audience>(set));
  return at->second;
}

SlotSetId SlotSets::combine(Operation operation, SlotSetId a, SlotSetId b) {
  auto& memory = memory_[static_cast<std::size_t>(operation)];
  const std::uint64_t key = static_cast<std::uint64_t>(a) << 32 | b;
  if (const auto found = memory.find(key); found != memory.end()) return found->second;
  Audience result = *sets_[a];
  switch (operation) {
    case Operation::kUnite: result |= *sets_[b]; break;
    case Operation::kSubtract: result &= ~*sets_[b]; break;
    case Operation::kIntersect: result &= *sets_[b]; break;
  }
  const SlotSetId id = intern(result);
  memory.emplace(key, id);
  return id;
}

SlotSetId SlotSets::with(SlotSetId set, std::uint32_t slot) {
  Audience one;
  one.set(slot);
  return unite(set, intern(one));
}

SlotSetId SlotSets::without(SlotSetId set, std::uint32_t slot) {
  Audience one;
  one.set(slot);
  return subtract(set, intern(one));
}

SlotSetId SlotSets::unite(SlotSetId a, SlotSetId b) {
  if (a == b || b == kNobody) return a;
  return a == kNobody ? b : combine(Operation::kUnite, a, b);
}

SlotSetId SlotSets::subtract(SlotSetId a, SlotSetId b) {
  if (a == kNobody || b == kNobody) return a;
  return a == b ? kNobody : combine(Operation::kSubtract, a, b);
}

SlotSetId SlotSets::intersect(SlotSetId a, SlotSetId b) {
  if (a == b) return a;
  return a == kNobody || b == kNobody ? kNobody : combine(Operation::kIntersect, a, b);
}

// Sets that become equal keep their ids: nobody compares ids for more than speed.
void SlotSets::forget(std::uint32_t slot) {
  index_.clear();
  for (auto& memory : memory_) memory.clear();
  for (SlotSetId id = 0; id < sets_.size(); ++id) {
    if (sets_[id]->test(slot)) {
      Audience set = *sets_[id];
      set.reset(slot);
      sets_[id] = std::make_shared<const Audience>(set);
    }
    index_.try_emplace(*sets_[id], id);
  }
}

}  // namespace signalbox::bgp
