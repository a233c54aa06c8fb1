// Who takes part: routing instances and their targets, agents and their subscriptions, which agent publishes which prefixes,
// and how the prefixes of a table are numbered. Immutable after construction; read by every thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/agentsim/options.hpp"

namespace signalbox::bench {

enum class Family : std::uint8_t { kInet = 0, kInet6 = 1 };
inline constexpr std::uint32_t kFamilies = 2;
inline constexpr std::uint32_t kNoIndex = UINT32_MAX;

/// A table is an instance and a family; its number is dense.
constexpr std::uint32_t table_of(std::uint32_t instance, Family family) {
  return instance * kFamilies + static_cast<std::uint32_t>(family);
}
constexpr std::uint32_t instance_of(std::uint32_t table) { return table / kFamilies; }
constexpr Family family_of(std::uint32_t table) { return static_cast<Family>(table % kFamilies); }

/// Text of prefix number `number`: 10.0.0.1/32 and 2001:db8::1/128 are number 0.
std::string prefix_text(Family family, std::uint32_t number);
/// The inverse; nothing for text that prefix_text() would not have written.
std::optional<std::uint32_t> prefix_number(Family family, std::string_view text);

struct Instance {
  std::string name;
  std::string network;
  std::vector<std::string> imports;
  std::vector<std::string> exports;
};

/// The prefixes one agent publishes into one table: offsets [first, first + count) of the instance's own range.
struct Publication {
  std::uint32_t agent;
  std::uint32_t table;
  std::uint32_t first;
  std::uint32_t count;
  std::uint32_t label_base;  // index of its first route among all routes of the agent
};

struct AgentPlan {
  std::string name;
  std::uint32_t address;  // IPv4, host order: source of the session and next hop of the routes
  std::vector<std::uint32_t> instances;
  std::vector<std::uint32_t> publications;
};

/// A run of prefix numbers in a table: those of one source instance.
struct Segment {
  std::uint32_t source;
  std::uint32_t base;  // first prefix number
  std::uint32_t count;
  std::uint32_t start;  // slot of the first
};

class Topology {
 public:
  /// Throws std::invalid_argument when the options contradict each other.
  Topology(const Options& options, std::vector<Instance> instances);

  const std::vector<Instance>& instances() const { return instances_; }
  const std::vector<AgentPlan>& agents() const { return agents_; }
  const std::vector<Publication>& publications() const { return publications_; }
  std::uint32_t table_count() const { return static_cast<std::uint32_t>(instances_.size()) * kFamilies; }

  /// Table of the `node` attribute "1/1/<instance>"; kNoIndex when there is none.
  std::uint32_t find_table(std::string_view node) const;

  /// Slots of `table`: every prefix that can appear in it has one.
  std::uint32_t slot_count(std::uint32_t table) const { return slot_counts_[table]; }
  /// Slot of a prefix number in a table; kNoIndex when it can not appear there.
  std::uint32_t slot_of(std::uint32_t table, std::uint32_t number) const;
  std::uint32_t number_of(std::uint32_t table, std::uint32_t slot) const;

  /// Instances whose routes instance `i` shows (itself first), and those that show the routes of `i`.
  const std::vector<std::uint32_t>& sources(std::uint32_t i) const { return sources_[i]; }
  const std::vector<std::uint32_t>& shown_in(std::uint32_t i) const { return shown_in_[i]; }

  /// First prefix number of the routes published into `table`, and how many numbers it uses.
  std::uint32_t base(std::uint32_t table) const { return bases_[table]; }
  std::uint32_t own_count(std::uint32_t table) const { return own_counts_[table]; }
  /// Publications that cover offset `offset` of the table's own range.
  const std::vector<std::uint32_t>& publications_at(std::uint32_t table, std::uint32_t offset) const;
  bool overlap() const { return overlap_; }
  /// Agents subscribed to instance `i`, ascending.
  const std::vector<std::uint32_t>& subscribers(std::uint32_t i) const { return subscribers_[i]; }

 private:
  struct Group {
    std::uint32_t first;
    std::uint32_t count;
    std::vector<std::uint32_t> publications;
  };

  void place_agents(const Options& options);
  void find_leaks();
  void plan_publications(const Options& options);
  void add_publication(std::uint32_t agent, std::uint32_t table, std::uint32_t count, std::uint32_t ecmp, std::uint32_t& label_base);
  void number_prefixes();

  std::vector<Instance> instances_;
  std::vector<AgentPlan> agents_;
  std::vector<Publication> publications_;
  std::vector<std::vector<std::uint32_t>> sources_;
  std::vector<std::vector<std::uint32_t>> shown_in_;
  std::vector<std::vector<std::uint32_t>> subscribers_;
  std::vector<std::vector<Group>> groups_;  // per table, ascending `first`
  std::vector<std::uint32_t> bases_;
  std::vector<std::uint32_t> own_counts_;
  std::vector<std::uint32_t> slot_counts_;
  std::vector<std::vector<Segment>> segments_;  // per table, ascending `base`
  std::unordered_map<std::string, std::uint32_t> instance_numbers_;
  bool overlap_;
};

/// The instances that the options name or number, each with a target of its own and those its --leak asks for.
std::vector<Instance> make_instances(const Options& options);

}  // namespace signalbox::bench
