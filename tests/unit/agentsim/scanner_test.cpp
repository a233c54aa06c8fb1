#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bench/agentsim/receive_scanner.hpp"

namespace signalbox::bench {
namespace {

using namespace std::string_literals;

const std::string kMessage =
    "<message from=\"n\" to=\"a/bgp-peer\"><event><items node=\"1/1/x\"><retract id=\"10.0.0.1/32\" /></items></event></message>";

/// All stanzas of `text` when it arrives in pieces of `piece` bytes.
std::vector<std::string> stanzas(const std::string& text, std::size_t piece, std::uint32_t* keepalives = nullptr) {
  std::vector<std::string> found;
  std::string buffer;
  std::size_t searched = 0;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    buffer += text.substr(at, piece);
    for (;;) {
      const Frame f = next_frame(buffer, searched);
      if (f.kind == FrameKind::kBad) {
        found.emplace_back("BAD");
        return found;
      }
      if (keepalives != nullptr) *keepalives += f.keepalives;
      if (f.kind != FrameKind::kIncomplete) found.emplace_back(f.stanza);
      buffer.erase(0, f.consumed);
      if (f.kind == FrameKind::kIncomplete) break;
    }
  }
  if (!buffer.empty()) found.push_back("LEFT " + buffer);
  return found;
}

TEST(NextFrame, CutsWhateverThePieces) {
  const std::string iq = "<iq type=\"set\"><config></config></iq>";
  const std::string text = "\n" + kMessage + "\n\xC8\x80" + iq + "\r\n \t" + kMessage + "\xC8\x80\xC8\x80";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    std::uint32_t keepalives = 0;
    EXPECT_EQ(stanzas(text, piece, &keepalives), (std::vector<std::string>{kMessage, iq, kMessage})) << piece;
    EXPECT_EQ(keepalives, 3u) << piece;
  }
}

TEST(NextFrame, FindsTheEndAtEveryDistance) {
  for (std::size_t pad = 0; pad < 100; ++pad) {
    // "/messag" elsewhere and end tags of other names must not stop it.
    const std::string text = "<message>" + std::string(pad, 'x') + "</mac></med>/messag</messages" + "</message>";
    const std::string broken = "<message>" + std::string(pad, 'x') + "</message>";
    EXPECT_EQ(stanzas(broken + "\n", 7), std::vector<std::string>{broken}) << pad;
    std::size_t searched = 0;
    EXPECT_EQ(next_frame(text, searched).kind, FrameKind::kBad) << pad;  // "</messages" is the end tag's name and more
  }
}

TEST(NextFrame, TakesBlanksInTheEndTag) {
  const std::string text = "<message><x/></message \n\t>";
  EXPECT_EQ(stanzas(text, 1), std::vector<std::string>{text});
}

TEST(NextFrame, RefusesWhatIsNoStanza) {
  std::size_t searched = 0;
  EXPECT_EQ(next_frame("</stream:stream>", searched).kind, FrameKind::kBad);
  EXPECT_EQ(next_frame("x<message></message>", searched).kind, FrameKind::kBad);
  EXPECT_EQ(next_frame("<messag", searched).kind, FrameKind::kIncomplete);
  EXPECT_EQ(next_frame("<i", searched).kind, FrameKind::kIncomplete);
  EXPECT_EQ(next_frame("", searched).kind, FrameKind::kIncomplete);
}

TEST(SplitMessage, SeparatesWhatIsTheReceiversOwn) {
  const MessageParts parts = split_message(kMessage);
  EXPECT_EQ(parts.start_tag, "<message from=\"n\" to=\"a/bgp-peer\">");
  EXPECT_EQ(std::string(parts.start_tag) + std::string(parts.body), kMessage);
}

TEST(Attribute, TakesBothQuotesAndMissingOnes) {
  EXPECT_EQ(attribute("item id=\"a&amp;b\"", " id="), "a&amp;b");
  EXPECT_EQ(attribute("item x='1' id='2'", " id="), "2");
  EXPECT_EQ(attribute("item xid='1'", " id="), "");
  EXPECT_EQ(attribute("item id=", " id="), "");
  EXPECT_EQ(attribute("item id=\"open", " id="), "");
}

TEST(BodyKey, ChangesWithEveryByteAndTheLength) {
  for (std::size_t size : {0u, 1u, 8u, 63u, 64u, 65u, 128u, 200u}) {
    const std::string text(size, 'a');
    EXPECT_EQ(body_key(text), body_key(std::string(size, 'a')));
    EXPECT_FALSE(body_key(text) == body_key(text + std::string(1, '\0'))) << size;
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = 'b';
      EXPECT_NE(body_key(text).low, body_key(other).low) << size << ' ' << i;
      EXPECT_NE(body_key(text).high, body_key(other).high) << size << ' ' << i;
    }
  }
}

}  // namespace
}  // namespace signalbox::bench
