#include "tests/sim/config_source.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::sim {
namespace {

core::RouteTarget target(std::size_t number) {
  return core::RouteTarget::two_octet_as(64512, static_cast<std::uint32_t>(8000001 + number));
}

void toggle(std::set<std::size_t>& set, std::size_t value) {
  if (!set.erase(value)) set.insert(value);
}

}  // namespace

ConfigSource::ConfigSource(Random& random, std::vector<std::string> names, unsigned networks) : random_(random), names_(std::move(names)) {
  self_.present = true;
  self_.identifier = 0x0a000001;
  self_.autonomous_system = self_.local_autonomous_system = 64512;
  global_.xmpp_hold_time = 0;
  for (unsigned n = 0; n < networks; ++n) networks_.push_back({"default-domain:demo:net" + std::to_string(n), n + 10});
  for (const std::string& name : names_) {
    if (Instance& instance = instances_[name]; random_.chance(70)) create(instance);
  }
  publish();
}

std::set<std::size_t> ConfigSource::some_targets() {
  std::set<std::size_t> targets;
  for (std::size_t t = 0; t < kTargets; ++t) {
    if (random_.chance(35)) targets.insert(t);
  }
  return targets;
}

void ConfigSource::create(Instance& instance) {
  std::set<std::uint32_t> used{0};
  for (const auto& [name, other] : instances_) {
    if (other.exists) used.insert(other.index);
  }
  instance.exists = true;
  instance.id = core::InstanceId(next_id_++);
  instance.index = 1;
  while (used.contains(instance.index)) ++instance.index;
  instance.imports = some_targets();
  instance.exports = some_targets();
  instance.network = random_.chance(10) ? -1 : static_cast<int>(random_.below(networks_.size()));
}

bgp::ConfigPtr ConfigSource::change(std::string& what) {
  for (std::size_t n = random_.between(1, 3); n > 0; --n) {
    if (!what.empty()) what += "; ";
    what += change_one();
  }
  return publish();
}

std::string ConfigSource::change_one() {
  if ((self_.admin_down || self_.autonomous_system == 0) && random_.chance(70)) {
    restore();
    return "usable again";
  }
  const std::size_t kind = random_.below(100);
  if (kind < 70) {
    const std::string& name = random_.pick(names_);
    return change_instance(instances_.at(name), name);
  }
  return kind < 87 ? change_network() : change_global();
}

std::string ConfigSource::change_instance(Instance& instance, const std::string& name) {
  if (!instance.exists) {
    create(instance);
    return "create " + name + " = " + std::to_string(instance.id.value);
  }
  switch (random_.below(9)) {
    case 0: instance.exists = false; return "delete " + name + " = " + std::to_string(instance.id.value);
    case 1: create(instance); return "recreate " + name + " = " + std::to_string(instance.id.value);
    case 2:
    case 7: toggle(instance.imports, random_.below(kTargets)); return "imports of " + name;
    case 3:
    case 8: toggle(instance.exports, random_.below(kTargets)); return "exports of " + name;
    case 4:
      instance.imports = some_targets();
      instance.exports = some_targets();
      return "targets of " + name;
    case 5: instance.network = random_.chance(20) ? -1 : static_cast<int>(random_.below(networks_.size())); return "network of " + name;
    default: break;
  }
  std::pair<std::string, std::string> ends(name, random_.pick(names_));
  if (!connections_.erase(ends)) connections_.insert(ends);
  return "connection " + ends.first + " - " + ends.second;
}

std::string ConfigSource::change_network() {
  Network& network = networks_[random_.below(networks_.size())];
  if (random_.chance(70)) {
    network.name = "default-domain:demo:renamed" + std::to_string(++renamed_);
    return "name of network " + std::to_string(network.index);
  }
  const std::uint32_t before = network.index;
  network.index = static_cast<std::uint32_t>(20 + ++renamed_);
  return "index of network " + std::to_string(before) + " to " + std::to_string(network.index);
}

std::string ConfigSource::change_global() {
  switch (random_.below(20)) {
    case 0: self_.identifier ^= 0x100; return "router id";
    case 1: self_.admin_down = !self_.admin_down; return "admin down";
    case 2: std::swap(self_.autonomous_system, self_.cluster_id); return "no AS, or one again";
    default: global_.always_compare_med = !global_.always_compare_med; return "always-compare-med";
  }
}

bgp::ConfigPtr ConfigSource::connect_all() {
  for (auto& [name, instance] : instances_) {
    if (!instance.exists) create(instance);
    instance.imports = {0};
    instance.exports = {0};
  }
  return publish();
}

bgp::ConfigPtr ConfigSource::make_usable() {
  restore();
  return publish();
}

void ConfigSource::restore() {
  self_.admin_down = false;
  if (self_.autonomous_system == 0) std::swap(self_.autonomous_system, self_.cluster_id);
}

bgp::InstanceConfig ConfigSource::build(const std::string& name, const Instance& instance) const {
  bgp::InstanceConfig config;
  config.id = instance.id;
  config.index = instance.index;
  config.name = name;
  std::set<std::size_t> imports = instance.imports;
  for (const auto& [a, b] : connections_) {
    if (a != name && b != name) continue;
    const Instance& other = instances_.at(a == name ? b : a);
    if (other.exists) imports.insert(other.exports.begin(), other.exports.end());
  }
  for (const std::size_t t : imports) config.imports.push_back(target(t));
  for (const std::size_t t : instance.exports) config.exports.push_back(target(t));
  config.imports.push_back(core::RouteTarget::ipv4(self_.identifier, static_cast<std::uint16_t>(instance.index)));
  std::sort(config.imports.begin(), config.imports.end());
  if (instance.network >= 0) {
    const Network& network = networks_[static_cast<std::size_t>(instance.network)];
    config.vn_name = network.name;
    config.vn_index = network.index;
  }
  return config;
}

bgp::ConfigPtr ConfigSource::publish() {
  auto next = std::make_shared<bgp::Config>();
  next->version = current_ ? current_->version + 1 : 1;
  next->self = self_;
  next->global = global_;
  const auto add = [&](std::shared_ptr<const bgp::InstanceConfig>& known, bgp::InstanceConfig config) {
    if (!known || *known != config) known = std::make_shared<const bgp::InstanceConfig>(std::move(config));
    next->instances.emplace(known->id, known);
    next->by_name.emplace(known->name, known->id);
    if (known->vn_index) next->vn_names.emplace(known->vn_index, known->vn_name);
  };
  bgp::InstanceConfig master;
  master.name = bgp::kMasterInstanceName;
  master.vn_name = "default-domain:default-project:ip-fabric";
  master.vn_index = 1;
  add(master_, master);
  for (auto& [name, instance] : instances_) {
    if (instance.exists) add(instance.config, build(name, instance));
  }
  current_ = std::move(next);
  return current_;
}

}  // namespace signalbox::sim
