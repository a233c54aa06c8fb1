// What agents must know at rest, computed from scratch out of what all agents have published and the configuration.
//
// Plain maps and full recomputation: replication by import and export targets (spec/bgp.md 13), path selection (spec/bgp.md 11), load sharing,
// duplicates and origin networks (spec/xmpp.md 4.3). Shares no code with bgp/rib and bgp/export.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bgp/config.hpp"
#include "tests/sim/agent_view.hpp"
#include "tests/sim/session_model.hpp"

namespace signalbox::sim {

// A path as it is compared and told.
struct ExpectedPath {
  // Smaller is better, equal shares the load.
  std::vector<std::int64_t> rank;
  bool infeasible = false;
  bool native = true;
  std::uint32_t path_id = 0;
  std::string hop;        // as SeenRoute::NextHop::text
  std::string duplicate;  // paths equal in this and in the network are told once
  std::string virtual_network;
  std::string entry;      // as SeenRoute::entry
  core::InstanceId from;  // where it was published
};

struct ExpectedRoute {
  std::vector<ExpectedPath> paths;  // those that share the load
  bool any_network = false;         // of a deleted instance: which network's name is shown is left open

  // Empty: as it must be.
  std::string difference(const SeenRoute& seen) const;
};

// (family, prefix) -> route; only what is to be told.
using ExpectedTable = std::map<PathKey, ExpectedRoute>;

// What one session has in the tables.
struct Publisher {
  const SessionModel* model;
  // Whether the partition that owns the prefix took the session in as a member; it need not when the instance was deleted at that moment.
  std::function<bool(core::InstanceId, const std::string& prefix)> joined;
};

class ExpectedRoutes {
 public:
  ExpectedRoutes(const bgp::Config& config, const std::vector<Publisher>& publishers);

  const ExpectedTable& table(core::InstanceId instance) const;

 private:
  using Paths = std::map<core::InstanceId, std::vector<ExpectedPath>>;

  void solve(const PathKey& key, const Paths& native);
  Paths replicate(const Paths& native, const Paths& tables) const;
  std::string network_of(const bgp::InstanceConfig& instance) const;
  void add(core::InstanceId instance, const PathKey& key, const std::vector<ExpectedPath>& paths);

  const bgp::Config& config_;
  std::map<core::InstanceId, ExpectedTable> tables_;
};

}  // namespace signalbox::sim
