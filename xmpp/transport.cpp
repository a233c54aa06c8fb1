#include "xmpp/transport.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace signalbox::xmpp {
namespace {

std::string system_reason(int error) { return std::generic_category().message(error); }

bool try_again(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

bool socket_has_input(int fd) {
  int n = 0;
  return ::ioctl(fd, FIONREAD, &n) == 0 && n > 0;
}

ssize_t send_bytes(int fd, const char* bytes, std::size_t size) {
  ssize_t n = 0;
  do {
    n = ::send(fd, bytes, size, MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  return n;
}

ssize_t receive_bytes(int fd, char* to, std::size_t room, int flags) {
  ssize_t n = 0;
  do {
    n = ::recv(fd, to, room, flags);
  } while (n < 0 && errno == EINTR);
  return n;
}

}  // namespace

IoResult PlainTransport::receive(char* to, std::size_t room, int flags) {
  const ssize_t n = receive_bytes(fd_, to, room, flags);
  if (n > 0) return {IoStatus::kOk, static_cast<std::size_t>(n)};
  if (n == 0) return {IoStatus::kEnd};
  if (try_again(errno)) return {IoStatus::kWantRead};
  failure_ = system_reason(errno);
  return {IoStatus::kError};
}

IoResult PlainTransport::read(char* to, std::size_t room) { return receive(to, room, 0); }

IoResult PlainTransport::peek(char* to, std::size_t room) { return receive(to, room, MSG_PEEK); }

IoResult PlainTransport::write(const iovec* pieces, int count) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces);
  message.msg_iovlen = static_cast<std::size_t>(count);
  ssize_t n = 0;
  do {
    n = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n > 0) return {IoStatus::kOk, static_cast<std::size_t>(n)};
  if (n < 0 && try_again(errno)) return {IoStatus::kWantWrite};
  failure_ = n < 0 ? system_reason(errno) : "nothing to write";
  return {IoStatus::kError};
}

bool PlainTransport::unread() const { return socket_has_input(fd_); }

// OpenSSL's view of the socket. Its own one raises SIGPIPE, and sends what a failing handshake has to say.
struct SocketBio {
  static TlsTransport& of(BIO* bio) { return *static_cast<TlsTransport*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* bytes, int size) {
    TlsTransport& transport = of(bio);
    BIO_clear_retry_flags(bio);
    if (!transport.established_) {
      transport.handshake_output_.append(bytes, static_cast<std::size_t>(size));
      return size;
    }
    const ssize_t n = send_bytes(transport.fd_, bytes, static_cast<std::size_t>(size));
    if (n < 0) {
      if (try_again(errno)) {
        BIO_set_retry_write(bio);
      } else {
        transport.socket_error_ = errno;
      }
    }
    return static_cast<int>(n);
  }

  static int read(BIO* bio, char* to, int room) {
    TlsTransport& transport = of(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t n = receive_bytes(transport.fd_, to, static_cast<std::size_t>(room), 0);
    if (n < 0) {
      if (try_again(errno)) {
        BIO_set_retry_read(bio);
      } else {
        transport.socket_error_ = errno;
      }
    }
    if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(n);
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;
  }

  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static BIO* make(TlsTransport* transport) {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
      BIO_meth_set_write(m, write);
      BIO_meth_set_read(m, read);
      BIO_meth_set_ctrl(m, control);
      BIO_meth_set_create(m, create);
      return m;
    }();
    BIO* bio = BIO_new(method);
    BIO_set_data(bio, transport);
    return bio;
  }
};

void TlsTransport::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsTransport::TlsTransport(int fd, std::shared_ptr<const TlsContext> context, ShardBuffers& buffers)
    : fd_(fd), context_(std::move(context)), buffers_(buffers), ssl_(SSL_new(context_->native())) {
  BIO* bio = SocketBio::make(this);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

TlsTransport::~TlsTransport() = default;

// Sends what the handshake has to say; false when the socket takes no more or has failed.
bool TlsTransport::flush_handshake() {
  while (!handshake_output_.empty()) {
    const ssize_t n = send_bytes(fd_, handshake_output_.data(), handshake_output_.size());
    if (n < 0) {
      if (!try_again(errno)) socket_error_ = errno;
      return false;
    }
    handshake_output_.erase(0, static_cast<std::size_t>(n));
  }
  return true;
}

IoResult TlsTransport::handshake() {
  IoResult step{agreed_ ? IoStatus::kOk : IoStatus::kWantRead};
  if (!agreed_ && flush_handshake()) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    agreed_ = result == 1;
    step = agreed_ ? IoResult{IoStatus::kOk} : outcome(result);
    if (step.status == IoStatus::kEnd || step.status == IoStatus::kError) return step;
  }
  if (!flush_handshake()) {
    if (socket_error_ == 0) return {IoStatus::kWantWrite};
    failure_ = system_reason(socket_error_);
    return {IoStatus::kError};
  }
  established_ = agreed_;
  if (established_) std::string().swap(handshake_output_);
  return step;
}

// What a call of OpenSSL that did not succeed means.
IoResult TlsTransport::outcome(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return {IoStatus::kWantRead};
    case SSL_ERROR_WANT_WRITE: return {IoStatus::kWantWrite};
    case SSL_ERROR_ZERO_RETURN: failure_ = "closed by the peer"; return {IoStatus::kEnd};
    case SSL_ERROR_SYSCALL:
      failure_ = socket_error_ != 0 ? system_reason(socket_error_) : "closed by the peer";
      return {socket_error_ != 0 ? IoStatus::kError : IoStatus::kEnd};
    default: break;
  }
  failure_ = take_openssl_error("TLS error");
  const long verified = SSL_get_verify_result(ssl_.get());
  if (!established_ && verified != X509_V_OK) failure_ += std::string(": ") + X509_verify_cert_error_string(verified);
  return {IoStatus::kError};
}

IoResult TlsTransport::read(char* to, std::size_t room) {
  std::size_t total = 0;
  while (total < room && ended_.status == IoStatus::kOk) {
    ERR_clear_error();
    std::size_t n = 0;
    const int result = SSL_read_ex(ssl_.get(), to + total, room - total, &n);
    if (result == 1) {
      total += n;
      continue;
    }
    const IoResult end = outcome(result);
    if (end.status == IoStatus::kEnd || end.status == IoStatus::kError) {
      ended_ = end;
    } else if (total == 0) {
      return end;
    } else {
      break;
    }
  }
  if (total == 0) return ended_;
  return {IoStatus::kOk, total};
}

IoResult TlsTransport::write_record(const char* bytes, std::size_t size) {
  ERR_clear_error();
  std::size_t n = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes, size, &n);
  if (result == 1) return {IoStatus::kOk, n};
  return outcome(result);
}

IoResult TlsTransport::write(const iovec* pieces, int count) {
  std::size_t total = 0;
  std::size_t offset = 0;  // into the first of the pieces left
  while (count > 0) {
    const char* bytes = static_cast<const char*>(pieces->iov_base) + offset;
    std::size_t size = std::min(pieces->iov_len - offset, ShardBuffers::kRecord);
    if (size < ShardBuffers::kRecord && count > 1) {
      // Many small pieces make one record.
      char* const record = buffers_.record.data();
      std::memcpy(record, bytes, size);
      for (int i = 1; i < count && size < ShardBuffers::kRecord; ++i) {
        const std::size_t n = std::min(pieces[i].iov_len, ShardBuffers::kRecord - size);
        std::memcpy(record + size, pieces[i].iov_base, n);
        size += n;
      }
      bytes = record;
    }
    const IoResult r = write_record(bytes, size);
    if (r.status != IoStatus::kOk) {
      if (total > 0) break;
      return r;
    }
    total += r.bytes;
    offset += r.bytes;
    while (count > 0 && offset >= pieces->iov_len) {
      offset -= pieces->iov_len;
      ++pieces;
      --count;
    }
  }
  return {IoStatus::kOk, total};
}

// Part of a record does not count: nothing can be read before the peer sends the rest.
bool TlsTransport::unread() const { return SSL_pending(ssl_.get()) > 0 || socket_has_input(fd_); }

bool TlsTransport::holds_input() const { return SSL_has_pending(ssl_.get()) == 1; }

void TlsTransport::say_goodbye() {
  if (!established_) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::string TlsTransport::security() const { return SSL_get_version(ssl_.get()); }

}  // namespace signalbox::xmpp
