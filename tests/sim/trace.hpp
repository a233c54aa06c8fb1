// What the simulation says of itself: the trace of a replayed seed, and the failure that ends one.
#pragma once

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace signalbox::sim {

// Thrown by checks, also from within the code under test; the run is over then.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] inline void fail(const std::string& what) { throw Failure(what); }

class Trace {
 public:
  explicit Trace(bool on) : on_(on) {}
  // `text` is called only when the trace is wanted.
  template <class F>
  void say(F&& text) {
    ++events_;
    if (!on_) return;
    if (const std::string line = text(); !line.empty()) std::printf("%6llu  %s\n", static_cast<unsigned long long>(events_), line.c_str());
  }

 private:
  const bool on_;
  std::uint64_t events_ = 0;
};

}  // namespace signalbox::sim
