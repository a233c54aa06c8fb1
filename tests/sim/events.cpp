// The random phase: what agents, the wire, the configuration and the clock do, and in which order the node gets to its work.
#include <algorithm>

#include "tests/sim/simulation.hpp"

namespace signalbox::sim {
namespace {

const std::string kMaster = bgp::kMasterInstanceName;

}  // namespace

// One event from outside and some work.
void Simulation::step() {
  forget_dead();
  const std::size_t kind = random_.below(100);
  if (kind < 74) {
    agent_acts(agents_[random_.below(agents_.size())]);
  } else if (kind < 80) {
    change_config();
  } else if (kind < 90) {
    touch_wire();
  } else {
    pass_time();
  }
  for (std::size_t n = random_.below(scenario_.most_progress); n > 0; --n) progress();
}

// One piece of work of one shard, as its event loop might get to it.
void Simulation::progress() {
  const std::size_t kind = random_.below(100);
  if (kind < 45) {
    for (std::size_t n = random_.between(1, 3); n > 0 && node_.has_messages(); --n) node_.deliver_one(random_, now_);
  } else if (kind < 58) {
    node_.run(static_cast<unsigned>(random_.below(node_.partitions())), now_,
              random_.chance(scenario_.short_turns) ? random_.between(1, 3) : 1000000);
  } else if (kind < 70) {
    node_.hub(static_cast<unsigned>(random_.below(node_.shards()))).end_turn(now_);
  } else if (kind < 97) {
    if (connections_.empty()) return;
    Connection& c = *connections_[random_.below(connections_.size())];
    if (!c.session) return;
    if (open_if_due(c)) return;
    if (c.session->has_event()) return run_session_event(c);
    if (c.session->takes_input() && !c.outgoing.empty()) deliver_stanzas(c, random_.between(1, 6 + scenario_.bulk));
  } else {
    now_ += core::milliseconds(random_.below(15));
  }
}

// ---- agents

void Simulation::agent_acts(Agent& agent) {
  if (!agent.connection) return connect(agent);
  Connection& c = *agent.connection;
  if (!c.live()) {
    if (c.session && random_.chance(5)) c.session->peer_resets();
    return;
  }
  const std::string& instance = random_.pick(scenario_.instances);
  const std::size_t kind = random_.below(100);
  if (!c.subscribed.contains(instance) && (c.subscribed.empty() || kind < 40)) {
    subscribe(agent, instance);
  } else if (kind < 8 && c.subscribed.contains(instance)) {
    unsubscribe(agent, instance);
    if (random_.chance(60)) subscribe(agent, instance);
  } else if (kind < 62) {
    for (std::size_t n = random_.between(1, scenario_.bulk); n > 0; --n) publish(agent);
  } else if (kind < 75) {
    for (std::size_t n = random_.between(1, scenario_.bulk); n > 0; --n) flap(agent);
  } else if (kind < 90) {
    for (std::size_t n = random_.between(1, scenario_.bulk); n > 0; --n) withdraw(agent);
  } else if (kind < 98) {
    err(agent);
  } else if (!scenario_.big || random_.chance(50)) {
    trace_.say([&] { return agent.name + ": resets"; });
    c.session->peer_resets();
  }
}

void Simulation::connect(Agent& agent) {
  const auto shard = static_cast<unsigned>(random_.below(node_.shards()));
  connections_.push_back(std::make_unique<Connection>(agent.name, shard));
  Connection& c = *connections_.back();
  node_.hub(shard).add_session([&](xmpp::SessionHandler& handler) {
    VirtualSession::Options options;
    options.name = agent.name;
    options.remote_address = *core::IpAddress::parse(agent.address);
    options.high_water = scenario_.high_water;
    options.low_water = scenario_.high_water / 4;
    options.now = &now_;
    auto session = std::make_unique<VirtualSession>(options, c, handler);
    c.session = session.get();
    return session;
  });
  c.peer = node_.last_peer();
  agent.connection = &c;
  trace_.say([&] { return agent.name + ": connects to shard " + std::to_string(shard) + " as " + std::to_string(c.peer.value); });
}

void Simulation::subscribe(Agent& agent, const std::string& instance) {
  Stanza s;
  s.kind = Stanza::Kind::kSubscribe;
  s.instance = instance;
  s.has_options = !random_.chance(2);
  s.instance_id = static_cast<unsigned>(random_.between(1, 9));
  s.no_ribout = s.has_options && random_.chance(8);
  agent.connection->subscribed.insert(instance);
  agent.connection->outgoing.push_back(s);
}

void Simulation::unsubscribe(Agent& agent, const std::string& instance) {
  Stanza s;
  s.kind = Stanza::Kind::kUnsubscribe;
  s.instance = instance;
  Connection& c = *agent.connection;
  c.subscribed.erase(instance);
  std::erase_if(c.published, [&](const Connection::Published& p) { return p.instance == instance; });
  c.outgoing.push_back(s);
}

std::pair<FamilyText, std::string> Simulation::random_prefix(bool master) {
  const std::size_t kind = random_.below(100);
  if (kind < (master ? 25u : 2u)) return {"1/4", random_.pick(scenario_.labeled)};
  if (kind < 35 && !scenario_.big) return {"2/1", random_.pick(scenario_.inet6)};
  return {"1/1", random_.pick(scenario_.inet)};
}

PathSpec Simulation::random_path(const Agent& agent, const FamilyText& family, bool master) {
  PathSpec p;
  p.next_hop = random_.chance(80) ? agent.address : "10.9.9.9";
  const bool labeled = !master || family == "1/4";
  p.label = labeled ? static_cast<std::uint32_t>(random_.between(20, 22)) : 0;
  p.local_preference = random_.pick<std::uint32_t>({0, 100, 100, 200, 200, 1});
  p.med = random_.pick<std::uint32_t>({0, 0, 50});
  if (random_.chance(30)) p.sequence = static_cast<std::uint32_t>(random_.below(3));
  if (random_.chance(10)) p.mobility_sequence = static_cast<std::uint32_t>(random_.between(1, 2));
  p.sticky = random_.chance(30);
  p.mac = random_.chance(50) ? "" : "3c:fd:fe:00:00:17";
  p.encaps = random_.pick<std::vector<std::string>>({{"gre", "udp"}, {"gre", "udp"}, {"udp"}, {}, {"vxlan"}, {"weird"}, {"weird", "gre"}});
  p.security_groups = random_.pick<std::vector<std::uint32_t>>({{}, {8000002}, {8000002, 3}});
  p.communities = random_.pick<std::vector<std::string>>({{}, {}, {"100:5"}, {"no-export", "LlgrStale"}});
  if (random_.chance(40)) p.tags = {4294967301, 12884901889};
  if (random_.chance(10)) p.load_balance_fields = {"l3-source-address", "l4-protocol"};
  p.source_bias = random_.chance(5);
  if (random_.chance(2)) p.next_hop = "0.0.0.0";
  if (random_.chance(2)) p.next_hop = "2001:db8::9";
  if (random_.chance(3)) p.label = random_.pick<std::uint32_t>({0, 0x1000000, 30});
  return p;
}

void Simulation::send_route(Agent& agent, const std::string& instance, const FamilyText& family, const std::string& prefix,
                            const PathSpec& path, bool withdraw) {
  Stanza publish;
  publish.kind = Stanza::Kind::kPublish;
  publish.family = family;
  publish.prefix = prefix;
  publish.node = node_id(family, instance, prefix);
  publish.bad_prefix = random_.chance(1);
  publish.has_next_hop = random_.chance(withdraw ? 50 : 99);
  publish.path = path;
  Stanza collection;
  collection.kind = Stanza::Kind::kCollection;
  collection.instance = instance;
  collection.node = random_.chance(1) ? publish.node + "0" : publish.node;
  collection.withdraw = withdraw;
  auto& outgoing = agent.connection->outgoing;
  outgoing.push_back(publish);
  if (random_.chance(1)) return;
  outgoing.push_back(collection);
}

void Simulation::publish(Agent& agent) {
  Connection& c = *agent.connection;
  const std::string instance = random_.pick(std::vector<std::string>(c.subscribed.begin(), c.subscribed.end()));
  const auto [family, prefix] = random_prefix(instance == kMaster);
  const PathSpec path = random_path(agent, family, instance == kMaster);
  send_route(agent, instance, family, prefix, path, false);
  c.published.push_back({instance, family, prefix, path});
}

// A change that is taken back: a withdrawal, or another path.
void Simulation::flap(Agent& agent) {
  if (agent.connection->published.empty()) return;
  const Connection::Published p = random_.pick(agent.connection->published);
  send_route(agent, p.instance, p.family, p.prefix, random_path(agent, p.family, p.instance == kMaster), random_.chance(50));
  send_route(agent, p.instance, p.family, p.prefix, p.path, false);
}

void Simulation::withdraw(Agent& agent) {
  Connection& c = *agent.connection;
  if (c.published.empty()) return;
  const std::size_t n = random_.below(c.published.size());
  const Connection::Published p = c.published[n];
  // Sometimes twice.
  if (random_.chance(90)) c.published.erase(c.published.begin() + static_cast<std::ptrdiff_t>(n));
  send_route(agent, p.instance, p.family, p.prefix, p.path, true);
}

// Requests that do nothing, or end the session.
void Simulation::err(Agent& agent) {
  Connection& c = *agent.connection;
  const std::string& instance = random_.pick(scenario_.instances);
  Stanza s;
  s.instance = instance;
  switch (random_.below(20)) {
    default:
      s.kind = Stanza::Kind::kConfigChannel;
      c.outgoing.push_back(s);
      break;
    case 0:
    case 1:  // a family whose routes are not kept: only membership counts
      send_route(agent, c.subscribed.empty() ? instance : *c.subscribed.begin(), "25/242", "10.7.0.5/32", random_path(agent, "1/1", false),
                 random_.chance(50));
      break;
    case 2: send_route(agent, instance, "1/1", random_.pick(scenario_.inet), random_path(agent, "1/1", false), random_.chance(50)); break;
    case 3:
      s.kind = random_.chance(50) ? Stanza::Kind::kSubscribe : Stanza::Kind::kUnsubscribe;
      c.outgoing.push_back(s);
      break;
    case 4:
      s.kind = random_.chance(30) ? Stanza::Kind::kMalformed : Stanza::Kind::kConfigChannel;
      c.outgoing.push_back(s);
      break;
  }
}

// ---- the rest of the world

void Simulation::change_config() {
  if (scenario_.big && random_.chance(60)) return;
  std::string what;
  const bgp::ConfigPtr config = config_.change(what);
  trace_.say([&] { return "configuration " + std::to_string(config->version) + ": " + what; });
  node_.apply(config);
}

void Simulation::touch_wire() {
  std::vector<Connection*> live;
  for (const auto& c : connections_) {
    if (c->live()) live.push_back(c.get());
  }
  if (live.empty()) return;
  Connection& c = *random_.pick(live);
  switch (random_.below(5)) {
    case 0:
    case 1:
      trace_.say([&] { return c.name + ": wire stops"; });
      c.session->set_credit(random_.below(300));
      break;
    case 2: c.session->grant(random_.between(1, 2000)); break;
    default:
      trace_.say([&] { return c.name + ": wire flows"; });
      c.session->set_credit(VirtualSession::kUnlimited);
      break;
  }
}

void Simulation::pass_time() {
  const std::size_t kind = random_.below(10);
  now_ += kind < 5   ? core::milliseconds(random_.below(60))
          : kind < 8 ? core::milliseconds(random_.between(300, 900))
                     : core::milliseconds(5100);
  for (unsigned s = 0; s < node_.shards(); ++s) {
    if (random_.chance(80)) node_.hub(s).tick(now_);
  }
}

}  // namespace signalbox::sim
