// The configuration graph at work: rows in, every agent's download out, one change that all agents need.
//
// The database is the one of the large-database check: hosts with 20 machines each (a machine, an interface, an address), spread over networks.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>
#include <vector>

#include "configdb/row_parser.hpp"
#include "ifmap-compat/agent_filter.hpp"
#include "ifmap-compat/graph.hpp"

namespace signalbox {
namespace {

struct Row {
  std::string key;
  std::vector<std::pair<std::string, std::string>> columns;
};

std::string uuid(unsigned n) {
  char text[40];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012x", n);
  return text;
}

std::string reference(const std::string& attribute = "null") { return "{\"attr\": " + attribute + ", \"is_weakref\": false}"; }

class Database {
 public:
  Database(unsigned hosts, unsigned machines, unsigned networks) {
    const std::string system = add("global_system_config", "\"default-global-system-config\"").key;
    const std::string project = add("project", "\"default-domain\", \"demo\"").key;
    Row& group = add("security_group", "\"default-domain\", \"demo\", \"default\"");
    group.columns.emplace_back("parent:project:" + project, "null");
    const std::string group_key = group.key;
    const std::string ipam = add("network_ipam", "\"default-domain\", \"demo\", \"ipam1\"").key;
    std::vector<std::pair<std::string, std::string>> nets;
    for (unsigned i = 0; i < networks; ++i) {
      const std::string name = "\"default-domain\", \"demo\", \"n" + std::to_string(i) + "\"";
      Row& network = add("virtual_network", name);
      network.columns.emplace_back("parent:project:" + project, "null");
      network.columns.emplace_back("prop:virtual_network_network_id", std::to_string(100 + i));
      network.columns.emplace_back("prop:virtual_network_properties", R"({"allow_transit": false, "rpf": "enable"})");
      network.columns.emplace_back("ref:network_ipam:" + ipam,
                                   reference(R"({"ipam_subnets": [{"subnet": {"ip_prefix": "10.1.0.0", "ip_prefix_len": 16}}]})"));
      const std::string network_key = network.key;
      Row& instance = add("routing_instance", name + ", \"n" + std::to_string(i) + "\"");
      instance.columns.emplace_back("parent:virtual_network:" + network_key, "null");
      nets.emplace_back(network_key, instance.key);
    }
    unsigned k = 0;
    for (unsigned h = 0; h < hosts; ++h) {
      std::vector<std::pair<std::string, std::string>> references;
      for (unsigned m = 0; m < machines; ++m, ++k) {
        const std::string machine = add("virtual_machine", "\"" + uuid(next_ + 1) + "\"").key;
        references.emplace_back("ref:virtual_machine:" + machine, reference());
        const auto& [network, instance] = nets[k % networks];
        Row& interface = add("virtual_machine_interface", "\"default-domain\", \"demo\", \"if-" + std::to_string(k) + "\"");
        interface.columns.emplace_back("parent:project:" + project, "null");
        interface.columns.emplace_back("prop:virtual_machine_interface_mac_addresses", R"({"mac_address": ["02:00:00:00:01:02"]})");
        interface.columns.emplace_back("ref:routing_instance:" + instance,
                                       reference(R"({"direction": "both", "vlan_tag": null, "src_mac": null, "dst_mac": null})"));
        interface.columns.emplace_back("ref:security_group:" + group_key, reference());
        interface.columns.emplace_back("ref:virtual_machine:" + machine, reference());
        interface.columns.emplace_back("ref:virtual_network:" + network, reference());
        const std::string interface_key = interface.key;
        Row& address = add("instance_ip", "\"iip-" + std::to_string(k) + "\"");
        address.columns.emplace_back("prop:instance_ip_address", "\"10.1.2.3\"");
        address.columns.emplace_back("ref:virtual_machine_interface:" + interface_key, reference());
        address.columns.emplace_back("ref:virtual_network:" + network, reference());
      }
      Row& router = add("virtual_router", "\"default-global-system-config\", \"host-" + std::to_string(h) + "\"");
      router.columns.emplace_back("parent:global_system_config:" + system, "null");
      router.columns.insert(router.columns.end(), references.begin(), references.end());
    }
  }

  const std::vector<Row>& rows() const { return rows_; }
  Row& group() { return rows_[2]; }

 private:
  Row& add(const std::string& type, const std::string& name) {
    const unsigned n = ++next_;
    Row row{uuid(n), {}};
    row.columns.emplace_back("fq_name", "[" + name + "]");
    row.columns.emplace_back("prop:display_name", name.substr(name.rfind('"', name.size() - 2)));
    row.columns.emplace_back(
        "prop:id_perms",
        "{\"enable\": true, \"uuid\": {\"uuid_mslong\": 16384, \"uuid_lslong\": " + std::to_string(0x8000000000000000ull + n) +
            "}, \"created\": \"2026-01-01T00:00:00.000000\", \"last_modified\": \"2026-01-01T00:00:00.000000\", "
            "\"user_visible\": true, \"description\": null, \"creator\": null, \"permissions\": {\"owner\": \"admin\", "
            "\"owner_access\": 7, \"group\": \"admin\", \"group_access\": 7, \"other_access\": 7}}");
    row.columns.emplace_back("type", "\"" + type + "\"");
    return rows_.emplace_back(std::move(row));
  }

  unsigned next_ = 0;
  std::vector<Row> rows_;
};

void feed(const Row& row, configdb::RowParser& parser, ifmap::Graph& graph) {
  parser.begin(row.key, {});
  for (const auto& [column, value] : row.columns) parser.column(column, value, 1);
  if (parser.finish() == configdb::RowOutcome::kObject) graph.object_changed(parser.object());
}

void load(const Database& database, ifmap::Graph& graph) {
  configdb::RowParser parser;
  for (const Row& row : database.rows()) feed(row, parser, graph);
}

std::string router_name(unsigned host) { return "default-global-system-config:host-" + std::to_string(host); }

// Rows parsed and taken into the graph, as at start. Argument: hosts.
void config_load(benchmark::State& state) {
  const auto hosts = static_cast<unsigned>(state.range(0));
  const Database database(hosts, 20, hosts / 5);
  for (auto _ : state) {
    ifmap::Graph graph;
    ifmap::AgentFilter filter(graph);
    load(database, graph);
    benchmark::DoNotOptimize(graph.link_count());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * database.rows().size()));
}

// All agents come and are told everything.
void config_download(benchmark::State& state) {
  const auto hosts = static_cast<unsigned>(state.range(0));
  const Database database(hosts, 20, hosts / 5);
  ifmap::Graph graph;
  ifmap::AgentFilter filter(graph);
  load(database, graph);
  std::uint64_t bytes = 0, items = 0;
  for (auto _ : state) {
    std::vector<ifmap::ClientId> clients;
    for (unsigned h = 0; h < hosts; ++h) clients.push_back(filter.join(router_name(h)));
    for (const ifmap::ClientId client : clients) {
      while (filter.next_message(client)) {}
      bytes += filter.counters(client).bytes;
      items += filter.counters(client).nodes_updated + filter.counters(client).links_updated;
    }
    state.PauseTiming();
    filter.take_news();
    for (const ifmap::ClientId client : clients) filter.leave(client);
    state.ResumeTiming();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.SetItemsProcessed(static_cast<std::int64_t>(items));
}

// One object changed that every agent has.
void config_change_for_all(benchmark::State& state) {
  const auto hosts = static_cast<unsigned>(state.range(0));
  Database database(hosts, 20, hosts / 5);
  ifmap::Graph graph;
  ifmap::AgentFilter filter(graph);
  load(database, graph);
  for (unsigned h = 0; h < hosts; ++h) {
    const ifmap::ClientId client = filter.join(router_name(h));
    while (filter.next_message(client)) {}
  }
  filter.take_news();
  configdb::RowParser parser;
  Row row = database.group();
  unsigned n = 0;
  for (auto _ : state) {
    row.columns[1].second = "\"mark-" + std::to_string(++n) + "\"";
    feed(row, parser, graph);
    for (const ifmap::ClientId client : filter.take_news()) benchmark::DoNotOptimize(filter.next_message(client));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * hosts));
}

BENCHMARK(config_load)->Arg(200)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(config_download)->Arg(200)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(config_change_for_all)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace signalbox
