// Decodes any stanza with expat: the slow path of decode_pubsub() and the oracle that its fast path is held against.
//
// Element names are compared literally, namespaces mean nothing. Text that is only blanks counts as none; an element's text is its first run of
// it. No DTD: a DOCTYPE makes the stanza malformed, so there are no entities but XML's five; nesting beyond kMostDepth makes it malformed too.
// Threads: any, no shared state. Cost: 5 to 25 us, a few allocations. Source: spec/xmpp.md 1.4, 2.1-2.6, 3.0, 3.1.
#pragma once

#include <cstddef>
#include <string_view>

#include "xmpp/pubsub.hpp"

namespace signalbox::xmpp {

inline constexpr std::size_t kMostDepth = 256;

void expat_decode(std::string_view stanza, const DecodeContext& context, PubsubRequest& out);

}  // namespace signalbox::xmpp
