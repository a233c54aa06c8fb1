// Cuts the bytes that an agent sends into tokens: keepalives, stanzas, stream opens, STARTTLS.
//
// The agent's own server never parsed the stream as XML: it looked for start and end texts, and so does this, with the same results. A stanza
// runs from the first unread byte to the first end tag of its kind behind the first `<iq` or `<message`; what stands in front of it is part of it,
// and the decoder will refuse it. Self-closed stanzas are never seen as such.
//
// Scanner does no I/O. It is asked again with more bytes after kNeedMore and goes on where it stopped, so the cost is linear in the bytes
// however they arrive: about 0.1 ns a byte. Threads: one owner. Errors: kTooBig and kBad end the session.
// Source: spec/xmpp.md 1.3, 1.4, 1.5, 1.11.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace signalbox::xmpp {

inline constexpr std::size_t kDefaultMostStanzaBytes = std::size_t{4} << 20;
// Stream opens and STARTTLS, before anybody is known.
inline constexpr std::size_t kMostHeaderBytes = 16384;

enum class Awaiting : std::uint8_t { kStreamOpen, kStartTls, kStanza };

enum class TokenKind : std::uint8_t {
  kNeedMore,   // no whole token yet
  kKeepalive,  // a run of filler: blanks, line ends, bytes C8 and 80
  kIq,         // a stanza, as kMessage
  kMessage,
  kStreamOpen,
  kStartTls,   // ends with its "/>"; what filler follows must be dropped by the reader before TLS starts
  kStreamEnd,  // </stream:stream>, to be ignored
  kTooBig,
  kBad,  // can never become a token that is awaited
};

struct Token {
  TokenKind kind = TokenKind::kNeedMore;
  std::string_view bytes;  // the front of what was given; empty for kNeedMore, kTooBig, kBad
};

class Scanner {
 public:
  explicit Scanner(std::size_t most_stanza_bytes = kDefaultMostStanzaBytes) : most_stanza_bytes_(most_stanza_bytes) {}

  void await(Awaiting what);

  // `unread`: all bytes received and not yet taken as tokens. After a token the caller drops as many bytes as it has from the front; after
  // kNeedMore it calls again with the same bytes and more behind them (they may have moved). After kTooBig or kBad: not again.
  Token next(std::string_view unread);

 private:
  enum class Phase : std::uint8_t {
    kFront,  // nothing known yet
    kStart,  // looking for the start text
    kEnd,    // looking for the end text
    kClose,  // end text found: blanks and '>' must follow
  };

  enum class Step : std::uint8_t {
    kOn,    // to the next phase
    kMore,  // end of the bytes
    kBad,
    kWhole,  // the token ends at at_
  };

  Token front(std::string_view unread);
  Step step(std::string_view unread);
  Step find_start(std::string_view unread);
  Step find_end(std::string_view unread);
  Step find_close(std::string_view unread);
  Token whole(std::string_view unread);
  std::size_t most_bytes() const { return awaiting_ == Awaiting::kStanza ? most_stanza_bytes_ : kMostHeaderBytes; }

  std::size_t most_stanza_bytes_;
  std::size_t at_ = 0;  // how far the current phase has come
  Awaiting awaiting_ = Awaiting::kStreamOpen;
  Phase phase_ = Phase::kFront;
  TokenKind kind_ = TokenKind::kNeedMore;  // what the start text begins
};

// What a stream open says, entities decoded. Missing attributes are empty.
struct StreamOpen {
  std::string from;
  std::string to;
  std::string id;
  std::string version;
  std::string xmlns;  // real agents put the name of their sub-cluster here
};

// Precondition: bytes of a kStreamOpen token. Errors: not well-formed.
core::Result<StreamOpen> parse_stream_open(std::string_view bytes);

}  // namespace signalbox::xmpp
