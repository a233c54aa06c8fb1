// What a session must do with an agent's requests, from the tables of spec/xmpp.md 2.2 and 2.5: a second implementation, kept simple.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "bgp/config.hpp"
#include "tests/sim/stanza.hpp"

namespace signalbox::sim {

// (family, prefix) of a published path.
using PathKey = std::pair<FamilyText, std::string>;

class SessionModel {
 public:
  struct Subscription {
    core::InstanceId id;
    bool pending = false;  // the instance does not exist yet
    bool deleted = false;  // it does not exist any more
    bool wants_routes = true;
    bool has_instance_id = true;
    std::map<PathKey, PathSpec> paths;  // what the agent has in the instance's tables

    bool is_master() const { return !pending && id == core::kMasterInstance; }
  };

  // True: the session must be closed.
  bool judge(const Stanza& stanza, const bgp::Config& config);
  // The node has another configuration now.
  void apply(const bgp::Config& config);

  const std::map<std::string, Subscription>& subscriptions() const { return subscriptions_; }

 private:
  bool subscribe(const Stanza& stanza, const bgp::Config& config);
  bool collect(const Stanza& collection, const Stanza& published);
  static bool acceptable(const Stanza& published, bool withdraw, bool master);

  std::map<std::string, Subscription> subscriptions_;
  std::optional<Stanza> published_;
};

}  // namespace signalbox::sim
