#include "bench/agentsim/values.hpp"

#include <algorithm>

namespace signalbox::bench {
namespace {

std::string address_text(std::uint32_t a) {
  return std::to_string(a >> 24) + '.' + std::to_string(a >> 16 & 255) + '.' + std::to_string(a >> 8 & 255) + '.' + std::to_string(a & 255);
}

}  // namespace

ValueStore::ValueStore() : records_(1), index_(1024, 0) {}

std::uint32_t ValueStore::intern_text(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto found = text_numbers_.find(text);
  if (found != text_numbers_.end()) return found->second;
  const auto number = static_cast<std::uint32_t>(texts_.size());
  text_numbers_.emplace(texts_.emplace_back(text), number);
  return number;
}

std::uint32_t ValueStore::intern(std::span<const NextHop> hops, std::uint32_t attributes) {
  const std::lock_guard lock(mutex_);
  if (records_.size() * 2 > index_.size()) grow();
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = hash(hops, attributes) & mask;; i = (i + 1) & mask) {
    if (index_[i] == 0) {
      index_[i] = static_cast<std::uint32_t>(records_.size());
      records_.push_back({static_cast<std::uint32_t>(hops_.size()), static_cast<std::uint32_t>(hops.size()), attributes});
      hops_.insert(hops_.end(), hops.begin(), hops.end());
      return index_[i];
    }
    if (equal(records_[index_[i]], hops, attributes)) return index_[i];
  }
}

std::uint64_t ValueStore::hash(std::span<const NextHop> hops, std::uint32_t attributes) {
  std::uint64_t h = attributes * 0x9E3779B97F4A7C15ull;
  for (const NextHop& n : hops) {
    for (const std::uint32_t word : {n.address, n.label, n.detail}) {
      h = (h ^ word) * 0xFF51AFD7ED558CCDull;
      h ^= h >> 32;
    }
  }
  return h;
}

bool ValueStore::equal(const Record& record, std::span<const NextHop> hops, std::uint32_t attributes) const {
  return record.attributes == attributes && record.count == hops.size() &&
         std::equal(hops.begin(), hops.end(), hops_.begin() + record.first);
}

void ValueStore::grow() {
  index_.assign(index_.size() * 2, 0);
  const std::size_t mask = index_.size() - 1;
  for (std::uint32_t r = 1; r < records_.size(); ++r) {
    const std::span<const NextHop> hops(hops_.data() + records_[r].first, records_[r].count);
    std::size_t i = hash(hops, records_[r].attributes) & mask;
    while (index_[i] != 0) i = (i + 1) & mask;
    index_[i] = r;
  }
}

std::string ValueStore::describe(std::uint32_t value) const {
  if (value == kAbsent) return "absent";
  const std::lock_guard lock(mutex_);
  const Record& r = records_[value];
  std::string text;
  for (std::uint32_t i = 0; i < r.count; ++i) {
    const NextHop& n = hops_[r.first + i];
    text += (i ? " + " : "") + address_text(n.address) + " label " + std::to_string(n.label) + " [" + texts_[n.detail] + "]";
  }
  return text + " {" + texts_[r.attributes] + "}";
}

std::string ItemAttributes::text() const {
  std::string t = "local-preference " + std::to_string(local_preference) + " med " + std::to_string(med) + " sequence " +
                  std::to_string(sequence) + " mobility " + mobility + " security-groups " + security_groups + " communities " +
                  communities + " load-balance " + load_balance_fields + load_balance_decision + " sub-protocol " + sub_protocol;
  if (!best_first) t += " BEST NEXT HOP NOT FIRST";
  if (!network_of_best) t += " VIRTUAL NETWORK NOT THE BEST'S";
  if (!nlri_agrees) t += " NLRI DISAGREES WITH NODE OR ID";
  return t;
}

std::string hop_detail(std::string_view network, std::string_view encapsulations, std::string_view tags) {
  std::string text(network);
  text += ' ';
  text += encapsulations;
  text += " tags ";
  text += tags;
  return text;
}

}  // namespace signalbox::bench
