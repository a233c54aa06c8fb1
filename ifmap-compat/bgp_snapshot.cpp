#include "ifmap-compat/bgp_snapshot.hpp"

#include <utility>

#include "ifmap-compat/bgp_values.hpp"
#include "ifmap-compat/neighbor_values.hpp"

namespace signalbox::ifmap {

BgpSnapshot::BgpSnapshot(Graph& graph, std::string hostname)
    : graph_(graph), hostname_(std::move(hostname)), self_name_(std::string(bgp::kMasterInstanceName) + ":" + hostname_) {
  graph_.add_observer(this);
  dirty_instances_.insert(bgp::kMasterInstanceName);
  for (std::string& name : graph_.names(NodeType::kRoutingInstance)) dirty_instances_.insert(std::move(name));
}

// Marking. Runs inside a change of the graph, so it only notes names.

bool BgpSnapshot::is_self(NodeId router) const {
  return graph_.present(router) && graph_.type(router) == NodeType::kBgpRouter && graph_.name(router) == self_name_;
}

void BgpSnapshot::mark_instance(NodeId instance) {
  if (graph_.present(instance)) dirty_instances_.insert(graph_.name(instance));
}

// An instance's targets are also those of the instances it is connected with.
void BgpSnapshot::mark_instance_and_peers(NodeId instance) {
  mark_instance(instance);
  graph_.for_each_link(instance, LinkKind::kConnection, [this](NodeId peer, const Value&) { mark_instance(peer); });
}

void BgpSnapshot::node_changed(NodeId node) {
  switch (graph_.type(node)) {
    case NodeType::kRoutingInstance: mark_instance_and_peers(node); break;
    case NodeType::kRouteTarget:
      graph_.for_each_link(node, LinkKind::kInstanceTarget, [this](NodeId instance, const Value&) { mark_instance_and_peers(instance); });
      break;
    case NodeType::kVirtualNetwork:
      graph_.for_each_link(node, LinkKind::kVirtualNetworkRoutingInstance,
                           [this](NodeId instance, const Value&) { mark_instance(instance); });
      break;
    case NodeType::kBgpRouter:
      self_dirty_ |= is_self(node);
      neighbors_dirty_ = true;
      break;
    case NodeType::kSubCluster:
      graph_.for_each_link(node, LinkKind::kBgpRouterSubCluster, [this](NodeId router, const Value&) { self_dirty_ |= is_self(router); });
      break;
    case NodeType::kGlobalSystemConfig:
    case NodeType::kGlobalQosConfig: global_dirty_ = true; break;
    default: break;  // only for agents
  }
}

void BgpSnapshot::link_changed(LinkKind kind, NodeId from, NodeId to) {
  switch (kind) {
    case LinkKind::kInstanceTarget: mark_instance_and_peers(from); break;
    case LinkKind::kConnection:
      mark_instance(from);
      mark_instance(to);
      break;
    case LinkKind::kVirtualNetworkRoutingInstance: mark_instance(to); break;
    case LinkKind::kBgpRouterSubCluster: self_dirty_ |= is_self(from); break;
    case LinkKind::kBgpPeering: neighbors_dirty_ = true; break;
    case LinkKind::kInstanceBgpRouter:  // a router's name says as much
    case LinkKind::kVirtualRouterVirtualMachine:
    case LinkKind::kRelayed: break;
  }
}

// Recomputing.

bool BgpSnapshot::update_self() {
  if (!std::exchange(self_dirty_, false)) return false;
  self_problems_.clear();
  bgp::SelfConfig self = read_self(graph_, self_name_, self_, self_problems_);
  if (self == self_) return false;
  all_instances_dirty_ |=
      self.identifier != self_.identifier || self.autonomous_system != self_.autonomous_system || self.usable() != self_.usable();
  self_ = std::move(self);
  neighbors_dirty_ = true;
  return true;
}

bool BgpSnapshot::update_global() {
  if (!std::exchange(global_dirty_, false)) return false;
  global_problems_.clear();
  bgp::GlobalConfig global = read_global(graph_, global_was_seen_, global_problems_);
  if (global == global_) return false;
  global_ = global;
  return true;
}

bool BgpSnapshot::update_neighbors() {
  if (!std::exchange(neighbors_dirty_, false)) return false;
  neighbor_problems_.clear();
  std::vector<std::shared_ptr<const bgp::NeighborConfig>> now;
  bool changed = false;
  auto before = neighbors_.begin();
  for (bgp::NeighborConfig& neighbor : read_neighbors(graph_, hostname_, self_, neighbor_problems_)) {
    while (before != neighbors_.end() && (*before)->name < neighbor.name) ++before;
    const bool same = before != neighbors_.end() && **before == neighbor;
    now.push_back(same ? *before : std::make_shared<const bgp::NeighborConfig>(std::move(neighbor)));
    changed |= !same;
  }
  changed |= now.size() != neighbors_.size();
  neighbors_ = std::move(now);
  return changed;
}

std::uint32_t BgpSnapshot::allocate_index() {
  if (free_indexes_.empty()) return next_index_++;
  const std::uint32_t index = *free_indexes_.begin();
  free_indexes_.erase(free_indexes_.begin());
  return index;
}

bool BgpSnapshot::remove_instance(const std::string& name) {
  const auto at = instances_.find(name);
  if (at == instances_.end()) return false;
  free_indexes_.insert(at->second.config->index);
  instances_.erase(at);
  return true;
}

bool BgpSnapshot::update_instance(const std::string& name) {
  Instance& instance = instances_[name];
  bgp::InstanceConfig identity;
  identity.name = name;
  if (instance.config != nullptr) {
    identity.id = instance.config->id;
    identity.index = instance.config->index;
  } else if (name != bgp::kMasterInstanceName) {
    identity.id = core::InstanceId{next_id_++};
    identity.index = allocate_index();
  }
  instance.problems.clear();
  const NodeId node = graph_.find(NodeType::kRoutingInstance, name);
  bgp::InstanceConfig config = read_instance(graph_, node, self_, std::move(identity), instance.problems);
  if (instance.config != nullptr && *instance.config == config) return false;
  instance.config = std::make_shared<const bgp::InstanceConfig>(std::move(config));
  return true;
}

bool BgpSnapshot::update_instances() {
  if (std::exchange(all_instances_dirty_, false)) {
    for (const auto& [name, instance] : instances_) dirty_instances_.insert(name);
  }
  bool changed = false;
  std::vector<std::string> here;
  for (const std::string& name : dirty_instances_) {
    const bool stays = name == bgp::kMasterInstanceName || graph_.find(NodeType::kRoutingInstance, name).value != 0;
    if (stays) {
      here.push_back(name);
    } else {
      changed |= remove_instance(name);
    }
  }
  // Indexes that came free above are used again below.
  for (const std::string& name : here) changed |= update_instance(name);
  dirty_instances_.clear();
  return changed;
}

void BgpSnapshot::publish() {
  auto next = std::make_shared<bgp::Config>();
  next->version = current_ == nullptr ? 1 : current_->version + 1;
  next->self = self_;
  next->global = global_;
  next->neighbors = neighbors_;
  next->instances.reserve(instances_.size());
  next->by_name.reserve(instances_.size());
  for (const auto& [name, instance] : instances_) {
    const bgp::InstanceConfig& config = *instance.config;
    next->instances.emplace(config.id, instance.config);
    next->by_name.emplace(name, config.id);
    if (config.vn_index == 0) continue;
    // Two networks of one index are a fault; the name that is shown for it does not depend on the order of arrival.
    const auto [at, is_new] = next->vn_names.try_emplace(config.vn_index, config.vn_name);
    if (!is_new && config.vn_name < at->second) at->second = config.vn_name;
  }
  current_ = std::move(next);
}

std::shared_ptr<const bgp::Config> BgpSnapshot::update() {
  bool changed = current_ == nullptr;
  changed |= update_self();
  changed |= update_global();
  changed |= update_neighbors();
  changed |= update_instances();
  if (changed) publish();
  return current_;
}

void BgpSnapshot::diagnose(std::vector<Diagnostic>& out) const {
  out.insert(out.end(), self_problems_.begin(), self_problems_.end());
  out.insert(out.end(), global_problems_.begin(), global_problems_.end());
  out.insert(out.end(), neighbor_problems_.begin(), neighbor_problems_.end());
  std::map<std::uint32_t, std::set<std::string>> networks;
  for (const auto& [name, instance] : instances_) {
    out.insert(out.end(), instance.problems.begin(), instance.problems.end());
    if (instance.config->vn_index != 0) networks[instance.config->vn_index].insert(instance.config->vn_name);
  }
  for (const auto& [index, names] : networks) {
    for (auto name = names.size() > 1 ? std::next(names.begin()) : names.end(); name != names.end(); ++name) {
      const NodeId node = graph_.find(NodeType::kVirtualNetwork, *name);
      if (node.value == 0) continue;
      out.push_back({Severity::kError,
                     graph_.label(node),
                     graph_.uuid(node).to_string(),
                     {},
                     "network id " + std::to_string(index) + " is also that of " + *names.begin() +
                         "; routes of either show the latter as their origin"});
    }
  }
  diagnose_objects(graph_, out);
}

}  // namespace signalbox::ifmap
