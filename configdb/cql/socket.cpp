#include "configdb/cql/socket.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <utility>

namespace signalbox::configdb::cql {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {
constexpr std::size_t kRecord = 16 * 1024;  // the most that a TLS record carries
}

Socket::Socket(const asio::any_io_executor& executor, asio::ssl::context* tls, SocketEvents& events)
    : socket_(executor), resolver_(executor), events_(&events) {
  if (tls == nullptr) return;
  tls_.emplace(socket_, *tls);
  plain_.resize(kRecord);
}

void Socket::connect(const Endpoint& endpoint) {
  Error failed;
  const asio::ip::address address = asio::ip::make_address(endpoint.host, failed);
  if (!failed) return connect_to(tcp::endpoint(address, endpoint.port));
  resolver_.async_resolve(endpoint.host, std::to_string(endpoint.port), tcp::resolver::numeric_service,
                          [self = shared_from_this()](const Error& error, const Results& results) {
                            if (self->events_ == nullptr) return;
                            error ? self->connect_failed("name look-up: ", error) : self->connect_to(results);
                          });
}

void Socket::connect_to(const tcp::endpoint& endpoint) {
  socket_.async_connect(endpoint, [self = shared_from_this()](const Error& error) { self->on_connect(error); });
}

void Socket::connect_to(const Results& results) {
  asio::async_connect(socket_, results, [self = shared_from_this()](const Error& error, const tcp::endpoint&) { self->on_connect(error); });
}

void Socket::on_connect(const Error& error) {
  if (events_ == nullptr) return;
  if (error) return connect_failed("", error);
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  if (!tls_) return established();
  tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](const Error& refused) {
    if (self->events_ == nullptr) return;
    refused ? self->connect_failed("TLS: ", refused) : self->established();
  });
}

void Socket::established() {
  events_->on_connected();
  if (events_ != nullptr) read();
}

void Socket::connect_failed(std::string_view stage, const Error& error) {
  SocketEvents* const events = events_;
  close();
  events->on_connect_failed(std::string(stage) + error.message());
}

void Socket::read() {
  const auto handler = [self = shared_from_this()](const Error& error, std::size_t size) { self->on_read(error, size); };
  if (tls_) return tls_->async_read_some(asio::buffer(plain_), handler);
  const std::span<char> room = events_->room();
  socket_.async_read_some(asio::buffer(room.data(), room.size()), handler);
}

void Socket::on_read(const Error& error, std::size_t size) {
  if (events_ == nullptr) return;
  if (error) return fail(error);
  tls_ ? hand_over(size) : events_->on_received(size);
  if (events_ != nullptr) read();
}

void Socket::hand_over(std::size_t size) {
  for (std::size_t at = 0; at < size && events_ != nullptr;) {
    const std::span<char> room = events_->room();
    const std::size_t n = std::min(room.size(), size - at);
    std::memcpy(room.data(), plain_.data() + at, n);
    at += n;
    events_->on_received(n);
  }
}

void Socket::write(std::string bytes) {
  to_write_.empty() ? to_write_ = std::move(bytes) : to_write_ += bytes;
  if (writing_.empty()) write_next();
}

void Socket::write_next() {
  writing_.clear();
  if (to_write_.empty()) return;
  writing_.swap(to_write_);
  const auto handler = [self = shared_from_this()](const Error& error, std::size_t) {
    if (self->events_ == nullptr) return;
    error ? self->fail(error) : self->write_next();
  };
  tls_ ? asio::async_write(*tls_, asio::buffer(writing_), handler) : asio::async_write(socket_, asio::buffer(writing_), handler);
}

void Socket::fail(const Error& error) {
  SocketEvents* const events = events_;
  close();
  const bool ended = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  events->on_closed(ended ? "closed by the server" : error.message());
}

void Socket::close() {
  events_ = nullptr;
  Error ignored;
  resolver_.cancel();
  socket_.close(ignored);
}

}  // namespace signalbox::configdb::cql
