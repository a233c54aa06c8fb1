// Interning, tables, the update log, feeds and the inbox.

#include <benchmark/benchmark.h>

#include <thread>

#include "bgp/export/feed.hpp"
#include "bgp/export/update_log.hpp"
#include "bgp/rib/attr.hpp"
#include "bgp/rib/table.hpp"
#include "core/inbox.hpp"

namespace signalbox {
namespace {

std::vector<std::uint8_t> attribute_bytes(std::uint32_t security_group) {
  core::AttributeBuilder builder;
  builder.add_ext_community(core::ext::tunnel_encap(2));
  builder.add_ext_community(core::ext::tunnel_encap(13));
  builder.add_ext_community(core::ext::security_group(64512, security_group));
  std::vector<std::uint8_t> bytes;
  builder.append_to(bytes);
  return bytes;
}

core::Prefix prefix_of(std::uint32_t i) { return core::Prefix::make(core::IpAddress::from_v4(0x0a000000 + i), 32); }

void intern_known(benchmark::State& state) {
  bgp::AttrTable attrs;
  const auto bytes = attribute_bytes(7);
  const std::uint64_t hash = core::hash_bytes(bytes);
  attrs.intern(bytes, hash);
  for (auto _ : state) attrs.release(attrs.intern(bytes, hash));
}
BENCHMARK(intern_known);

void intern_new_and_release(benchmark::State& state) {
  bgp::AttrTable attrs;
  const auto bytes = attribute_bytes(7);
  const std::uint64_t hash = core::hash_bytes(bytes);
  for (auto _ : state) attrs.release(attrs.intern(bytes, hash));
}
BENCHMARK(intern_new_and_release);

void table_insert_and_erase(benchmark::State& state) {
  bgp::RouteStore routes;
  bgp::Table table(1, core::InstanceId(1), core::Family::kInet, routes);
  const auto n = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    std::vector<bgp::RouteId> ids;
    ids.reserve(n);
    for (std::uint32_t i = 0; i < n; ++i) {
      bool made;
      ids.push_back(table.find_or_make(bgp::RouteKey::of(prefix_of(i)), made));
      table.log.append(ids.back(), routes.at(ids.back()), false);
    }
    for (const bgp::RouteId id : ids) table.erase(id);
    std::vector<bgp::UpdateLog::Position*> none;
    table.log.compact(routes, none);
  }
  state.SetItemsProcessed(state.iterations() * n);
}
BENCHMARK(table_insert_and_erase)->Arg(1000)->Arg(100000);

void update_log_append_and_drain(benchmark::State& state) {
  bgp::RouteStore routes;
  bgp::UpdateLog log;
  constexpr std::uint32_t kRoutes = 10000;
  std::vector<bgp::RouteId> ids;
  for (std::uint32_t i = 0; i < kRoutes; ++i) {
    ids.push_back(routes.make(1, bgp::RouteKey::of(prefix_of(i)).view()));
    log.append(ids.back(), routes.at(ids.back()), false);
  }
  bgp::UpdateLog::Position drained = log.end();
  std::size_t told = 0;
  std::uint32_t next = 0;
  for (auto _ : state) {
    const bgp::RouteId id = ids[(next += 7919) % kRoutes];
    log.append(id, routes.at(id), true);
    for (; drained < log.end(); ++drained) told += log.at(drained) != 0;
    if (log.wants_compaction()) {
      std::vector<bgp::UpdateLog::Position*> cursors{&drained};
      log.compact(routes, cursors);
    }
  }
  benchmark::DoNotOptimize(told);
}
BENCHMARK(update_log_append_and_drain);

// One body to N cursors, until all have taken it.
void feed_to_cursors(benchmark::State& state) {
  bgp::FeedSet feeds{core::ShardId(0)};
  bgp::Feed& feed = feeds.feed(0, core::InstanceId(1));
  std::vector<bgp::FeedReader> readers(static_cast<std::size_t>(state.range(0)));
  std::uint64_t ticket = 0;
  for (bgp::FeedReader& reader : readers) feed.attach(reader, ++ticket);
  const core::ChunkPtr body = core::ChunkPtr::copy_of(std::string(32 * 1024, 'x'));
  std::uint64_t number = 0;
  for (auto _ : state) {
    feed.push(bgp::FeedChunk{0, core::InstanceId(1), ++number, 0, ~0ull, body, nullptr}, {}, [](bgp::FeedReader&) {});
    for (bgp::FeedReader& reader : readers) benchmark::DoNotOptimize(feed.take(reader));
    feeds.acknowledge([](unsigned, const bgp::FeedAck&) {});
  }
  for (bgp::FeedReader& reader : readers) feed.detach(reader);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(feed_to_cursors)->Arg(1)->Arg(100)->Arg(1000);

void inbox_hand_over(benchmark::State& state) {
  core::Inbox<std::uint64_t> inbox;
  std::vector<std::uint64_t> out;
  for (auto _ : state) {
    for (std::uint64_t i = 0; i < 64; ++i) inbox.push(i, 1);
    out.clear();
    inbox.take(out);
  }
  state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(inbox_hand_over);

void inbox_between_threads(benchmark::State& state) {
  core::Inbox<std::uint64_t> inbox;
  std::atomic<bool> stop{false};
  std::thread producer([&] {
    while (!stop.load(std::memory_order_relaxed)) {
      if (inbox.weight() < 1024) inbox.push(1, 1);
    }
  });
  std::vector<std::uint64_t> out;
  std::size_t taken = 0;
  for (auto _ : state) {
    out.clear();
    taken += inbox.take(out);
  }
  stop = true;
  producer.join();
  state.SetItemsProcessed(static_cast<std::int64_t>(taken));
}
BENCHMARK(inbox_between_threads)->UseRealTime();

}  // namespace
}  // namespace signalbox
