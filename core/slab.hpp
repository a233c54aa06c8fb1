// Slab<T>: objects by small id. Ids start at 1 (0 = none), addresses never move, freed ids are used again.
//
// Threads: one owner. Cost: an id is a shift and an index away from its object; memory grows in blocks and is kept. T is trivially
// destructible or cleaned by its owner before release().
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/check.hpp"

namespace signalbox::core {

template <class T, unsigned kBlockBits = 10>
class Slab {
 public:
  static constexpr std::uint32_t kBlock = 1u << kBlockBits;

  Slab() = default;
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;
  ~Slab() {
    if constexpr (!std::is_trivially_destructible_v<T>) {
      std::vector<bool> freed(next_, false);
      for (const std::uint32_t id : free_) freed[id] = true;
      for (std::uint32_t id = 1; id < next_; ++id) {
        if (!freed[id]) at(id).~T();
      }
    }
  }

  template <class... A>
  std::uint32_t make(A&&... arguments) {
    std::uint32_t id;
    if (free_.empty()) {
      id = next_++;
      if ((id >> kBlockBits) >= blocks_.size()) blocks_.push_back(std::unique_ptr<Block>(new Block));
    } else {
      id = free_.back();
      free_.pop_back();
    }
    ::new (place(id)) T{std::forward<A>(arguments)...};
    ++size_;
    return id;
  }

  void release(std::uint32_t id) {
    at(id).~T();
    free_.push_back(id);
    --size_;
  }

  T& at(std::uint32_t id) {
    CN_ASSERT(id != 0 && id < next_);
    return *std::launder(reinterpret_cast<T*>(place(id)));
  }
  const T& at(std::uint32_t id) const { return const_cast<Slab*>(this)->at(id); }

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return blocks_.size() * sizeof(Block) + free_.capacity() * sizeof(std::uint32_t); }

 private:
  struct Block {
    alignas(T) std::byte objects[kBlock * sizeof(T)];
  };
  void* place(std::uint32_t id) { return blocks_[id >> kBlockBits]->objects + (id & (kBlock - 1)) * sizeof(T); }

  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t next_ = 1;
  std::size_t size_ = 0;
};

}  // namespace signalbox::core
