// What an agent holds for a prefix, as a small number: equal numbers mean equal next hops and equal attributes.
// One store for the model and for what is received, so that comparing a table is comparing integers.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace signalbox::bench {

/// Value of a prefix that is not there.
inline constexpr std::uint32_t kAbsent = 0;

struct NextHop {
  std::uint32_t address;  // IPv4, host order
  std::uint32_t label;
  std::uint32_t detail;  // interned text: virtual network, encapsulations, tags

  friend auto operator<=>(const NextHop&, const NextHop&) = default;
};

/// Thread-safe; a mutex per call, as calls come only for what no cache knows. Never forgets: about 40 bytes per distinct value.
class ValueStore {
 public:
  ValueStore();

  std::uint32_t intern_text(std::string_view text);
  /// `hops` sorted. Never returns kAbsent.
  std::uint32_t intern(std::span<const NextHop> hops, std::uint32_t attributes);
  /// Readable form, for reports.
  std::string describe(std::uint32_t value) const;

 private:
  struct Record {
    std::uint32_t first;
    std::uint32_t count;
    std::uint32_t attributes;
  };

  static std::uint64_t hash(std::span<const NextHop> hops, std::uint32_t attributes);
  bool equal(const Record& record, std::span<const NextHop> hops, std::uint32_t attributes) const;
  void grow();

  mutable std::mutex mutex_;
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, std::uint32_t> text_numbers_;
  std::vector<Record> records_;  // [0] stands for kAbsent
  std::vector<NextHop> hops_;
  std::vector<std::uint32_t> index_;  // open addressing into records_, 0 = free
};

/// The attributes of an item that agents use or that tell what the node did with them (spec/xmpp.md 3.1, 8.3).
struct ItemAttributes {
  std::int64_t local_preference = 100;
  std::int64_t med = 0;
  std::int64_t sequence = 0;
  std::string mobility = "false/0";  // sticky/seqno
  std::string security_groups;       // comma after each
  std::string communities;
  std::string load_balance_fields;  // comma after each
  std::string load_balance_decision = "field-hash";
  std::string sub_protocol = "interface";
  bool best_first = true;       // the first next hop is the one with the lowest address (bgp.md 11, path id)
  bool network_of_best = true;  // entry's virtual-network is the first next hop's
  bool nlri_agrees = true;      // af, safi and address of the nlri are those of the node and the id

  std::string text() const;
};

/// Interned form of a next hop's detail.
std::string hop_detail(std::string_view network, std::string_view encapsulations, std::string_view tags);

}  // namespace signalbox::bench
