#include "xmpp/session.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "core/check.hpp"
#include "xmpp/receive_buffer.hpp"
#include "xmpp/send_queue.hpp"
#include "xmpp/socket_options.hpp"

namespace signalbox::xmpp {
namespace asio = boost::asio;

namespace {

using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;
using Expect = StreamFsm::Expect;

// What one run of a handler reads or writes at most before others get their turn.
constexpr std::size_t kReadBudget = 256 * 1024;
constexpr std::size_t kWriteBudget = 256 * 1024;
// What one sendmsg gathers at most.
constexpr int kMaxPieces = 64;
constexpr std::size_t kMaxGather = 256 * 1024;
// Unread bytes make close() reset the connection, and the peer lose what was sent last: so many are read and dropped first.
constexpr std::size_t kMaxDrain = 64 * 1024;

core::ChunkPtr keepalive_chunk(std::string_view bytes) {
  static const core::ChunkPtr chunk = core::ChunkPtr::copy_of(bytes);
  return chunk;
}

class SocketSession final : public Session {
 public:
  SocketSession(asio::io_context& io, ShardBuffers& buffers, const SessionOptions& options, AcceptedSocket socket,
                std::shared_ptr<const TlsContext> tls, std::uint8_t hold_time_s, SessionHandler& handler);
  ~SocketSession() override;

  void accept_open() override;
  void refuse_open(CloseReason reason, std::string detail) override;
  void send(core::ChunkPtr chunk) override;
  std::size_t room() const override;
  void flush() override;
  void close(CloseReason reason, std::string detail) override { end(reason, std::move(detail)); }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void tick(core::TimePoint now) override;
  void set_hold_time(std::uint8_t seconds) override { fsm_.set_hold_time(seconds, core::Clock::now()); }
  bool set_dscp(unsigned dscp) override { return !ended() && xmpp::set_dscp(descriptor_.native_handle(), dscp).ok(); }

  const std::string& name() const override { return fsm_.name(); }
  const StreamFsm& stream() const override { return fsm_; }
  const SessionStats& stats() const override { return stats_; }
  std::size_t queued_bytes() const override { return queue_.bytes(); }
  core::TimePoint blocked_since() const override { return blocked_since_; }
  bool reading_paused() const override { return paused_; }
  std::string security() const override { return transport_->security(); }
  CloseReason close_reason() const override { return close_reason_; }
  const std::string& close_detail() const override { return close_detail_; }

 private:
  // Outlives the session for as long as the event loop holds handlers of it.
  struct Link {
    SocketSession* session;
  };

  bool ended() const { return close_reason_ != CloseReason::kNone; }
  bool blocked() const { return blocked_since_ != core::TimePoint::max(); }
  bool may_read() const { return !ended() && !paused_ && !handshaking_ && fsm_.expects() != Expect::kNothing; }
  // While TLS may begin behind the next token, only what belongs before it is taken from the socket.
  bool before_tls() const { return security_ != StreamSecurity::kPlain && !fsm_.secure(); }

  // Event loop.
  template <class Body>
  void run(Body body);
  void post(void (SocketSession::*event)());
  void wait_readable();
  void wait_writable();
  void readable();
  void writable();
  void more_input();
  void more_output();
  void decided();
  void report();

  // Input.
  void read_some();
  std::size_t read_once();
  void take_from_socket(std::size_t bytes);
  std::size_t take_tokens(std::string_view bytes);
  bool take_token(const Token& token);
  void take_open(std::string_view bytes);
  void deliver(const Token& token);
  void end_burst();
  void continue_reading();

  // Stream.
  void perform(const StreamActions& actions, const StreamOpen* open = nullptr);
  void decide(const StreamOpen& open);
  void begin_handshake();
  void step_handshake();
  bool client_hello_waits();

  // Output.
  void enqueue(std::string_view bytes);
  void write_out();
  void write_and_follow_up();
  void pump();
  void set_blocked();
  void set_unblocked();

  void end(CloseReason reason, std::string detail = {});
  void hang_up();

  asio::io_context& io_;
  ShardBuffers& buffers_;
  const SessionOptions& options_;
  SessionHandler& handler_;
  const std::shared_ptr<Link> link_;
  Descriptor descriptor_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<TlsTransport> tls_;  // during the handshake, before it becomes transport_
  std::shared_ptr<const TlsContext> tls_context_;
  StreamFsm fsm_;
  Scanner scanner_;
  ReceiveBuffer receive_;
  SendQueue queue_;
  SessionStats stats_;
  core::TimePoint now_;
  core::TimePoint blocked_since_ = core::TimePoint::max();
  std::string close_detail_;
  const StreamSecurity security_;
  Expect awaited_ = Expect::kFirstByte;
  CloseReason close_reason_ = CloseReason::kNone;
  std::uint8_t depth_ = 0;  // of run()
  bool deciding_ = false;   // within on_stream_open()
  bool accepted_ = false;   // the decision, not applied yet
  bool paused_ = false;
  bool handshaking_ = false;
  bool delivered_ = false;  // stanzas since the last end of a burst
  bool full_ = false;       // the output has reached the high-water mark
  bool pumping_ = false;
  bool input_posted_ = false;
  bool output_posted_ = false;
  bool read_armed_ = false;
  bool write_armed_ = false;
  bool read_waits_for_write_ = false;  // TLS only
  bool write_waits_for_read_ = false;  // TLS only
};

SocketSession::SocketSession(asio::io_context& io, ShardBuffers& buffers, const SessionOptions& options, AcceptedSocket socket,
                             std::shared_ptr<const TlsContext> tls, std::uint8_t hold_time_s, SessionHandler& handler)
    : Session(socket),
      io_(io),
      buffers_(buffers),
      options_(options),
      handler_(handler),
      link_(std::make_shared<Link>(Link{this})),
      descriptor_(io),
      transport_(std::make_unique<PlainTransport>(socket.fd.get())),
      tls_context_(std::move(tls)),
      fsm_(options.hostname, socket.security, hold_time_s, core::Clock::now()),
      scanner_(options.max_stanza_bytes),
      security_(socket.security) {
  boost::system::error_code failed;
  descriptor_.assign(socket.fd.get(), failed);
  if (failed) {
    end(CloseReason::kTransportError, failed.message());
    return;
  }
  socket.fd.release();
  wait_readable();
}

SocketSession::~SocketSession() {
  CN_ASSERT(depth_ == 0);
  link_->session = nullptr;
}

// ---- event loop

// Runs an event of the loop. What closes the session within it is reported at its end; the owner may then destroy the session, so nothing
// may follow.
template <class Body>
void SocketSession::run(Body body) {
  now_ = core::Clock::now();
  ++depth_;
  body();
  --depth_;
  if (ended()) report();
}

void SocketSession::post(void (SocketSession::*event)()) {
  asio::post(io_, [link = link_, event] {
    if (link->session) (link->session->*event)();
  });
}

void SocketSession::wait_readable() {
  if (std::exchange(read_armed_, true)) return;
  descriptor_.async_wait(Descriptor::wait_read, [link = link_](const boost::system::error_code&) {
    if (link->session) link->session->readable();
  });
}

void SocketSession::wait_writable() {
  if (std::exchange(write_armed_, true)) return;
  descriptor_.async_wait(Descriptor::wait_write, [link = link_](const boost::system::error_code&) {
    if (link->session) link->session->writable();
  });
}

void SocketSession::readable() {
  read_armed_ = false;
  if (ended()) return;
  run([this] {
    if (handshaking_) {
      step_handshake();
    } else {
      read_some();
    }
    if (!ended() && std::exchange(write_waits_for_read_, false)) {
      set_unblocked();
      pump();
    }
  });
}

void SocketSession::writable() {
  write_armed_ = false;
  if (ended()) return;
  run([this] {
    if (handshaking_) {
      step_handshake();
      return;
    }
    set_unblocked();
    pump();
    if (!ended() && std::exchange(read_waits_for_write_, false)) read_some();
  });
}

// The transport still holds input that no event of the socket will announce.
void SocketSession::more_input() {
  input_posted_ = false;
  if (ended() || handshaking_) return;
  run([this] { read_some(); });
}

// A write stopped for the others' sake, or a refill is due.
void SocketSession::more_output() {
  output_posted_ = false;
  if (ended() || blocked()) return;
  run([this] { pump(); });
}

// A decision given outside on_stream_open() takes effect here.
void SocketSession::decided() {
  if (ended() || !std::exchange(accepted_, false)) return;
  run([this] {
    perform(fsm_.accept_open(now_));
    if (ended()) return;
    receive_.keep(take_tokens(receive_.tail()));
    read_some();
  });
}

void SocketSession::report() { handler_.on_closed(*this, close_reason_); }

// ---- input

void SocketSession::read_some() {
  std::size_t budget = kReadBudget;
  while (may_read()) {
    const std::size_t n = read_once();
    if (n == 0) break;
    budget -= std::min(n, budget);
    if (budget == 0) break;
  }
  end_burst();
  if (ended()) return;
  if (handshaking_) {
    step_handshake();
  } else {
    continue_reading();
  }
}

// Reads once and takes the tokens. Returns how much was read, 0 when there is no more to be had now.
std::size_t SocketSession::read_once() {
  const bool peek = before_tls();
  const std::size_t kept = receive_.tail().size();
  const std::span<char> room = receive_.prepare(buffers_.input);
  const IoResult r =
      peek ? static_cast<PlainTransport&>(*transport_).peek(room.data(), room.size()) : transport_->read(room.data(), room.size());
  ++stats_.rx_calls;
  switch (r.status) {
    case IoStatus::kOk: break;
    case IoStatus::kWantRead: return 0;
    case IoStatus::kWantWrite:
      read_waits_for_write_ = true;
      wait_writable();
      return 0;
    case IoStatus::kEnd: end(CloseReason::kPeerClosed); return 0;
    case IoStatus::kError: end(CloseReason::kTransportError, transport_->failure()); return 0;
  }
  const std::string_view bytes = receive_.commit(r.bytes);
  const std::size_t consumed = take_tokens(bytes);
  if (ended()) return 0;
  std::size_t taken = r.bytes;
  if (peek && fsm_.expects() == Expect::kNothing) {
    // The rest may be the beginning of TLS, or wait for a decision: it stays in the socket.
    taken = consumed - kept;
    receive_.keep(bytes.size());
  } else {
    receive_.keep(consumed);
  }
  if (peek) take_from_socket(taken);
  stats_.rx_bytes += taken;
  // A plain socket that gave less than asked for is empty.
  return !fsm_.secure() && r.bytes < room.size() ? 0 : r.bytes;
}

// Drops bytes that were looked at before.
void SocketSession::take_from_socket(std::size_t bytes) {
  while (bytes > 0) {
    const IoResult r = transport_->read(buffers_.input.data(), std::min(bytes, buffers_.input.size()));
    if (r.status != IoStatus::kOk) return end(CloseReason::kTransportError, transport_->failure());
    bytes -= r.bytes;
  }
}

std::size_t SocketSession::take_tokens(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && !ended()) {
    const Expect expect = fsm_.expects();
    switch (expect) {
      case Expect::kNothing: return at;
      case Expect::kFirstByte: perform(fsm_.first_byte(static_cast<std::uint8_t>(bytes[at]))); continue;
      case Expect::kStreamOpen:
        if (expect != awaited_) scanner_.await(Awaiting::kStreamOpen);
        break;
      case Expect::kStartTls:
        if (expect != awaited_) scanner_.await(Awaiting::kStartTls);
        break;
      case Expect::kStanza:
        if (expect != awaited_) scanner_.await(Awaiting::kStanza);
        break;
    }
    awaited_ = expect;
    const Token token = scanner_.next(bytes.substr(at));
    if (!take_token(token)) return at;
    at += token.bytes.size();
  }
  return at;
}

// False: there is no whole token yet.
bool SocketSession::take_token(const Token& token) {
  switch (token.kind) {
    case TokenKind::kNeedMore: return false;
    case TokenKind::kKeepalive:
      ++stats_.rx_keepalives;
      fsm_.keepalive(now_);
      break;
    case TokenKind::kIq:
    case TokenKind::kMessage: deliver(token); break;
    case TokenKind::kStreamOpen: take_open(token.bytes); break;
    case TokenKind::kStartTls: perform(fsm_.start_tls(now_)); break;
    case TokenKind::kStreamEnd: break;
    case TokenKind::kTooBig: end(CloseReason::kStanzaTooLong); break;
    case TokenKind::kBad: end(CloseReason::kUndecodable); break;
  }
  return true;
}

void SocketSession::take_open(std::string_view bytes) {
  const auto open = parse_stream_open(bytes);
  if (!open) return end(CloseReason::kUndecodable, open.error().text);
  perform(fsm_.stream_open(open->from, now_), &*open);
}

void SocketSession::deliver(const Token& token) {
  ++stats_.rx_stanzas;
  delivered_ = true;
  if (!fsm_.stanza(token.kind == TokenKind::kIq, now_) || !handler_.on_stanza(*this, token.bytes)) end(CloseReason::kUndecodable);
}

void SocketSession::end_burst() {
  if (std::exchange(delivered_, false)) handler_.on_read_burst_end(*this);
}

void SocketSession::continue_reading() {
  if (!may_read() || read_waits_for_write_) return;
  if (!transport_->holds_input()) {
    wait_readable();
  } else if (!std::exchange(input_posted_, true)) {
    post(&SocketSession::more_input);
  }
}

void SocketSession::resume_reading() {
  if (!std::exchange(paused_, false)) return;
  // Within a read, its end does that.
  if (depth_ == 0) continue_reading();
}

// ---- stream

void SocketSession::perform(const StreamActions& actions, const StreamOpen* open) {
  for (const StreamAction& action : actions) {
    if (ended()) return;
    switch (action.kind) {
      case StreamAction::Kind::kDecideOpen: decide(*open); break;
      case StreamAction::Kind::kSend:
        queue_.push(core::ChunkPtr::copy_of(action.bytes));
        write_and_follow_up();
        break;
      case StreamAction::Kind::kKeepalive:
        ++stats_.tx_keepalives;
        queue_.push(keepalive_chunk(action.bytes));
        write_and_follow_up();
        break;
      case StreamAction::Kind::kStartTls: begin_handshake(); break;
      case StreamAction::Kind::kEstablished: handler_.on_established(*this); break;
      case StreamAction::Kind::kClose: end(action.reason, std::move(close_detail_)); break;
    }
  }
}

void SocketSession::decide(const StreamOpen& open) {
  deciding_ = true;
  handler_.on_stream_open(*this, open);
  deciding_ = false;
  if (!ended() && std::exchange(accepted_, false)) perform(fsm_.accept_open(now_));
}

void SocketSession::accept_open() {
  if (ended() || accepted_) return;
  accepted_ = true;
  if (!deciding_) post(&SocketSession::decided);
}

void SocketSession::refuse_open(CloseReason reason, std::string detail) { end(reason, std::move(detail)); }

void SocketSession::begin_handshake() {
  if (!queue_.empty()) return end(CloseReason::kTransportError, "the socket does not take the answer to starttls");
  handshaking_ = true;
}

// Drops filler that the agent sent behind its starttls, and tells whether the handshake has begun to arrive.
bool SocketSession::client_hello_waits() {
  auto& plain = static_cast<PlainTransport&>(*transport_);
  char* const bytes = buffers_.input.data();
  while (true) {
    const IoResult r = plain.peek(bytes, 64);
    if (r.status == IoStatus::kWantRead) return false;
    if (r.status != IoStatus::kOk) {
      end(CloseReason::kTlsHandshake, r.status == IoStatus::kEnd ? "closed by the peer" : plain.failure());
      return false;
    }
    const Token front = Scanner().next({bytes, r.bytes});
    if (front.kind != TokenKind::kKeepalive) return true;
    take_from_socket(front.bytes.size());
    if (ended()) return false;
  }
}

void SocketSession::step_handshake() {
  if (!tls_) {
    if (!client_hello_waits()) {
      if (!ended()) wait_readable();
      return;
    }
    if (!tls_context_) return end(CloseReason::kTlsHandshake, "no certificate is loaded");
    tls_ = std::make_unique<TlsTransport>(descriptor_.native_handle(), tls_context_, buffers_);
  }
  switch (tls_->handshake().status) {
    case IoStatus::kOk: break;
    case IoStatus::kWantRead: return wait_readable();
    case IoStatus::kWantWrite: return wait_writable();
    case IoStatus::kEnd:
    case IoStatus::kError: close_detail_ = tls_->failure(); return perform(fsm_.tls_failed());
  }
  handshaking_ = false;
  transport_ = std::move(tls_);
  tls_context_.reset();
  perform(fsm_.tls_established());
  read_some();
}

// ---- output

void SocketSession::send(core::ChunkPtr chunk) {
  if (fsm_.state() != StreamState::kEstablished) return;
  ++stats_.tx_chunks;
  queue_.push(std::move(chunk));
  if (queue_.bytes() >= options_.high_water) full_ = true;
}

std::size_t SocketSession::room() const { return queue_.bytes() < options_.high_water ? options_.high_water - queue_.bytes() : 0; }

void SocketSession::flush() {
  // pump() writes after the refill that calls this.
  if (!pumping_) write_and_follow_up();
}

void SocketSession::write_out() {
  std::size_t budget = kWriteBudget;
  while (!queue_.empty() && budget > 0 && !blocked() && !ended()) {
    iovec pieces[kMaxPieces];
    const int count = queue_.gather(pieces, kMaxPieces, kMaxGather);
    const IoResult r = transport_->write(pieces, count);
    ++stats_.tx_calls;
    switch (r.status) {
      case IoStatus::kOk:
        queue_.consume(r.bytes);
        stats_.tx_bytes += r.bytes;
        budget -= std::min(budget, r.bytes);
        break;
      case IoStatus::kWantWrite:
        set_blocked();
        wait_writable();
        break;
      case IoStatus::kWantRead:
        set_blocked();
        write_waits_for_read_ = true;
        break;
      case IoStatus::kEnd:
      case IoStatus::kError: end(CloseReason::kTransportError, transport_->failure()); break;
    }
  }
}

// The rest, and a refill, come from the event loop.
void SocketSession::write_and_follow_up() {
  write_out();
  if (ended() || blocked()) return;
  const bool more = !queue_.empty() || full_;
  if (more && !std::exchange(output_posted_, true)) post(&SocketSession::more_output);
}

void SocketSession::pump() {
  write_out();
  if (!ended() && full_ && queue_.bytes() < options_.low_water) {
    full_ = false;
    pumping_ = true;
    handler_.refill(*this);
    pumping_ = false;
  }
  write_and_follow_up();
}

void SocketSession::set_blocked() {
  blocked_since_ = core::Clock::now();
  ++stats_.blocked_count;
}

void SocketSession::set_unblocked() {
  if (!blocked()) return;
  stats_.blocked_time += now_ - blocked_since_;
  blocked_since_ = core::TimePoint::max();
}

// ---- timers and end

void SocketSession::tick(core::TimePoint now) {
  if (!fsm_.due(now) || ended()) return;
  now_ = now;
  perform(fsm_.tick(now, transport_->unread()));
}

void SocketSession::end(CloseReason reason, std::string detail) {
  if (ended()) return;
  fsm_.close(reason);
  close_reason_ = reason;
  close_detail_ = std::move(detail);
  hang_up();
  // Within an event of the loop, its end reports.
  if (depth_ == 0) post(&SocketSession::report);
}

void SocketSession::hang_up() {
  if (!descriptor_.is_open()) return;
  const int fd = descriptor_.native_handle();
  if (close_reason_ != CloseReason::kTransportError && !handshaking_) {
    iovec pieces[kMaxPieces];
    while (!queue_.empty() && !blocked()) {
      const IoResult r = transport_->write(pieces, queue_.gather(pieces, kMaxPieces, kMaxGather));
      if (r.status != IoStatus::kOk) break;
      queue_.consume(r.bytes);
      stats_.tx_bytes += r.bytes;
    }
    if (!blocked()) transport_->say_goodbye();
  }
  queue_.clear();
  // The view of a stanza that is being handled lies in buffers_.input: not there.
  PlainTransport plain(fd);
  for (std::size_t n = 0; n < kMaxDrain;) {
    const IoResult r = plain.read(buffers_.record.data(), buffers_.record.size());
    if (r.status != IoStatus::kOk) break;
    n += r.bytes;
  }
  ::shutdown(fd, SHUT_WR);
  boost::system::error_code ignored;
  descriptor_.close(ignored);
}

}  // namespace

std::unique_ptr<Session> Session::create(asio::io_context& io, ShardBuffers& buffers, const SessionOptions& options, AcceptedSocket socket,
                                         std::shared_ptr<const TlsContext> tls, std::uint8_t hold_time_s, SessionHandler& handler) {
  return std::make_unique<SocketSession>(io, buffers, options, std::move(socket), std::move(tls), hold_time_s, handler);
}

}  // namespace signalbox::xmpp
