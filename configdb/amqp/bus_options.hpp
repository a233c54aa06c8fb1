// How to reach the message bus, and how the connection fares.
//
// Threads: plain values. Source: spec/config.md 1.3, 3.1.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::configdb {

struct BusServer {
  std::string host;
  std::uint16_t port = 0;

  std::string to_string() const;
  bool operator==(const BusServer&) const = default;
};

struct BusOptions {
  std::vector<BusServer> servers;  // tried in this order
  std::string user = "guest", password = "guest";
  std::string vhost;  // "" and "/" both mean the default one
  std::string queue;  // contrail-control.<hostname>
  bool tls = false;
  std::string ca_certs;   // empty: the server is not verified
  std::string cert_file;  // shown to the server, with key_file; empty: none is shown
  std::string key_file;
  // What the server is asked for; two of them without a byte from it end the connection.
  std::chrono::seconds heartbeat{10};
  // Pause after all servers failed; a shorter one comes first, after a connection that worked.
  std::chrono::milliseconds retry_wait{5000};

  bool operator==(const BusOptions&) const = default;
};

// For readiness and show pages.
struct BusStatus {
  bool connected = false;
  std::string server;                           // the one connected to, or tried last
  std::chrono::system_clock::time_point since;  // when `connected` became what it is
  std::uint64_t attempts = 0;                   // without success, since then
  std::string last_error;                       // empty: none since then
  std::uint64_t connections = 0;                // made so far
  std::uint64_t messages = 0;                   // taken so far
};

}  // namespace signalbox::configdb
