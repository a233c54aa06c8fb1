// Decodes an agent's stanzas into PubsubRequests.
//
// What agents send is read by a decoder written for just that (decode_known); whatever that one does not know (other order of elements, more
// attributes, entities, comments, CDATA, other families, text beyond ASCII) is read by expat (xmpp/expat_decode.hpp), which decides what a
// stanza means. tests/fuzz/pubsub_decode_fuzz.cpp holds the two against each other.
//
// Threads: a decoder belongs to one. Errors: in the request (kMalformed; faults of items). Cost: a publish 0.5 us when its attributes were met before,
// 1.1 us when not, a collection or subscribe 0.1 us; 5 to 25 us by expat; no allocation by the first once warm.
// Source: spec/xmpp.md 1.4, 2.1-2.6, 3.0, 3.1.
#pragma once

#include <string_view>

#include "xmpp/attribute_memo.hpp"
#include "xmpp/pubsub.hpp"

namespace signalbox::xmpp {

// One for each shard: what it remembers serves all agents.
class PubsubDecoder {
 public:
  explicit PubsubDecoder(const DecodeContext& context = {}) : context_(context) {}

  void set_context(const DecodeContext& context);

  // `stanza`: all bytes of one token of the scanner.
  void decode(std::string_view stanza, PubsubRequest& out);
  // Only the known forms. False: the stanza is none of them and `out` means nothing.
  [[nodiscard]] bool decode_known(std::string_view stanza, PubsubRequest& out);

 private:
  DecodeContext context_;
  UnicastItem item_;
  AttributeMemo memo_;
};

// For a stanza now and then: without memory of those before.
void decode_pubsub(std::string_view stanza, const DecodeContext& context, PubsubRequest& out);

}  // namespace signalbox::xmpp
