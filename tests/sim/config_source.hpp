// The configuration of a simulated node, changed at random: instances come, go and come back, targets, connections and networks change.
//
// Snapshots are built as ifmap-compat does: unchanged instances are the same objects, ids are never used again, indexes are the lowest free.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bgp/messages.hpp"
#include "tests/sim/random.hpp"

namespace signalbox::sim {

class ConfigSource {
 public:
  // Instances `names` may exist; about half of them do at first.
  ConfigSource(Random& random, std::vector<std::string> names, unsigned networks);

  const bgp::ConfigPtr& current() const { return current_; }
  // One to three random changes in one snapshot; `what` says which.
  bgp::ConfigPtr change(std::string& what);
  // All instances exist and import each other's targets.
  bgp::ConfigPtr connect_all();
  // The node serves agents from now on, whatever happened before.
  bgp::ConfigPtr make_usable();

 private:
  static constexpr std::size_t kTargets = 4;
  struct Network {
    std::string name;
    std::uint32_t index;
  };
  struct Instance {
    bool exists = false;
    core::InstanceId id;
    std::uint32_t index = 0;
    std::set<std::size_t> imports, exports;
    int network = -1;  // none
    std::shared_ptr<const bgp::InstanceConfig> config;
  };

  std::string change_one();
  std::string change_instance(Instance& instance, const std::string& name);
  std::string change_network();
  std::string change_global();
  void restore();
  void create(Instance& instance);
  std::set<std::size_t> some_targets();
  bgp::InstanceConfig build(const std::string& name, const Instance& instance) const;
  bgp::ConfigPtr publish();

  Random& random_;
  std::vector<std::string> names_;
  std::map<std::string, Instance> instances_;
  std::vector<Network> networks_;
  std::set<std::pair<std::string, std::string>> connections_;
  bgp::SelfConfig self_;
  bgp::GlobalConfig global_;
  std::shared_ptr<const bgp::InstanceConfig> master_;
  std::uint32_t next_id_ = 1;
  std::uint32_t renamed_ = 0;
  bgp::ConfigPtr current_;
};

}  // namespace signalbox::sim
