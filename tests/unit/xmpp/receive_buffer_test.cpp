// Reads of every size through the shared buffer and the session's own: the stream comes out as it went in.
#include "xmpp/receive_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace signalbox::xmpp {
namespace {

constexpr std::size_t kShared = 256 * 1024;

class ReceiveBufferTest : public testing::Test {
 protected:
  // As if the socket had given `bytes`.
  std::string_view read(std::string_view bytes) {
    const auto room = buffer_.prepare(shared_);
    EXPECT_GE(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), bytes.size());
    return buffer_.commit(bytes.size());
  }

  std::vector<char> shared_ = std::vector<char>(kShared);
  ReceiveBuffer buffer_;
};

TEST_F(ReceiveBufferTest, HoldsNoMemoryBetweenStanzas) {
  EXPECT_EQ(read("<iq></iq>"), "<iq></iq>");
  buffer_.keep(9);
  EXPECT_EQ(buffer_.capacity(), 0u);
  EXPECT_EQ(buffer_.tail(), "");
}

TEST_F(ReceiveBufferTest, KeepsAShortTailAndReleasesIt) {
  read("<iq></iq><iq");
  buffer_.keep(9);
  EXPECT_EQ(buffer_.tail(), "<iq");
  EXPECT_LE(buffer_.capacity(), 256u);
  // Other sessions use the shared buffer meanwhile.
  std::fill(shared_.begin(), shared_.end(), '#');
  EXPECT_EQ(read("></iq>"), "<iq></iq>");
  buffer_.keep(9);
  EXPECT_EQ(buffer_.capacity(), 0u);
}

TEST_F(ReceiveBufferTest, AReadThatGaveNothingLeavesTheTailAlone) {
  read("abc");
  buffer_.keep(1);
  buffer_.prepare(shared_);
  EXPECT_EQ(buffer_.tail(), "bc");
  buffer_.keep(1);
  EXPECT_EQ(buffer_.tail(), "c");
  EXPECT_EQ(read("d"), "cd");
}

TEST_F(ReceiveBufferTest, ALongTailGrowsInPlaceAndShrinksAfterwards) {
  const std::string big(200 * 1024, 'x');
  read(big);
  buffer_.keep(0);
  EXPECT_EQ(buffer_.tail().size(), big.size());
  read(std::string(1000, 'y'));
  buffer_.keep(0);
  EXPECT_EQ(buffer_.tail().size(), big.size() + 1000);
  EXPECT_EQ(buffer_.tail().substr(big.size()), std::string(1000, 'y'));
  buffer_.keep(big.size() + 990);
  EXPECT_EQ(buffer_.tail(), std::string(10, 'y'));
  EXPECT_LE(buffer_.capacity(), 256u);
}

TEST_F(ReceiveBufferTest, StreamComesOutAsItWentIn) {
  std::mt19937 random(4);
  std::string sent, taken;
  for (int i = 0; i < 3000; ++i) {
    const bool large = random() % 8 == 0;
    std::string piece(random() % (large ? 60000u : 300u) + 1, '\0');
    for (char& c : piece) c = static_cast<char>(random());
    sent += piece;
    const std::string_view bytes = read(piece);
    const std::size_t n = random() % 4 == 0 ? 0 : random() % (bytes.size() + 1);
    // Giant tails must end at some time, as the limit of a stanza sees to.
    const std::size_t consumed = bytes.size() > 400000 ? bytes.size() - 5 : n;
    taken += bytes.substr(0, consumed);
    buffer_.keep(consumed);
    std::fill(shared_.begin(), shared_.begin() + 1000, '#');
  }
  taken += buffer_.tail();
  EXPECT_TRUE(sent == taken);
}

}  // namespace
}  // namespace signalbox::xmpp
