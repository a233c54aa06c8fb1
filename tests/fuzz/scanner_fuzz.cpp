// The scanner: the same tokens however the bytes are cut, the cuts of a search written down plainly, and the end that expat finds.
// Input: a byte that says what is awaited, a byte for the size of pieces, then the stream.
#include <expat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "xmpp/scanner.hpp"

namespace {

using namespace signalbox::xmpp;

constexpr std::size_t kMost = 2000;
constexpr std::string_view kBlanks = " \t\r\n";

struct Cut {
  TokenKind kind;
  std::size_t end;  // offset in the stream
  bool operator==(const Cut&) const = default;
};

void require(bool condition) {
  if (!condition) std::abort();
}

// Runs of filler are joined: where they are cut depends on the pieces.
std::vector<Cut> cuts(std::string_view stream, Awaiting awaiting, std::size_t piece) {
  Scanner scanner(kMost);
  scanner.await(awaiting);
  std::vector<Cut> found;
  std::size_t taken = 0, given = 0;
  while (given < stream.size()) {
    given = std::min(stream.size(), given + piece);
    for (;;) {
      const std::string_view unread = stream.substr(taken, given - taken);
      const Token token = scanner.next(unread);
      if (token.kind == TokenKind::kNeedMore) break;
      if (token.kind == TokenKind::kBad || token.kind == TokenKind::kTooBig) {
        require(token.bytes.empty());
        found.push_back({token.kind, taken});
        return found;
      }
      require(!token.bytes.empty() && token.bytes.data() == unread.data() && token.bytes.size() <= unread.size());
      taken += token.bytes.size();
      if (token.kind == TokenKind::kStreamOpen) (void)parse_stream_open(token.bytes);
      if (token.kind == TokenKind::kKeepalive && !found.empty() && found.back().kind == token.kind) found.pop_back();
      found.push_back({token.kind, taken});
    }
  }
  return found;
}

// Where the first stanza of `text` ends: behind the first end tag of the kind of the first start. 0: nowhere.
std::size_t plain_end(std::string_view text, TokenKind& kind) {
  const auto iq = text.find("<iq"), message = text.find("<message");
  if (iq == std::string_view::npos && message == std::string_view::npos) return 0;
  const bool is_iq = iq < message;
  kind = is_iq ? TokenKind::kIq : TokenKind::kMessage;
  const std::string_view tag = is_iq ? "</iq" : "</message";
  for (auto at = text.find(tag, is_iq ? iq : message); at != std::string_view::npos; at = text.find(tag, at + 1)) {
    const auto close = text.find_first_not_of(kBlanks, at + tag.size());
    if (close != std::string_view::npos && text[close] == '>') return close + 1;
  }
  return 0;
}

// Where expat sees the root element end, if its end tag is written out; 0 if it does not get there.
std::size_t expat_end(std::string_view text) {
  struct State {
    XML_Parser parser;
    std::size_t depth = 0, end = 0;
    bool stanza = false;
  } state{XML_ParserCreate("UTF-8")};
  XML_SetUserData(state.parser, &state);
  XML_SetElementHandler(
      state.parser,
      [](void* user, const XML_Char* name, const XML_Char**) {
        auto& s = *static_cast<State*>(user);
        if (s.depth++ == 0) s.stanza = std::string_view(name) == "iq" || std::string_view(name) == "message";
      },
      [](void* user, const XML_Char*) {
        auto& s = *static_cast<State*>(user);
        if (--s.depth != 0) return;
        s.end = static_cast<std::size_t>(XML_GetCurrentByteIndex(s.parser) + XML_GetCurrentByteCount(s.parser));
        XML_StopParser(s.parser, XML_FALSE);
      });
  XML_Parse(state.parser, text.data(), static_cast<int>(text.size()), XML_FALSE);
  XML_ParserFree(state.parser);
  return state.stanza && state.end >= 2 && text[state.end - 2] != '/' ? state.end : 0;
}

void check_stanza(std::string_view stream, std::size_t begin, const Cut& cut) {
  const std::string_view rest = stream.substr(begin);
  TokenKind kind{};
  const std::size_t end = plain_end(rest, kind);
  require(end == cut.end - begin && kind == cut.kind);
  // Only an end tag inside (in a comment, in CDATA, nested) makes the scanner stop before expat does; nothing makes it stop behind.
  const std::size_t real = expat_end(rest);
  if (real == 0) return;
  require(end <= real);
  const std::string_view inside = rest.substr(0, real - 4);
  if (inside.find("</iq") == std::string_view::npos && inside.find("</message") == std::string_view::npos) require(end == real);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto awaiting = static_cast<Awaiting>(data[0] % 3);
  const std::size_t piece = 1 + data[1] % 64;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto whole = cuts(stream, awaiting, std::max<std::size_t>(1, stream.size()));
  require(whole == cuts(stream, awaiting, piece));
  std::size_t begin = 0;
  for (const Cut& cut : whole) {
    if (cut.kind == TokenKind::kIq || cut.kind == TokenKind::kMessage) check_stanza(stream, begin, cut);
    begin = cut.end;
  }
  return 0;
}
