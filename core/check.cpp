#include "core/check.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace signalbox::core {
namespace {
std::atomic<std::uint64_t> g_bugs{0};
}

void assertion_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, what);
  std::abort();
}

void bug_met(const char* what, const char* file, int line) {
  // The first one is worth a line; the count tells the rest.
  if (g_bugs.fetch_add(1, std::memory_order_relaxed) == 0) std::fprintf(stderr, "%s:%d: bug met, going on: %s\n", file, line, what);
}

std::uint64_t bugs_met() { return g_bugs.load(std::memory_order_relaxed); }

}  // namespace signalbox::core
