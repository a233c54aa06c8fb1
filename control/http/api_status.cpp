// /api/v1/status: the node's state at a glance.
#include <boost/json.hpp>

#include "control/http/api.hpp"
#include "control/http/json_response.hpp"

namespace signalbox::control {

namespace json = boost::json;

namespace {

// Asks for one thing after the other and replies with all of them.
class StatusQuestion : public std::enable_shared_from_this<StatusQuestion> {
 public:
  StatusQuestion(const PageContext& context, HttpReply reply) : context_(context), reply_(std::move(reply)) {}

  void begin() { context_.source.node_status(then<NodeStatus>(&StatusQuestion::got_node)); }

 private:
  template <class T>
  Answer<T> then(void (StatusQuestion::*step)(const T&)) {
    return on_http_thread<T>(context_.post, [self = shared_from_this(), step](const T& value) { (self.get()->*step)(value); });
  }

  void got_node(const NodeStatus& node) {
    json::array connections;
    for (const ConnectionInfo& c : node.connections) {
      connections.push_back(
          {{"type", c.type}, {"name", c.name}, {"servers", json_strings(c.servers)}, {"status", c.status}, {"description", c.description}});
    }
    out_["host"] = node.host;
    out_["version"] = SIGNALBOX_VERSION;
    out_["functional"] = node.functional;
    out_["description"] = node.description;
    out_["connections"] = std::move(connections);
    context_.source.ready(then<ReadyReport>(&StatusQuestion::got_ready));
  }

  void got_ready(const ReadyReport& report) {
    json::array missing;
    for (const MissingItem& item : report.missing) {
      missing.push_back({{"what", item.what}, {"detail", item.detail}, {"since", json_time(item.since)}});
    }
    out_["ready"] = report.missing.empty();
    out_["missing"] = std::move(missing);
    out_["config_problems"] = report.problem_count;
    context_.source.xmpp_server(then<XmppServerInfo>(&StatusQuestion::got_server));
  }

  void got_server(const XmppServerInfo& server) {
    out_["xmpp"] = {{"connections", server.current_connections},
                    {"most_connections", server.max_connections},
                    {"bytes_received", server.rx.bytes},
                    {"bytes_sent", server.tx.bytes}};
    context_.source.neighbor_counts(then<NeighborCounts>(&StatusQuestion::got_neighbors));
  }

  void got_neighbors(const NeighborCounts& counts) {
    out_["neighbors"] = {
        {"xmpp_up", counts.xmpp_up}, {"xmpp_down", counts.xmpp_down}, {"bgp_up", counts.bgp_up}, {"bgp_down", counts.bgp_down}};
    json::array shards;
    for (const ShardTurn& turn : context_.source.shard_turns()) {
      shards.push_back({{"shard", turn.shard}, {"last_turn", json_time(turn.last_turn)}});
    }
    out_["shards"] = std::move(shards);
    out_["time"] = json_time(context_.now());
    reply_(json_response(out_));
  }

  const PageContext context_;
  const HttpReply reply_;
  json::object out_;
};

}  // namespace

void api_status(const PageContext& context, const Query&, HttpReply reply) {
  std::make_shared<StatusQuestion>(context, std::move(reply))->begin();
}

}  // namespace signalbox::control
