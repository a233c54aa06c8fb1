// After the random phase: the node comes to rest, and is compared with the models.
#include <algorithm>

#include "core/route_change.hpp"
#include "tests/sim/simulation.hpp"

namespace signalbox::sim {
namespace {

constexpr unsigned kMostRounds = 20000;

}  // namespace

// All wires flow, agents that want to be connected connect, and everything that waits is worked off.
void Simulation::come_to_rest() {
  if (refusal(*config_.current()) != xmpp::CloseReason::kNone) node_.apply(config_.make_usable());
  trace_.say([] { return std::string("rest"); });
  for (const auto& c : connections_) {
    if (c->session) c->session->set_credit(VirtualSession::kUnlimited);
  }
  for (unsigned round = 0; work_off(); ++round) {
    if (round > kMostRounds) fail("the node does not come to rest");
    now_ += core::milliseconds(20);
    for (unsigned s = 0; round % 8 == 0 && s < node_.shards(); ++s) node_.hub(s).tick(now_);
  }
  for (const auto& c : connections_) {
    if (c->session && c->session->queued_bytes()) fail(c->name + ": output is left");
  }
}

// A round over all that may have something to do. True when something had.
bool Simulation::work_off() {
  bool busy = false;
  forget_dead();
  for (Agent& agent : agents_) {
    if (agent.connection || !agent.wants_up) continue;
    connect(agent);
    busy = true;
  }
  while (node_.has_messages()) {
    node_.deliver_one(random_, now_);
    busy = true;
  }
  for (std::size_t n = 0; n < connections_.size(); ++n) {
    Connection& c = *connections_[n];
    busy |= open_if_due(c);
    while (c.session && c.session->has_event()) {
      const bool over = c.session->ended();
      run_session_event(c);
      busy = true;
      if (over) break;
    }
    while (c.session && c.session->takes_input() && !c.outgoing.empty()) {
      deliver_stanzas(c, 50);
      busy = true;
    }
  }
  for (unsigned p = 0; p < node_.partitions(); ++p) {
    busy |= node_.run(p, now_, 1000000) != core::TimePoint::max();
    if (!node_.partition(p).idle()) busy = true;
  }
  for (unsigned s = 0; s < node_.shards(); ++s) busy |= node_.hub(s).end_turn(now_);
  return busy || node_.has_messages();
}

// Long after the last change every session has had its End-of-RIB, once.
void Simulation::check_end_of_rib() {
  now_ += core::seconds(80);
  for (unsigned n = 0; n < 10; ++n) {
    now_ += core::milliseconds(1100);
    for (unsigned s = 0; s < node_.shards(); ++s) node_.hub(s).tick(now_);
    while (work_off()) continue;
  }
  for (const auto& c : connections_) {
    if (c->live() && c->view.ends_of_rib() != 1)
      fail(c->name + ": was told End-of-RIB " + std::to_string(c->view.ends_of_rib()) + " times");
  }
}

bool Simulation::joined(core::PeerId peer, core::InstanceId instance, const std::string& prefix) const {
  const unsigned partition = core::partition_of(*core::Prefix::parse(prefix), node_.partitions());
  const auto found = joins_.find({peer, instance, partition});
  return found != joins_.end() && found->second;
}

void Simulation::check_views() {
  std::vector<Publisher> publishers;
  for (const auto& c : connections_) {
    if (!c->live()) continue;
    const core::PeerId peer = c->peer;
    publishers.push_back(
        {&c->model, [this, peer](core::InstanceId instance, const std::string& prefix) { return joined(peer, instance, prefix); }});
  }
  const ExpectedRoutes expected(*config_.current(), publishers);
  unsigned live = 0;
  for (const auto& c : connections_) {
    if (!c->live()) continue;
    ++live;
    check_view(*c, expected);
  }
  if (live != agents_.size()) fail(std::to_string(live) + " of " + std::to_string(agents_.size()) + " agents are connected");
}

void Simulation::check_view(const Connection& connection, const ExpectedRoutes& expected) {
  auto left = connection.view.tables();
  for (const auto& [name, subscription] : connection.model.subscriptions()) {
    if (subscription.pending || !subscription.wants_routes) continue;
    for (const auto& [key, route] : expected.table(subscription.id)) {
      if (!joined(connection.peer, subscription.id, key.second)) continue;
      const std::string node = key.first + "/" + name, where = connection.name + ": " + key.second + " in " + node;
      AgentView::Table& table = left[node];
      const auto seen = table.find(key.second);
      if (seen == table.end()) fail(where + " is missing");
      const std::string difference = route.difference(AgentView::read(node, key.second, seen->second));
      if (!difference.empty()) fail(where + ": " + difference);
      table.erase(seen);
      ++statistics_.routes_checked;
    }
  }
  for (const auto& [node, table] : left) {
    if (!table.empty()) fail(connection.name + ": has " + table.begin()->first + " in " + node + ", which is not there");
  }
}

// Nobody is left: nothing may be, but the target by which others answer to multicast of this node (spec/bgp.md 14), with the first partition.
void Simulation::check_empty() {
  const auto none = [](std::size_t n, const std::string& what) {
    if (n) fail(std::to_string(n) + " " + what + " are left when all agents have gone");
  };
  for (unsigned p = 0; p < node_.partitions(); ++p) {
    bgp::Partition& partition = node_.partition(p);
    bgp::Rib& rib = partition.rib();
    const std::size_t own = p == 0 ? 1 : 0;
    for (const auto& [id, state] : partition.instances().all()) {
      for (unsigned family = 0; family < core::kFamilies; ++family) {
        if (!state.tables[family]) continue;
        const bgp::Table& t = rib.table(state.tables[family]);
        const std::size_t kept = family == static_cast<unsigned>(core::Family::kRouteTarget) ? own : 0;
        none(t.size() - kept, "routes of a table");
        none(t.primary_paths + t.secondary_paths + t.infeasible_paths - kept, "paths, by the counters of a table,");
        none(t.log.live() - kept, "entries of an update log");
      }
      none(state.members, "members of an instance");
      const bgp::ExportGroup* group = partition.group(id);
      if (group)
        none(group->members() + group->laggards() + group->tombstones() + group->unacknowledged(),
             "members, laggards, tombstones or bytes under way");
    }
    none(rib.routes.size() - own, "routes");
    none(rib.paths.size() - own, "paths");
    none(rib.attrs.size() - own, "attribute sets");
    none(rib.next_hops.size() - own, "next hops");
    const std::size_t instances = partition.instances().all().size(), configured = config_.current()->instances.size();
    if (instances != configured) fail(std::to_string(instances) + " instances of " + std::to_string(configured) + " configured");
  }
  for (unsigned s = 0; s < node_.shards(); ++s) {
    std::size_t feeds = 0;
    node_.hub(s).feeds().for_each([&](bgp::Feed&) { ++feeds; });
    none(feeds, "feeds");
    none(node_.hub(s).sessions(), "sessions");
  }
}

}  // namespace signalbox::sim
