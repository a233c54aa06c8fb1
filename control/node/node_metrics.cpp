#include "control/node/node_metrics.hpp"

#include <functional>
#include <iterator>

#include "core/check.hpp"

namespace signalbox::control {
namespace {

using ShardValue = std::function<double(const ShardMetrics&)>;

// One sample for each shard.
MetricFamily by_shard(const char* name, const char* help, MetricType type, const std::vector<ShardMetrics>& shards,
                      const ShardValue& value) {
  MetricFamily family{name, help, type, {}};
  for (std::size_t s = 0; s < shards.size(); ++s) family.samples.push_back({"", {{"shard", std::to_string(s)}}, value(shards[s])});
  return family;
}

MetricFamily single(const char* name, const char* help, MetricType type, double value) { return {name, help, type, {{"", {}, value}}}; }

MetricFamily closes(const std::vector<ShardMetrics>& shards) {
  MetricFamily family{"signalbox_sessions_closed_total", "Agent sessions that ended, by reason.", MetricType::kCounter, {}};
  for (unsigned reason = 0; reason < std::size(HubCounters{}.closes); ++reason) {
    double n = 0;
    for (const ShardMetrics& s : shards) n += static_cast<double>(s.hub.counters.closes[reason]);
    if (n > 0) family.samples.push_back({"", {{"reason", std::string(xmpp::to_string(static_cast<xmpp::CloseReason>(reason)))}}, n});
  }
  return family;
}

void add_database_metrics(const ConfigStatus& status, Counters& all) {
  const auto counter = [&](const char* name, const char* help, std::uint64_t value) {
    all.push_back(single(name, help, MetricType::kCounter, static_cast<double>(value)));
  };
  const configdb::LiveCounters& c = status.counters;
  MetricFamily up{"signalbox_config_connection_up", "Whether the server of the configuration is connected.", MetricType::kGauge, {}};
  for (const ConfigConnection& connection : status.connections)
    up.samples.push_back({"", {{"name", connection.name}}, connection.up ? 1.0 : 0.0});
  all.push_back(std::move(up));
  counter("signalbox_config_messages_total", "Messages of the bus.", c.messages);
  counter("signalbox_config_messages_refused_total", "Messages of the bus that say nothing to act upon.",
          c.messages_malformed + c.messages_unusable);
  counter("signalbox_config_rows_read_total", "Rows read from the database.", c.rows_read);
  counter("signalbox_config_reads_failed_total", "Requests to the database that failed for good.", c.reads_failed);
  counter("signalbox_config_changes_total", "New versions of objects.", c.changes_told);
  counter("signalbox_config_deletes_total", "Objects that went.", c.deletes_told);
  counter("signalbox_config_audits_total", "Comparisons of all write times.", c.audits);
  counter("signalbox_config_audit_found_total", "Changes that no message announced.", c.audit_found);
}

}  // namespace

PartitionMetrics partition_metrics(bgp::Partition& partition) {
  bgp::Rib& rib = partition.rib();
  return {partition.counters(), rib.routes.size(), rib.paths.size(), rib.attrs.size(), rib.tables(), partition.bytes()};
}

HubMetrics hub_metrics(AgentHub& hub) {
  HubMetrics m;
  m.counters = hub.counters();
  m.sessions = hub.sessions();
  m.feed_bytes = hub.feeds().bytes();
  hub.for_each_agent([&](Agent& agent) {
    m.rx_bytes += agent.session().stats().rx_bytes;
    m.tx_bytes += agent.session().stats().tx_bytes;
  });
  return m;
}

Counters metric_families(const std::vector<ShardMetrics>& shards, const ConfigStatus& config_status, const bgp::Config& config) {
  constexpr auto kCounter = MetricType::kCounter;
  constexpr auto kGauge = MetricType::kGauge;
  const auto number = [](auto n) { return static_cast<double>(n); };
  Counters all;
  const auto shard = [&](const char* name, const char* help, MetricType type, const ShardValue& value) {
    all.push_back(by_shard(name, help, type, shards, value));
  };
  shard("signalbox_sessions", "Agent sessions.", kGauge, [&](const auto& s) { return number(s.hub.sessions); });
  shard("signalbox_sessions_accepted_total", "Connections taken over.", kCounter,
        [&](const auto& s) { return number(s.hub.counters.sessions_accepted); });
  all.push_back(closes(shards));
  shard("signalbox_requests_total", "Stanzas decoded.", kCounter, [&](const auto& s) { return number(s.hub.counters.requests); });
  shard("signalbox_items_received_total", "Routes published and withdrawn by agents.", kCounter,
        [&](const auto& s) { return number(s.hub.counters.items_received); });
  shard("signalbox_items_dropped_total", "Published items with a fault.", kCounter,
        [&](const auto& s) { return number(s.hub.counters.items_dropped); });
  shard("signalbox_readers_fallen_out_total", "Times a slow agent was taken off a feed.", kCounter,
        [&](const auto& s) { return number(s.hub.counters.resyncs); });
  shard("signalbox_feed_bytes", "Encoded bodies that some agent has still to take.", kGauge,
        [&](const auto& s) { return number(s.hub.feed_bytes); });
  shard("signalbox_session_received_bytes", "Bytes received in the sessions there are.", kGauge,
        [&](const auto& s) { return number(s.hub.rx_bytes); });
  shard("signalbox_session_sent_bytes", "Bytes sent in the sessions there are.", kGauge,
        [&](const auto& s) { return number(s.hub.tx_bytes); });
  shard("signalbox_routes", "Routes in all tables, VPN tables included.", kGauge,
        [&](const auto& s) { return number(s.partition.routes); });
  shard("signalbox_paths", "Paths in all tables.", kGauge, [&](const auto& s) { return number(s.partition.paths); });
  shard("signalbox_attribute_sets", "Different attribute sets.", kGauge, [&](const auto& s) { return number(s.partition.attribute_sets); });
  shard("signalbox_rib_bytes", "Memory of tables, routes, paths and attribute sets.", kGauge,
        [&](const auto& s) { return number(s.partition.bytes); });
  shard("signalbox_route_adds_total", "Paths added or changed by agents.", kCounter,
        [&](const auto& s) { return number(s.partition.counters.adds); });
  shard("signalbox_route_adds_unchanged_total", "Adds that changed nothing.", kCounter,
        [&](const auto& s) { return number(s.partition.counters.unchanged); });
  shard("signalbox_route_withdraws_total", "Paths withdrawn by agents.", kCounter,
        [&](const auto& s) { return number(s.partition.counters.withdraws); });
  shard("signalbox_inbox_bytes", "Messages waiting for the shard.", kGauge, [&](const auto& s) { return number(s.inbox_bytes); });
  shard("signalbox_shard_cpu_seconds_total", "CPU time of the shard's thread.", kCounter,
        [](const auto& s) { return std::chrono::duration<double>(s.cpu).count(); });
  all.push_back(single("signalbox_instances", "Routing instances configured.", kGauge, number(config.instances.size())));
  all.push_back(single("signalbox_config_version", "Grows with every change of the configuration.", kCounter, number(config.version)));
  all.push_back(single("signalbox_config_objects", "Configuration objects read.", kGauge, number(config_status.objects)));
  all.push_back(single("signalbox_config_problems", "Problems of the configuration.", kGauge, number(config_status.problem_count)));
  if (config_status.from_database) add_database_metrics(config_status, all);
  all.push_back(single("signalbox_bugs_total", "States that cannot be, met and survived.", kCounter, number(core::bugs_met())));
  return all;
}

}  // namespace signalbox::control
