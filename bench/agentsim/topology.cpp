#include "bench/agentsim/topology.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <numeric>
#include <random>
#include <stdexcept>

namespace signalbox::bench {
namespace {

constexpr std::uint32_t kInetFirst = 0x0A000001;  // 10.0.0.1
constexpr std::uint32_t kMaxPrefixes = 0x00FFFFFE;
constexpr std::uint32_t kMaxRoutesPerAgent = 1u << 20;  // eight labels each below 2^24

struct in6_addr inet6_address(std::uint32_t number) {
  struct in6_addr a {};
  a.s6_addr[0] = 0x20;
  a.s6_addr[1] = 0x01;
  a.s6_addr[2] = 0x0d;
  a.s6_addr[3] = 0xb8;
  const std::uint32_t low = htonl(number + 1);
  std::memcpy(&a.s6_addr[12], &low, sizeof low);
  return a;
}

std::optional<std::uint32_t> parse_inet(std::string_view text) {
  std::uint32_t address = 0;
  const char* p = text.data();
  const char* const end = p + text.size();
  for (int octet = 0; octet < 4; ++octet) {
    unsigned value = 0;
    const auto r = std::from_chars(p, end, value);
    if (r.ec != std::errc() || value > 255 || (r.ptr - p > 1 && *p == '0')) return std::nullopt;
    address = address << 8 | value;
    p = r.ptr;
    if (p == end || *p++ != (octet < 3 ? '.' : '/')) return std::nullopt;
  }
  if (std::string_view(p, static_cast<std::size_t>(end - p)) != "32") return std::nullopt;
  if (address < kInetFirst || address - kInetFirst > kMaxPrefixes) return std::nullopt;
  return address - kInetFirst;
}

std::optional<std::uint32_t> parse_inet6(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash >= INET6_ADDRSTRLEN) return std::nullopt;
  char buffer[INET6_ADDRSTRLEN] = {};
  std::memcpy(buffer, text.data(), slash);
  struct in6_addr a {};
  if (inet_pton(AF_INET6, buffer, &a) != 1) return std::nullopt;
  std::uint32_t low = 0;
  std::memcpy(&low, &a.s6_addr[12], sizeof low);
  const std::uint32_t number = ntohl(low) - 1;
  if (prefix_text(Family::kInet6, number) != text) return std::nullopt;
  return number;
}

}  // namespace

std::string prefix_text(Family family, std::uint32_t number) {
  char buffer[INET6_ADDRSTRLEN + 4];
  if (family == Family::kInet) {
    const struct in_addr a { htonl(kInetFirst + number) };
    inet_ntop(AF_INET, &a, buffer, sizeof buffer);
    return std::string(buffer) + "/32";
  }
  const struct in6_addr a = inet6_address(number);
  inet_ntop(AF_INET6, &a, buffer, sizeof buffer);
  return std::string(buffer) + "/128";
}

std::optional<std::uint32_t> prefix_number(Family family, std::string_view text) {
  return family == Family::kInet ? parse_inet(text) : parse_inet6(text);
}

Topology::Topology(const Options& options, std::vector<Instance> instances) : instances_(std::move(instances)), overlap_(options.overlap) {
  if (instances_.empty()) throw std::invalid_argument("no routing instance to work with");
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    if (!instance_numbers_.emplace(instances_[i].name, i).second) {
      throw std::invalid_argument("routing instance " + instances_[i].name + " is named twice");
    }
  }
  place_agents(options);
  find_leaks();
  plan_publications(options);
  number_prefixes();
}

void Topology::place_agents(const Options& options) {
  const auto total = static_cast<std::uint32_t>(instances_.size());
  const std::uint32_t each = options.instances_per_agent;
  if (each == 0 || each > total) throw std::invalid_argument("--instances-per-agent must be 1.." + std::to_string(total));
  struct in_addr first {};
  if (inet_pton(AF_INET, options.source_base.c_str(), &first) != 1 || ntohl(first.s_addr) >> 24 != 127) {
    throw std::invalid_argument("--source-base must be an address of 127.0.0.0/8");
  }
  std::mt19937_64 random(options.seed);
  subscribers_.resize(total);
  for (std::uint32_t a = 0; a < options.agents; ++a) {
    AgentPlan plan;
    plan.name = fill_pattern(options.agent_pattern, a);
    // The last octet runs 1..250, so that no address looks like a network's or a broadcast one.
    plan.address = (ntohl(first.s_addr) & 0xFFFFFF00u) + (a / 250) * 256 + a % 250 + 1;
    while (plan.instances.size() < each) {
      const auto k = static_cast<std::uint32_t>(plan.instances.size());
      const auto i =
          static_cast<std::uint32_t>(options.placement == Placement::kEven ? (std::uint64_t{a} * each + k) % total : random() % total);
      if (std::find(plan.instances.begin(), plan.instances.end(), i) == plan.instances.end()) plan.instances.push_back(i);
    }
    for (const std::uint32_t i : plan.instances) subscribers_[i].push_back(a);
    agents_.push_back(std::move(plan));
  }
}

void Topology::find_leaks() {
  const auto total = static_cast<std::uint32_t>(instances_.size());
  std::unordered_map<std::string, std::vector<std::uint32_t>> exporters;
  for (std::uint32_t i = 0; i < total; ++i) {
    for (const auto& t : instances_[i].exports) exporters[t].push_back(i);
  }
  sources_.resize(total);
  shown_in_.resize(total);
  for (std::uint32_t i = 0; i < total; ++i) {
    sources_[i].push_back(i);
    for (const auto& t : instances_[i].imports) {
      const auto found = exporters.find(t);
      if (found == exporters.end()) continue;
      for (const std::uint32_t s : found->second) {
        if (std::find(sources_[i].begin(), sources_[i].end(), s) == sources_[i].end()) sources_[i].push_back(s);
      }
    }
    for (const std::uint32_t s : sources_[i]) shown_in_[s].push_back(i);
  }
}

void Topology::plan_publications(const Options& options) {
  groups_.resize(table_count());
  if (options.routes > kMaxRoutesPerAgent) {
    throw std::invalid_argument("--routes must be at most " + std::to_string(kMaxRoutesPerAgent));
  }
  for (std::uint32_t a = 0; a < options.publishers; ++a) {
    const auto each = static_cast<std::uint32_t>(agents_[a].instances.size());
    std::uint32_t label_base = 0;
    for (std::uint32_t k = 0; k < each; ++k) {
      const std::uint32_t count = options.routes / each + (k < options.routes % each ? 1 : 0);
      const std::uint32_t inet6 = options.family == FamilyMix::kInet ? 0 : options.family == FamilyMix::kInet6 ? count : count / 2;
      const std::uint32_t i = agents_[a].instances[k];
      add_publication(a, table_of(i, Family::kInet), count - inet6, options.ecmp, label_base);
      add_publication(a, table_of(i, Family::kInet6), inet6, options.ecmp, label_base);
    }
  }
}

void Topology::add_publication(std::uint32_t agent, std::uint32_t table, std::uint32_t count, std::uint32_t ecmp,
                               std::uint32_t& label_base) {
  if (count == 0) return;
  auto& groups = groups_[table];
  if (groups.empty() || groups.back().publications.size() >= ecmp) {
    const std::uint32_t first = groups.empty() ? 0 : groups.back().first + groups.back().count;
    groups.push_back({first, 0, {}});
  }
  Group& group = groups.back();
  const auto number = static_cast<std::uint32_t>(publications_.size());
  publications_.push_back({agent, table, group.first, count, label_base});
  agents_[agent].publications.push_back(number);
  group.publications.push_back(number);
  group.count = std::max(group.count, count);
  label_base += count;
}

void Topology::number_prefixes() {
  const std::uint32_t tables = table_count();
  bases_.assign(tables, 0);
  own_counts_.assign(tables, 0);
  std::uint64_t next[kFamilies] = {};
  for (std::uint32_t t = 0; t < tables; ++t) {
    own_counts_[t] = groups_[t].empty() ? 0 : groups_[t].back().first + groups_[t].back().count;
    if (overlap_) continue;
    bases_[t] = static_cast<std::uint32_t>(next[t % kFamilies]);
    next[t % kFamilies] += own_counts_[t];
    if (next[t % kFamilies] > kMaxPrefixes) throw std::invalid_argument("more prefixes than 10.0.0.0/8 holds");
  }
  segments_.resize(tables);
  slot_counts_.assign(tables, 0);
  for (std::uint32_t t = 0; t < tables; ++t) {
    auto& segments = segments_[t];
    for (const std::uint32_t s : sources_[instance_of(t)]) {
      const std::uint32_t source_table = table_of(s, family_of(t));
      if (own_counts_[source_table] > 0) segments.push_back({s, bases_[source_table], own_counts_[source_table], 0});
    }
    if (overlap_ && !segments.empty()) {
      const auto longest =
          *std::max_element(segments.begin(), segments.end(), [](const Segment& a, const Segment& b) { return a.count < b.count; });
      segments.assign(1, longest);
    }
    std::sort(segments.begin(), segments.end(), [](const Segment& a, const Segment& b) { return a.base < b.base; });
    for (Segment& s : segments) {
      s.start = slot_counts_[t];
      slot_counts_[t] += s.count;
    }
  }
}

std::uint32_t Topology::find_table(std::string_view node) const {
  Family family = Family::kInet;
  if (node.substr(0, 4) == "2/1/") {
    family = Family::kInet6;
  } else if (node.substr(0, 4) != "1/1/") {
    return kNoIndex;
  }
  const auto found = instance_numbers_.find(std::string(node.substr(4)));
  return found == instance_numbers_.end() ? kNoIndex : table_of(found->second, family);
}

std::uint32_t Topology::slot_of(std::uint32_t table, std::uint32_t number) const {
  const auto& segments = segments_[table];
  const auto after =
      std::upper_bound(segments.begin(), segments.end(), number, [](std::uint32_t n, const Segment& s) { return n < s.base; });
  if (after == segments.begin()) return kNoIndex;
  const Segment& s = *(after - 1);
  return number - s.base < s.count ? s.start + (number - s.base) : kNoIndex;
}

std::uint32_t Topology::number_of(std::uint32_t table, std::uint32_t slot) const {
  const auto& segments = segments_[table];
  const auto after =
      std::upper_bound(segments.begin(), segments.end(), slot, [](std::uint32_t n, const Segment& s) { return n < s.start; });
  const Segment& s = *(after - 1);
  return s.base + (slot - s.start);
}

const std::vector<std::uint32_t>& Topology::publications_at(std::uint32_t table, std::uint32_t offset) const {
  static const std::vector<std::uint32_t> nobody;
  const auto& groups = groups_[table];
  const auto after = std::upper_bound(groups.begin(), groups.end(), offset, [](std::uint32_t o, const Group& g) { return o < g.first; });
  if (after == groups.begin()) return nobody;
  const Group& g = *(after - 1);
  return offset - g.first < g.count ? g.publications : nobody;
}

std::vector<Instance> make_instances(const Options& options) {
  std::vector<Instance> made;
  for (const auto& name : options.instance_names) made.push_back({name, name.substr(0, name.rfind(':')), {}, {}});
  if (made.empty()) {
    for (std::uint32_t i = 0; i < options.instances; ++i) {
      const std::string network = fill_pattern(options.instance_pattern, i);
      made.push_back({network + network.substr(network.rfind(':')), network, {}, {}});
    }
  }
  const std::size_t total = made.size();
  const auto target = [](std::size_t i) { return "target:64512:" + std::to_string(8000001 + i); };
  std::size_t reach = 0;
  if (options.leak.rfind("ring:", 0) == 0) {
    reach = std::min<std::size_t>(std::stoul(options.leak.substr(5)), total - 1);
  } else if (options.leak != "none" && options.leak != "hub") {
    throw std::invalid_argument("--leak must be none, ring:N or hub");
  }
  for (std::size_t i = 0; i < total; ++i) {
    made[i].exports.push_back(target(i));
    made[i].imports.push_back(target(i));
    for (std::size_t n = 1; n <= reach; ++n) made[i].imports.push_back(target((i + n) % total));
    if (options.leak != "hub" || total == 1) continue;
    if (i > 0) {
      made[i].imports.push_back(target(0));
      made[0].imports.push_back(target(i));
    }
  }
  return made;
}

}  // namespace signalbox::bench
