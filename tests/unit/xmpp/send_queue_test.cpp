#include "xmpp/send_queue.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace signalbox::xmpp {
namespace {

std::string text(const iovec* pieces, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  return out;
}

void push(SendQueue& queue, std::string_view bytes) { queue.push(core::ChunkPtr::copy_of(bytes)); }

TEST(SendQueue, GathersFromTheMiddleOfAChunk) {
  SendQueue queue;
  iovec pieces[8];
  push(queue, "abc");
  push(queue, "");
  push(queue, "def");
  EXPECT_EQ(queue.bytes(), 6u);
  queue.consume(2);
  EXPECT_EQ(text(pieces, queue.gather(pieces, 8, 1000)), "cdef");
  queue.consume(1);
  EXPECT_EQ(text(pieces, queue.gather(pieces, 8, 1000)), "def");
  queue.consume(3);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.gather(pieces, 8, 1000), 0);
}

TEST(SendQueue, HeedsBothLimits) {
  SendQueue queue;
  iovec pieces[8];
  for (int i = 0; i < 20; ++i) push(queue, "0123456789");
  EXPECT_EQ(queue.gather(pieces, 8, 1000), 8);
  // Whole chunks until the limit is reached.
  EXPECT_EQ(queue.gather(pieces, 8, 25), 3);
}

TEST(SendQueue, ReleasesChunksAsTheyAreWritten) {
  SendQueue queue;
  const core::ChunkPtr shared = core::ChunkPtr::copy_of("shared by many");
  queue.push(shared);
  queue.push(shared);
  queue.consume(shared->size() + 1);
  queue.clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(shared->bytes(), "shared by many");
}

TEST(SendQueue, KeepsTheOrderOverManyPartialWrites) {
  std::mt19937 random(2);
  SendQueue queue;
  std::string sent, written;
  for (int i = 0; i < 5000; ++i) {
    for (unsigned n = random() % 4; n > 0; --n) {
      const std::string piece(random() % 40, static_cast<char>('a' + random() % 26));
      push(queue, piece);
      sent += piece;
    }
    iovec pieces[8];
    const std::string out = text(pieces, queue.gather(pieces, 8, 200));
    const std::size_t taken = out.empty() ? 0 : random() % (out.size() + 1);
    written += out.substr(0, taken);
    queue.consume(taken);
    ASSERT_EQ(sent.size() - written.size(), queue.bytes());
  }
  while (!queue.empty()) {
    iovec pieces[8];
    const std::string out = text(pieces, queue.gather(pieces, 8, 200));
    written += out;
    queue.consume(out.size());
  }
  EXPECT_TRUE(sent == written);
}

}  // namespace
}  // namespace signalbox::xmpp
