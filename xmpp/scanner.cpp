#include "xmpp/scanner.hpp"

#include <expat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "xmpp/byte_scan.hpp"

namespace signalbox::xmpp {
namespace {

constexpr std::string_view kDeclaration = "<?xml", kDeclarationEnd = "?>";
constexpr std::string_view kStreamStart = "<stream:stream", kStreamUrl = "http://etherx.jabber.org/streams";
constexpr std::string_view kStreamEndTag = "</stream:stream";
constexpr std::string_view kStartTlsStart = "<starttls", kStartTlsEnd = "/>", kTlsUrn = "urn:ietf:params:xml:ns:xmpp-tls";
constexpr std::string_view kIqStart = "<iq", kIqEnd = "</iq", kMessageStart = "<message", kMessageEnd = "</message";
constexpr std::size_t kMostStreamEndBytes = 64;

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool filler(char c) { return blank(c) || c == '\xc8' || c == '\x80'; }

std::size_t filler_at_front(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && filler(text[n])) ++n;
  return n;
}

// One begins with the other: more bytes may make `text` begin with `start`.
bool may_begin_with(std::string_view text, std::string_view start) {
  const std::size_t n = std::min(text.size(), start.size());
  return text.substr(0, n) == start.substr(0, n);
}

struct EndText {
  std::string_view text;
  std::size_t rare;  // the byte to look for: 'q' and 'g' are rare in what agents write
};

EndText end_text(TokenKind kind) {
  switch (kind) {
    case TokenKind::kIq: return {kIqEnd, 3};
    case TokenKind::kMessage: return {kMessageEnd, 7};
    case TokenKind::kStreamOpen: return {kStreamUrl, 5};
    default: return {kStartTlsEnd, 0};
  }
}

// Nothing, or an XML declaration and blanks.
bool only_declaration(std::string_view text) {
  if (text.empty()) return true;
  const auto end = text.find(kDeclarationEnd);
  return text.starts_with(kDeclaration) && end != std::string_view::npos &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(end) + 2, text.end(), blank);
}

}  // namespace

void Scanner::await(Awaiting what) {
  awaiting_ = what;
  phase_ = Phase::kFront;
  at_ = 0;
}

Token Scanner::next(std::string_view unread) {
  if (phase_ == Phase::kFront) {
    const Token token = front(unread);
    if (phase_ == Phase::kFront) return token;
  }
  for (;;) {
    switch (step(unread)) {
      case Step::kOn: break;
      case Step::kMore: return {unread.size() > most_bytes() ? TokenKind::kTooBig : TokenKind::kNeedMore, {}};
      case Step::kBad: return {TokenKind::kBad, {}};
      case Step::kWhole: return whole(unread);
    }
  }
}

Scanner::Step Scanner::step(std::string_view unread) {
  switch (phase_) {
    case Phase::kStart: return find_start(unread);
    case Phase::kEnd: return find_end(unread);
    default: return find_close(unread);
  }
}

// What can be told from the first bytes. Leaves kFront when that is not all.
Token Scanner::front(std::string_view unread) {
  if (unread.empty()) return {};
  if (const std::size_t n = filler_at_front(unread)) return {TokenKind::kKeepalive, unread.substr(0, n)};
  if (awaiting_ != Awaiting::kStanza) {
    const std::string_view start = awaiting_ == Awaiting::kStreamOpen ? kStreamStart : kStartTlsStart;
    if (!may_begin_with(unread, kDeclaration) && !may_begin_with(unread, start)) return {TokenKind::kBad, {}};
    if (!unread.starts_with(kDeclaration) && !unread.starts_with(start)) return {};
  } else if (unread[0] != '<') {
    return {TokenKind::kBad, {}};
  } else if (unread.size() == 1) {
    return {};
  } else if (unread[1] == '/' && may_begin_with(unread, kStreamEndTag)) {
    const auto close =
        unread.size() < kStreamEndTag.size() ? std::string_view::npos : unread.find_first_not_of(" \t\r\n", kStreamEndTag.size());
    if (std::min(close, unread.size()) > kMostStreamEndBytes) return {TokenKind::kBad, {}};
    if (close == std::string_view::npos) return {};
    if (unread[close] == '>') return {TokenKind::kStreamEnd, unread.substr(0, close + 1)};
  }
  phase_ = Phase::kStart;
  at_ = 0;
  return {};
}

Scanner::Step Scanner::find_start(std::string_view unread) {
  struct Start {
    std::string_view text;
    TokenKind kind;
    Awaiting awaiting;
  };
  static constexpr std::array<Start, 4> kStarts{{{kIqStart, TokenKind::kIq, Awaiting::kStanza},
                                                 {kMessageStart, TokenKind::kMessage, Awaiting::kStanza},
                                                 {kStreamStart, TokenKind::kStreamOpen, Awaiting::kStreamOpen},
                                                 {kStartTlsStart, TokenKind::kStartTls, Awaiting::kStartTls}}};
  for (; (at_ = unread.find('<', at_)) != std::string_view::npos; ++at_) {
    for (const Start& start : kStarts) {
      const std::string_view here = unread.substr(at_, start.text.size());
      if (start.awaiting != awaiting_ || !may_begin_with(here, start.text)) continue;
      if (here.size() < start.text.size()) return Step::kMore;
      if (awaiting_ != Awaiting::kStanza && !only_declaration(unread.substr(0, at_))) return Step::kBad;
      at_ += start.text.size();
      kind_ = start.kind;
      phase_ = Phase::kEnd;
      return Step::kOn;
    }
  }
  at_ = unread.size();
  return Step::kMore;
}

Scanner::Step Scanner::find_end(std::string_view unread) {
  const auto [text, rare] = end_text(kind_);
  const std::size_t found = find_needle(unread, at_, text, rare);
  if (found == std::string_view::npos) {
    at_ = std::max(at_, unread.size() - std::min(unread.size(), text.size() - 1));
    return Step::kMore;
  }
  const std::size_t behind = found + text.size();
  at_ = behind;
  if (kind_ == TokenKind::kStartTls) return Step::kWhole;
  if (kind_ == TokenKind::kStreamOpen) {
    if (behind == unread.size()) {
      at_ = found;
      return Step::kMore;
    }
    if (unread[behind] != '"' && unread[behind] != '\'') return Step::kOn;
    ++at_;
  }
  phase_ = Phase::kClose;
  return Step::kOn;
}

Scanner::Step Scanner::find_close(std::string_view unread) {
  while (at_ < unread.size() && blank(unread[at_])) ++at_;
  if (at_ == unread.size()) return Step::kMore;
  if (unread[at_] != '>') {
    phase_ = Phase::kEnd;
    return Step::kOn;
  }
  ++at_;
  return Step::kWhole;
}

Token Scanner::whole(std::string_view unread) {
  const Token token{kind_, unread.substr(0, at_)};
  if (token.bytes.size() > most_bytes()) return {TokenKind::kTooBig, {}};
  if (kind_ == TokenKind::kStartTls && token.bytes.find(kTlsUrn) == std::string_view::npos) return {TokenKind::kBad, {}};
  phase_ = Phase::kFront;
  at_ = 0;
  return token;
}

namespace {

struct OpenReader {
  StreamOpen open;
  bool seen = false;
};

void read_open(void* user, const XML_Char* name, const XML_Char** attributes) {
  OpenReader& reader = *static_cast<OpenReader*>(user);
  reader.seen = std::string_view(name) == kStreamStart.substr(1);
  for (; *attributes != nullptr; attributes += 2) {
    const std::string_view attribute = attributes[0];
    std::string* to = attribute == "from"      ? &reader.open.from
                      : attribute == "to"      ? &reader.open.to
                      : attribute == "id"      ? &reader.open.id
                      : attribute == "version" ? &reader.open.version
                      : attribute == "xmlns"   ? &reader.open.xmlns
                                               : nullptr;
    if (to != nullptr) *to = attributes[1];
  }
}

}  // namespace

core::Result<StreamOpen> parse_stream_open(std::string_view bytes) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate("UTF-8"), XML_ParserFree);
  if (!parser) return core::error("no memory for an XML parser");
  OpenReader reader;
  XML_SetUserData(parser.get(), &reader);
  XML_SetStartElementHandler(parser.get(), read_open);
  if (XML_Parse(parser.get(), bytes.data(), static_cast<int>(bytes.size()), XML_FALSE) == XML_STATUS_ERROR) {
    return core::error(std::string("stream open: ") + XML_ErrorString(XML_GetErrorCode(parser.get())));
  }
  if (!reader.seen) return core::error("stream open: not a stream:stream element");
  return std::move(reader.open);
}

}  // namespace signalbox::xmpp
