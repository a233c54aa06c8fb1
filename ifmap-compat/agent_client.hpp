// What an AgentFilter keeps per agent; for its own sources alone.
//
// Threads: the configuration thread.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "ifmap-compat/agent_filter.hpp"

namespace signalbox::ifmap {

// An edge by its ends; of a symmetric row the ends are in the order of their ids.
struct EdgeKey {
  VertexId from, to;
  LinkRowId row = 0;

  bool operator==(const EdgeKey&) const = default;
};

struct EdgeKeyHash {
  std::size_t operator()(const EdgeKey& key) const {
    const std::uint64_t ends = std::uint64_t{key.from.value} << 32 | key.to.value;
    return static_cast<std::size_t>((ends ^ std::uint64_t{key.row} << 24) * 0x9e3779b97f4a7c15ull);
  }
};

// One thing that an agent can have: a node, a link or half of a link with attribute, a middle node.
struct Told {
  bool wanted : 1 = false;
  bool sent : 1 = false;
  bool dirty : 1 = false;  // sent, but with other content
  bool update_queued : 1 = false;
  bool delete_queued : 1 = false;

  bool used() const { return wanted || sent; }
  bool to_update() const { return wanted && (!sent || dirty); }
  bool to_delete() const { return !wanted && sent; }
};

struct VertexItem {
  // How the walk came here: over the edge of this row from this vertex. None at the root.
  VertexId parent;
  LinkRowId via = 0;
  bool detached = false;  // while it is judged anew
  Told told;
};

enum class Part : std::uint8_t { kNode, kLink, kLinkToSide, kMiddle };

struct EdgeItem {
  std::array<Told, 2> links;  // a link without attribute has the first only, one with has the halves at `from` and `to`
  Told middle;

  bool used() const { return links[0].used() || links[1].used() || middle.used(); }
  Told& part(Part p) { return p == Part::kMiddle ? middle : links[p == Part::kLink ? 0 : 1]; }
};

// What is to be told. The item may have changed since; what counts is its state when its turn comes.
struct Pending {
  EdgeKey key;  // of a node `from` alone
  Part part = Part::kNode;

  bool operator==(const Pending&) const = default;
};

class PendingQueue {
 public:
  bool empty() const { return head_ == items_.size(); }
  std::size_t size() const { return items_.size() - head_; }
  void push(const Pending& item) { items_.push_back(item); }
  Pending pop() {
    const Pending item = items_[head_++];
    if (empty()) {
      std::vector<Pending>().swap(items_);
      head_ = 0;
    }
    return item;
  }

 private:
  std::vector<Pending> items_;
  std::size_t head_ = 0;
};

struct Client {
  ClientId self;
  VertexId root;
  bool in_news = false;
  boost::unordered_flat_map<VertexId, VertexItem, std::hash<VertexId>> vertices;
  boost::unordered_flat_map<EdgeKey, EdgeItem, EdgeKeyHash> edges;
  // In the order in which a message takes from them.
  PendingQueue link_deletes, node_deletes, node_updates, link_updates;
  boost::unordered_flat_map<configdb::Uuid, LinkId, std::hash<configdb::Uuid>> machines;  // LinkId{}: not known yet
  std::set<std::string, std::less<>> odd_machines;                                        // whose name is no uuid
  ClientCounters counters;

  bool has_message() const { return !link_deletes.empty() || !node_deletes.empty() || !node_updates.empty() || !link_updates.empty(); }
  bool wants(VertexId vertex) const {
    const auto at = vertices.find(vertex);
    return at != vertices.end() && at->second.told.wanted;
  }
};

}  // namespace signalbox::ifmap
