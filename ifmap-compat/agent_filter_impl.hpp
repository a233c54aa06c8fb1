// The works of AgentFilter, in three files: agent_filter.cpp (agents and their requests), agent_walk.cpp (what each must have),
// agent_message.cpp (what each is told). For these alone.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <utility>
#include <vector>

#include "core/slab.hpp"
#include "ifmap-compat/agent_client.hpp"
#include "xmpp/text_buffer.hpp"

namespace signalbox::ifmap {

class AgentFilter::Impl {
 public:
  explicit Impl(Graph& graph) : graph_(graph) {}

  // ---- agents (agent_filter.cpp)
  ClientId join(std::string_view router);
  void leave(ClientId id);
  void subscribe(ClientId id, std::string_view machine);
  void unsubscribe(ClientId id, std::string_view machine);
  Client& client(ClientId id) { return clients_.at(id.value); }
  const Client& client(ClientId id) const { return clients_.at(id.value); }
  std::vector<ClientId> take_news();

  // ---- the graph changes (agent_walk.cpp)
  void vertex_changed(VertexId vertex);
  void edge_changed(const LinkRow& row, VertexId from, VertexId to);

  // ---- messages (agent_message.cpp)
  core::ChunkPtr next_message(ClientId id);

  const auto& pending_machines() const { return pending_machines_; }
  const auto& known_machines() const { return machine_of_; }

 private:
  using Watchers = std::vector<ClientId>;

  // What one message says of one item.
  struct Statement {
    bool update = false;
    Pending item;

    bool operator==(const Statement&) const = default;
  };

  // Agents.
  void machine_changed(VertexId vertex);
  void attach_machine(ClientId id, const configdb::Uuid& uuid, VertexId machine);
  void news(Client& c);

  // Who has an entry for the vertex.
  Watchers& watchers(VertexId vertex);
  void watch(ClientId id, VertexId vertex);
  void unwatch(ClientId id, VertexId vertex);

  // The walk.
  EdgeKey key_of(const LinkRow& row, VertexId from, VertexId to) const;
  void start(ClientId id);
  void enter(Client& c, VertexId vertex, VertexId parent, LinkRowId via);
  void spread(Client& c);
  void remove(Client& c, VertexId vertex);
  void refresh_edge(Client& c, const EdgeKey& key, bool exists);
  void set_wanted(Client& c, Told& told, bool wanted, const Pending& item);
  void edge_came(Client& c, const EdgeKey& key);
  void edge_went(Client& c, const EdgeKey& key);
  void content_changed(Client& c, Told& told, const Pending& item);
  void detach(Client& c, VertexId vertex);
  void collect_detached(Client& c, VertexId vertex);
  bool reattach(Client& c, VertexId vertex);
  bool reattach_by_edges(Client& c, VertexId vertex);
  void bring_back(Client& c);

  // Messages.
  bool select(Client& c);
  void select_node(Client& c, const Pending& item, bool update, unsigned& units);
  void select_edge(Client& c, const Pending& item, bool update, unsigned& units);
  void forget_if_unused(Client& c, const EdgeKey& key);
  void render();
  void render_item(const Statement& s);
  void append_node(VertexId vertex, bool update);
  void append_node_content(VertexId vertex);
  void append_middle(const EdgeKey& key, bool update);
  void append_link(const EdgeKey& key, Part part);
  void append_end(std::string_view type, VertexId vertex);
  void append_middle_name(const EdgeKey& key);
  void append_escaped(std::string_view text);

  Graph& graph_;
  core::Slab<Client> clients_;
  std::vector<Watchers> watchers_;  // by vertex
  boost::unordered_flat_map<VertexId, std::vector<ClientId>, std::hash<VertexId>> roots_;
  boost::unordered_flat_map<configdb::Uuid, VertexId, std::hash<configdb::Uuid>> machine_of_;
  boost::unordered_flat_map<VertexId, configdb::Uuid, std::hash<VertexId>> uuid_of_machine_;
  boost::unordered_flat_map<configdb::Uuid, ClientId, std::hash<configdb::Uuid>> pending_machines_;  // the last that asked
  std::vector<ClientId> news_;
  std::vector<VertexId> to_spread_;  // entered, not yet followed
  std::vector<VertexId> detached_;
  // XML of nodes that more than one agent needs.
  boost::unordered_flat_map<VertexId, core::ChunkPtr, std::hash<VertexId>> xml_;
  // Items that nothing is left to be told of once the message is made.
  std::vector<VertexId> gone_nodes_;
  std::vector<EdgeKey> gone_edges_;
  std::vector<Statement> statements_;  // of the message being made
  std::vector<Statement> last_statements_;
  core::ChunkPtr last_message_;  // made of them, while no content has changed
  xmpp::TextBuffer text_;
  xmpp::TextBuffer node_text_;
};

}  // namespace signalbox::ifmap
