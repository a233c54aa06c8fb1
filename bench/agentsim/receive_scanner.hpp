// Cuts what a node sends into stanzas, in place, and finds the bytes that are the same for all receivers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signalbox::bench {

/// 128 bits of a body's bytes; two bodies are taken to be equal when they agree.
struct BodyKey {
  std::uint64_t low;
  std::uint64_t high;
  friend bool operator==(const BodyKey&, const BodyKey&) = default;
};
BodyKey body_key(std::string_view bytes);

enum class FrameKind : std::uint8_t {
  kIncomplete,  // more bytes are needed
  kMessage,     // <message ...>...</message>
  kIq,          // <iq ...>...</iq>
  kBad,         // neither a stanza nor filler: the stream is broken
};

struct Frame {
  FrameKind kind;
  std::size_t consumed;      // bytes done with: leading filler, and the stanza when there is one
  std::uint32_t keepalives;  // C8 80 seen in the filler
  std::string_view stanza;   // from '<' to '>' of the end tag
};

/// The next stanza of `data` (spec/xmpp.md 1.4). `searched`: how far the end tag was already looked for, counted from the
/// first byte that is left when `consumed` bytes are dropped; start with 0, pass it back with the same bytes and more.
Frame next_frame(std::string_view data, std::size_t& searched);

/// A message's first tag and what follows it.
struct MessageParts {
  std::string_view start_tag;
  std::string_view body;
};
MessageParts split_message(std::string_view stanza);

/// Value of attribute `name` (such as ` to=`, with the leading blank) inside a start tag; empty when there is none.
std::string_view attribute(std::string_view tag, std::string_view name);

}  // namespace signalbox::bench
