#include "control/http/http_server.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <thread>
#include <unordered_map>
#include <utility>

#include "control/http/http_connection.hpp"
#include "control/http/http_head.hpp"
#include "core/log.hpp"

namespace signalbox::control {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{100};  // when the process is out of descriptors

asio::ssl::context make_tls(const HttpTls& files) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_sslv3);
  context.use_certificate_chain_file(files.certificate_file);
  context.use_private_key_file(files.key_file, asio::ssl::context::pem);
  if (!files.ca_file.empty()) {
    context.load_verify_file(files.ca_file);
    context.set_verify_mode(files.require_client_certificate ? asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert
                                                             : asio::ssl::verify_peer);
  }
  return context;
}

}  // namespace

struct HttpServer::Core final : HttpConnection::Owner, std::enable_shared_from_this<HttpServer::Core> {
  explicit Core(HttpConfig c) : settings(std::move(c)) {}

  // The thread that runs `io` uses everything here but the counters and the port; the others only post to `io`.
  HttpConfig settings;
  HttpHandler handler;
  std::optional<asio::ssl::context> tls;
  std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>> connections;
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::steady_timer accept_pause{io};
  std::thread thread;
  std::uint16_t port = 0;
  std::atomic<std::uint64_t> accepted{0}, open{0}, requests{0}, errors{0}, timeouts{0}, refused{0}, bytes_sent{0};

  core::Status listen() {
    error_code ec;
    auto address = asio::ip::make_address(settings.address, ec);
    if (ec) address = asio::ip::address_v4::any();
    const tcp::endpoint endpoint(address, settings.port);
    try {
      if (settings.tls) tls.emplace(make_tls(*settings.tls));
      acceptor.open(endpoint.protocol());
      acceptor.set_option(tcp::acceptor::reuse_address(true));
      acceptor.bind(endpoint);
      acceptor.listen();
      port = acceptor.local_endpoint().port();
    } catch (const boost::system::system_error& e) {
      return core::error("HTTP server on " + address.to_string() + " port " + std::to_string(settings.port) + ": " + e.what());
    }
    return {};
  }

  void accept() {
    acceptor.async_accept([this](error_code ec, tcp::socket socket) {
      if (ec == asio::error::operation_aborted) return;
      if (ec) {
        accept_pause.expires_after(kAcceptPause);
        accept_pause.async_wait([this](error_code cancelled) {
          if (!cancelled) accept();
        });
        return;
      }
      admit(std::move(socket));
      accept();
    });
  }

  void admit(tcp::socket socket) {
    accepted.fetch_add(1, std::memory_order_relaxed);
    if (connections.size() >= settings.max_connections && !make_room()) return refuse(std::move(socket));
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto connection = make_http_connection(*this, std::move(socket), tls ? &*tls : nullptr);
    connections.emplace(connection.get(), connection);
    open.store(connections.size(), std::memory_order_relaxed);
    connection->start();
  }

  // Ends the connection that has been idle longest, if any is.
  bool make_room() {
    std::shared_ptr<HttpConnection> oldest;
    for (const auto& [key, connection] : connections) {
      if (connection->idle() && (!oldest || connection->idle_since() < oldest->idle_since())) oldest = connection;
    }
    if (!oldest) return false;
    oldest->close();
    ended(*oldest);
    return true;
  }

  void refuse(tcp::socket socket) {
    refused.fetch_add(1, std::memory_order_relaxed);
    if (tls) return;
    std::vector<std::string> storage;
    const HttpResponse response = text_response(503, "too many connections\n");
    error_code ignored;
    socket.non_blocking(true, ignored);
    for (const auto piece : reply_pieces(response, {.keep_alive = false}, storage)) {
      socket.send(asio::buffer(piece.data(), piece.size()), 0, ignored);
    }
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void run() {
    pthread_setname_np(pthread_self(), "http");
    for (;;) {
      try {
        io.run();
        return;
      } catch (const std::exception& e) {
        // A page that threw: its client gets no answer in time, the others go on.
        core::log::error("http", "a request failed", {{"reason", e.what()}});
      }
    }
  }

  // HttpConnection::Owner
  const HttpConfig& config() const override { return settings; }
  void handle(const HttpRequest& request, HttpReply reply) override { handler(request, std::move(reply)); }
  Post post() const override {
    return [weak = weak_from_this()](std::function<void()> work) {
      if (const auto core = std::const_pointer_cast<Core>(weak.lock())) asio::post(core->io, std::move(work));
    };
  }
  void ended(HttpConnection& connection) override {
    connections.erase(&connection);
    open.store(connections.size(), std::memory_order_relaxed);
  }
  void count_request() override { requests.fetch_add(1, std::memory_order_relaxed); }
  void count_reply(unsigned status, std::size_t bytes) override {
    bytes_sent.fetch_add(bytes, std::memory_order_relaxed);
    if (status >= 400) errors.fetch_add(1, std::memory_order_relaxed);
  }
  void count_timeout() override { timeouts.fetch_add(1, std::memory_order_relaxed); }
};

HttpServer::HttpServer(HttpConfig config) : core_(std::make_shared<Core>(std::move(config))) {}

HttpServer::~HttpServer() { stop(); }

core::Status HttpServer::start(HttpHandler handler) {
  core_->handler = std::move(handler);
  if (auto status = core_->listen(); !status.ok()) return status;
  core_->accept();
  core_->thread = std::thread([core = core_.get()] { core->run(); });
  core::log::notice("http", "listening", {{"address", core_->settings.address}, {"port", core_->port}, {"tls", core_->tls.has_value()}});
  return {};
}

void HttpServer::stop() {
  if (!core_->thread.joinable()) return;
  core_->io.stop();
  core_->thread.join();
  error_code ignored;
  core_->acceptor.close(ignored);
  for (const auto& [key, connection] : core_->connections) connection->close();
  core_->connections.clear();
  core_->open = 0;
}

std::uint16_t HttpServer::port() const { return core_->port; }

Post HttpServer::post() const { return core_->post(); }

HttpCounters HttpServer::counters() const {
  HttpCounters c;
  c.connections = core_->accepted;
  c.open = core_->open;
  c.requests = core_->requests;
  c.errors = core_->errors;
  c.timeouts = core_->timeouts;
  c.refused = core_->refused;
  c.bytes_sent = core_->bytes_sent;
  return c;
}

}  // namespace signalbox::control
