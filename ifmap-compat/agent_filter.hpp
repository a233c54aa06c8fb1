// AgentFilter: which part of the configuration each agent must have, and what it must still be told of it.
//
// An agent names its virtual-router and subscribes to virtual-machines. What it must have is what the walk of the white list reaches from the
// virtual-router (walk_table.hpp): vertices, the edges between two of them that the white list names, and the middle nodes of links with an
// attribute. The filter follows the graph change by change: what a change adds is walked from there on; when a link goes by which the agent
// reached something, only what hung on it is judged anew.
//
// What an agent has been told and what it must have are two bits per item, so whatever happens between two messages is told once and in its
// last state. A message is made when the agent can take one: first link deletes, then node deletes, node updates, link updates. So links come
// after both their nodes, and nodes go after all their links, in any interleaving of changes and messages.
//
// No sockets, threads or clock: who asks for a message gets its bytes and must deliver them in order.
// Threads: the configuration thread. Cost: a change costs the agents concerned; a download costs what the agent gets. Memory: per agent and item
// about 25 bytes; nothing per pending message. The XML of an object that several agents need is kept while it is current, and a message that is
// the same for several agents in a row is one chunk.
// Source: spec/agent-config-ifmap-discovery.md 1.2-1.8.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "configdb/uuid.hpp"
#include "core/chunk.hpp"
#include "ifmap-compat/graph.hpp"

namespace signalbox::ifmap {

using ClientId = core::StrongId<struct ClientTag>;  // of a filter; used again after a client has left. 0: none

// Requests that had no effect, and what was sent. Never fatal.
struct ClientCounters {
  std::uint64_t vm_subscribes = 0;
  std::uint64_t vm_unsubscribes = 0;
  std::uint64_t duplicate_vm_subscribes = 0;
  std::uint64_t unknown_vm_unsubscribes = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t nodes_updated = 0;
  std::uint64_t nodes_deleted = 0;
  std::uint64_t links_updated = 0;
  std::uint64_t links_deleted = 0;
};

class AgentFilter : private ViewObserver {
 public:
  // Counted units in a message that is not to grow further: a node is one, a link two.
  static constexpr unsigned kUnits = 16;

  // `graph` must outlive this and has no other view observer. This may not move.
  explicit AgentFilter(Graph& graph);
  ~AgentFilter() override;
  AgentFilter(const AgentFilter&) = delete;
  AgentFilter& operator=(const AgentFilter&) = delete;

  // An agent with this virtual-router, an fq-name. Its download begins.
  ClientId join(std::string_view router);
  // The agent is gone, with all that it was told and subscribed to.
  void leave(ClientId client);
  // By uuid text; one that is no uuid is never found.
  void subscribe(ClientId client, std::string_view machine);
  void unsubscribe(ClientId client, std::string_view machine);

  // The next message for the client, less its first line (`<iq ... to="...">` is left to the caller); null when there is nothing to tell.
  core::ChunkPtr next_message(ClientId client);
  bool has_message(ClientId client) const;
  // Clients that have something to be told since the last call, each once. A client whose message was taken and that has more is not among
  // them.
  std::vector<ClientId> take_news();

  // ---- for show
  // An item is of interest when the agent must have it, advertised when it was told of it.
  struct NodeEntry {
    VertexId vertex;
    bool interest = false;
    bool advertised = false;
  };
  struct LinkEntry {
    const LinkRow* row = nullptr;
    VertexId from, to;
    // Of a link with attribute; the links lead from the ends to the middle node then.
    bool middle_interest = false, middle_advertised = false;
    bool from_interest = false, from_advertised = false;
    bool to_interest = false, to_advertised = false;
  };
  VertexId router(ClientId client) const;
  const ClientCounters& counters(ClientId client) const;
  std::vector<configdb::Uuid> machines(ClientId client) const;
  std::vector<NodeEntry> nodes(ClientId client) const;
  std::vector<LinkEntry> links(ClientId client) const;
  std::size_t pending_updates(ClientId client) const;
  // Subscriptions to machines that the configuration does not know yet.
  std::vector<std::pair<configdb::Uuid, ClientId>> pending_machines() const;
  // Known machines by the uuid in their id-perms.
  std::vector<std::pair<configdb::Uuid, VertexId>> known_machines() const;

 private:
  class Impl;

  void vertex_changed(VertexId vertex) override;
  void edge_changed(const LinkRow& row, VertexId from, VertexId to) override;

  Graph& graph_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::ifmap
