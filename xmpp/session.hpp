// One agent's connection: reads and writes the socket, drives the stream's machine (xmpp/stream_fsm.hpp) and tells a handler what happens.
//
// Threads: one shard's, all calls both ways. Lifetime: the owner destroys the session after on_closed(), from within that call or later;
// without waiting for it only from outside the handler's calls. Callbacks never come from within a call to the session (except that a
// decision given inside on_stream_open() takes effect after it returns): what a call brings about is reported from the event loop.
// Errors: none are returned; whatever fails closes the session. No exceptions.
// Memory: an idle plain session holds 1.4 KB besides what its handler holds; one with TLS 15.6 KB, nearly all of it OpenSSL's.
// Source: spec/xmpp.md 1.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/chunk.hpp"
#include "core/clock.hpp"
#include "core/net.hpp"
#include "xmpp/accepted_socket.hpp"
#include "xmpp/scanner.hpp"
#include "xmpp/stream_fsm.hpp"
#include "xmpp/tls_context.hpp"
#include "xmpp/transport.hpp"

namespace boost::asio {
class io_context;
}

namespace signalbox::xmpp {

class Session;

class SessionHandler {
 public:
  virtual ~SessionHandler() = default;

  // The first stream open: answer with accept_open() or refuse_open(), now or later. What the agent sends meanwhile waits.
  virtual void on_stream_open(Session& session, const StreamOpen& open) = 0;
  virtual void on_established(Session& session) = 0;
  // One iq or message; the view is valid during the call. False: it cannot be decoded, close the session.
  virtual bool on_stanza(Session& session, std::string_view stanza) = 0;
  // All stanzas of one read are delivered: time to pass them on in one piece, and to pause reading when that is not possible.
  virtual void on_read_burst_end(Session& session) = 0;
  // The output had reached the high-water mark and is now below the low-water mark: queue more.
  virtual void refill(Session& session) = 0;
  // The last call.
  virtual void on_closed(Session& session, CloseReason reason) = 0;
};

struct SessionStats {
  std::uint64_t rx_bytes = 0;
  std::uint64_t rx_calls = 0;
  std::uint64_t rx_stanzas = 0;
  std::uint64_t rx_keepalives = 0;  // runs of filler, as the incumbent counts them
  std::uint64_t tx_bytes = 0;
  std::uint64_t tx_calls = 0;
  std::uint64_t tx_chunks = 0;
  std::uint64_t tx_keepalives = 0;
  std::uint64_t blocked_count = 0;  // times the socket took no more
  core::Duration blocked_time{};    // of those that are over
};

// What the sessions of a shard have in common; outlives them.
struct SessionOptions {
  std::string hostname;  // DEFAULT.hostname, `from` of the stream reply
  std::size_t max_stanza_bytes = 4u << 20;
  std::size_t high_water = 256 * 1024;  // bytes of output at which room() ends
  std::size_t low_water = 64 * 1024;    // and below which refill() comes
};

class Session {
 public:
  // Takes the socket over and waits for the agent to speak. `tls`: for the security kinds that need it; null: every handshake fails.
  static std::unique_ptr<Session> create(boost::asio::io_context& io, ShardBuffers& buffers, const SessionOptions& options,
                                         AcceptedSocket socket, std::shared_ptr<const TlsContext> tls, std::uint8_t hold_time_s,
                                         SessionHandler& handler);
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The answers to on_stream_open().
  virtual void accept_open() = 0;
  virtual void refuse_open(CloseReason reason, std::string detail = {}) = 0;

  // Queues bytes; ignored unless Established. Does not write: flush() does.
  virtual void send(core::ChunkPtr chunk) = 0;
  // Bytes that may be queued before the high-water mark is reached. The chunk that crosses it is still taken.
  virtual std::size_t room() const = 0;
  // Writes what is queued unless the socket is known to take no more; the rest follows from the event loop.
  virtual void flush() = 0;
  // Writes what the socket takes at once, and closes. on_closed() follows.
  virtual void close(CloseReason reason, std::string detail = {}) = 0;

  // Back-pressure: no more reads from the socket (what is already read is delivered).
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  // Timers and keepalives; to be called every 50 to 100 ms. Two compares when nothing is due.
  virtual void tick(core::TimePoint now) = 0;
  virtual void set_hold_time(std::uint8_t seconds) = 0;
  // Returns false when the socket refuses it.
  virtual bool set_dscp(unsigned dscp) = 0;

  // The `from` of the stream open; empty before it.
  virtual const std::string& name() const = 0;
  virtual const StreamFsm& stream() const = 0;
  virtual const SessionStats& stats() const = 0;
  // Waiting to be written.
  virtual std::size_t queued_bytes() const = 0;
  // Since when the socket takes no more; TimePoint::max() when it does.
  virtual core::TimePoint blocked_since() const = 0;
  virtual bool reading_paused() const = 0;
  // "" or the TLS version in use.
  virtual std::string security() const = 0;
  // kNone while it lives; the detail is what the system, OpenSSL or the owner said.
  virtual CloseReason close_reason() const = 0;
  virtual const std::string& close_detail() const = 0;

  const core::IpAddress& remote_address() const { return remote_address_; }
  const core::IpAddress& local_address() const { return local_address_; }
  std::uint16_t remote_port() const { return remote_port_; }
  std::uint16_t local_port() const { return local_port_; }

 protected:
  explicit Session(const AcceptedSocket& socket)
      : remote_address_(socket.remote_address),
        local_address_(socket.local_address),
        remote_port_(socket.remote_port),
        local_port_(socket.local_port) {}

 private:
  const core::IpAddress remote_address_;
  const core::IpAddress local_address_;
  const std::uint16_t remote_port_;
  const std::uint16_t local_port_;
};

}  // namespace signalbox::xmpp
