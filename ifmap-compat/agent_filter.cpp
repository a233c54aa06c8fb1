#include "ifmap-compat/agent_filter.hpp"

#include <algorithm>

#include "ifmap-compat/agent_filter_impl.hpp"

namespace signalbox::ifmap {

// Agents.

ClientId AgentFilter::Impl::join(std::string_view router) {
  const ClientId id{clients_.make()};
  Client& c = client(id);
  c.self = id;
  c.root = graph_.pin(NodeType::kVirtualRouter, router);
  roots_[c.root].push_back(id);
  start(id);
  return id;
}

void AgentFilter::Impl::leave(ClientId id) {
  Client& c = client(id);
  // Out of all lists first: what releasing its links changes is no concern of this agent any more.
  if (auto& others = roots_[c.root]; others.size() == 1) {
    roots_.erase(c.root);
  } else {
    std::erase(others, id);
  }
  for (const auto& [vertex, item] : c.vertices) unwatch(id, vertex);
  for (const auto& [key, item] : c.edges) {
    if (link_rows()[key.row].attribute == nullptr) continue;
    graph_.unpin(key.from);
    graph_.unpin(key.to);
  }
  c.vertices.clear();
  c.edges.clear();
  for (const auto& [uuid, link] : std::exchange(c.machines, {})) {
    if (link.value != 0) graph_.release_link(link);
    if (const auto at = pending_machines_.find(uuid); at != pending_machines_.end() && at->second == id) pending_machines_.erase(at);
  }
  graph_.unpin(c.root);
  if (c.in_news) std::erase(news_, id);
  clients_.release(id.value);
}

void AgentFilter::Impl::subscribe(ClientId id, std::string_view machine) {
  Client& c = client(id);
  ++c.counters.vm_subscribes;
  const auto uuid = configdb::Uuid::parse(machine);
  const bool is_new = uuid ? c.machines.try_emplace(*uuid).second : c.odd_machines.emplace(machine).second;
  if (!is_new) ++c.counters.duplicate_vm_subscribes;
  if (!is_new || !uuid) return;
  if (const auto at = machine_of_.find(*uuid); at != machine_of_.end()) {
    attach_machine(id, *uuid, at->second);
  } else {
    pending_machines_[*uuid] = id;
  }
}

void AgentFilter::Impl::unsubscribe(ClientId id, std::string_view machine) {
  Client& c = client(id);
  ++c.counters.vm_unsubscribes;
  const auto uuid = configdb::Uuid::parse(machine);
  const auto at = uuid ? c.machines.find(*uuid) : c.machines.end();
  if (at == c.machines.end()) {
    if (uuid || c.odd_machines.erase(std::string(machine)) == 0) ++c.counters.unknown_vm_unsubscribes;
    return;
  }
  const LinkId link = at->second;
  c.machines.erase(at);
  if (link.value != 0) return graph_.release_link(link);
  if (const auto pending = pending_machines_.find(*uuid); pending != pending_machines_.end() && pending->second == id) {
    pending_machines_.erase(pending);
  }
}

void AgentFilter::Impl::attach_machine(ClientId id, const configdb::Uuid& uuid, VertexId machine) {
  const LinkId link = graph_.hold_link(client(id).root, machine);
  client(id).machines[uuid] = link;
}

// A machine is known by the uuid in the id-perms it had first, as long as it is visible.
void AgentFilter::Impl::machine_changed(VertexId vertex) {
  const auto known = uuid_of_machine_.find(vertex);
  if (!graph_.visible(vertex)) {
    if (known == uuid_of_machine_.end()) return;
    if (const auto at = machine_of_.find(known->second); at != machine_of_.end() && at->second == vertex) machine_of_.erase(at);
    uuid_of_machine_.erase(known);
    return;
  }
  const NodeId object = graph_.object_of(vertex);
  if (known != uuid_of_machine_.end() || object.value == 0) return;
  const auto uuid = graph_.id_perms_uuid(object);
  if (!uuid) return;
  uuid_of_machine_.emplace(vertex, *uuid);
  if (!machine_of_.emplace(*uuid, vertex).second) return;
  const auto pending = pending_machines_.find(*uuid);
  if (pending == pending_machines_.end()) return;
  const ClientId waiting = pending->second;
  pending_machines_.erase(pending);
  attach_machine(waiting, *uuid, vertex);
}

void AgentFilter::Impl::news(Client& c) {
  if (std::exchange(c.in_news, true)) return;
  news_.push_back(c.self);
}

std::vector<ClientId> AgentFilter::Impl::take_news() {
  for (const ClientId id : news_) client(id).in_news = false;
  return std::exchange(news_, {});
}

AgentFilter::Impl::Watchers& AgentFilter::Impl::watchers(VertexId vertex) {
  if (vertex.value >= watchers_.size()) watchers_.resize(std::max<std::size_t>(vertex.value + 1, 2 * watchers_.size()));
  return watchers_[vertex.value];
}

void AgentFilter::Impl::watch(ClientId id, VertexId vertex) {
  Watchers& list = watchers(vertex);
  if (list.empty()) graph_.pin(vertex);
  list.push_back(id);
}

void AgentFilter::Impl::unwatch(ClientId id, VertexId vertex) {
  Watchers& list = watchers(vertex);
  const auto at = std::find(list.begin(), list.end(), id);
  *at = list.back();
  list.pop_back();
  if (list.size() < 2) xml_.erase(vertex);
  if (!list.empty()) return;
  Watchers().swap(list);
  graph_.unpin(vertex);
}

// The outside.

AgentFilter::AgentFilter(Graph& graph) : graph_(graph), impl_(std::make_unique<Impl>(graph)) {
  graph.set_view_observer(this);
  for (const VertexId machine : graph.vertices(NodeType::kVirtualMachine)) impl_->vertex_changed(machine);
}

AgentFilter::~AgentFilter() { graph_.set_view_observer(nullptr); }

ClientId AgentFilter::join(std::string_view router) { return impl_->join(router); }
void AgentFilter::leave(ClientId client) { impl_->leave(client); }
void AgentFilter::subscribe(ClientId client, std::string_view machine) { impl_->subscribe(client, machine); }
void AgentFilter::unsubscribe(ClientId client, std::string_view machine) { impl_->unsubscribe(client, machine); }
core::ChunkPtr AgentFilter::next_message(ClientId client) { return impl_->next_message(client); }
bool AgentFilter::has_message(ClientId client) const { return impl_->client(client).has_message(); }
std::vector<ClientId> AgentFilter::take_news() { return impl_->take_news(); }
void AgentFilter::vertex_changed(VertexId vertex) { impl_->vertex_changed(vertex); }
void AgentFilter::edge_changed(const LinkRow& row, VertexId from, VertexId to) { impl_->edge_changed(row, from, to); }

VertexId AgentFilter::router(ClientId client) const { return impl_->client(client).root; }
const ClientCounters& AgentFilter::counters(ClientId client) const { return impl_->client(client).counters; }

std::vector<configdb::Uuid> AgentFilter::machines(ClientId client) const {
  std::vector<configdb::Uuid> all;
  for (const auto& [uuid, link] : impl_->client(client).machines) all.push_back(uuid);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<AgentFilter::NodeEntry> AgentFilter::nodes(ClientId client) const {
  std::vector<NodeEntry> all;
  for (const auto& [vertex, item] : impl_->client(client).vertices) all.push_back({vertex, item.told.wanted, item.told.sent});
  return all;
}

std::vector<AgentFilter::LinkEntry> AgentFilter::links(ClientId client) const {
  std::vector<LinkEntry> all;
  for (const auto& [key, item] : impl_->client(client).edges) {
    const LinkRow& row = link_rows()[key.row];
    all.push_back({&row, key.from, key.to, item.middle.wanted, item.middle.sent, item.links[0].wanted, item.links[0].sent,
                   item.links[1].wanted, item.links[1].sent});
  }
  return all;
}

std::size_t AgentFilter::pending_updates(ClientId client) const {
  const Client& c = impl_->client(client);
  return c.link_deletes.size() + c.node_deletes.size() + c.node_updates.size() + c.link_updates.size();
}

std::vector<std::pair<configdb::Uuid, ClientId>> AgentFilter::pending_machines() const {
  return {impl_->pending_machines().begin(), impl_->pending_machines().end()};
}

std::vector<std::pair<configdb::Uuid, VertexId>> AgentFilter::known_machines() const {
  return {impl_->known_machines().begin(), impl_->known_machines().end()};
}

}  // namespace signalbox::ifmap
