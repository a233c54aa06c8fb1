// Invariants of our own code (never of bytes from outside: those get a Result).
//
// CN_ASSERT  debug builds (SIGNALBOX_DEBUG_CHECKS) abort with the place; release builds compile it away.
// CN_BUG     a state that cannot be, met in a release build: counted, logged once per place, and the caller goes on by resetting the peer
//            or dropping the item. Debug builds abort.
// Threads: any.
#pragma once

#include <cstdint>

namespace signalbox::core {

[[noreturn]] void assertion_failed(const char* what, const char* file, int line);
void bug_met(const char* what, const char* file, int line);
// Number of CN_BUG met since start, for metrics.
std::uint64_t bugs_met();

}  // namespace signalbox::core

#if defined(SIGNALBOX_DEBUG_CHECKS) && SIGNALBOX_DEBUG_CHECKS
#define CN_ASSERT(condition) ((condition) ? void(0) : ::signalbox::core::assertion_failed(#condition, __FILE__, __LINE__))
#define CN_BUG(what) ::signalbox::core::assertion_failed(what, __FILE__, __LINE__)
#else
#define CN_ASSERT(condition) void(0)
#define CN_BUG(what) ::signalbox::core::bug_met(what, __FILE__, __LINE__)
#endif
