#include "bgp/peer/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

#include "bgp/peer/connection_impl.hpp"
#include "bgp/peer/socket_options.hpp"

namespace signalbox::bgp {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// For the peer to read the last message before the connection is reset by what it may have sent meanwhile.
constexpr core::seconds kLingerTime{2};

SocketEndpoint from_asio(const tcp::endpoint& endpoint) {
  if (!endpoint.address().is_v4()) return {};
  return {core::IpAddress::from_v4(endpoint.address().to_v4().to_uint()), endpoint.port()};
}

}  // namespace

tcp::endpoint to_asio(const SocketEndpoint& endpoint) { return {asio::ip::address_v4(endpoint.address.v4()), endpoint.port}; }

Connection::Impl::Impl(tcp::socket s, Side which) : socket(std::move(s)), linger(socket.get_executor()), side(which) {}

void Connection::Impl::learn_endpoints() {
  ErrorCode ignored;
  remote = from_asio(socket.remote_endpoint(ignored));
  local = from_asio(socket.local_endpoint(ignored));
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
}

void Connection::Impl::begin_connect(const ConnectOptions& options) {
  ErrorCode failed;
  remote = options.remote;
  const auto refuse = [this](std::string reason) {
    asio::post(socket.get_executor(), [self = shared_from_this(), reason = std::move(reason)] { self->connect_failed(reason); });
  };
  socket.open(tcp::v4(), failed);
  if (!failed && !options.local.unspecified()) socket.bind(to_asio({options.local, 0}), failed);
  if (failed) return refuse(failed.message());
  if (!options.md5_key.empty()) {
    if (const auto status = set_md5_key(socket.native_handle(), options.remote.address, options.md5_key); !status)
      return refuse(status.error().text);
  }
  if (options.dscp != 0) {
    if (const auto status = bgp::set_dscp(socket.native_handle(), options.dscp); !status) return refuse(status.error().text);
  }
  socket.async_connect(to_asio(options.remote), [self = shared_from_this()](const ErrorCode& e) {
    if (self->handler == nullptr) return;
    if (e) return self->connect_failed(e.message());
    self->learn_endpoints();
    self->handler->on_connected(self->side);
    if (self->handler != nullptr) self->read();
  });
}

void Connection::Impl::connect_failed(const std::string& reason) {
  close();
  if (ConnectionHandler* h = std::exchange(handler, nullptr)) h->on_connect_failed(side, reason);
}

void Connection::Impl::read() {
  const auto room = asio::buffer(in.data() + in_size, in.size() - in_size);
  socket.async_read_some(room, [self = shared_from_this()](const ErrorCode& e, std::size_t size) {
    if (!e) return self->on_read(size);
    self->fail(e == asio::error::eof ? "closed by the peer" : e.message());
  });
}

void Connection::Impl::on_read(std::size_t size) {
  if (finishing) {
    in_size = 0;
    return read();
  }
  in_size += size;
  if (stats != nullptr) {
    stats->rx_bytes += size;
    ++stats->rx_calls;
  }
  if (deliver() || finishing) read();
}

// Hands the whole messages over. False: reading is over.
bool Connection::Impl::deliver() {
  std::size_t at = 0;
  while (handler != nullptr) {
    const auto message = first_message(ByteView(in.data() + at, in_size - at));
    if (!message) {
      handler->on_bad_header(side, message.error());
      return false;
    }
    if (message->size == 0) break;
    at += message->size;
    handler->on_message(side, *message);
  }
  in_size -= at;
  std::memmove(in.data(), in.data() + at, in_size);
  return handler != nullptr;
}

void Connection::Impl::fail(const std::string& reason) {
  close();
  if (ConnectionHandler* h = std::exchange(handler, nullptr)) h->on_closed(side, reason);
}

void Connection::Impl::queue(const Bytes& bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
  if (!waiting_to_write) write_some();
}

void Connection::Impl::write_some() {
  while (out_at < out.size()) {
    ErrorCode failed;
    const std::size_t size = socket.write_some(asio::buffer(out.data() + out_at, out.size() - out_at), failed);
    if (failed == asio::error::would_block || failed == asio::error::try_again) return wait_writable();
    // Reading finds the same, and tells it.
    if (failed) return;
    out_at += size;
    if (stats != nullptr) {
      stats->tx_bytes += size;
      ++stats->tx_calls;
    }
  }
  out.clear();
  out_at = 0;
  written();
}

void Connection::Impl::wait_writable() {
  if (stats != nullptr) ++stats->blocked_count;
  waiting_to_write = true;
  socket.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const ErrorCode& e) {
    self->waiting_to_write = false;
    if (!e) self->write_some();
  });
}

void Connection::Impl::written() {
  if (!finishing) return;
  ErrorCode ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void Connection::Impl::close() {
  ErrorCode ignored;
  socket.close(ignored);
  linger.cancel();
}

Connection::Connection(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<Connection> Connection::connect(asio::io_context& io, const ConnectOptions& options, ConnectionHandler& handler) {
  auto impl = std::make_shared<Impl>(tcp::socket(io), Side::kActive);
  impl->handler = &handler;
  impl->begin_connect(options);
  return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

void Connection::start(ConnectionHandler& handler) {
  impl_->handler = &handler;
  impl_->read();
}

Connection::~Connection() {
  impl_->handler = nullptr;
  impl_->stats = nullptr;
  if (!impl_->finishing) impl_->close();
}

void Connection::count_in(SocketStats& stats) { impl_->stats = &stats; }

void Connection::send(const Bytes& message) {
  if (!impl_->finishing) impl_->queue(message);
}

void Connection::finish(const Bytes& last) {
  Impl& c = *impl_;
  // One that was accepted and never started has no read under way that would notice the peer's end.
  const bool started = std::exchange(c.handler, nullptr) != nullptr;
  c.finishing = true;
  c.linger.expires_after(kLingerTime);
  c.linger.async_wait([self = impl_](const boost::system::error_code& cancelled) {
    if (!cancelled) self->close();
  });
  c.queue(last);
  if (!started) c.read();
}

bool Connection::unread() const {
  boost::system::error_code failed;
  return impl_->socket.available(failed) != 0 && !failed;
}

const SocketEndpoint& Connection::remote() const { return impl_->remote; }

const SocketEndpoint& Connection::local() const { return impl_->local; }

core::Status Connection::set_dscp(unsigned dscp) { return bgp::set_dscp(impl_->socket.native_handle(), dscp); }

}  // namespace signalbox::bgp
