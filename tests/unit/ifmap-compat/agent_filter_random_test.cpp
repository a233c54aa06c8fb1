// Random changes and subscriptions: after quiet each agent has what a plain recomputation of the walk says, and at every step what it is told
// comes in an order it can live with.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "ifmap-compat/agent_filter.hpp"
#include "tests/unit/configdb/rows.hpp"
#include "tests/unit/ifmap-compat/agent_view.hpp"

namespace signalbox::ifmap {
namespace {

using test::AgentView;
using test::Row;

// The world in which the changes happen: a few objects of each type.
struct Kind {
  const char* column;
  const char* type;
  unsigned first;  // number of the first
  unsigned count;
};
constexpr Kind kKinds[] = {
    {"global_system_config", "global-system-config", 1, 1},
    {"global_vrouter_config", "global-vrouter-config", 5, 1},
    {"project", "project", 10, 2},
    {"virtual_router", "virtual-router", 20, 3},
    {"virtual_machine", "virtual-machine", 30, 5},
    {"virtual_network", "virtual-network", 40, 4},
    {"routing_instance", "routing-instance", 50, 4},
    {"virtual_machine_interface", "virtual-machine-interface", 60, 8},
    {"security_group", "security-group", 80, 2},
    {"access_control_list", "access-control-list", 90, 3},
    {"network_ipam", "network-ipam", 100, 2},
    {"floating_ip_pool", "floating-ip-pool", 110, 2},
    {"tag", "tag", 120, 2},
};

// What may refer to what: from, to, name of the link, whether `to` is the parent (its row says nothing), whether it has an attribute.
struct Relation {
  unsigned from, to;
  const char* metadata;
  bool parent;
  bool attribute;
};
constexpr Relation kRelations[] = {
    {5, 1, "global-system-config-global-vrouter-config", true, false},
    {20, 1, "global-system-config-virtual-router", true, false},
    {20, 30, "virtual-router-virtual-machine", false, false},
    {60, 30, "virtual-machine-interface-virtual-machine", false, false},
    {60, 40, "virtual-machine-interface-virtual-network", false, false},
    {60, 50, "virtual-machine-interface-routing-instance", false, true},
    {60, 80, "virtual-machine-interface-security-group", false, false},
    {60, 10, "project-virtual-machine-interface", true, false},
    {60, 120, "virtual-machine-interface-tag", false, false},
    {40, 10, "project-virtual-network", true, false},
    {40, 100, "virtual-network-network-ipam", false, true},
    {40, 120, "virtual-network-tag", false, false},
    {50, 40, "virtual-network-routing-instance", true, false},
    {80, 10, "project-security-group", true, false},
    {90, 80, "security-group-access-control-list", true, false},
    {100, 10, "project-network-ipam", true, false},
    {110, 40, "virtual-network-floating-ip-pool", true, false},
    {30, 120, "virtual-machine-tag", false, false},
    {10, 120, "project-tag", false, false},
};

// The white list again, as far as this world goes, straight from the specification's table.
const std::map<std::string, std::set<std::string>> kWhiteList = {
    {"virtual-router", {"virtual-router-virtual-machine", "global-system-config-virtual-router"}},
    {"virtual-machine", {"virtual-machine-interface-virtual-machine", "virtual-machine-tag"}},
    {"virtual-machine-interface",
     {"virtual-machine-interface-virtual-network", "virtual-machine-interface-security-group", "virtual-machine-interface-routing-instance",
      "project-virtual-machine-interface", "virtual-machine-interface-tag"}},
    {"virtual-network",
     {"virtual-network-floating-ip-pool", "virtual-network-network-ipam", "virtual-network-routing-instance", "virtual-network-tag",
      "project-virtual-network"}},
    {"global-system-config", {"global-system-config-global-vrouter-config"}},
    {"global-vrouter-config", {}},
    {"project", {"project-tag"}},
    {"floating-ip-pool", {"virtual-network-floating-ip-pool"}},
    {"security-group", {"security-group-access-control-list"}},
    {"network-ipam", {}},
    {"tag", {}},
    {"access-control-list", {}},
    {"routing-instance", {}},
    {"virtual-machine-interface-routing-instance", {"virtual-machine-interface-routing-instance"}},
    {"virtual-network-network-ipam", {"virtual-network-network-ipam"}},
};

const Kind& kind_of(unsigned n) {
  for (const Kind& k : kKinds) {
    if (n >= k.first && n < k.first + k.count) return k;
  }
  throw std::logic_error("no such object");
}

// Several objects of these kinds may have one name.
bool may_have_twins(unsigned n) {
  const unsigned first = kind_of(n).first;
  return first == 10 || first == 80 || first == 90 || first == 110 || first == 120;
}

struct Reference {
  unsigned to;
  const Relation* relation;
  std::string attribute;
};

struct Object {
  std::string name;
  std::string shown;  // prop:display_name
  bool has_id_perms = false;
  std::vector<Reference> references;
};

struct Agent {
  ClientId id;
  std::string router;
  AgentView view;
  std::set<unsigned> asked;  // machines
  std::set<unsigned> held;   // those of them that were known when it asked, or later
  bool root_seen = false;
};

class World {
 public:
  explicit World(unsigned seed) : random_(seed), filter_(graph_) {
    for (const Kind& k : kKinds) {
      for (unsigned i = 0; i < k.count; ++i) {
        if (below(4) != 0) put(k.first + i);
      }
    }
    settle();
  }

  void step() {
    switch (below(12)) {
      case 0: erase(any()); break;
      case 1: join(); break;
      case 2:
        if (below(3) == 0) leave();
        break;
      case 3:
      case 4: ask(true); break;
      case 5: ask(false); break;
      case 6:
      case 7:
        for (unsigned n = 1 + below(3); n > 0 && !agents_.empty(); --n) pull(agents_[below(static_cast<unsigned>(agents_.size()))]);
        break;
      default: put(any()); break;
    }
    settle();
  }

  void quiet() {
    for (Agent& a : agents_) {
      while (pull(a)) {}
      EXPECT_FALSE(filter_.has_message(a.id));
    }
  }

  void check(const std::string& where) {
    for (const Agent& a : agents_) {
      const AgentView expected = walk(a);
      ASSERT_EQ(a.view.nodes, expected.nodes) << where << ", agent of " << a.router;
      ASSERT_EQ(a.view.links, expected.links) << where << ", agent of " << a.router;
      ASSERT_EQ(a.view.wrong, std::vector<std::string>{}) << where;
    }
  }

  // Nothing is left when all is gone.
  void end() {
    while (!agents_.empty()) leave();
    for (const Kind& k : kKinds) {
      for (unsigned i = 0; i < k.count; ++i) erase(k.first + i);
    }
    EXPECT_EQ(graph_.node_count(), 0u);
    EXPECT_EQ(graph_.link_count(), 0u);
    EXPECT_TRUE(filter_.pending_machines().empty());
    EXPECT_TRUE(filter_.known_machines().empty());
    for (const Kind& k : kKinds) EXPECT_TRUE(graph_.vertices(find_type(k.column)->type).empty()) << k.type;
  }

 private:
  // An edge by names.
  struct Edge {
    std::string from, to;  // "TYPE NAME"
    const Relation* relation;
    std::string attribute;
  };

  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  unsigned any() {
    const Kind& k = kKinds[below(std::size(kKinds))];
    return k.first + below(k.count);
  }
  Agent& any_agent() { return agents_[below(static_cast<unsigned>(agents_.size()))]; }

  std::string name_of(unsigned n) {
    const unsigned place = may_have_twins(n) && below(4) == 0 ? 0 : n - kind_of(n).first;
    return "d:" + std::string(kind_of(n).column) + std::to_string(place);
  }

  // Changes of the database.

  void put(unsigned n) {
    const auto before = objects_.find(n);
    Object now;
    now.name = before != objects_.end() && below(4) != 0 ? before->second.name : name_of(n);
    now.shown = "v" + std::to_string(below(3));
    now.has_id_perms = kind_of(n).first == 30 && below(6) != 0;
    Row row = test::row(n, kind_of(n).column, now.name);
    row.written += n;
    row.set("prop:display_name", "\"" + now.shown + "\"");
    if (now.has_id_perms) {
      row.set("prop:id_perms", R"({"uuid":{"uuid_mslong":16384,"uuid_lslong":)" + std::to_string(0x8000000000000000ull + n) + "}}");
    }
    for (const Relation& r : kRelations) {
      if (r.from != kind_of(n).first) continue;
      std::set<unsigned> others;
      for (unsigned i = below(r.parent ? 2 : 3); i > 0; --i) others.insert(r.to + below(kind_of(r.to).count));
      for (const unsigned other : others) {
        const std::string attribute = r.attribute ? std::to_string(below(2)) : "";
        now.references.push_back({other, &r, attribute});
        if (r.parent) {
          row.parent(kind_of(other).column, other);
        } else if (r.attribute && r.from == 60) {
          row.ref(kind_of(other).column, other, "{\"vlan_tag\":" + attribute + "}");
        } else if (r.attribute) {
          row.ref(kind_of(other).column, other, "{\"ipam_subnets\":[{\"vlan_tag\":" + attribute + "}]}");
        } else {
          row.ref(kind_of(other).column, other);
        }
      }
    }
    if (before != objects_.end() && before->second.name != now.name) forget(n);  // renamed: the old one goes first
    objects_[n] = now;
    gone_.erase(n);
    graph_.object_changed(test::object(row));
  }

  void erase(unsigned n) {
    forget(n);
    graph_.object_deleted(test::uuid(n));
    settle();
  }

  void forget(unsigned n) {
    const auto at = objects_.find(n);
    if (at == objects_.end()) return;
    gone_[n] = at->second.name;
    objects_.erase(at);
    settle();
  }

  // Agents.

  void join() {
    if (agents_.size() >= 4) return;
    Agent a;
    a.router = "d:virtual_router" + std::to_string(below(4));  // the last is in no database
    a.id = filter_.join(a.router);
    agents_.push_back(std::move(a));
  }

  void leave() {
    if (agents_.empty()) return;
    const unsigned i = below(static_cast<unsigned>(agents_.size()));
    filter_.leave(agents_[i].id);
    std::erase_if(pending_, [&](const auto& entry) { return entry.second == agents_[i].id; });
    agents_.erase(agents_.begin() + i);
    settle();
  }

  void ask(bool subscribe) {
    if (agents_.empty()) return;
    Agent& a = any_agent();
    const unsigned machine = 30 + below(5);
    if (subscribe) {
      filter_.subscribe(a.id, test::uuid_text(machine));
      if (!a.asked.insert(machine).second) return;
      if (known_.count(machine) != 0) {
        a.held.insert(machine);
      } else {
        pending_[machine] = a.id;
      }
      return;
    }
    filter_.unsubscribe(a.id, test::uuid_text(machine));
    if (a.asked.erase(machine) == 0) return;
    a.held.erase(machine);
    if (const auto at = pending_.find(machine); at != pending_.end() && at->second == a.id) pending_.erase(at);
  }

  bool pull(Agent& a) {
    const core::ChunkPtr message = filter_.next_message(a.id);
    if (message) a.view.apply(message->bytes());
    return static_cast<bool>(message);
  }

  // What follows from a change, by the rules of the specification.

  void settle() {
    // An object without row is a name while something leads to it.
    std::erase_if(gone_, [this](const auto& entry) { return !is_referred_to(entry.first); });
    std::erase_if(known_, [this](unsigned n) { return objects_.count(n) == 0 && gone_.count(n) == 0; });
    for (const auto& [n, o] : objects_) {
      if (!o.has_id_perms || !known_.insert(n).second) continue;
      const auto waiting = pending_.find(n);
      if (waiting == pending_.end()) continue;
      for (Agent& a : agents_) {
        if (a.id == waiting->second) a.held.insert(n);
      }
      pending_.erase(waiting);
    }
    const std::vector<Edge> all = edges();
    for (Agent& a : agents_) {
      const std::string root = "virtual-router " + a.router;
      bool visible = false, leads_on = false;
      for (const auto& [n, o] : objects_) visible |= key(n, o.name) == root;
      for (const Edge& e : all) {
        visible |= e.from == root;
        leads_on |= e.from == root;  // all links of a virtual-router here are followed from it
      }
      a.root_seen = visible && (a.root_seen || leads_on);
    }
  }

  bool is_referred_to(unsigned n) const {
    for (const Agent& a : agents_) {
      if (a.held.count(n) != 0) return true;
    }
    for (const auto& [other, o] : objects_) {
      for (const Reference& r : o.references) {
        if (r.to == n) return true;
      }
    }
    return false;
  }

  static std::string key(unsigned n, const std::string& name) { return std::string(kind_of(n).type) + " " + name; }

  std::vector<Edge> edges() const {
    std::vector<Edge> all;
    const auto name_of_end = [this](unsigned n) -> const std::string* {
      if (const auto at = objects_.find(n); at != objects_.end()) return &at->second.name;
      const auto at = gone_.find(n);
      return at == gone_.end() ? nullptr : &at->second;
    };
    for (const auto& [n, o] : objects_) {
      for (const Reference& r : o.references) {
        if (const std::string* name = name_of_end(r.to)) all.push_back({key(n, o.name), key(r.to, *name), r.relation, r.attribute});
      }
    }
    for (const Agent& a : agents_) {
      for (const unsigned m : a.held) all.push_back({"virtual-router " + a.router, key(m, *name_of_end(m)), &kRelations[2], ""});
    }
    return all;
  }

  std::string content(const std::string& vertex) const {
    std::string last;
    for (const auto& [n, o] : objects_) {  // the one made last speaks
      if (key(n, o.name) != vertex) continue;
      last.clear();
      if (o.has_id_perms) {
        last +=
            "<id-perms><permissions><owner></owner><owner-access>0</owner-access><group></group><group-access>0</group-access>"
            "<other-access>0</other-access></permissions><uuid><uuid-mslong>16384</uuid-mslong><uuid-lslong>" +
            std::to_string(0x8000000000000000ull + n) +
            "</uuid-lslong></uuid><enable>false</enable><created>1970-01-01T00:00:00</created><last-modified>1970-01-01T00:00:00"
            "</last-modified><description></description><user-visible>true</user-visible><creator></creator></id-perms>";
      }
      if (kind_of(n).first != 50) last += "<display-name>" + o.shown + "</display-name>";
    }
    return last;
  }

  static std::string value(const Edge& e) {
    if (e.relation->from == 60) {
      return "<value><direction></direction><vlan-tag>" + e.attribute +
             "</vlan-tag><src-mac></src-mac><dst-mac></dst-mac><mpls-label>0</mpls-label><service-chain-address></service-chain-address>"
             "<ipv6-service-chain-address></ipv6-service-chain-address><protocol></protocol></value>";
    }
    return "<value><ipam-subnets><subnet><ip-prefix></ip-prefix><ip-prefix-len>0</ip-prefix-len></subnet><default-gateway></"
           "default-gateway>"
           "<dns-server-address></dns-server-address><subnet-uuid></subnet-uuid><enable-dhcp>true</enable-dhcp>"
           "<addr_from_start>false</addr_from_start><dhcp-option-list></dhcp-option-list><host-routes></host-routes><subnet-name></"
           "subnet-name>"
           "<alloc-unit>1</alloc-unit><created>1970-01-01T00:00:00</created><last-modified>1970-01-01T00:00:00</"
           "last-modified><subscriber-tag>"
           "</subscriber-tag><vlan-tag>" +
           e.attribute + "</vlan-tag></ipam-subnets><host-routes></host-routes></value>";
  }

  // The whole walk anew, over nodes, middle nodes and links of the whole graph.
  AgentView walk(const Agent& a) const {
    struct PlainLink {
      std::string metadata, left, right;
    };
    std::vector<PlainLink> links;
    std::map<std::string, std::string> contents;
    for (const auto& [n, o] : objects_) contents[key(n, o.name)] = content(key(n, o.name));
    for (const Edge& e : edges()) {
      for (const std::string& end : {e.from, e.to}) contents.try_emplace(end, "");
      const std::string name = e.relation->metadata;
      if (!e.relation->attribute) {
        links.push_back({name, e.from, e.to});
        continue;
      }
      std::string first = e.from.substr(e.from.find(' ') + 1), second = e.to.substr(e.to.find(' ') + 1);
      if (second < first) std::swap(first, second);
      const std::string middle = name + " attr(" + first + "," + second + ")";
      contents[middle] = value(e);
      links.push_back({name, e.from, middle});
      links.push_back({name, middle, e.to});
    }
    const auto type_of = [](const std::string& node) { return node.substr(0, node.find(' ')); };
    AgentView view;
    std::vector<std::string> to_do;
    if (a.root_seen) to_do.push_back("virtual-router " + a.router);
    while (!to_do.empty()) {
      const std::string node = to_do.back();
      to_do.pop_back();
      if (!view.nodes.emplace(node, contents[node]).second) continue;
      for (const PlainLink& l : links) {
        if (l.left != node && l.right != node) continue;
        const std::string& other = l.left == node ? l.right : l.left;
        if (kWhiteList.at(type_of(node)).count(l.metadata) != 0 && kWhiteList.count(type_of(other)) != 0) to_do.push_back(other);
      }
    }
    for (const PlainLink& l : links) {
      const bool listed = kWhiteList.count(type_of(l.left)) != 0 && kWhiteList.count(type_of(l.right)) != 0 &&
                          (kWhiteList.at(type_of(l.left)).count(l.metadata) != 0 || kWhiteList.at(type_of(l.right)).count(l.metadata) != 0);
      if (!listed || view.nodes.count(l.left) == 0 || view.nodes.count(l.right) == 0) continue;
      view.links.insert(l.metadata + " | " + std::min(l.left, l.right) + " | " + std::max(l.left, l.right) + " |");
    }
    return view;
  }

  std::mt19937 random_;
  Graph graph_;
  AgentFilter filter_;
  std::map<unsigned, Object> objects_;
  std::map<unsigned, std::string> gone_;  // names of objects without row that something still leads to
  std::set<unsigned> known_;              // machines that subscriptions find
  std::map<unsigned, ClientId> pending_;  // machines not known, and who asked last
  std::vector<Agent> agents_;
};

TEST(AgentFilterRandom, AgentsHaveWhatTheWalkSays) {
  // One seed, or so many: 1,000 where the simulations run.
  const auto number = [](const char* name, unsigned otherwise) {
    const char* const text = std::getenv(name);
    return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
  };
  const unsigned first = number("AGENT_FILTER_SEED", 1);
  const unsigned last = std::getenv("AGENT_FILTER_SEED") != nullptr ? first : number("AGENT_FILTER_SEEDS", 100);
  for (unsigned seed = first; seed <= last && !HasFatalFailure(); ++seed) {
    World world(seed);
    for (unsigned step = 0; step < 80 && !HasFatalFailure(); ++step) {
      world.step();
      if (step % 20 != 19) continue;
      world.quiet();
      world.check("seed " + std::to_string(seed) + " step " + std::to_string(step));
    }
    world.end();
  }
}

}  // namespace
}  // namespace signalbox::ifmap
