#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/agentsim/latency.hpp"
#include "bench/agentsim/node_stats.hpp"
#include "bench/agentsim/options.hpp"

namespace signalbox::bench {
namespace {

TEST(LatencyHistogram, KeepsPercentilesWithinSixPercent) {
  LatencyHistogram h;
  EXPECT_EQ(h.percentile(0.5), 0);
  for (std::int64_t us = 1; us <= 100'000; ++us) h.add(us * 1000);
  for (const double p : {0.1, 0.5, 0.9, 0.99}) {
    const double exact = p * 100'000'000;
    EXPECT_GE(static_cast<double>(h.percentile(p)), exact) << p;
    EXPECT_LE(static_cast<double>(h.percentile(p)), exact * 1.07) << p;
  }
  EXPECT_EQ(h.percentile(1), 100'000'000);
  EXPECT_EQ(h.max(), 100'000'000);
}

TEST(LatencyHistogram, TakesExtremes) {
  for (const std::int64_t ns : {std::int64_t{0}, std::int64_t{1}, std::int64_t{63}, std::int64_t{1024}, INT64_MAX / 2}) {
    LatencyHistogram h;
    h.add(ns);
    EXPECT_EQ(h.percentile(0.5), ns);
  }
}

TEST(LatencyHistogram, Merges) {
  LatencyHistogram a, b;
  a.add(1000);
  b.add(5000);
  a.merge(b);
  EXPECT_EQ(a.count(), 2u);
  EXPECT_EQ(a.max(), 5000);
  a.clear();
  EXPECT_EQ(a.count(), 0u);
}

TEST(NodeStats, CountsWhatAProcessUses) {
  const NodeStats self(getpid());
  const auto before = self.sample();
  ASSERT_TRUE(before);
  EXPECT_GT(before->rss_kb, 0u);
  EXPECT_GT(before->threads, 0u);
  std::string memory(64 << 20, 'x');
  volatile std::uint64_t work = 0;
  for (std::uint64_t i = 0; i < 20'000'000; ++i) work = work + i;
  const auto after = self.sample();
  ASSERT_TRUE(after);
  EXPECT_GT(after->cpu_ns, before->cpu_ns);
  EXPECT_GE(after->rss_kb, before->rss_kb + 60 * 1024);
  EXPECT_GE(after->peak_rss_kb, after->rss_kb);
  EXPECT_EQ(memory[work % memory.size()], 'x');
  EXPECT_FALSE(NodeStats(0).sample());
}

TEST(NodeStats, FindsWhoListens) {
  const int s = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(s, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
  ASSERT_EQ(::listen(s, 1), 0);
  socklen_t size = sizeof a;
  getsockname(s, reinterpret_cast<sockaddr*>(&a), &size);
  EXPECT_EQ(NodeStats::find_listener("127.0.0.1", ntohs(a.sin_port)), getpid());
  ::close(s);
  EXPECT_FALSE(NodeStats::find_listener("127.0.0.1", ntohs(a.sin_port)));
}

TEST(Options, AreReadAndRefused) {
  Options o;
  int status = -1;
  const char* good[] = {"agentsim", "--agents", "7",      "--family",     "mixed", "--reconnect-storm",
                        "half",     "--tls",    "direct", "--publishers", "50"};
  EXPECT_EQ(parse_options(11, good, o, status), ParseOutcome::kRun);
  EXPECT_EQ(o.agents, 7u);
  EXPECT_EQ(o.publishers, 7u);
  EXPECT_EQ(o.family, FamilyMix::kMixed);
  EXPECT_EQ(o.storm, Storm::kHalf);
  EXPECT_EQ(o.tls, TlsMode::kDirect);
  const char* bad[] = {"agentsim", "--family", "ipx"};
  testing::internal::CaptureStderr();
  EXPECT_EQ(parse_options(3, bad, o, status), ParseOutcome::kExit);
  EXPECT_EQ(status, 2);
  EXPECT_NE(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace signalbox::bench
