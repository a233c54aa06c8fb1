// Bytes in and out of one non-blocking socket, plain or through TLS. Neither waits nor owns the descriptor.
//
// Threads: the session's shard. Lifetime: the descriptor and the ShardBuffers outlive the transport. Errors: as values; SIGPIPE is never
// raised. Cost: plain, one system call per call; TLS, one per record of 16 KB.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "xmpp/tls_context.hpp"

struct ssl_st;

namespace signalbox::xmpp {

// Scratch space of one shard, used by one session at a time within a call, so that an idle session needs none.
struct ShardBuffers {
  static constexpr std::size_t kInput = 256 * 1024;
  static constexpr std::size_t kRecord = 16 * 1024;  // the most that a TLS record carries

  std::vector<char> input = std::vector<char>(kInput);
  std::vector<char> record = std::vector<char>(kRecord);
};

enum class IoStatus : std::uint8_t {
  kOk,         // `bytes` were moved, at least one
  kWantRead,   // nothing to be had before the socket is readable
  kWantWrite,  // nothing to be had before the socket is writable
  kEnd,        // the peer has closed
  kError,      // Transport::failure() says why
};

struct IoResult {
  IoStatus status = IoStatus::kOk;
  std::size_t bytes = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;

  virtual IoResult read(char* to, std::size_t room) = 0;
  // May take fewer bytes than offered. After kWantWrite or kWantRead the next call must offer at least the same bytes again.
  virtual IoResult write(const iovec* pieces, int count) = 0;
  // Has the peer sent what was not read yet?
  virtual bool unread() const = 0;
  // Has read() taken more from the socket than it gave out, so that waiting for the socket may wait for ever?
  virtual bool holds_input() const { return false; }
  // Tells the peer that nothing more will come, if the protocol can say so.
  virtual void say_goodbye() {}
  // "" or the version, such as "TLSv1.3".
  virtual std::string security() const { return {}; }

  const std::string& failure() const { return failure_; }

 protected:
  std::string failure_;
};

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int fd) : fd_(fd) {}

  IoResult read(char* to, std::size_t room) override;
  IoResult write(const iovec* pieces, int count) override;
  bool unread() const override;

  // Looks at bytes without taking them.
  IoResult peek(char* to, std::size_t room);

 private:
  IoResult receive(char* to, std::size_t room, int flags);

  const int fd_;
};

// The server's end of TLS.
class TlsTransport final : public Transport {
 public:
  TlsTransport(int fd, std::shared_ptr<const TlsContext> context, ShardBuffers& buffers);
  ~TlsTransport() override;
  TlsTransport(const TlsTransport&) = delete;
  TlsTransport& operator=(const TlsTransport&) = delete;

  // One step, to be repeated when the socket is ready, until kOk (then read and write may be called), kEnd or kError. What a failing step
  // would have sent is dropped: the incumbent's agents see the connection close, and no alert. recorded: check/tls.py
  IoResult handshake();

  IoResult read(char* to, std::size_t room) override;
  IoResult write(const iovec* pieces, int count) override;
  bool unread() const override;
  bool holds_input() const override;
  void say_goodbye() override;
  std::string security() const override;

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  friend struct SocketBio;

  bool flush_handshake();
  IoResult outcome(int result);
  IoResult write_record(const char* bytes, std::size_t size);

  const int fd_;
  const std::shared_ptr<const TlsContext> context_;
  ShardBuffers& buffers_;
  std::unique_ptr<ssl_st, Free> ssl_;
  std::string handshake_output_;  // of the step under way
  bool agreed_ = false;           // by both; the last of our own bytes may still be in handshake_output_
  bool established_ = false;
  IoResult ended_;        // kEnd or kError met after bytes that were given out first
  int socket_error_ = 0;  // errno of the last failed send or recv
};

}  // namespace signalbox::xmpp
