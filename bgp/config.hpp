// The configuration the route tables live on: an immutable snapshot of this router, the global settings and the routing instances.
//
// Built by ifmap-compat on the configuration thread, handed to shards as std::shared_ptr<const Config>; a change makes a new snapshot that
// shares the unchanged instances (pointers), so comparing pointers tells what changed. Nothing in a snapshot is ever modified.
// Source: spec/config.md 5.6, 6; spec/services.md 1.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bgp/wire/address_family.hpp"
#include "core/ids.hpp"
#include "core/net.hpp"

namespace signalbox::bgp {

inline constexpr const char* kMasterInstanceName = "default-domain:default-project:ip-fabric:__default__";

// This control node itself (spec/config.md 6.2).
struct SelfConfig {
  bool present = false;  // the bgp-router object of our host name exists and has properties
  bool admin_down = false;
  std::uint32_t identifier = 0;  // IPv4, host order; 0 = none
  std::uint32_t autonomous_system = 0;
  std::uint32_t local_autonomous_system = 0;  // falls back to autonomous_system
  std::uint32_t cluster_id = 0;
  std::uint16_t port = 179;
  std::uint16_t hold_time = 0;
  std::vector<std::string> address_families;
  std::string subcluster_name;  // empty: none
  std::uint32_t subcluster_id = 0;

  // Identifier and both AS numbers non-zero: agents are accepted (spec/config.md 6.1).
  bool usable() const { return identifier != 0 && autonomous_system != 0 && local_autonomous_system != 0; }
  bool operator==(const SelfConfig&) const = default;
};

// global-system-config and global-qos-config (spec/config.md 6.5).
struct GlobalConfig {
  bool graceful_restart = false;
  bool bgp_helper = false;
  bool xmpp_helper = false;
  std::uint32_t restart_time = 0;             // seconds
  std::uint32_t long_lived_restart_time = 0;  // seconds
  std::uint32_t end_of_rib_timeout = 300;     // seconds
  bool enable_4byte_as = false;
  bool always_compare_med = false;
  bool all_tags_are_global = false;
  bool fast_convergence = false;
  bool nh_reachability_check = false;
  std::uint8_t xmpp_hold_time = 90;  // seconds, already resolved: 90 when fast convergence is off; 0 disables
  std::uint32_t rd_cluster_seed = 0;
  std::uint8_t control_dscp = 0;  // 0..63

  bool operator==(const GlobalConfig&) const = default;
};

struct InstanceConfig {
  core::InstanceId id;      // unique for the life of the process: an instance that is deleted and made again gets a new one
  std::uint32_t index = 0;  // lowest free number at creation, 0 = default instance; part of automatic targets and RDs
  std::string name;
  std::string uuid;                            // of the routing-instance object, empty for the built-in default instance
  std::vector<core::RouteTarget> imports;      // sorted, unique; with connections' and automatic targets
  std::vector<core::RouteTarget> exports;      // sorted, unique
  std::vector<core::RouteTarget> own_imports;  // configured on the instance itself, for show pages
  std::string vn_name;                         // empty: no virtual network
  std::uint32_t vn_index = 0;
  bool allow_transit = false;
  bool pbb_evpn_enable = false;
  std::uint32_t vxlan_id = 0;
  bool has_pnf = false;

  bool is_master() const { return index == 0; }
  bool operator==(const InstanceConfig&) const = default;
};

// A BGP neighbour: one session of a peering between this router and another (spec/config.md 6.3). What comes from this router is resolved
// already, so a neighbour that compares equal has nothing to renegotiate but the global settings.
struct NeighborConfig {
  struct Family {
    AddressFamily family = AddressFamily::kInet;
    std::uint32_t loop_count = 0;    // 0: that of the session
    std::uint32_t prefix_limit = 0;  // 0: none
    std::uint32_t idle_timeout = 0;  // seconds
    std::vector<std::string> default_tunnel_encap;
    bool operator==(const Family&) const = default;
  };

  std::string name;      // of the remote router in full, and ":<session uuid>" if the session has one
  std::string uuid;      // of the session; empty: none
  std::string instance;  // routing instance of both routers
  std::string router_type;
  std::string vendor;
  core::IpAddress address;       // unspecified: none is configured, or none that can be read
  std::uint32_t identifier = 0;  // IPv4, host order; 0: none
  std::uint16_t port = 179;
  std::uint16_t source_port = 0;
  std::uint32_t peer_as = 0;
  std::uint32_t local_as = 0;
  std::uint32_t local_identifier = 0;
  std::uint32_t cluster_id = 0;          // never filled from configuration (spec/bgp.md 2.1)
  std::uint16_t hold_time = 0;           // seconds as configured for the neighbour; 0: inherits
  std::uint16_t offered_hold_time = 90;  // seconds, goes into OPEN
  std::uint32_t loop_count = 0;
  bool admin_down = false;  // its own or this router's
  bool passive = false;
  bool as_override = false;
  std::string private_as_action;
  bool origin_override = false;
  std::string origin;           // of the override
  std::string md5_key;          // empty: no authentication
  std::string gateway_address;  // of BGP as a service
  std::string ipv6_gateway_address;
  std::vector<Family> families;  // in the order of configuration, no family twice

  bool internal() const { return peer_as == local_as; }
  bool operator==(const NeighborConfig&) const = default;
};

struct Config {
  std::uint64_t version = 0;  // grows by one with every snapshot
  SelfConfig self;
  GlobalConfig global;
  // By id; unchanged instances are the same object as in the snapshot before. Always holds the default instance (core::kMasterInstance).
  std::unordered_map<core::InstanceId, std::shared_ptr<const InstanceConfig>> instances;
  // Sorted by name; unchanged neighbours are the same object as in the snapshot before.
  std::vector<std::shared_ptr<const NeighborConfig>> neighbors;
  // Name -> id of the instances above.
  std::unordered_map<std::string, core::InstanceId> by_name;
  // VN index -> VN name, to print origin virtual networks (spec/xmpp.md 4.3).
  std::unordered_map<std::uint32_t, std::string> vn_names;
};

}  // namespace signalbox::bgp
