// The node's counters, gathered per shard and written as metric families.
// Threads: partition_metrics and hub_metrics on the shard's thread, metric_families on any.
#pragma once

#include <chrono>
#include <vector>

#include "bgp/rib/partition.hpp"
#include "control/agent/agent_hub.hpp"
#include "control/node/config_keeper.hpp"
#include "control/show/show_data.hpp"

namespace signalbox::control {

struct PartitionMetrics {
  bgp::PartitionCounters counters;
  std::size_t routes = 0;
  std::size_t paths = 0;
  std::size_t attribute_sets = 0;
  std::size_t tables = 0;
  std::size_t bytes = 0;
};

struct HubMetrics {
  HubCounters counters;
  std::size_t sessions = 0;
  std::size_t feed_bytes = 0;
  std::uint64_t rx_bytes = 0;  // of the sessions there are
  std::uint64_t tx_bytes = 0;
};

struct ShardMetrics {
  PartitionMetrics partition;
  HubMetrics hub;
  std::chrono::nanoseconds cpu{};
  std::size_t inbox_bytes = 0;
};

PartitionMetrics partition_metrics(bgp::Partition& partition);
HubMetrics hub_metrics(AgentHub& hub);
Counters metric_families(const std::vector<ShardMetrics>& shards, const ConfigStatus& config_status, const bgp::Config& config);

}  // namespace signalbox::control
