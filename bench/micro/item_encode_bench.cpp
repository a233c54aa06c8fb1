// Encoding of items towards agents: attributes seen before (argument: next hops), attributes new each time, retracts. One iteration is one item.
#include "xmpp/item_encode.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "bench/micro/agent_stanzas.hpp"
#include "xmpp/pubsub_decode.hpp"

namespace signalbox::bench {
namespace {

constexpr unsigned kAttributeSets = 64;

// The route of publish_stanza(), as decoded.
xmpp::PubsubRequest decoded() {
  xmpp::PubsubRequest request;
  std::string stanza = publish_stanza();
  stanza.pop_back();
  xmpp::decode_pubsub(stanza, {64512}, request);
  return request;
}

std::vector<xmpp::NextHopView> next_hops(const xmpp::PubsubRequest& request, std::size_t n) {
  const xmpp::PublishedItem& item = request.items.front();
  return std::vector<xmpp::NextHopView>(n, {item.next_hop, item.label, 1, request.attributes(item), "default-domain:demo:blue"});
}

void encode(benchmark::State& state, std::size_t hops, bool new_attributes) {
  const xmpp::PubsubRequest request = decoded();
  std::vector<xmpp::NextHopView> views = next_hops(request, hops);
  xmpp::ItemEncoder encoder({64512, false});
  xmpp::TextBuffer out;
  std::uint64_t key = 0;
  std::uint32_t address = 0x0a070000;
  std::size_t bytes = 0;
  for (auto _ : state) {
    ++key;
    for (auto& view : views) view.attributes_key = new_attributes ? key : 1 + key % kAttributeSets;
    const auto prefix = core::Prefix{core::IpAddress::from_v4(++address), 32};
    encoder.add_item(out, {core::Family::kInet, prefix, views});
    if (out.size() > 30000) {
      bytes += out.size();
      out.clear();
    }
  }
  bytes += out.size();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["bytes_per_item"] = static_cast<double>(bytes) / static_cast<double>(state.iterations());
}

void BM_encode_item(benchmark::State& state) { encode(state, static_cast<std::size_t>(state.range(0)), false); }
BENCHMARK(BM_encode_item)->Arg(1)->Arg(2)->Arg(16);

void BM_encode_item_new_attributes(benchmark::State& state) { encode(state, 1, true); }
BENCHMARK(BM_encode_item_new_attributes);

void BM_encode_retract(benchmark::State& state) {
  xmpp::TextBuffer out;
  std::uint32_t address = 0x0a070000;
  for (auto _ : state) {
    xmpp::add_retract(out, core::Prefix{core::IpAddress::from_v4(++address), 32});
    if (out.size() > 30000) out.clear();
  }
}
BENCHMARK(BM_encode_retract);

}  // namespace
}  // namespace signalbox::bench
