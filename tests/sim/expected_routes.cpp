#include "tests/sim/expected_routes.hpp"

#include <algorithm>
#include <set>

namespace signalbox::sim {
namespace {

const std::map<std::string, std::pair<std::uint32_t, std::string>> kCommunities{
    {"100:5", {0x00640005, "100:5"}}, {"no-export", {0xffffff01, "no-export"}}, {"LlgrStale", {0xffff0006, "llgr-stale"}}};
const std::set<std::string> kEncaps{"gre", "mpls", "native", "udp", "vxlan"};
const std::vector<std::string> kFields{"l3-source-address", "l3-destination-address", "l4-protocol", "l4-source-port",
                                       "l4-destination-port"};

template <class Range>
std::string joined(const Range& range) {
  std::string text;
  for (const auto& value : range) {
    if (!text.empty()) text += ',';
    if constexpr (std::is_convertible_v<decltype(value), std::string>) {
      text += value;
    } else {
      text += std::to_string(value);
    }
  }
  return text;
}

std::uint32_t path_id(const std::string& address) {
  std::uint32_t id = 0, part = 0;
  for (const char c : address) {
    if (c == ':') return 0;
    if (c == '.') {
      id = id << 8 | part;
      part = 0;
    } else {
      part = part * 10 + static_cast<std::uint32_t>(c - '0');
    }
  }
  return id << 8 | part;
}

std::uint32_t med_of(const PathSpec& path) {
  if (path.med != 0) return path.med;
  switch (path.local_preference) {
    case 0: return 0;
    case 100: return 200;
    case 200: return 100;
    default: return 0xffffffff - path.local_preference;
  }
}

// In the default instance paths carry neither extended nor large communities.
PathSpec as_stored(PathSpec path, bool master) {
  if (!master) return path;
  path.sequence = path.mobility_sequence = 0;
  path.mac.clear();
  path.encaps.clear();
  path.tags.clear();
  path.security_groups.clear();
  path.load_balance_fields.clear();
  path.source_bias = false;
  return path;
}

std::string entry_text(const PathSpec& path, std::uint32_t sequence, bool sticky) {
  std::map<std::uint32_t, std::string> communities;
  for (const std::string& c : path.communities) communities.insert(kCommunities.at(c));
  std::vector<std::string> names;
  for (const auto& [value, name] : communities) names.push_back(name);
  std::vector<std::string> fields;
  for (const std::string& f : kFields) {
    const bool given = path.load_balance_fields.empty() ||
                       std::find(path.load_balance_fields.begin(), path.load_balance_fields.end(), f) != path.load_balance_fields.end();
    if (given) fields.push_back(f);
  }
  if (fields.size() == kFields.size() && !path.source_bias) fields.clear();
  const std::string number = std::to_string(static_cast<std::int32_t>(sequence));
  return std::string("sticky ") + (sticky ? "true" : "false") + " seqno " + number + " sequence " + number + " sg " +
         joined(std::set(path.security_groups.begin(), path.security_groups.end())) + " communities " + joined(names) + " lp " +
         std::to_string(path.local_preference ? path.local_preference : 100) + " med " +
         std::to_string(static_cast<std::int32_t>(med_of(path))) + " lb " + joined(fields) + " " +
         (path.source_bias ? "source-bias" : "field-hash");
}

ExpectedPath stored(const PathSpec& published, bool master, const bgp::Config& config) {
  const PathSpec path = as_stored(published, master);
  const bool sticky = path.mobility_sequence != 0 && path.sticky;
  const std::uint32_t sequence = path.mobility_sequence ? path.mobility_sequence : path.sequence;
  const bool stale = std::find(path.communities.begin(), path.communities.end(), "LlgrStale") != path.communities.end();
  std::set<std::string> encaps;
  for (const std::string& e : path.encaps) {
    if (kEncaps.contains(e)) encaps.insert(e);
  }
  ExpectedPath to;
  to.infeasible = !path.encaps.empty() && encaps.empty();
  to.rank = {to.infeasible, -static_cast<std::int64_t>(path.local_preference ? path.local_preference : 100), sticky,
             -static_cast<std::int64_t>(sequence), stale};
  if (config.global.always_compare_med) to.rank.push_back(med_of(path));
  to.path_id = path_id(path.next_hop);
  const std::string tags = joined(std::set(path.tags.begin(), path.tags.end())), label = std::to_string(path.label);
  to.duplicate = path.next_hop + " " + path.mac + " " + label + " " + joined(encaps) + " " + tags;
  if (encaps.empty()) encaps.insert("gre");
  to.hop = path.next_hop + " label " + label + " encaps " + (path.label ? joined(encaps) : "") + " tags " + tags;
  to.entry = entry_text(path, sequence, sticky);
  return to;
}

// The paths that share the load; none when the best one is infeasible.
std::vector<ExpectedPath> best_of(const std::vector<ExpectedPath>& paths) {
  std::vector<ExpectedPath> best;
  for (const ExpectedPath& path : paths) {
    if (!best.empty() && path.rank > best.front().rank) continue;
    if (!best.empty() && path.rank < best.front().rank) best.clear();
    best.push_back(path);
  }
  if (!best.empty() && best.front().infeasible) best.clear();
  return best;
}

bool share(const std::vector<core::RouteTarget>& a, const std::vector<core::RouteTarget>& b) {
  return std::any_of(a.begin(), a.end(), [&](const core::RouteTarget& t) { return std::find(b.begin(), b.end(), t) != b.end(); });
}

}  // namespace

std::string ExpectedRoute::difference(const SeenRoute& seen) const {
  const auto network = [this](const std::string& name) { return any_network ? std::string("any") : name; };
  std::map<std::string, std::string> hops;  // without duplicates
  std::uint32_t least = ~0u;
  for (const ExpectedPath& path : paths) {
    hops.emplace(path.duplicate + " " + network(path.virtual_network), path.hop + " of " + network(path.virtual_network));
    least = std::min(least, path.path_id);
  }
  std::multiset<std::string> wanted, got;
  for (const auto& [key, text] : hops) wanted.insert(text);
  std::uint32_t before = 0;
  for (const SeenRoute::NextHop& hop : seen.next_hops) {
    got.insert(hop.text + " of " + network(hop.virtual_network));
    if (path_id(hop.address) < before) return "next hops are not in order";
    before = path_id(hop.address);
  }
  if (wanted != got) return "next hops are [" + joined(got) + "], must be [" + joined(wanted) + "]";
  const SeenRoute::NextHop& first = seen.next_hops.front();
  if (first.virtual_network != seen.virtual_network) return "network of the entry is not that of the first next hop";
  const bool known = std::any_of(paths.begin(), paths.end(), [&](const ExpectedPath& p) {
    return p.path_id == least && p.hop == first.text && p.entry == seen.entry &&
           network(p.virtual_network) == network(first.virtual_network);
  });
  return known ? std::string() : "the entry is that of no best path: " + seen.entry;
}

ExpectedRoutes::ExpectedRoutes(const bgp::Config& config, const std::vector<Publisher>& publishers) : config_(config) {
  std::map<PathKey, Paths> native;
  for (const Publisher& publisher : publishers) {
    for (const auto& [name, subscription] : publisher.model->subscriptions()) {
      if (subscription.pending) continue;
      for (const auto& [key, path] : subscription.paths) {
        if (!publisher.joined(subscription.id, key.second)) continue;
        ExpectedPath p = stored(path, subscription.is_master(), config_);
        p.from = subscription.id;
        const auto instance = config_.instances.find(subscription.id);
        if (instance != config_.instances.end()) p.virtual_network = network_of(*instance->second);
        native[key][subscription.id].push_back(std::move(p));
      }
    }
  }
  for (const auto& [key, paths] : native) solve(key, paths);
}

std::string ExpectedRoutes::network_of(const bgp::InstanceConfig& instance) const {
  if (instance.vn_index == 0) return instance.vn_name;
  const auto found = config_.vn_names.find(instance.vn_index);
  return found == config_.vn_names.end() ? "unresolved" : found->second;
}

// Which paths are copied depends on what is copied: repeated until nothing changes. Better paths settle first, so it comes to an end.
void ExpectedRoutes::solve(const PathKey& key, const Paths& native) {
  Paths tables = native;
  if (key.first != "1/4") {
    const auto ranks = [](const Paths& paths) {
      std::map<core::InstanceId, std::multiset<std::pair<core::InstanceId, std::vector<std::int64_t>>>> of;
      for (const auto& [id, list] : paths) {
        for (const ExpectedPath& p : list) of[id].insert({p.from, p.rank});
      }
      return of;
    };
    for (Paths next = replicate(native, tables); ranks(next) != ranks(tables); next = replicate(native, tables)) tables = next;
  }
  for (const auto& [id, paths] : tables) add(id, key, paths);
}

ExpectedRoutes::Paths ExpectedRoutes::replicate(const Paths& native, const Paths& tables) const {
  Paths next = native;
  for (const auto& [id, paths] : tables) {
    const auto from = config_.instances.find(id);
    if (from == config_.instances.end() || from->second->is_master()) continue;
    for (const ExpectedPath& path : best_of(paths)) {
      if (!path.native) continue;
      for (const auto& [to_id, to] : config_.instances) {
        if (to_id == id || to->is_master() || !share(from->second->exports, to->imports)) continue;
        ExpectedPath copy = path;
        copy.native = false;
        if (from->second->vn_index == 0) {
          const bool adopted = share(from->second->exports, to->exports);
          copy.virtual_network = adopted ? network_of(*to) : "unresolved";
        }
        next[to_id].push_back(std::move(copy));
      }
    }
  }
  return next;
}

void ExpectedRoutes::add(core::InstanceId instance, const PathKey& key, const std::vector<ExpectedPath>& paths) {
  ExpectedRoute route;
  route.paths = best_of(paths);
  route.any_network = !config_.instances.contains(instance);
  if (!route.paths.empty()) tables_[instance].emplace(key, std::move(route));
}

const ExpectedTable& ExpectedRoutes::table(core::InstanceId instance) const {
  static const ExpectedTable kNone;
  const auto found = tables_.find(instance);
  return found == tables_.end() ? kNone : found->second;
}

}  // namespace signalbox::sim
