#include "bgp/peer/connection.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <span>
#include <utility>

#include "bgp/peer/connection_impl.hpp"
#include "bgp/peer/socket_options.hpp"

namespace signalbox::bgp {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// For the peer to read the last message before the connection is reset by what it may have sent meanwhile.
constexpr core::seconds kLingerTime{2};

constexpr std::size_t kMostBuffers = 16;         // of one write
constexpr std::size_t kMostQueued = 256u << 10;  // bytes that wait for the socket before no more are taken

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
  go_on_reading();
}

void Connection::Impl::go_on_reading() {
  const bool more = deliver();
  if (paused && more) {
    read_wanted = true;
    return;
  }
  if (more || finishing) read();
}

// Hands the whole messages over. False: reading is over.
bool Connection::Impl::deliver() {
  std::size_t at = 0;
  while (handler != nullptr && !paused) {
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

void Connection::Impl::queue(core::ChunkPtr chunk) {
  out_bytes += chunk->size();
  out.push_back(std::move(chunk));
  if (!waiting_to_write) write_some();
}

void Connection::Impl::write_some() {
  while (!out.empty()) {
    std::array<asio::const_buffer, kMostBuffers> buffers;
    std::size_t count = 0;
    for (const core::ChunkPtr& chunk : out) {
      if (count == kMostBuffers) break;
      const std::size_t from = count == 0 ? out_at : 0;
      buffers[count++] = asio::buffer(chunk->bytes().data() + from, chunk->size() - from);
    }
    ErrorCode failed;
    const std::size_t size = socket.write_some(std::span(buffers).first(count), failed);
    if (failed == asio::error::would_block || failed == asio::error::try_again) return wait_writable();
    // Reading finds the same, and tells it.
    if (failed) return;
    wrote(size);
  }
  written();
}

void Connection::Impl::wrote(std::size_t size) {
  blocked_since = core::TimePoint::max();
  out_bytes -= size;
  out_at += size;
  while (!out.empty() && out_at >= out.front()->size()) {
    out_at -= out.front()->size();
    out.pop_front();
  }
  if (stats == nullptr) return;
  stats->tx_bytes += size;
  ++stats->tx_calls;
}

void Connection::Impl::wait_writable() {
  if (stats != nullptr) ++stats->blocked_count;
  if (blocked_since == core::TimePoint::max()) blocked_since = core::Clock::now();
  waiting_to_write = true;
  socket.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const ErrorCode& e) {
    self->waiting_to_write = false;
    if (e) return;
    self->write_some();
    if (self->handler != nullptr && self->out_bytes < kMostQueued) self->handler->on_room(self->side);
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

namespace {
core::ChunkPtr chunk_of(const Bytes& bytes) { return core::ChunkPtr::copy_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}); }
}  // namespace

void Connection::send(const Bytes& message) { send(chunk_of(message)); }

void Connection::send(core::ChunkPtr messages) {
  if (!impl_->finishing) impl_->queue(std::move(messages));
}

std::size_t Connection::room() const { return impl_->out_bytes >= kMostQueued ? 0 : kMostQueued - impl_->out_bytes; }

core::TimePoint Connection::blocked_since() const { return impl_->blocked_since; }

void Connection::pause() { impl_->paused = true; }

void Connection::resume() {
  impl_->paused = false;
  if (std::exchange(impl_->read_wanted, false) && impl_->handler != nullptr) impl_->go_on_reading();
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
  c.queue(chunk_of(last));
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
