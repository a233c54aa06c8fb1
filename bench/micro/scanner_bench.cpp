// Scanner: tokens of a read burst of publish and collection stanzas. One iteration is one published route.
#include "xmpp/scanner.hpp"

#include <benchmark/benchmark.h>

#include <string>

#include "bench/micro/agent_stanzas.hpp"

namespace signalbox::bench {
namespace {

void BM_scanner_route(benchmark::State& state) {
  std::string burst;
  constexpr int kRoutes = 40;
  for (int i = 0; i < kRoutes; ++i) burst += publish_stanza() + collection_stanza();
  xmpp::Scanner scanner;
  scanner.await(xmpp::Awaiting::kStanza);
  std::size_t stanzas = 0;
  while (state.KeepRunningBatch(kRoutes)) {
    std::string_view unread = burst;
    while (!unread.empty()) {
      const xmpp::Token token = scanner.next(unread);
      stanzas += token.kind == xmpp::TokenKind::kIq ? 1 : 0;
      unread.remove_prefix(token.bytes.size());
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(burst.size() / kRoutes));
  state.counters["stanzas_per_route"] = static_cast<double>(stanzas) / static_cast<double>(state.iterations());
}
BENCHMARK(BM_scanner_route);

}  // namespace
}  // namespace signalbox::bench
