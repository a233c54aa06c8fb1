// Decoding of one route's stanzas: the known forms, and the same by expat.
#include "xmpp/pubsub_decode.hpp"

#include <benchmark/benchmark.h>

#include <string>

#include "bench/micro/agent_stanzas.hpp"
#include "xmpp/expat_decode.hpp"

namespace signalbox::bench {
namespace {

constexpr xmpp::DecodeContext kContext{64512};

std::string trimmed(std::string stanza) {
  stanza.pop_back();  // the line end behind it is a keepalive
  return stanza;
}

template <class Decode>
void run(benchmark::State& state, const std::string& stanza, xmpp::RequestKind expected, Decode decode) {
  xmpp::PubsubRequest request;
  for (auto _ : state) {
    decode(stanza, request);
    benchmark::DoNotOptimize(request);
  }
  if (request.kind != expected) state.SkipWithError("decoded to something else");
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(stanza.size()));
}

void run_known(benchmark::State& state, const std::string& stanza, xmpp::RequestKind expected) {
  xmpp::PubsubDecoder decoder(kContext);
  run(state, stanza, expected, [&](const std::string& text, xmpp::PubsubRequest& request) { decoder.decode(text, request); });
}

void run_expat(benchmark::State& state, const std::string& stanza, xmpp::RequestKind expected) {
  run(state, stanza, expected, [](const std::string& text, xmpp::PubsubRequest& request) { xmpp::expat_decode(text, kContext, request); });
}

// Attributes met before.
void BM_decode_publish(benchmark::State& state) { run_known(state, trimmed(publish_stanza()), xmpp::RequestKind::kPublish); }
BENCHMARK(BM_decode_publish);

// Attributes never met: the security group is another one every time.
void BM_decode_publish_new_attributes(benchmark::State& state) {
  std::string stanza = trimmed(publish_stanza());
  const std::size_t digits = stanza.find("8000002");
  std::uint32_t group = 0;
  xmpp::PubsubDecoder decoder(kContext);
  run(state, stanza, xmpp::RequestKind::kPublish, [&](const std::string&, xmpp::PubsubRequest& request) {
    const std::string text = std::to_string(8000000 + ++group % 999999);
    stanza.replace(digits, text.size(), text);
    decoder.decode(stanza, request);
  });
}
BENCHMARK(BM_decode_publish_new_attributes);

void BM_decode_publish_inet6(benchmark::State& state) {
  std::string stanza = trimmed(publish_stanza("2001:db8::5/128"));
  stanza.replace(stanza.find("\"1/1/"), 5, "\"2/1/");
  stanza.replace(stanza.find("<af>1"), 5, "<af>2");
  run_known(state, stanza, xmpp::RequestKind::kPublish);
}
BENCHMARK(BM_decode_publish_inet6);

void BM_decode_collection(benchmark::State& state) { run_known(state, trimmed(collection_stanza()), xmpp::RequestKind::kCollection); }
BENCHMARK(BM_decode_collection);

void BM_decode_publish_expat(benchmark::State& state) { run_expat(state, trimmed(publish_stanza()), xmpp::RequestKind::kPublish); }
BENCHMARK(BM_decode_publish_expat);

void BM_decode_collection_expat(benchmark::State& state) { run_expat(state, trimmed(collection_stanza()), xmpp::RequestKind::kCollection); }
BENCHMARK(BM_decode_collection_expat);

}  // namespace
}  // namespace signalbox::bench
