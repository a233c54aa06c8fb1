// ConfigExchange: the configuration thread's end of all agents' configuration.
//
// Takes what agents ask for, keeps each agent's pending changes in the filter, and hands out bodies as far as an agent takes them: so many
// bytes are under way at most (kWindow), the rest is not even made. A body that is the same for several agents is one chunk.
// Threads: the configuration thread. Lifetime: graph and inbox outlive it. Cost: see ifmap-compat/agent_filter.hpp.
// Source: spec/agent-config-ifmap-discovery.md 1.4, 1.9, 1.10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "control/agent/config_messages.hpp"
#include "control/node/config_inbox.hpp"
#include "core/ids.hpp"
#include "ifmap-compat/agent_filter.hpp"

namespace signalbox::control {

class ConfigExchange {
 public:
  // Bytes under way to one agent at which no further body is made for it.
  static constexpr std::size_t kWindow = 48 * 1024;

  using Send = std::function<void(core::ShardId, ConfigBodies)>;

  ConfigExchange(ConfigInbox& inbox, ifmap::Graph& graph, Send send) : inbox_(inbox), filter_(graph), send_(std::move(send)) {}

  // Takes what agents have asked for, and sends what they can take. To be called when the inbox is readable and after every change of the
  // graph.
  void run();

  struct Client {
    core::PeerId peer;
    core::ShardId shard;
    ifmap::ClientId id;
    std::string router;
    std::int64_t since = 0;     // microseconds since 1970
    std::size_t under_way = 0;  // bytes
  };
  const std::unordered_map<core::PeerId, Client>& clients() const { return clients_; }
  // Null when it is not there.
  const Client* client_of(ifmap::ClientId id) const;
  const ifmap::AgentFilter& filter() const { return filter_; }

 private:
  void on(const JoinConfig& join);
  void on(const SubscribeMachine& machine);
  void on(const TookConfig& took);
  void on(const LeaveConfig& leave);
  void pump(Client& client);

  ConfigInbox& inbox_;
  ifmap::AgentFilter filter_;
  Send send_;
  std::unordered_map<core::PeerId, Client> clients_;
  std::vector<core::PeerId> peers_;     // by client id
  std::vector<core::PeerId> can_take_;  // agents whose window has opened
  std::vector<ConfigBodies> out_;       // by shard
};

}  // namespace signalbox::control
