// All settings of the daemon as plain typed values: what the configuration file, the command line and the environment amount to.
//
// Made by OptionLoader (option_loader.hpp) and immutable afterwards; shared between threads as std::shared_ptr<const Options>.
// Sources: spec/config.md 1, spec/introspect.md 1.1 and 4.3, spec/xmpp.md 1.5. Each member names its key; help and ranges are in
// option_table.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "core/net.hpp"

namespace signalbox::control {

// A server to connect to. The host is a name or an address (IPv6 without its brackets).
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  // "host:port", "[v6]:port".
  std::string to_string() const;
  bool operator==(const Endpoint&) const = default;
};

struct XmppOptions {
  std::uint16_t port = 0;                         // DEFAULT.xmpp_server_port; 0: any free port
  std::uint16_t tls_port = 0;                     // DEFAULT.xmpp_tls_port; 0: no second listener
  bool tls_port_given = false;                    // someone asked for it, so not being able to listen there is an error
  bool auth_enable = false;                       // DEFAULT.xmpp_auth_enable: in-stream TLS on `port`
  bool require_client_cert = false;               // DEFAULT.xmpp_tls_require_client_cert
  std::string server_cert;                        // DEFAULT.xmpp_server_cert
  std::string server_key;                         // DEFAULT.xmpp_server_key
  std::string ca_cert;                            // DEFAULT.xmpp_ca_cert; not empty: certificates that clients show are verified
  std::size_t max_stanza_bytes = 0;               // SIGNALBOX.max_stanza_bytes
  std::chrono::seconds tcp_hold_time{};           // DEFAULT.tcp_hold_time; spec/xmpp.md 1.8 derives keepalive and user timeout from it
  std::optional<std::chrono::seconds> keepalive;  // environment XMPP_KEEPALIVE_SECONDS; the hold time is three times as long
  bool gr_helper_disable = false;                 // DEFAULT.gr_helper_xmpp_disable
  bool accept_without_config = false;  // environment CONTRAIL_CAT_FRAMEWORK: sessions stay open when there is no self configuration

  bool operator==(const XmppOptions&) const = default;
};

struct BgpOptions {
  std::uint16_t port = 0;                                   // DEFAULT.bgp_port; the own bgp-router object overrides it
  std::string config_file;                                  // DEFAULT.bgp_config_file: static XML, read once
  bool gr_helper_disable = false;                           // DEFAULT.gr_helper_bgp_disable
  bool mvpn_ipv4_enable = false;                            // DEFAULT.mvpn_ipv4_enable
  bool strict_errors = false;                               // SIGNALBOX.bgp_strict_errors
  std::optional<std::chrono::seconds> keepalive;            // environment BGP_KEEPALIVE_SECONDS; the hold time is three times as long
  std::optional<std::chrono::milliseconds> idle_hold_time;  // environment CONTRAIL_BGP_IDLE_HOLD_TIME_MSECS

  bool operator==(const BgpOptions&) const = default;
};

struct HttpOptions {
  core::IpAddress address;  // DEFAULT.http_server_ip
  std::uint16_t port = 0;   // DEFAULT.http_server_port; 0: any free port

  bool operator==(const HttpOptions&) const = default;
};

// [CONFIGDB]. Compare with == after a reload to see whether the configuration client must start anew.
struct ConfigDbOptions {
  std::vector<Endpoint> servers;  // config_db_server_list, in file order
  std::string username, password;
  bool use_ssl = false;
  std::string ca_certs;
  std::vector<Endpoint> rabbitmq_servers;  // in file order
  std::string rabbitmq_user, rabbitmq_password;
  std::string rabbitmq_vhost;  // "" and "/" both mean the default one
  bool rabbitmq_use_ssl = false;
  std::string rabbitmq_ssl_version;  // no effect
  std::string rabbitmq_ssl_keyfile, rabbitmq_ssl_certfile, rabbitmq_ssl_ca_certs;
  bool use_etcd = false;
  std::string config_file;       // embedded configuration: a JSON file of database rows; not empty: no database is used
  std::string keyspace_prefix;   // config_db_keyspace_prefix: keyspaces are named <prefix>_<name>
  std::uint32_t read_batch = 0;  // environment CONFIG_NUM_DB_READ_REQ_TO_BUNCH

  bool operator==(const ConfigDbOptions&) const = default;
};

struct CollectorOptions {
  std::vector<Endpoint> servers;  // DEFAULT.collectors, in file order (the client shuffles)
  bool configured = false;        // false when empty or just the default: no connection is made or expected

  bool operator==(const CollectorOptions&) const = default;
};

// [SANDESH] and [STATS]: TLS of introspect and of the collector connection.
struct SandeshOptions {
  bool ssl_enable = false;
  bool introspect_ssl_enable = false;
  bool introspect_ssl_insecure = false;
  bool disable_object_logs = false;
  std::string keyfile, certfile;                // towards the collector
  std::string server_keyfile, server_certfile;  // introspect
  std::string ca_cert;
  bool tcp_keepalive_enable = false;
  std::chrono::seconds tcp_keepalive_idle_time{}, tcp_keepalive_interval{};
  std::uint32_t tcp_keepalive_probes = 0;
  std::uint32_t send_rate_limit = 0;  // DEFAULT.sandesh_send_rate_limit, messages a second and type; 0: no system log is sent
  std::string stats_collector;        // STATS.stats_collector

  bool operator==(const SandeshOptions&) const = default;
};

struct Options {
  std::string hostname;    // DEFAULT.hostname: selects the bgp-router object that is this node
  core::IpAddress hostip;  // DEFAULT.hostip: BGP and XMPP listen there
  unsigned shards = 1;     // SIGNALBOX.shards
  XmppOptions xmpp;
  BgpOptions bgp;
  HttpOptions http;
  ConfigDbOptions configdb;
  CollectorOptions collectors;
  SandeshOptions sandesh;
  core::log::Config log;                         // DEFAULT.log_*, use_syslog, syslog_facility, SIGNALBOX.log_async
  std::string log_property_file;                 // accepted, no effect: the property file of another log library
  bool task_track_run_time = false;              // DEFAULT.task_track_run_time
  bool test_mode = false;                        // DEFAULT.test_mode
  bool optimize_snat = false;                    // accepted, no effect
  std::chrono::seconds config_audit_interval{};  // SIGNALBOX.config_audit_interval; 0: no periodic audit

  bool operator==(const Options&) const = default;
};

}  // namespace signalbox::control
