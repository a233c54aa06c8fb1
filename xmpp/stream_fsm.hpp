// The server's end of one agent's XML stream, from accept to close: no socket, no clock, no parser.
//
//            stream open, accepted                      stream open again (over TLS)
//   Active ------------------------> [OpenConfirm] ----------------------------------> Established
//      \______________________________________________________________________________/   OpenConfirm only with STARTTLS
//
// Inputs are what the scanner, the socket, the owner and the clock report; each returns the actions to take, in order. After kClose
// nothing more comes out. expects() says what the scanner has to look for in the bytes that follow.
//
// Threads: the session's shard. Lifetime: bytes of an action are valid until the next input. Cost: stanza() and keepalive() are a compare
// and an addition. Source: spec/xmpp.md 1.3, 1.5, 1.6, 1.7.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace signalbox::xmpp {

// How the listener that took the connection wants it protected.
enum class StreamSecurity : std::uint8_t {
  kPlain,
  kStartTls,     // in-stream TLS, mandatory
  kTlsRequired,  // in-stream TLS, or TLS from the first byte: the first byte tells
};

enum class StreamState : std::uint8_t { kIdle, kActive, kOpenConfirm, kEstablished };
// As introspect shows it.
std::string_view to_string(StreamState state);

// Why a session ended. spec/xmpp.md 1.9
enum class CloseReason : std::uint8_t {
  kNone,
  kOpenTimer,
  kHoldTimer,
  kPeerClosed,
  kTransportError,
  kUndecodable,
  kStanzaTooLong,
  kOpenReplyTooLong,
  kTlsOnPlainStream,
  kTlsHandshake,
  kSubclusterMismatch,
  kDuplicateName,
  kNotReady,
  kAdminDown,
  kProtocolError,
  kConfigurationChanged,
  kCleared,
  kShutdown,
};
std::string_view to_string(CloseReason reason);

// The last input of note, under the incumbent's names. spec/introspect.md 2.5
enum class StreamEvent : std::uint8_t {
  kAccepted,
  kOpen,
  kStartTls,
  kHandshakeSuccess,
  kHandshakeFailure,
  kKeepalive,
  kIq,
  kMessage,
  kOpenTimerExpired,
  kHoldTimerExpired,
  kTcpClose,
  kAdminDown,
  kStop,
};
// "xmsm::EvXmppKeepalive" and so on.
std::string_view to_string(StreamEvent event);

struct StreamAction {
  enum class Kind : std::uint8_t {
    kDecideOpen,  // ask the owner: accept_open() or refuse_open() is the answer, now or later
    kSend,        // `bytes`, each action as a write of its own
    kKeepalive,   // `bytes`, whatever waits before them
    kStartTls,    // the server's side of a TLS handshake; tls_established() or tls_failed() tells the outcome
    kEstablished,
    kClose,  // `reason`; nothing is sent
  };
  Kind kind = Kind::kClose;
  CloseReason reason = CloseReason::kNone;
  std::string_view bytes;

  bool operator==(const StreamAction&) const = default;
};

class StreamActions {
 public:
  void push(StreamAction action) { actions_[size_++] = action; }
  const StreamAction* begin() const { return actions_.data(); }
  const StreamAction* end() const { return actions_.data() + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  std::array<StreamAction, 2> actions_;
  std::uint8_t size_ = 0;
};

class StreamFsm {
 public:
  static constexpr core::seconds kOpenTime{15};
  static constexpr std::uint8_t kDefaultHoldTime = 90;  // seconds
  static constexpr std::size_t kMaxOpenReply = 1024;

  // What the bytes that come next must be.
  enum class Expect : std::uint8_t {
    kFirstByte,  // call first_byte() before anything is taken from the stream
    kStreamOpen,
    kStartTls,
    kStanza,
    kNothing,  // leave them alone: a decision or a handshake is under way, or all is over
  };

  // `hostname` outlives the machine; `hold_time_s` 0 switches hold timer and keepalives off.
  StreamFsm(std::string_view hostname, StreamSecurity security, std::uint8_t hold_time_s, core::TimePoint accepted);

  Expect expects() const;

  StreamActions first_byte(std::uint8_t byte);
  StreamActions stream_open(std::string_view from, core::TimePoint now);
  StreamActions accept_open(core::TimePoint now);
  StreamActions refuse_open(CloseReason reason) { return close(reason); }
  StreamActions start_tls(core::TimePoint now);
  StreamActions tls_established();
  StreamActions tls_failed();
  // A stanza has arrived whole. True: deliver it. False: it is out of place; close(kUndecodable) is the answer.
  bool stanza(bool iq, core::TimePoint now) {
    if (phase_ != Phase::kRunning) return false;
    last_event_ = iq ? StreamEvent::kIq : StreamEvent::kMessage;
    restart_hold(now);
    return true;
  }
  // Filler has arrived.
  void keepalive(core::TimePoint now) {
    if (state_ == StreamState::kActive || state_ == StreamState::kIdle) return;
    last_event_ = StreamEvent::kKeepalive;
    restart_hold(now);
  }
  // The peer, the socket, the bytes or the owner end it.
  StreamActions close(CloseReason reason);

  // Is a timer due? Two compares.
  bool due(core::TimePoint now) const { return now >= deadline_ || now >= keepalive_at_; }
  // `unread`: bytes of the peer wait to be read. They re-arm an expired hold timer: it is we who are late.
  StreamActions tick(core::TimePoint now, bool unread);
  // Takes effect at once for keepalives, and for the hold timer at its next restart.
  void set_hold_time(std::uint8_t seconds, core::TimePoint now);

  StreamState state() const { return state_; }
  StreamState last_state() const { return last_state_; }
  core::TimePoint state_since() const { return state_since_; }
  StreamEvent last_event() const { return last_event_; }
  std::uint8_t hold_time() const { return hold_time_; }
  bool secure() const { return secure_; }
  // The `from` of the first stream open; empty before.
  const std::string& name() const { return name_; }

 private:
  enum class Phase : std::uint8_t { kFirstByte, kOpen, kDecision, kStartTls, kHandshake, kReopen, kRunning, kOver };

  void enter(StreamState state, core::TimePoint now);
  void restart_hold(core::TimePoint now) {
    if (hold_time_ != 0) deadline_ = now + core::seconds(hold_time_);
  }
  void restart_keepalive(core::TimePoint now);
  // Adds the stream reply and returns true, or closes.
  bool reply(StreamActions& actions);
  void establish(StreamActions& actions, core::TimePoint now);

  const std::string_view hostname_;
  std::string name_;
  std::string reply_;
  core::TimePoint deadline_;  // of the open timer in Active, then of the hold timer
  core::TimePoint keepalive_at_ = core::TimePoint::max();
  core::TimePoint state_since_;
  const StreamSecurity security_;
  std::uint8_t hold_time_;
  Phase phase_ = Phase::kFirstByte;
  StreamState state_ = StreamState::kActive;
  StreamState last_state_ = StreamState::kIdle;
  StreamEvent last_event_ = StreamEvent::kAccepted;
  bool secure_ = false;
};

}  // namespace signalbox::xmpp
