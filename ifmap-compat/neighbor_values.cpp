#include "ifmap-compat/neighbor_values.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/net.hpp"
#include "ifmap-compat/object_reader.hpp"

namespace signalbox::ifmap {
namespace {

using Family = bgp::NeighborConfig::Family;

constexpr std::string_view kBgpaasServer = "bgpaas-server";
constexpr std::string_view kBgpaasClient = "bgpaas-client";
constexpr std::uint16_t kDefaultHoldTime = 90;  // seconds; spec/config.md 6.2
constexpr std::size_t kMaxMd5Key = 80;          // TCP_MD5SIG_MAXKEYLEN of Linux

// One of the two routers of a peering.
struct Router {
  NodeId node;
  std::string_view instance;  // the name less its last component
  std::string_view last;      // that component
  Value parameters;

  std::string_view type() const { return parameters["router_type"].text(); }
  bool in_master() const { return instance == bgp::kMasterInstanceName; }
};

Router router_at(const Graph& graph, NodeId node) {
  const std::string_view name = graph.name(node);
  const std::size_t colon = std::min(name.rfind(':'), name.size());
  return {node, name.substr(0, colon), name.substr(std::min(colon + 1, name.size())),
          graph.property(node, PropertyId::kBgpRouterParameters)};
}

// May this router be played by this node?
bool is_local(const Router& router, std::string_view hostname) {
  if (router.last == hostname) return router.type() != kBgpaasClient;
  return !router.in_master() && router.type() == kBgpaasServer;
}

bool may_peer(const Router& local, const Router& remote) {
  return local.instance == remote.instance && local.parameters.is_set() && remote.parameters.is_set() &&
         (local.type() == kBgpaasServer) == (remote.type() == kBgpaasClient) &&
         (local.type() == kBgpaasClient) == (remote.type() == kBgpaasServer);
}

// Of the attributes of a session, those for both ends count before those for this end (spec/config.md 6.3).
const Value& attributes_of(const Value& session, std::string_view hostname, const Router& remote) {
  static const Value none;
  const std::string_view own = remote.type() == kBgpaasClient ? kBgpaasServer : hostname;
  const Value* local = &none;
  for (const Value& entry : session["attributes"].items()) {
    const std::string& router = entry["bgp_router"].text();
    if (router.empty()) return entry;
    if (router == own && local == &none) local = &entry;
  }
  return *local;
}

class Families {
 public:
  // `only_inet`: what instances other than the default one take.
  Families(ObjectReader& in, bool only_inet) : in_(in), only_inet_(only_inet) {}

  void add(const Value& attributes) {
    if (Family* family = add(attributes["address_family"].text(), only_inet_)) {
      family->loop_count = attributes["loop_count"].number();
      family->prefix_limit = attributes["prefix_limit"]["maximum"].number();
      family->idle_timeout = attributes["prefix_limit"]["idle_timeout"].number();
      for (const Value& encap : attributes["default_tunnel_encap"].items()) family->default_tunnel_encap.push_back(encap.text());
    }
  }
  // nullptr: it is there already, or is none that can be had.
  Family* add(const std::string& name, bool only_inet) {
    const auto family = bgp::parse_address_family(name);
    if (!family) {
      in_.problem(Severity::kWarning, "address family \"" + configdb::excerpt(name) + "\" is not known; it is passed over");
      return nullptr;
    }
    if (only_inet && *family != bgp::AddressFamily::kInet && *family != bgp::AddressFamily::kInet6) return nullptr;
    if (std::any_of(all_.begin(), all_.end(), [&](const Family& f) { return f.family == *family; })) return nullptr;
    all_.emplace_back().family = *family;
    return &all_.back();
  }
  bool only_inet() const { return only_inet_; }
  bool empty() const { return all_.empty(); }
  std::vector<Family> take() { return std::move(all_); }

 private:
  ObjectReader& in_;
  const bool only_inet_;
  std::vector<Family> all_;
};

std::vector<Family> read_families(const Value& session, const Router& local, const Router& remote, ObjectReader& in) {
  Families families(in, !remote.in_master());
  for (const Value& attributes : session["family_attributes"].items()) families.add(attributes);
  for (const Value& name : session["address_families"]["family"].items()) families.add(name.text(), false);
  const std::vector<Value>& of_remote = (remote.parameters)["address_families"]["family"].items();
  const auto remote_has = [&](const std::string& name) {
    return of_remote.empty() || std::any_of(of_remote.begin(), of_remote.end(), [&](const Value& v) { return v.text() == name; });
  };
  if (families.empty() && remote.in_master()) {
    for (const Value& name : local.parameters["address_families"]["family"].items()) {
      if (remote_has(name.text())) families.add(name.text(), false);
    }
  }
  if (families.empty()) {
    for (const char* name : {"inet", "inet-vpn"}) {
      if (remote_has(name)) families.add(name, families.only_inet());
    }
  }
  return families.take();
}

bool is_md5(std::string_view type) { return type.size() == 3 && (type[0] | 0x20) == 'm' && (type[1] | 0x20) == 'd' && type[2] == '5'; }

std::string read_md5_key(const Value& session, const Router& local, ObjectReader& in) {
  const auto given = [](const Value& auth) { return !auth["key_type"].text().empty() && !auth["key_items"].items().empty(); };
  const Value* auth = &session["auth_data"];
  if (!given(*auth)) auth = local.in_master() ? &local.parameters["auth_data"] : auth;
  if (!given(*auth) || !is_md5((*auth)["key_type"].text())) return {};
  const std::string& key = (*auth)["key_items"].items().front()["key"].text();
  if (key.size() <= kMaxMd5Key) return key;
  in.problem(Severity::kError, "MD5 key is longer than 80 bytes; the first 80 are used");
  return key.substr(0, kMaxMd5Key);
}

core::IpAddress read_address(const Value& parameters, ObjectReader& in) {
  const std::string& text = parameters["address"].text();
  if (const auto address = core::IpAddress::parse_v4(text)) return *address;
  in.problem(Severity::kWarning, "address \"" + configdb::excerpt(text) + "\" is no IPv4 address; there will be no session");
  return {};
}

std::uint16_t first_set(std::uint16_t a, std::uint16_t b, std::uint16_t c) { return a != 0 ? a : b != 0 ? b : c; }

bgp::NeighborConfig read_neighbor(const Value& session, const Value& attributes, const Router& local, const Router& remote,
                                  const bgp::SelfConfig& self, ObjectReader& in, std::string name) {
  const Value& params = remote.parameters;
  const auto u16 = [&in](const Value& value, std::string_view what) { return static_cast<std::uint16_t>(in.at_most(65535, value, what)); };
  bgp::NeighborConfig n;
  n.name = std::move(name);
  n.uuid = session["uuid"].text();
  n.instance = remote.instance;
  n.router_type = remote.type();
  n.vendor = params["vendor"].text();
  n.address = read_address(params, in);
  if (const auto identifier = core::IpAddress::parse_v4(params["identifier"].text())) n.identifier = identifier->v4();
  n.port = first_set(u16(params["port"], "port"), bgp::iana::kPort, 0);
  n.source_port = u16(params["source_port"], "source_port");
  const std::uint32_t remote_local_as = params["local_autonomous_system"].number();
  n.peer_as = remote_local_as != 0 ? remote_local_as : params["autonomous_system"].number();
  const std::uint32_t session_as = attributes["local_autonomous_system"].number();
  n.local_as = session_as != 0 ? session_as : self.local_autonomous_system;
  n.local_identifier = self.identifier;
  n.hold_time = first_set(u16(attributes["hold_time"], "hold_time of the session"), u16(params["hold_time"], "hold_time"), 0);
  n.offered_hold_time = first_set(n.hold_time, self.hold_time, kDefaultHoldTime);
  n.loop_count = attributes["loop_count"].number();
  n.admin_down = params["admin_down"].flag() || attributes["admin_down"].flag() || self.admin_down;
  n.passive = attributes["passive"].flag() || !remote.in_master();
  n.as_override = attributes["as_override"].flag();
  n.private_as_action = attributes["private_as_action"].text();
  n.origin_override = attributes["route_origin_override"]["origin_override"].flag();
  n.origin = attributes["route_origin_override"]["origin"].text();
  n.md5_key = read_md5_key(attributes, local, in);
  if (remote.type() == kBgpaasClient) {
    n.gateway_address = params["gateway_address"].text();
    n.ipv6_gateway_address = params["ipv6_gateway_address"].text();
  }
  n.families = read_families(attributes, local, remote, in);
  return n;
}

// A link without sessions is one session without attributes.
const std::vector<Value>& sessions_of(const Value& peering) {
  static const std::vector<Value> one(1);
  const std::vector<Value>& sessions = peering["session"].items();
  return sessions.empty() ? one : sessions;
}

}  // namespace

std::vector<bgp::NeighborConfig> read_neighbors(const Graph& graph, std::string_view hostname, const bgp::SelfConfig& self,
                                                Problems& problems) {
  std::vector<bgp::NeighborConfig> all;
  for (const std::string& name : graph.names(NodeType::kBgpRouter)) {
    const Router local = router_at(graph, graph.find(NodeType::kBgpRouter, name));
    if (!is_local(local, hostname)) continue;
    graph.for_each_link(local.node, LinkKind::kBgpPeering, [&](NodeId other, const Value& peering) {
      const Router remote = router_at(graph, other);
      if (!may_peer(local, remote)) return;
      ObjectReader in(graph, other, problems);
      for (const Value& session : sessions_of(peering)) {
        const std::string& uuid = session["uuid"].text();
        all.push_back(read_neighbor(session, attributes_of(session, hostname, remote), local, remote, self, in,
                                    graph.name(other) + (uuid.empty() ? "" : ":" + uuid)));
      }
    });
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  all.erase(std::unique(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name == b.name; }), all.end());
  return all;
}

}  // namespace signalbox::ifmap
