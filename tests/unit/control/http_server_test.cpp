// The HTTP server against good, bad and slow clients on loopback sockets. Waiting is for bytes and ends of connections, never for time to pass.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "control/http/http_server.hpp"
#include "control/http/port_announcement.hpp"
#include "tests/unit/control/http_client.hpp"
#include "tests/unit/control/site_fixture.hpp"

namespace signalbox::control::test {
namespace {

using std::chrono::milliseconds;

HttpConfig loopback() {
  HttpConfig config;
  config.address = "127.0.0.1";
  config.port = 0;
  return config;
}

HttpResponse plain(std::string body) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

// Replies at once with method, path and query.
void echo(const HttpRequest& request, HttpReply reply) { reply(plain(request.method + " " + request.path + " " + request.query)); }

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

std::string echoed(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

bool started(HttpServer& server, HttpHandler handler) { return server.start(std::move(handler)).ok(); }

// Holds replies until the test gives them.
class Held {
 public:
  HttpHandler handler() {
    return [this](const HttpRequest& request, HttpReply reply) {
      if (request.path != "/held") return echo(request, std::move(reply));
      const std::lock_guard lock(mutex_);
      reply_.set_value(std::move(reply));
      reply_ = {};
    };
  }
  std::future<HttpReply> next() {
    const std::lock_guard lock(mutex_);
    return reply_.get_future();
  }

 private:
  std::mutex mutex_;
  std::promise<HttpReply> reply_;
};

TEST(HttpServer, RepliesExactlyAsClientsKnowIt) {
  HttpServer server(loopback());
  ASSERT_TRUE(started(server, echo));
  HttpClient client(server.port());
  client.send(get("/Snh_ShowRouteReq?x=a%20b&count=1?"));
  EXPECT_EQ(client.read_reply(), echoed("GET /Snh_ShowRouteReq x=a%20b&count=1?"));
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde" + get("/next"));
  EXPECT_EQ(client.read_reply(), echoed("POST / "));
  EXPECT_EQ(client.read_reply(), echoed("GET /next "));
}

TEST(HttpServer, SequencesAreChunked) {
  HttpServer server(loopback());
  ASSERT_TRUE(started(server, [](const HttpRequest&, const HttpReply& reply) {
    HttpResponse response;
    response.content_type = "text/xml";
    response.chunks = {"<list>", std::string(300, 'x'), "", "</list>"};
    reply(std::move(response));
  }));
  HttpClient client(server.port());
  client.send(get("/"));
  EXPECT_EQ(client.read_reply(), "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<list>\r\n12c\r\n" +
                                     std::string(300, 'x') + "\r\n7\r\n</list>\r\n0\r\n\r\n");
  client.send("GET / HTTP/1.0\r\n\r\n");  // knows no chunks and keeps no connection
  EXPECT_EQ(client.read_to_end(), "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 313\r\nConnection: close\r\n\r\n<list>" +
                                      std::string(300, 'x') + "</list>");
}

TEST(HttpServer, HeadAndConnectionClose) {
  HttpServer server(loopback());
  ASSERT_TRUE(started(server, echo));
  HttpClient client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read_to_end(), "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\nConnection: close\r\n\r\n");
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  HttpServer server(loopback());
  Held held;
  ASSERT_TRUE(started(server, held.handler()));
  auto first = held.next();
  HttpClient client(server.port());
  client.send(get("/held") + get("/b") + get("/c"));
  first.get()(plain("late"));
  EXPECT_EQ(client.read_reply(), echoed("late"));
  EXPECT_EQ(client.read_reply(), echoed("GET /b "));
  EXPECT_EQ(client.read_reply(), echoed("GET /c "));
}

TEST(HttpServer, RequestInSingleBytes) {
  HttpServer server(loopback());
  ASSERT_TRUE(started(server, echo));
  HttpClient client(server.port());
  for (const char c : get("/slow")) client.send(std::string(1, c));
  EXPECT_EQ(client.read_reply(), echoed("GET /slow "));
}

std::string status_of(const std::string& reply) { return reply.substr(0, reply.find("\r\n")); }

TEST(HttpServer, MalformedAndOversizedRequestsEndTheConnection) {
  HttpConfig config = loopback();
  config.max_header_bytes = 1000;
  config.max_body_bytes = 1000;
  HttpServer server(config);
  ASSERT_TRUE(started(server, echo));
  const std::vector<std::pair<std::string, std::string>> cases{
      {"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), "HTTP/1.1 400 Bad Request"},
      {"GET / HTTP/9.9\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"GET / HTTP/1.1\r\nContent-Length: nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"GET / HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", "HTTP/1.1 431 Request Header Fields Too Large"},
      {"GET /" + std::string(2000, 'x'), "HTTP/1.1 431 Request Header Fields Too Large"},
      {"POST / HTTP/1.1\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'x'), "HTTP/1.1 413 Content Too Large"},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x'), "HTTP/1.1 413 Content Too Large"},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400 Bad Request"},
  };
  for (const auto& [request, status] : cases) {
    HttpClient client(server.port());
    client.send(request);
    EXPECT_EQ(status_of(client.read_to_end()), status) << request.substr(0, 40);
  }
  HttpClient good(server.port());
  good.send(get("/still"));
  EXPECT_EQ(good.read_reply(), echoed("GET /still "));
  EXPECT_EQ(server.counters().errors, cases.size());
}

TEST(HttpServer, HalfARequestTimesOutWhileOthersAreServed) {
  HttpConfig config = loopback();
  config.request_timeout = milliseconds(600);
  HttpServer server(config);
  ASSERT_TRUE(started(server, echo));
  HttpClient slow_head(server.port()), slow_body(server.port()), other(server.port());
  slow_head.send("GET / HTTP/1.1\r\nHost:");
  slow_body.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  other.send(get("/"));
  EXPECT_EQ(other.read_reply(), echoed("GET / "));
  EXPECT_EQ(slow_head.read_to_end(), "");
  EXPECT_EQ(slow_body.read_to_end(), "");
  // A connection is closed a moment before it is counted.
  while (server.counters().timeouts < 2) std::this_thread::yield();
  EXPECT_EQ(server.counters().timeouts, 2u);
}

TEST(HttpServer, DrippingBytesDoesNotProlongARequest) {
  HttpConfig config = loopback();
  config.request_timeout = milliseconds(150);
  HttpServer server(config);
  ASSERT_TRUE(started(server, echo));
  HttpClient client(server.port());
  client.send("GET / HTTP/1.1\r\n");
  std::atomic<bool> ended{false};
  std::thread drip([&] {
    try {
      while (!ended) client.send("X: y\r\n");
    } catch (const std::exception&) {}
  });
  client.read_to_end();  // closed by the time limit, or by the size limit with 431
  ended = true;
  drip.join();
}

TEST(HttpServer, IdleConnectionIsClosed) {
  HttpConfig config = loopback();
  config.idle_timeout = milliseconds(100);
  HttpServer server(config);
  ASSERT_TRUE(started(server, echo));
  HttpClient silent(server.port());
  EXPECT_EQ(silent.read_to_end(), "");
  // On a busy machine the time may be up before the request is sent.
  std::string seen;
  for (int attempt = 0; attempt < 50 && seen.empty(); ++attempt) {
    HttpClient after_one(server.port());
    after_one.send(get("/"));
    seen = after_one.read_to_end();
  }
  EXPECT_EQ(seen, echoed("GET / "));
}

TEST(HttpServer, NoAnswerInTimeIs504AndTheLateOneIsDropped) {
  HttpConfig config = loopback();
  config.handler_timeout = milliseconds(100);
  HttpServer server(config);
  Held held;
  ASSERT_TRUE(started(server, held.handler()));
  auto pending = held.next();
  HttpClient client(server.port());
  client.send(get("/held"));
  EXPECT_EQ(status_of(client.read_reply()), "HTTP/1.1 504 Gateway Timeout");
  pending.get()(plain("too late"));
  client.send(get("/next"));
  EXPECT_EQ(client.read_reply(), echoed("GET /next "));
}

TEST(HttpServer, OnlyTheFirstAnswerCounts) {
  HttpServer server(loopback());
  ASSERT_TRUE(started(server, [](const HttpRequest& request, const HttpReply& reply) {
    reply(plain("first of " + request.path));
    reply(plain("second"));
  }));
  HttpClient client(server.port());
  client.send(get("/a") + get("/b"));
  EXPECT_EQ(client.read_reply(), echoed("first of /a"));
  EXPECT_EQ(client.read_reply(), echoed("first of /b"));
}

TEST(HttpServer, AnswersFromManyThreads) {
  HttpServer server(loopback());
  std::mutex mutex;
  std::vector<std::thread> threads;
  ASSERT_TRUE(started(server, [&](const HttpRequest& request, HttpReply reply) {
    const std::lock_guard lock(mutex);
    threads.emplace_back([path = request.path, reply = std::move(reply)] { reply(plain(path)); });
  }));
  HttpClient a(server.port()), b(server.port());
  for (int i = 0; i < 20; ++i) {
    a.send(get("/a" + std::to_string(i)));
    b.send(get("/b" + std::to_string(i)));
    EXPECT_EQ(a.read_reply(), echoed("/a" + std::to_string(i)));
    EXPECT_EQ(b.read_reply(), echoed("/b" + std::to_string(i)));
  }
  server.stop();
  for (auto& thread : threads) thread.join();
}

TEST(HttpServer, ClientThatLeavesBeforeItsAnswer) {
  HttpServer server(loopback());
  Held held;
  ASSERT_TRUE(started(server, held.handler()));
  auto pending = held.next();
  {
    HttpClient client(server.port());
    client.send(get("/held"));
  }
  pending.get()(plain("nobody there"));
  HttpClient client(server.port());
  client.send(get("/"));
  EXPECT_EQ(client.read_reply(), echoed("GET / "));
}

constexpr std::size_t kLarge = 16 * 1024 * 1024;  // more than the kernel buffers for a connection

// "/large" is that long, everything else is echoed.
HttpHandler large_or_echo() {
  return [](const HttpRequest& request, HttpReply reply) {
    if (request.path == "/large") return reply(plain(std::string(kLarge, 'x')));
    echo(request, std::move(reply));
  };
}

TEST(HttpServer, LargeReply) {
  HttpServer server(loopback());
  ASSERT_TRUE(started(server, large_or_echo()));
  HttpClient client(server.port());
  client.send(get("/large"));
  EXPECT_TRUE(client.read_reply() == echoed(std::string(kLarge, 'x')));
}

TEST(HttpServer, ReaderThatStopsCostsItsReplyOnly) {
  HttpConfig config = loopback();
  config.write_timeout = milliseconds(200);
  HttpServer server(config);
  ASSERT_TRUE(started(server, large_or_echo()));
  HttpClient stalled(server.port(), 4096), other(server.port());
  stalled.send(get("/large"));
  // The stalled one reads nothing until the server has given it up; then the rest is missing.
  do {
    other.send(get("/"));
    ASSERT_EQ(other.read_reply(), echoed("GET / "));
  } while (server.counters().timeouts == 0);
  EXPECT_LT(stalled.read_to_end().size(), kLarge);
}

TEST(HttpServer, LongestIdleConnectionMakesRoomElse503) {
  HttpConfig config = loopback();
  config.max_connections = 2;
  HttpServer server(config);
  Held held;
  ASSERT_TRUE(started(server, held.handler()));
  HttpClient first(server.port()), second(server.port());
  first.send(get("/1"));
  first.read_reply();
  second.send(get("/2"));
  second.read_reply();

  auto third_reply = held.next();
  HttpClient third(server.port());
  third.send(get("/held"));
  EXPECT_EQ(first.read_to_end(), "");  // idle longest
  HttpReply answer_third = third_reply.get();

  auto second_reply = held.next();
  second.send(get("/held"));
  HttpReply answer_second = second_reply.get();
  HttpClient fourth(server.port());
  EXPECT_EQ(status_of(fourth.read_to_end()), "HTTP/1.1 503 Service Unavailable");
  EXPECT_EQ(server.counters().refused, 1u);

  answer_third(plain("third"));
  answer_second(plain("second"));
  EXPECT_EQ(third.read_reply(), echoed("third"));
  EXPECT_EQ(second.read_reply(), echoed("second"));
}

TEST(HttpServer, StopsWithRequestsUnderWay) {
  HttpReply late;
  Post post;
  {
    HttpServer server(loopback());
    Held held;
    ASSERT_TRUE(started(server, held.handler()));
    post = server.post();
    auto pending = held.next();
    HttpClient client(server.port());
    client.send(get("/held"));
    late = pending.get();
    server.stop();
    EXPECT_EQ(client.read_to_end(), "");
    late(plain("after the stop"));
  }
  late(plain("after the end"));
  post([] { ADD_FAILURE() << "ran after the end"; });
}

TEST(HttpServer, PostRunsOnItsThread) {
  HttpServer server(loopback());
  ASSERT_TRUE(started(server, echo));
  std::promise<std::thread::id> ran;
  server.post()([&] { ran.set_value(std::this_thread::get_id()); });
  EXPECT_NE(ran.get_future().get(), std::this_thread::get_id());
}

TEST(HttpServer, SaysWhyItCannotStart) {
  HttpServer first(loopback());
  ASSERT_TRUE(started(first, echo));
  HttpConfig same_port = loopback();
  same_port.port = first.port();
  HttpServer second(same_port);
  const auto status = second.start(echo);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().text.find(std::to_string(first.port())), std::string::npos) << status.error().text;

  HttpConfig no_certificate = loopback();
  no_certificate.tls = HttpTls{"/nonexistent/cert.pem", "/nonexistent/key.pem", "", false};
  EXPECT_FALSE(HttpServer(no_certificate).start(echo).ok());
}

TEST(HttpServer, WhatIsNotAnAddressMeansAny) {
  HttpConfig config = loopback();
  config.address = "nonsense";
  HttpServer server(config);
  ASSERT_TRUE(started(server, echo));
  HttpClient client(server.port());
  client.send(get("/"));
  EXPECT_EQ(client.read_reply(), echoed("GET / "));
}

TEST(PortAnnouncement, WritesToAFifoAndToNothingElse) {
  const std::string dir = testing::TempDir() + "http_port." + std::to_string(getpid());
  const std::string fifo = dir + ".fifo", file = dir + ".file";
  EXPECT_FALSE(announce_port(fifo, 8083));
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_FALSE(announce_port(fifo, 8083));  // nobody reads
  const int reader = open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  EXPECT_TRUE(announce_port(fifo, 8083));
  char text[16] = {};
  EXPECT_EQ(read(reader, text, sizeof text), 5);
  EXPECT_STREQ(text, "8083\n");
  close(reader);
  close(open(file.c_str(), O_CREAT | O_WRONLY, 0600));
  EXPECT_FALSE(announce_port(file, 8083));
  struct stat info {};
  EXPECT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_size, 0);
  unlink(fifo.c_str());
  unlink(file.c_str());
  EXPECT_EQ(port_fifo("contrail-control"), "/tmp/contrail-control." + std::to_string(getppid()) + ".http_port");
}

// ---- The whole: server, site and a source that answers on other threads

class ThreadedSource final : public HandMadeSource {
 public:
  ~ThreadedSource() override {
    for (auto& thread : threads_) thread.join();
  }
  void tables(TablesQuery query, Answer<TablesPage> answer) override {
    elsewhere([this, query = std::move(query), answer = std::move(answer)] { HandMadeSource::tables(query, answer); });
  }
  void routes(RoutesQuery query, Answer<RoutesPage> answer) override {
    elsewhere([this, query = std::move(query), answer = std::move(answer)] { HandMadeSource::routes(query, answer); });
  }
  void counters(Answer<Counters> answer) override {
    elsewhere([this, answer = std::move(answer)] { HandMadeSource::counters(answer); });
  }

 private:
  // Called on the HTTP server's thread only.
  void elsewhere(std::function<void()> work) { threads_.emplace_back(std::move(work)); }
  std::vector<std::thread> threads_;
};

TEST(Server, ShowsPagesOfASourceOnOtherThreads) {
  ThreadedSource source;
  fill_recorded_state(source);
  HttpServer server(loopback());
  SiteOptions options;
  options.limits.examine = 1;
  options.http_counters = [&server] { return server.counters(); };
  const Site site(source, server.post(), options);
  ASSERT_TRUE(started(server, site.handler()));
  HttpClient client(server.port());
  client.send(get("/Snh_ShowRouteReq?family=inet") + get("/metrics"));
  const std::string routes = client.read_reply();
  for (const char* prefix : {"10.1.0.1/32", "10.1.0.9/32", "10.1.0.200/32", "10.50.0.0/16"}) {
    EXPECT_NE(routes.find(">" + std::string(prefix) + "<"), std::string::npos) << prefix;
  }
  EXPECT_NE(client.read_reply().find("\nsignalbox_http_requests_total 2\n"), std::string::npos);
  server.stop();
}

}  // namespace
}  // namespace signalbox::control::test
