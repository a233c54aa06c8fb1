// Where one session reads to: the shard's shared buffer, with only the unfinished tail of the stream kept between reads.
//
//   auto room = buffer.prepare(shared);            // read into room
//   std::string_view bytes = buffer.commit(n);     // the kept tail and the n new bytes, in one piece
//   buffer.keep(consumed);                         // drops that many from the front; the rest is the new tail
//
// A short tail is copied in front of the shared buffer's new bytes; a long one (part of a giant stanza) grows in a buffer of its own, so that
// its bytes are not copied at every read.
// Threads: the session's shard; the three calls of one read follow each other without another session's between. Cost: no memory while
// the stream stands between stanzas.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace signalbox::xmpp {

class ReceiveBuffer {
 public:
  static constexpr std::size_t kShortTail = 16 * 1024;

  // Precondition: `shared` is longer than kShortTail. At least half of it, or 64 KB, is room.
  std::span<char> prepare(std::span<char> shared);
  std::string_view commit(std::size_t n);
  // Precondition: `consumed` is not more than commit(), or tail(), gave.
  void keep(std::size_t consumed);

  // What keep() left.
  std::string_view tail() const { return {own_.get(), size_}; }
  // Memory held.
  std::size_t capacity() const { return capacity_; }

 private:
  void reserve(std::size_t capacity);
  void store(std::string_view rest);

  std::unique_ptr<char[]> own_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  char* shared_ = nullptr;        // where the last prepare() pointed; null: to own_
  std::string_view shared_view_;  // between commit() and keep(), when the bytes stand in the shared buffer
};

}  // namespace signalbox::xmpp
