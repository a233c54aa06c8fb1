// The decoder of known forms against expat: what it says it knows must be what expat reads, with its memory of earlier stanzas and without.
// The input is one stanza; what its first decoding leaves behind is there for the next.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "xmpp/expat_decode.hpp"
#include "xmpp/pubsub_decode.hpp"

namespace {

using namespace signalbox::xmpp;

constexpr DecodeContext kContext{64512};

void check(const PubsubRequest& known, const PubsubRequest& expected, const char* what) {
  if (known == expected) return;
  std::fprintf(stderr, "%s: known forms read a %s, expat a %s\n", what, to_string(known.kind).data(), to_string(expected.kind).data());
  std::abort();
}

// Whatever was read can be asked for.
void use(const PubsubRequest& request) {
  for (const PublishedItem& item : request.items) {
    for (const bool withdraw : {false, true}) {
      for (const bool default_instance : {false, true}) (void)check_item(item, withdraw, default_instance);
    }
    if (item.attributes_size != 0) (void)signalbox::core::AttributeView(request.attributes(item));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stanza(reinterpret_cast<const char*>(data), size);
  static PubsubDecoder with_memory(kContext);
  PubsubDecoder without_memory(kContext);
  PubsubRequest remembered, fresh, expected;
  expat_decode(stanza, kContext, expected);
  use(expected);
  const bool fresh_known = without_memory.decode_known(stanza, fresh);
  if (fresh_known) check(fresh, expected, "without memory");
  for (int round = 0; round < 3; ++round) {
    if (with_memory.decode_known(stanza, remembered) != fresh_known) std::abort();
    if (fresh_known) check(remembered, expected, "with memory");
  }
  with_memory.decode(stanza, remembered);
  check(remembered, expected, "whole decoder");
  return 0;
}
