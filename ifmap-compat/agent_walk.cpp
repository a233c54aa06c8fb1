// AgentFilter: what each agent must have.
#include <algorithm>

#include "ifmap-compat/agent_filter_impl.hpp"

namespace signalbox::ifmap {

EdgeKey AgentFilter::Impl::key_of(const LinkRow& row, VertexId from, VertexId to) const {
  if (row.symmetric() && to < from) std::swap(from, to);
  return {from, to, id_of(row)};
}

// What the graph reports.

void AgentFilter::Impl::vertex_changed(VertexId vertex) {
  xml_.erase(vertex);
  last_message_ = {};
  const bool visible = graph_.visible(vertex);
  for (const ClientId id : Watchers(watchers(vertex))) {
    Client& c = client(id);
    Told& told = c.vertices.find(vertex)->second.told;
    if (told.wanted && !visible) {
      remove(c, vertex);
    } else {
      content_changed(c, told, {{vertex, {}, 0}, Part::kNode});
    }
  }
  if (graph_.type(vertex) == NodeType::kVirtualMachine) return machine_changed(vertex);
  if (graph_.type(vertex) != NodeType::kVirtualRouter) return;
  if (const auto at = roots_.find(vertex); at != roots_.end()) {
    for (const ClientId id : std::vector<ClientId>(at->second)) start(id);
  }
}

void AgentFilter::Impl::edge_changed(const LinkRow& row, VertexId from, VertexId to) {
  if (from == to) return;
  last_message_ = {};
  const bool exists = graph_.find_edge(row, from, to).value != 0;
  const WalkRule& rule = walk_rule(id_of(row));
  const EdgeKey key = key_of(row, from, to);
  for (const unsigned end : {0u, 1u}) {
    if (!rule.leads_on(end)) continue;
    const VertexId vertex = end == 0 ? from : to;
    for (const ClientId id : Watchers(watchers(vertex))) {
      if (exists) {
        edge_came(client(id), key);
      } else {
        edge_went(client(id), key);
      }
    }
    if (!exists || graph_.type(vertex) != NodeType::kVirtualRouter) continue;
    if (const auto at = roots_.find(vertex); at != roots_.end()) {
      for (const ClientId id : std::vector<ClientId>(at->second)) start(id);
    }
  }
}

// The edge is new, or has another attribute.
void AgentFilter::Impl::edge_came(Client& c, const EdgeKey& key) {
  const WalkRule& rule = walk_rule(key.row);
  if (rule.to_to && c.wants(key.from) && !c.wants(key.to)) enter(c, key.to, key.from, key.row);
  if (rule.to_from && c.wants(key.to) && !c.wants(key.from)) enter(c, key.from, key.to, key.row);
  spread(c);
  if (const auto at = c.edges.find(key); at != c.edges.end() && at->second.middle.sent) {
    content_changed(c, at->second.middle, {key, Part::kMiddle});
  }
  refresh_edge(c, key, true);
}

void AgentFilter::Impl::edge_went(Client& c, const EdgeKey& key) {
  refresh_edge(c, key, false);
  const auto hangs_on = [&](VertexId child, VertexId parent) {
    const auto at = c.vertices.find(child);
    return at != c.vertices.end() && at->second.told.wanted && at->second.parent == parent && at->second.via == key.row;
  };
  if (hangs_on(key.to, key.from)) detach(c, key.to);
  if (hangs_on(key.from, key.to)) detach(c, key.from);
}

void AgentFilter::Impl::content_changed(Client& c, Told& told, const Pending& item) {
  if (!told.sent) return;
  told.dirty = true;
  set_wanted(c, told, told.wanted, item);
}

// Entering.

// A virtual-router is of interest to its agent from the first link that leads on from it.
void AgentFilter::Impl::start(ClientId id) {
  Client& c = client(id);
  if (c.wants(c.root) || !graph_.visible(c.root)) return;
  bool leads_on = false;
  graph_.for_each_edge(c.root, true, [&](const LinkRow&, LinkId, bool, VertexId other) { leads_on |= other != c.root; });
  if (!leads_on) return;
  enter(c, c.root, {}, 0);
  spread(c);
}

void AgentFilter::Impl::enter(Client& c, VertexId vertex, VertexId parent, LinkRowId via) {
  const auto [at, is_new] = c.vertices.try_emplace(vertex);
  VertexItem& item = at->second;
  item.parent = parent;
  item.via = via;
  set_wanted(c, item.told, true, {{vertex, {}, 0}, Part::kNode});
  if (is_new) watch(c.self, vertex);
  to_spread_.push_back(vertex);
}

void AgentFilter::Impl::spread(Client& c) {
  while (!to_spread_.empty()) {
    const VertexId vertex = to_spread_.back();
    to_spread_.pop_back();
    graph_.for_each_edge(vertex, true, [&](const LinkRow& row, LinkId, bool at_to, VertexId other) {
      if (other == vertex) return;
      const WalkRule& rule = walk_rule(id_of(row));
      if (rule.leads_across(at_to ? 1 : 0) && !c.wants(other)) enter(c, other, vertex, id_of(row));
      refresh_edge(c, at_to ? key_of(row, other, vertex) : key_of(row, vertex, other), true);
    });
  }
}

void AgentFilter::Impl::set_wanted(Client& c, Told& told, bool wanted, const Pending& item) {
  told.wanted = wanted;
  const bool is_node = item.part == Part::kNode || item.part == Part::kMiddle;
  if (told.to_update() && !told.update_queued) {
    told.update_queued = true;
    (is_node ? c.node_updates : c.link_updates).push(item);
    news(c);
  } else if (told.to_delete() && !told.delete_queued) {
    told.delete_queued = true;
    (is_node ? c.node_deletes : c.link_deletes).push(item);
    news(c);
  }
}

// Brings the edge's parts in step with its ends.
void AgentFilter::Impl::refresh_edge(Client& c, const EdgeKey& key, bool exists) {
  const WalkRule& rule = walk_rule(key.row);
  const bool has_attribute = link_rows()[key.row].attribute != nullptr;
  const bool from = exists && c.wants(key.from), to = exists && c.wants(key.to);
  const bool wanted = has_attribute ? (from && rule.middle_from) || (to && rule.middle_to) : from && to;
  auto at = c.edges.find(key);
  if (at == c.edges.end()) {
    if (!wanted) return;
    at = c.edges.try_emplace(key).first;
    if (has_attribute) {
      graph_.pin(key.from);
      graph_.pin(key.to);
    }
  }
  EdgeItem& item = at->second;
  if (has_attribute) {
    set_wanted(c, item.middle, wanted, {key, Part::kMiddle});
    set_wanted(c, item.links[0], wanted && from, {key, Part::kLink});
    set_wanted(c, item.links[1], wanted && to, {key, Part::kLinkToSide});
  } else {
    set_wanted(c, item.links[0], wanted, {key, Part::kLink});
  }
  forget_if_unused(c, key);
}

// Leaving.

void AgentFilter::Impl::remove(Client& c, VertexId vertex) {
  VertexItem& item = c.vertices.find(vertex)->second;
  item.parent = {};
  set_wanted(c, item.told, false, {{vertex, {}, 0}, Part::kNode});
  const bool was_sent = item.told.sent;
  graph_.for_each_edge(vertex, true, [&](const LinkRow& row, LinkId, bool at_to, VertexId other) {
    if (other != vertex) refresh_edge(c, at_to ? key_of(row, other, vertex) : key_of(row, vertex, other), true);
  });
  if (was_sent) return;
  c.vertices.erase(vertex);
  unwatch(c.self, vertex);
}

// The edge is gone by which the walk came to `vertex`: what came by it must be reached by another way, or goes.
void AgentFilter::Impl::detach(Client& c, VertexId vertex) {
  collect_detached(c, vertex);
  for (const VertexId x : detached_) {
    if (c.vertices.find(x)->second.detached && reattach(c, x)) {
      to_spread_.push_back(x);
      bring_back(c);
    }
  }
  for (const VertexId x : std::exchange(detached_, {})) {
    VertexItem& item = c.vertices.find(x)->second;
    if (std::exchange(item.detached, false)) remove(c, x);
  }
}

// `vertex` and all that the walk reached by way of it.
void AgentFilter::Impl::collect_detached(Client& c, VertexId vertex) {
  detached_.push_back(vertex);
  c.vertices.find(vertex)->second.detached = true;
  for (std::size_t i = 0; i < detached_.size(); ++i) {
    const VertexId x = detached_[i];
    graph_.for_each_edge(x, true, [&](const LinkRow& row, LinkId, bool, VertexId other) {
      const auto at = c.vertices.find(other);
      if (at == c.vertices.end()) return;
      VertexItem& item = at->second;
      if (!item.told.wanted || item.detached || item.parent != x || item.via != id_of(row)) return;
      item.detached = true;
      detached_.push_back(other);
    });
  }
}

// Looks for another vertex the agent has that leads to this one.
bool AgentFilter::Impl::reattach(Client& c, VertexId vertex) {
  VertexItem& item = c.vertices.find(vertex)->second;
  const auto look = [&](const LinkRow& row, LinkId, bool at_to, VertexId other) {
    if (!item.detached || other == vertex || !walk_rule(id_of(row)).leads_across(at_to ? 0 : 1)) return;
    const auto at = c.vertices.find(other);
    if (at == c.vertices.end() || !at->second.told.wanted || at->second.detached) return;
    item.parent = other;
    item.via = id_of(row);
    item.detached = false;
  };
  graph_.for_each_edge(vertex, true, look);
  if (!item.detached) return true;
  // A network has thousands of interfaces that lead to it, of which this agent has a few.
  if (graph_.edge_bound(vertex, false) > c.edges.size()) return reattach_by_edges(c, vertex);
  graph_.for_each_edge(vertex, false, look);
  return !item.detached;
}

bool AgentFilter::Impl::reattach_by_edges(Client& c, VertexId vertex) {
  VertexItem& item = c.vertices.find(vertex)->second;
  for (const auto& [key, edge] : c.edges) {
    const bool at_to = key.to == vertex;
    if (!at_to && key.from != vertex) continue;
    if (!edge.links[0].wanted && !edge.middle.wanted) continue;
    if (!walk_rule(key.row).leads_across(at_to ? 0 : 1)) continue;
    const VertexId other = at_to ? key.from : key.to;
    const auto at = c.vertices.find(other);
    if (at == c.vertices.end() || !at->second.told.wanted || at->second.detached) continue;
    item.parent = other;
    item.via = key.row;
    item.detached = false;
    return true;
  }
  return false;
}

// What was detached and can be reached from to_spread_ is not.
void AgentFilter::Impl::bring_back(Client& c) {
  while (!to_spread_.empty()) {
    const VertexId vertex = to_spread_.back();
    to_spread_.pop_back();
    graph_.for_each_edge(vertex, true, [&](const LinkRow& row, LinkId, bool at_to, VertexId other) {
      if (!walk_rule(id_of(row)).leads_across(at_to ? 1 : 0)) return;
      const auto at = c.vertices.find(other);
      if (at == c.vertices.end() || !at->second.detached) return;
      at->second.parent = vertex;
      at->second.via = id_of(row);
      at->second.detached = false;
      to_spread_.push_back(other);
    });
  }
}

}  // namespace signalbox::ifmap
