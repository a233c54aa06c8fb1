#include "xmpp/listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "core/log_limit.hpp"

namespace signalbox::xmpp {
namespace asio = boost::asio;
namespace log = core::log;

namespace {

constexpr int kAcceptsPerWakeUp = 64;
// Out of descriptors: what frees one (a session that ends) comes on its own.
constexpr std::chrono::milliseconds kPause{100};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }

  static SocketAddress of(const core::IpAddress& address, std::uint16_t port) {
    SocketAddress s;
    if (address.v6) {
      auto& in6 = reinterpret_cast<sockaddr_in6&>(s.storage);
      in6.sin6_family = AF_INET6;
      in6.sin6_port = htons(port);
      std::memcpy(&in6.sin6_addr, address.bytes.data(), 16);
      s.length = sizeof in6;
    } else {
      auto& in = reinterpret_cast<sockaddr_in&>(s.storage);
      in.sin_family = AF_INET;
      in.sin_port = htons(port);
      std::memcpy(&in.sin_addr, address.bytes.data(), 4);
      s.length = sizeof in;
    }
    return s;
  }

  void to(core::IpAddress& address, std::uint16_t& port) const {
    if (storage.ss_family == AF_INET6) {
      const auto& in6 = reinterpret_cast<const sockaddr_in6&>(storage);
      address = core::IpAddress::from_v6_bytes(in6.sin6_addr.s6_addr);
      port = ntohs(in6.sin6_port);
    } else {
      const auto& in = reinterpret_cast<const sockaddr_in&>(storage);
      address = core::IpAddress::from_v4(ntohl(in.sin_addr.s_addr));
      port = ntohs(in.sin_port);
    }
  }
};

std::string reason(int error) { return std::generic_category().message(error); }

std::string endpoint(const core::IpAddress& address, std::uint16_t port) {
  return (address.v6 ? "[" + address.to_string() + "]" : address.to_string()) + ":" + std::to_string(port);
}

// What is set here, the accepted sockets inherit: six system calls less for each.
core::Result<UniqueFd> listening_socket(const Listener::Options& o) {
  const auto failed = [&](const std::string& why) { return core::error("cannot listen on " + endpoint(o.address, o.port) + ": " + why); };
  const auto call_failed = [&](const char* what) { return failed(std::string(what) + ": " + reason(errno)); };
  UniqueFd fd(::socket(o.address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return call_failed("socket");
  const int on = 1;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return call_failed("SO_REUSEADDR");
  if (const auto status = set_session_options(fd.get(), o.liveness); !status) return failed(status.error().text);
  if (const auto status = xmpp::set_dscp(fd.get(), o.dscp); !status) return failed(status.error().text);
  SocketAddress where = SocketAddress::of(o.address, o.port);
  if (::bind(fd.get(), where.get(), where.length) != 0) return call_failed("bind");
  if (::listen(fd.get(), SOMAXCONN) != 0) return call_failed("listen");
  return fd;
}

// The connection is gone, but the next one may be there. accept(2)
bool concerns_one_connection(int error) {
  switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPROTO:
    case ENOPROTOOPT:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case EOPNOTSUPP:
    case EPERM: return true;
    default: return false;
  }
}

}  // namespace

struct Listener::Acceptor : std::enable_shared_from_this<Acceptor> {
  Acceptor(asio::io_context& io, const Options& o, OnAccept callback)
      : options(o), on_accept(std::move(callback)), socket(io), pause(io), warnings(5, std::chrono::seconds(10)) {}

  void wait();
  void accept_some();
  bool accept_one();
  void hand_over(UniqueFd fd, const SocketAddress& remote);
  void accept_failed(int error);

  Options options;
  OnAccept on_accept;
  asio::posix::stream_descriptor socket;
  asio::steady_timer pause;
  log::RateLimit warnings;
  Stats stats;
  bool closed = false;
};

void Listener::Acceptor::wait() {
  socket.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](const boost::system::error_code& failed) {
    if (!failed && !self->closed) self->accept_some();
  });
}

void Listener::Acceptor::accept_some() {
  for (int i = 0; i < kAcceptsPerWakeUp; ++i) {
    if (accept_one()) continue;
    if (closed) return;
    const int error = errno;
    if (error == EAGAIN || error == EWOULDBLOCK) break;
    accept_failed(error);
    if (concerns_one_connection(error)) continue;
    pause.expires_after(kPause);
    pause.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
      if (!cancelled && !self->closed) self->wait();
    });
    return;
  }
  wait();
}

// False: errno says why there was none; or the callback has destroyed the listener.
bool Listener::Acceptor::accept_one() {
  SocketAddress remote;
  UniqueFd fd(::accept4(socket.native_handle(), remote.get(), &remote.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return false;
  hand_over(std::move(fd), remote);
  return !closed;
}

void Listener::Acceptor::hand_over(UniqueFd fd, const SocketAddress& remote) {
  AcceptedSocket accepted;
  remote.to(accepted.remote_address, accepted.remote_port);
  accepted.local_address = options.address;
  accepted.local_port = options.port;
  if (options.address.unspecified()) {
    SocketAddress local;
    if (::getsockname(fd.get(), local.get(), &local.length) == 0) local.to(accepted.local_address, accepted.local_port);
  }
  accepted.fd = std::move(fd);
  accepted.security = options.security;
  ++stats.accepted;
  on_accept(std::move(accepted));
}

void Listener::Acceptor::accept_failed(int error) {
  ++stats.failed;
  log::warning(warnings, "accept", "xmpp", "connection not accepted",
               {{"listener", endpoint(options.address, options.port)}, {"error", reason(error)}});
}

core::Result<std::unique_ptr<Listener>> Listener::open(asio::io_context& io, const Options& options, OnAccept on_accept) {
  auto fd = listening_socket(options);
  if (!fd) return fd.error();
  auto acceptor = std::make_shared<Acceptor>(io, options, std::move(on_accept));
  SocketAddress bound;
  if (::getsockname(fd->get(), bound.get(), &bound.length) == 0) bound.to(acceptor->options.address, acceptor->options.port);
  acceptor->socket.assign(fd->release());
  acceptor->wait();
  return std::unique_ptr<Listener>(new Listener(std::move(acceptor)));
}

Listener::~Listener() {
  boost::system::error_code ignored;
  acceptor_->closed = true;
  acceptor_->socket.close(ignored);
  acceptor_->pause.cancel();
}

std::uint16_t Listener::port() const { return acceptor_->options.port; }

const Listener::Stats& Listener::stats() const { return acceptor_->stats; }

core::Status Listener::set_dscp(unsigned dscp) { return xmpp::set_dscp(acceptor_->socket.native_handle(), dscp); }

}  // namespace signalbox::xmpp
