// Immutable, reference-counted bytes: encoded once, sent to many, freed when the last reader has passed.
//
// Threads: a Chunk is built by one thread and then shared read-only; the count is atomic. Cost: one allocation for header and bytes together,
// an atomic increment per copy of the pointer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace signalbox::core {

class Chunk {
 public:
  std::string_view bytes() const { return {data(), size_}; }
  std::size_t size() const { return size_; }

 private:
  friend class ChunkPtr;
  explicit Chunk(std::uint32_t size) : size_(size) {}
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  char* data() { return reinterpret_cast<char*>(this + 1); }

  mutable std::atomic<std::uint32_t> references_{1};
  std::uint32_t size_;
};

class ChunkPtr {
 public:
  ChunkPtr() = default;
  ChunkPtr(const ChunkPtr& other) : chunk_(other.chunk_) {
    if (chunk_) chunk_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  ChunkPtr(ChunkPtr&& other) noexcept : chunk_(std::exchange(other.chunk_, nullptr)) {}
  ChunkPtr& operator=(ChunkPtr other) noexcept {
    std::swap(chunk_, other.chunk_);
    return *this;
  }
  ~ChunkPtr() {
    if (chunk_ && chunk_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

  // Copies `bytes` (less than 4 GiB) into a new chunk.
  static ChunkPtr copy_of(std::string_view bytes);

  explicit operator bool() const { return chunk_ != nullptr; }
  const Chunk& operator*() const { return *chunk_; }
  const Chunk* operator->() const { return chunk_; }

 private:
  void destroy();

  Chunk* chunk_ = nullptr;
};

}  // namespace signalbox::core
