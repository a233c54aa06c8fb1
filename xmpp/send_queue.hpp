// What one session has yet to write: shared chunks in order, and how far into the first it has come.
//
// Threads: the session's shard. Cost: 8 bytes per waiting chunk; nothing is copied. An empty queue holds next to no memory.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <vector>

#include "core/chunk.hpp"

namespace signalbox::xmpp {

class SendQueue {
 public:
  bool empty() const { return bytes_ == 0; }
  std::size_t bytes() const { return bytes_; }

  void push(core::ChunkPtr chunk) {
    if (!chunk || chunk->size() == 0) return;
    bytes_ += chunk->size();
    chunks_.push_back(std::move(chunk));
  }
  // Fills in at most `max_pieces` pieces, from the front, until `max_bytes` are reached. Returns how many pieces.
  int gather(iovec* pieces, int max_pieces, std::size_t max_bytes) const;
  // The first `bytes` have been written. Precondition: there are so many.
  void consume(std::size_t bytes);
  void clear();

 private:
  static constexpr std::size_t kKeptCapacity = 64;

  std::vector<core::ChunkPtr> chunks_;
  std::size_t head_ = 0;    // index of the first chunk that is not written whole
  std::size_t offset_ = 0;  // into it
  std::size_t bytes_ = 0;
};

}  // namespace signalbox::xmpp
