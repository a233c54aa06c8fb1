// agentsim: thousands of vRouter agents in one process. See bench/README.md.
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "bench/agentsim/config_rows.hpp"
#include "bench/agentsim/director.hpp"
#include "bench/agentsim/http_get.hpp"

namespace signalbox::bench {
namespace {

std::atomic<bool> interrupted{false};

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can not read " + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  if (!file.flush()) throw std::runtime_error("can not write " + path);
}

/// Two descriptors of the system's per session are not ours to run out of.
void raise_descriptor_limit(std::uint32_t agents) {
  struct rlimit limit {};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < agents + 64u) throw std::runtime_error("the limit of open files (ulimit -n) is too low for so many agents");
}

std::vector<Instance> instances_for(const Options& options) {
  return options.read_config.empty() ? make_instances(options) : read_instances(read_file(options.read_config));
}

int simulate(const Options& options, const std::string& command) {
  const Topology topology(options, instances_for(options));
  raise_descriptor_limit(options.agents);
  std::string answer;
  if (options.http_port != 0 && !wait_until_ready(options.host, options.http_port, options.ready_seconds, interrupted, answer)) {
    throw std::runtime_error("the node is not ready: " + answer);
  }
  const auto pid = options.pid != 0 ? std::optional(options.pid) : NodeStats::find_listener(options.host, options.port);
  if (!pid)
    std::fprintf(stderr, "agentsim: nobody seen listening on %s:%u: CPU and memory of the node stay unknown\n", options.host.c_str(),
                 options.port);
  const NodeStats node(pid.value_or(0));
  Shared shared(options, topology);
  if (options.tls != TlsMode::kNone) shared.tls = std::make_unique<TlsContext>(options);
  Director director(shared, pid ? &node : nullptr, interrupted);
  RunReport report = director.run();
  report.command = command;
  std::fputs(summary_text(report).c_str(), stdout);
  if (!options.json.empty()) write_file(options.json, report_json(report));
  return report.good ? 0 : 1;
}

}  // namespace
}  // namespace signalbox::bench

int main(int argc, char** argv) {
  using namespace signalbox::bench;
  Options options;
  int status = 0;
  if (parse_options(argc, argv, options, status) == ParseOutcome::kExit) return status;
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  std::string command;
  for (int i = 0; i < argc; ++i) command += (i ? " " : "") + std::string(argv[i]);
  try {
    if (!options.write_config.empty()) {
      write_file(options.write_config, config_rows(options, instances_for(options)));
      return 0;
    }
    return simulate(options, command);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "agentsim: %s\n", e.what());
    return 2;
  }
}
