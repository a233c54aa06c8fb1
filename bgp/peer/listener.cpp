#include "bgp/peer/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "bgp/peer/connection_impl.hpp"
#include "bgp/peer/socket_options.hpp"
#include "core/log_limit.hpp"

namespace signalbox::bgp {
namespace asio = boost::asio;
namespace log = core::log;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Out of descriptors: what frees one (a session that ends) comes on its own.
constexpr core::milliseconds kPause{100};

}  // namespace

struct Listener::Acceptor : std::enable_shared_from_this<Acceptor> {
  Acceptor(asio::io_context& io, OnAccept callback)
      : socket(io), pause(io), on_accept(std::move(callback)), warnings(5, core::seconds(10)) {}

  void accept();
  void accept_failed(const error_code& error);

  tcp::acceptor socket;
  asio::steady_timer pause;
  OnAccept on_accept;
  log::RateLimit warnings;
  bool closed = false;
};

void Listener::Acceptor::accept() {
  socket.async_accept([self = shared_from_this()](const error_code& error, tcp::socket accepted) {
    if (self->closed) return;
    if (error) return self->accept_failed(error);
    auto impl = std::make_shared<Connection::Impl>(std::move(accepted), Side::kPassive);
    impl->learn_endpoints();
    self->on_accept(std::unique_ptr<Connection>(new Connection(std::move(impl))));
    if (!self->closed) self->accept();
  });
}

void Listener::Acceptor::accept_failed(const error_code& error) {
  log::warning(warnings, "accept", "bgp", "connection not accepted", {{"reason", error.message()}});
  if (error == asio::error::connection_aborted) return accept();
  pause.expires_after(kPause);
  pause.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && !self->closed) self->accept();
  });
}

core::Result<std::unique_ptr<Listener>> Listener::open(asio::io_context& io, const SocketEndpoint& where, OnAccept on_accept) {
  const std::string place = "cannot listen on " + where.address.to_string() + ":" + std::to_string(where.port) + ": ";
  if (where.address.v6) return core::error(place + "BGP sessions run over IPv4 only");
  auto acceptor = std::make_shared<Acceptor>(io, std::move(on_accept));
  error_code failed;
  acceptor->socket.open(tcp::v4(), failed);
  if (!failed) acceptor->socket.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor->socket.bind(to_asio(where), failed);
  if (!failed) acceptor->socket.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return core::error(place + failed.message());
  acceptor->accept();
  return std::unique_ptr<Listener>(new Listener(std::move(acceptor)));
}

Listener::~Listener() {
  error_code ignored;
  acceptor_->closed = true;
  acceptor_->socket.close(ignored);
  acceptor_->pause.cancel();
}

std::uint16_t Listener::port() const {
  error_code ignored;
  return acceptor_->socket.local_endpoint(ignored).port();
}

core::Status Listener::set_md5_key(const core::IpAddress& peer, const std::string& key) {
  return bgp::set_md5_key(acceptor_->socket.native_handle(), peer, key);
}

core::Status Listener::set_dscp(unsigned dscp) { return bgp::set_dscp(acceptor_->socket.native_handle(), dscp); }

}  // namespace signalbox::bgp
