#include "bench/agentsim/options.hpp"

#include <CLI/CLI.hpp>
#include <map>

namespace signalbox::bench {
namespace {

void add_node_options(CLI::App& app, Options& o) {
  auto* g = app.add_option_group("Node");
  g->add_option("--host", o.host, "address of the node")->capture_default_str();
  g->add_option("--port", o.port, "XMPP port of the node")->capture_default_str();
  g->add_option("--http-port", o.http_port, "wait for http://HOST:PORT/readyz before the start (0: do not)")->capture_default_str();
  g->add_option("--ready-timeout", o.ready_seconds, "seconds to wait for readiness")->capture_default_str();
  g->add_option("--pid", o.pid, "process of the node, for CPU and memory (default: whoever listens on HOST:PORT)");
}

void add_cast_options(CLI::App& app, Options& o) {
  const std::map<std::string, FamilyMix> families{{"inet", FamilyMix::kInet}, {"inet6", FamilyMix::kInet6}, {"mixed", FamilyMix::kMixed}};
  const std::map<std::string, Placement> placements{{"even", Placement::kEven}, {"random", Placement::kRandom}};
  auto* g = app.add_option_group("Cast");
  g->add_option("--agents", o.agents, "number of agents")->capture_default_str()->check(CLI::Range(1, 60000));
  g->add_option("--instances", o.instances, "number of routing instances")->capture_default_str()->check(CLI::Range(1, 100000));
  g->add_option("--instance-pattern", o.instance_pattern,
                "virtual network of instance number {}; the instance is NETWORK:LAST-PART-OF-NETWORK")
      ->capture_default_str();
  g->add_option("--instance-names", o.instance_names, "full names of the routing instances instead of a pattern")->delimiter(',');
  g->add_option("--instances-per-agent", o.instances_per_agent, "instances each agent subscribes to")->capture_default_str();
  g->add_option("--placement", o.placement, "which agent takes which instances: even|random")
      ->transform(CLI::CheckedTransformer(placements, CLI::ignore_case));
  g->add_option("--publishers", o.publishers, "how many agents publish (default: all)");
  g->add_option("--routes", o.routes, "routes per publisher, spread over its instances")->capture_default_str();
  g->add_option("--ecmp", o.ecmp, "publishers of an instance that share each prefix")->capture_default_str()->check(CLI::Range(1, 128));
  g->add_option("--family", o.family, "inet|inet6|mixed")->transform(CLI::CheckedTransformer(families, CLI::ignore_case));
  g->add_option("--leak", o.leak, "import targets between instances: none, ring:N (from the next N), hub (0 with all)")
      ->capture_default_str();
  g->add_flag("--overlap", o.overlap, "all instances use the same prefixes, so that leaked routes meet local ones");
  g->add_option("--agent-pattern", o.agent_pattern, "name of agent number {}")->capture_default_str();
  g->add_option("--source-base", o.source_base, "loopback address of the first agent")->capture_default_str();
}

void add_config_options(CLI::App& app, Options& o) {
  auto* g = app.add_option_group("Configuration");
  g->add_option("--write-config", o.write_config, "write the database rows (JSON) that a node needs for this cast, and end");
  g->add_option("--read-config", o.read_config, "take instances, targets and connections from such a file");
  g->add_option("--node-name", o.node_name, "host name of the node, for --write-config")->capture_default_str();
  g->add_option("--node-as", o.node_as, "its AS number, for --write-config")->capture_default_str();
}

void add_scenario_options(CLI::App& app, Options& o) {
  const std::map<std::string, Storm> storms{{"none", Storm::kNone}, {"half", Storm::kHalf}, {"all", Storm::kAll}};
  auto* g = app.add_option_group("Scenario");
  g->add_option("--latency-probes", o.latency_probes, "single changes, one at a time, each timed to every agent");
  g->add_option("--probe-interval-ms", o.probe_interval_ms, "pause between them")->capture_default_str();
  g->add_option("--churn", o.churn, "changes per second: new labels, withdraws, returns");
  g->add_option("--for", o.for_seconds, "seconds of churn (default 10; 0: until interrupted)");
  g->add_option("--stalled-readers", o.stalled_readers, "agents that stop reading under churn, then go on");
  g->add_option("--stall-seconds", o.stall_seconds, "for how long")->capture_default_str();
  g->add_option("--resubscribe", o.resubscribe, "agents that leave one instance and join it again");
  g->add_option("--reconnect-storm", o.storm, "none|half|all: so many agents drop at once and come back")
      ->transform(CLI::CheckedTransformer(storms, CLI::ignore_case));
  g->add_flag("--kill-half", o.kill_half, "at the end half of the agents die; the others' retracts are counted");
}

void add_manner_options(CLI::App& app, Options& o) {
  const std::map<std::string, TlsMode> modes{{"none", TlsMode::kNone}, {"starttls", TlsMode::kStartTls}, {"direct", TlsMode::kDirect}};
  auto* g = app.add_option_group("Manner");
  g->add_option("--seed", o.seed, "seed of all that is random")->capture_default_str();
  g->add_option("--threads", o.threads, "threads that drive the agents")->capture_default_str()->check(CLI::Range(1, 64));
  g->add_option("--connect-window", o.connect_window, "sessions being opened at the same time")->capture_default_str();
  g->add_option("--timeout", o.timeout_seconds, "seconds without progress after which a phase has failed")->capture_default_str();
  g->add_option("--receive-buffer", o.receive_buffer_kb,
                "KB of each session's receive buffer (default: so much that all fit into a quarter of the host's memory for TCP)");
  g->add_option("--tls", o.tls, "none|starttls (in the stream)|direct (from the first byte)")
      ->transform(CLI::CheckedTransformer(modes, CLI::ignore_case));
  g->add_option("--tls-ca", o.tls_ca, "verify the node's certificate against this file")->check(CLI::ExistingFile);
  g->add_option("--tls-cert", o.tls_cert, "certificate of the agents")->check(CLI::ExistingFile);
  g->add_option("--tls-key", o.tls_key, "its key")->check(CLI::ExistingFile);
  g->add_flag("--live", o.live, "a table per instance, refreshed every second");
  g->add_flag("--quiet", o.quiet, "no progress line");
  g->add_option("--json", o.json, "write the summary as JSON to this file");
}

}  // namespace

std::string fill_pattern(const std::string& pattern, std::uint32_t number) {
  std::string text = pattern;
  const auto at = text.find("{}");
  if (at == std::string::npos) return text + std::to_string(number);
  return text.replace(at, 2, std::to_string(number));
}

ParseOutcome parse_options(int argc, const char* const* argv, Options& options, int& exit_status) {
  CLI::App app{
      "agentsim: simulates vRouter agents on loopback against a control node and checks what each of them ends with.\n"
      "Phases, in this order, each when asked for: connect, publish, latency probes, churn, stalled readers, resubscribe,\n"
      "reconnect storm, half die. Exit status: 0 every agent has exactly what it must have, 1 not, 2 could not run."};
  add_node_options(app, options);
  add_cast_options(app, options);
  add_config_options(app, options);
  add_scenario_options(app, options);
  add_manner_options(app, options);
  try {
    app.parse(argc, argv);
    if (options.tls_cert.empty() != options.tls_key.empty()) {
      throw CLI::ValidationError("--tls-cert", "--tls-cert and --tls-key belong together");
    }
  } catch (const CLI::ParseError& e) {
    exit_status = app.exit(e) == 0 ? 0 : 2;
    return ParseOutcome::kExit;
  }
  options.publishers = std::min(options.publishers, options.agents);
  if (options.for_seconds < 0) options.for_seconds = 10;
  return ParseOutcome::kRun;
}

}  // namespace signalbox::bench
