// Intern<T>: hash-consing with reference counts: equal values get one small id, so equality of ids is equality of values.
//
// Threads: one owner. Lifetime: a value lives while it has references. Cost: one hash look-up per intern(), none to read.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>

#include "core/slab.hpp"

namespace signalbox::core {

template <class T, class Hash = std::hash<T>>
class Intern {
 public:
  Intern() : index_(0, HashById{this}, EqualById{this}) {}

  // The id of `value`, with a reference added.
  std::uint32_t intern(const T& value) {
    if (const auto found = index_.find(value); found != index_.end()) {
      ++slab_.at(*found).references;
      return *found;
    }
    const std::uint32_t id = slab_.make(value, 1u);
    index_.insert(id);
    return id;
  }
  void add_reference(std::uint32_t id) { ++slab_.at(id).references; }
  void release(std::uint32_t id) {
    if (--slab_.at(id).references) return;
    index_.erase(id);
    slab_.release(id);
  }
  const T& at(std::uint32_t id) const { return slab_.at(id).value; }
  std::size_t size() const { return slab_.size(); }
  std::size_t bytes() const { return slab_.bytes() + index_.bucket_count() * 5; }

 private:
  struct Entry {
    T value;
    std::uint32_t references;
  };
  struct HashById {
    using is_transparent = void;
    const Intern* self;
    std::size_t operator()(std::uint32_t id) const { return Hash()(self->at(id)); }
    std::size_t operator()(const T& value) const { return Hash()(value); }
  };
  struct EqualById {
    using is_transparent = void;
    const Intern* self;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(const T& a, std::uint32_t b) const { return a == self->at(b); }
    bool operator()(std::uint32_t a, const T& b) const { return b == self->at(a); }
  };

  Slab<Entry> slab_;
  boost::unordered_flat_set<std::uint32_t, HashById, EqualById> index_;
};

}  // namespace signalbox::core
