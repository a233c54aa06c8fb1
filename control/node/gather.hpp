// Gather<T>: collects one value from each of several threads and calls back when all are there.
// Threads: set() of different places from different threads; the callback runs on the last one's. Lifetime: shared by the askers' tasks.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace signalbox::control {

template <class T>
class Gather {
 public:
  using Done = std::function<void(std::vector<T>)>;

  static std::shared_ptr<Gather> make(unsigned places, Done done) { return std::make_shared<Gather>(places, std::move(done)); }
  Gather(unsigned places, Done done) : values_(places), waiting_(places), done_(std::move(done)) {}

  // Each place once.
  void set(unsigned place, T value) {
    values_[place] = std::move(value);
    if (waiting_.fetch_sub(1, std::memory_order_acq_rel) == 1) done_(std::move(values_));
  }

 private:
  std::vector<T> values_;
  std::atomic<unsigned> waiting_;
  Done done_;
};

}  // namespace signalbox::control
