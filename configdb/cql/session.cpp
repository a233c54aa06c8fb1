#include "configdb/cql/session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "configdb/cql/socket.hpp"
#include "core/log.hpp"

namespace signalbox::configdb::cql {
namespace asio = boost::asio;

namespace {

core::TimePoint now() { return core::Clock::now(); }

// A CA that cannot be used leaves the connection unverified, as it does in the incumbent. spec/config.md 1.3
std::optional<asio::ssl::context> make_tls(const TlsSettings& settings) {
  if (!settings.enabled) return std::nullopt;
  std::optional<asio::ssl::context> context(std::in_place, asio::ssl::context::tls_client);
  boost::system::error_code failed;
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, failed);
  context->set_verify_mode(asio::ssl::verify_none, failed);
  if (settings.ca_file.empty()) return context;
  context->load_verify_file(settings.ca_file, failed);
  if (failed) {
    core::log::warning("configdb", "the CA cannot be used: Cassandra's certificate is not verified",
                       {{"file", settings.ca_file}, {"reason", failed.message()}});
    return context;
  }
  context->set_verify_mode(asio::ssl::verify_peer, failed);
  return context;
}

}  // namespace

class Session::Impl : public std::enable_shared_from_this<Session::Impl>, Wire, SocketEvents {
 public:
  Impl(asio::io_context& io, SessionSettings settings, const TlsSettings& tls)
      : io_(io), tls_(make_tls(tls)), timer_(io), machine_(std::move(settings), static_cast<Wire&>(*this)) {}

  void start() {
    machine_.start(now());
    arm();
  }
  void stop() {
    machine_.stop();
    timer_.cancel();
    armed_ = core::TimePoint::max();
  }
  void submit(std::shared_ptr<Request> request) {
    machine_.submit(std::move(request), now());
    arm();
  }
  void cancel(const Request& request) { machine_.cancel(request); }
  SessionState state() const { return machine_.state(); }
  void post(std::function<void()> call) {
    asio::post(io_, [self = weak_from_this(), call = std::move(call)] {
      if (self.lock()) call();
    });
  }

 private:
  void connect(const Endpoint& endpoint) override {
    socket_ = std::make_shared<Socket>(io_.get_executor(), tls_ ? &*tls_ : nullptr, static_cast<SocketEvents&>(*this));
    socket_->connect(endpoint);
  }
  void write(std::string bytes) override { socket_->write(std::move(bytes)); }
  void close() override {
    if (socket_) std::exchange(socket_, nullptr)->close();
  }

  void on_connected() override {
    machine_.connected(now());
    arm();
  }
  void on_connect_failed(const std::string& reason) override {
    machine_.connect_failed(reason, now());
    arm();
  }
  std::span<char> room() override { return machine_.input_room(); }
  void on_received(std::size_t size) override {
    machine_.received(size, now());
    arm();
  }
  void on_closed(const std::string& reason) override {
    machine_.closed(reason, now());
    arm();
  }

  // The timer is left alone while it is early enough: it then finds nothing to do and is set anew.
  void arm() {
    const core::TimePoint next = machine_.next_deadline();
    if (next >= armed_) return;
    armed_ = next;
    timer_.expires_at(next);
    timer_.async_wait([self = weak_from_this()](const boost::system::error_code& cancelled) {
      const auto impl = self.lock();
      if (cancelled || !impl) return;
      impl->armed_ = core::TimePoint::max();
      const core::TimePoint time = now();
      if (time >= impl->machine_.next_deadline()) impl->machine_.tick(time);
      impl->arm();
    });
  }

  asio::io_context& io_;
  std::optional<asio::ssl::context> tls_;
  asio::steady_timer timer_;
  core::TimePoint armed_ = core::TimePoint::max();
  std::shared_ptr<Socket> socket_;
  SessionMachine machine_;
};

Session::Session(asio::io_context& io, SessionSettings settings, TlsSettings tls)
    : impl_(std::make_shared<Impl>(io, std::move(settings), tls)) {}

Session::~Session() { impl_->stop(); }

void Session::start() { impl_->start(); }
void Session::stop() { impl_->stop(); }
void Session::submit(std::shared_ptr<Request> request) { impl_->submit(std::move(request)); }
void Session::cancel(const Request& request) { impl_->cancel(request); }
void Session::post(std::function<void()> call) { impl_->post(std::move(call)); }
SessionState Session::state() const { return impl_->state(); }

}  // namespace signalbox::configdb::cql
