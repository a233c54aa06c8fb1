// Inbox<T>: the one way into a shard: many producers, one consumer, no lock.
//
// Producers push values that the consumer takes all at once, each producer's in the order pushed. A push tells whether the inbox was empty,
// so that only the first one pays for waking the consumer. The inbox counts the weight (bytes) of what waits: a producer that finds it over
// the high-water mark stops reading its own input and asks to be told when it is below the low-water mark again (RelieveFlag).
//
// Threads: push, over_high_water: any; take: the owner only. Cost: one allocation and one compare-exchange per push; pushes carry whole
// batches. Lifetime: must outlive its producers.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>
#include <vector>

namespace signalbox::core {

template <class T>
class Inbox {
 public:
  explicit Inbox(std::size_t high_water = 64u << 20) : high_water_(high_water) {}
  ~Inbox() {
    std::vector<T> rest;
    take(rest);
  }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Returns true when the inbox was empty: the consumer must be woken.
  bool push(T value, std::size_t weight) {
    Node* node = new Node{std::move(value), weight, nullptr};
    weight_.fetch_add(weight, std::memory_order_relaxed);
    Node* head = head_.load(std::memory_order_relaxed);
    do {
      node->next = head;
    } while (!head_.compare_exchange_weak(head, node, std::memory_order_release, std::memory_order_relaxed));
    return head == nullptr;
  }

  // Moves all that waits to the end of `out`, oldest first. Returns how many there were.
  std::size_t take(std::vector<T>& out) {
    Node* list = reversed(head_.exchange(nullptr, std::memory_order_acquire));
    std::size_t n = 0, weight = 0;
    while (list) {
      out.push_back(std::move(list->value));
      weight += list->weight;
      delete std::exchange(list, list->next);
      ++n;
    }
    if (weight) weight_.fetch_sub(weight, std::memory_order_relaxed);
    return n;
  }

  bool empty() const { return head_.load(std::memory_order_acquire) == nullptr; }
  std::size_t weight() const { return weight_.load(std::memory_order_relaxed); }
  bool over_high_water() const { return weight() > high_water_; }

 private:
  struct Node {
    T value;
    std::size_t weight;
    Node* next;
  };

  static Node* reversed(Node* list) {
    Node* previous = nullptr;
    while (list) list = std::exchange(list->next, std::exchange(previous, list));
    return previous;
  }

  std::atomic<Node*> head_{nullptr};
  std::atomic<std::size_t> weight_{0};
  const std::size_t high_water_;
};

}  // namespace signalbox::core
