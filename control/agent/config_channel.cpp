#include "control/agent/config_channel.hpp"

#include <string_view>
#include <utility>

#include "xmpp/escape.hpp"

namespace signalbox::control {
namespace {

constexpr std::string_view kRouterPrefix = "virtual-router:";
constexpr std::string_view kMachinePrefix = "virtual-machine:";

core::ChunkPtr first_line_of(std::string_view router) {
  std::string line = "<?xml version=\"1.0\"?>\n<iq type=\"set\" from=\"network-control@contrailsystems.com\" to=\"";
  xmpp::append_escaped(line, router);
  line += "/config\">\n";
  return core::ChunkPtr::copy_of(line);
}

}  // namespace

std::optional<ToConfig> ConfigChannel::request(const xmpp::PubsubRequest& request, core::PeerId peer, core::ShardId shard) {
  const bool subscribe = request.kind == xmpp::RequestKind::kSubscribe;
  if (!subscribe && request.kind != xmpp::RequestKind::kUnsubscribe) return std::nullopt;
  const std::string_view node = request.node;
  if (node.starts_with(kMachinePrefix)) {
    if (!joined()) {
      ++(subscribe ? counters_.machine_subscribes_before_router : counters_.machine_unsubscribes_before_router);
      return std::nullopt;
    }
    ++(subscribe ? counters_.machine_subscribes : counters_.machine_unsubscribes);
    return SubscribeMachine{peer, subscribe, std::string(node.substr(kMachinePrefix.size()))};
  }
  // A virtual-router is given up with the session only.
  if (!subscribe || !node.starts_with(kRouterPrefix) || node.size() == kRouterPrefix.size()) {
    ++counters_.unknown_nodes;
    return std::nullopt;
  }
  ++counters_.router_subscribes;
  if (joined()) {
    ++counters_.duplicate_router_subscribes;
    return std::nullopt;
  }
  router_ = node.substr(kRouterPrefix.size());
  first_line_ = first_line_of(router_);
  return JoinConfig{peer, shard, router_};
}

core::ChunkPtr ConfigChannel::take() {
  core::ChunkPtr body = std::move(waiting_.front());
  waiting_.pop_front();
  ++counters_.bodies_sent;
  return body;
}

}  // namespace signalbox::control
