// sim: plays seeds against a virtual node and says how many passed. A failing seed replays exactly: sim --seed K --trace.
//
// Each job is a process of its own, so that an abort costs one seed and is reported as its failure.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.hpp"
#include "core/net.hpp"
#include "tests/sim/simulation.hpp"

namespace {

using namespace signalbox;

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t seeds = 1000;
  std::optional<std::uint64_t> seed;
  std::size_t steps = 0;
  unsigned jobs = 1;
  bool trace = false;
};

[[noreturn]] void usage() {
  std::fputs(
      "usage: sim [--seeds N] [--first K] [--seed K] [--steps M] [--jobs J] [--trace]\n"
      "  --seeds N  plays N seeds (1000)\n"
      "  --first K  beginning with this one (1)\n"
      "  --seed K   plays just this one\n"
      "  --steps M  events from outside in a run (by default the seed says)\n"
      "  --jobs J   processes that share the seeds (1)\n"
      "  --trace    prints what happens\n",
      stderr);
  std::exit(2);
}

Arguments parse(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--trace") {
      a.trace = true;
      continue;
    }
    const auto value = i + 1 < argc ? core::parse_number(argv[++i], ~0ull) : std::nullopt;
    if (!value) usage();
    if (name == "--seeds") {
      a.seeds = *value;
    } else if (name == "--first") {
      a.first = *value;
    } else if (name == "--seed") {
      a.seed = *value;
    } else if (name == "--steps") {
      a.steps = static_cast<std::size_t>(*value);
    } else if (name == "--jobs") {
      a.jobs = std::max(1u, static_cast<unsigned>(*value));
    } else {
      usage();
    }
  }
  return a;
}

// What a job shows its parent; in memory that both see.
struct Job {
  std::uint64_t next;  // the seed under way, or the next one
  std::uint64_t passed;
  std::uint64_t failed;
  sim::Statistics statistics;
};

void report_failure(std::uint64_t seed, const std::string& what) {
  std::printf("seed %llu failed: %s\n", static_cast<unsigned long long>(seed), what.c_str());
  std::fflush(stdout);
}

bool play(std::uint64_t seed, const Arguments& a, sim::Statistics& statistics) {
  try {
    sim::Simulation simulation(seed, a.steps, a.trace);
    simulation.run();
    statistics.add(simulation.statistics());
    return true;
  } catch (const sim::Failure& failure) {
    report_failure(seed, failure.what());
    return false;
  }
}

void play_share(Job& job, std::uint64_t end, unsigned stride, const Arguments& a) {
  for (; job.next < end; job.next += stride) (play(job.next, a, job.statistics) ? job.passed : job.failed) += 1;
}

// Plays every `jobs`-th seed in a child, and goes on behind a seed that kills it.
void supervise(std::vector<Job*>& jobs, const Arguments& a) {
  const std::uint64_t end = a.first + a.seeds;
  const auto stride = static_cast<unsigned>(jobs.size());
  std::vector<pid_t> children(jobs.size(), 0);
  const auto start = [&](std::size_t n) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      play_share(*jobs[n], end, stride, a);
      std::exit(0);
    }
    if (child < 0) std::perror("fork");
    children[n] = child;
  };
  for (std::size_t n = 0; n < jobs.size(); ++n) start(n);
  int status = 0;
  for (pid_t child; (child = wait(&status)) > 0;) {
    const auto n = static_cast<std::size_t>(std::find(children.begin(), children.end(), child) - children.begin());
    if (n == children.size() || jobs[n]->next >= end) {
      if (status != 0) {
        std::printf("a job ended with status %d after its last seed\n", status);
        if (n < children.size()) ++jobs[n]->failed;
      }
      continue;
    }
    report_failure(jobs[n]->next, "the process died");
    ++jobs[n]->failed;
    jobs[n]->next += stride;
    start(n);
  }
}

void summarize(const sim::Statistics& s, std::uint64_t passed, std::uint64_t failed) {
  const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
  std::printf(
      "%llu messages, %llu routes compared, %llu readers fell out of a feed, %llu too far behind, %llu joins of instances just deleted, "
      "%llu sessions closed by the tables\n",
      number(s.messages), number(s.routes_checked), number(s.resyncs), number(s.too_far_behind), number(s.unknown_joins), number(s.closes));
  std::printf("%llu passed, %llu failed\n", number(passed), number(failed));
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments a = parse(argc, argv);
  core::log::Settings quiet;
  quiet.enabled = false;
  core::log::set(quiet);
  sim::Statistics statistics;
  std::uint64_t passed = 0, failed = 0;
  if (a.seed) {
    (play(*a.seed, a, statistics) ? passed : failed) = 1;
  } else {
    void* shared = mmap(nullptr, a.jobs * sizeof(Job), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 2;
    std::vector<Job*> jobs;
    for (unsigned n = 0; n < a.jobs; ++n) jobs.push_back(new (static_cast<char*>(shared) + n * sizeof(Job)) Job{a.first + n, 0, 0, {}});
    supervise(jobs, a);
    for (const Job* job : jobs) {
      statistics.add(job->statistics);
      passed += job->passed;
      failed += job->failed;
    }
  }
  summarize(statistics, passed, failed);
  return failed ? 1 : 0;
}
