#include "xmpp/stream_fsm.hpp"

#include "xmpp/escape.hpp"

namespace signalbox::xmpp {
namespace {

// U+0200 in UTF-8. spec/xmpp.md 1.7
constexpr std::string_view kKeepaliveBytes = "\xc8\x80";

// spec/xmpp.md 1.5
constexpr std::string_view kFeatures =
    "<?xml version=\"1.0\"?>\n"
    "<stream:features>\n"
    "<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\">\n"
    "<required />\n"
    "</starttls>\n"
    "</stream:features>\n";
// No line end: what follows the '>' in another segment is given to the agent's TLS engine.
constexpr std::string_view kProceed =
    "<?xml version=\"1.0\"?>\n"
    "<proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" />";

// First byte of a TLS record that carries a handshake message. RFC 8446 section 5.1
constexpr std::uint8_t kTlsHandshakeRecord = 0x16;

using Kind = StreamAction::Kind;

}  // namespace

std::string_view to_string(StreamState state) {
  switch (state) {
    case StreamState::kIdle: return "Idle";
    case StreamState::kActive: return "Active";
    case StreamState::kOpenConfirm: return "OpenConfirm";
    case StreamState::kEstablished: return "Established";
  }
  return "";
}

std::string_view to_string(CloseReason reason) {
  switch (reason) {
    case CloseReason::kNone: return "";
    case CloseReason::kOpenTimer: return "Open timer expired";
    case CloseReason::kHoldTimer: return "Hold timer expired";
    case CloseReason::kPeerClosed: return "Connection closed by the agent";
    case CloseReason::kTransportError: return "Connection failed";
    case CloseReason::kUndecodable: return "Undecodable data";
    case CloseReason::kStanzaTooLong: return "Stanza too long";
    case CloseReason::kOpenReplyTooLong: return "Open reply too long";
    case CloseReason::kTlsOnPlainStream: return "TLS handshake where a stream open was due";
    case CloseReason::kTlsHandshake: return "TLS handshake failed";
    case CloseReason::kSubclusterMismatch: return "Subcluster mismatch";
    case CloseReason::kDuplicateName: return "Another connection has this name";
    case CloseReason::kNotReady: return "Configuration not ready";
    case CloseReason::kAdminDown: return "Administratively down";
    case CloseReason::kProtocolError: return "Protocol error";
    case CloseReason::kConfigurationChanged: return "Configuration changed";
    case CloseReason::kCleared: return "Cleared by an operator";
    case CloseReason::kShutdown: return "Shutdown";
  }
  return "";
}

std::string_view to_string(StreamEvent event) {
  switch (event) {
    case StreamEvent::kAccepted: return "xmsm::EvTcpPassiveOpen";
    case StreamEvent::kOpen: return "xmsm::EvXmppOpen";
    case StreamEvent::kStartTls: return "xmsm::EvStartTls";
    case StreamEvent::kHandshakeSuccess: return "xmsm::EvTlsHandShakeSuccess";
    case StreamEvent::kHandshakeFailure: return "xmsm::EvTlsHandShakeFailure";
    case StreamEvent::kKeepalive: return "xmsm::EvXmppKeepalive";
    case StreamEvent::kIq: return "xmsm::EvXmppIqStanza";
    case StreamEvent::kMessage: return "xmsm::EvXmppMessageStanza";
    case StreamEvent::kOpenTimerExpired: return "xmsm::EvOpenTimerExpired";
    case StreamEvent::kHoldTimerExpired: return "xmsm::EvHoldTimerExpired";
    case StreamEvent::kTcpClose: return "xmsm::EvTcpClose";
    case StreamEvent::kAdminDown: return "xmsm::EvAdminDown";
    case StreamEvent::kStop: return "xmsm::EvStop";
  }
  return "";
}

StreamFsm::StreamFsm(std::string_view hostname, StreamSecurity security, std::uint8_t hold_time_s, core::TimePoint accepted)
    : hostname_(hostname), deadline_(accepted + kOpenTime), state_since_(accepted), security_(security), hold_time_(hold_time_s) {}

StreamFsm::Expect StreamFsm::expects() const {
  switch (phase_) {
    case Phase::kFirstByte: return Expect::kFirstByte;
    case Phase::kOpen:
    case Phase::kReopen: return Expect::kStreamOpen;
    case Phase::kStartTls: return Expect::kStartTls;
    case Phase::kRunning: return Expect::kStanza;
    case Phase::kDecision:
    case Phase::kHandshake:
    case Phase::kOver: break;
  }
  return Expect::kNothing;
}

StreamActions StreamFsm::first_byte(std::uint8_t byte) {
  if (phase_ != Phase::kFirstByte) return {};
  phase_ = Phase::kOpen;
  if (byte != kTlsHandshakeRecord) return {};
  if (security_ != StreamSecurity::kTlsRequired) return close(CloseReason::kTlsOnPlainStream);
  phase_ = Phase::kHandshake;
  StreamActions actions;
  actions.push({Kind::kStartTls, CloseReason::kNone, {}});
  return actions;
}

StreamActions StreamFsm::stream_open(std::string_view from, core::TimePoint now) {
  StreamActions actions;
  if (phase_ == Phase::kOpen) {
    last_event_ = StreamEvent::kOpen;
    name_ = from;
    phase_ = Phase::kDecision;
    actions.push({Kind::kDecideOpen, CloseReason::kNone, {}});
  } else if (phase_ == Phase::kReopen) {
    last_event_ = StreamEvent::kOpen;
    if (!reply(actions)) return close(CloseReason::kOpenReplyTooLong);
    establish(actions, now);
  } else {
    return close(CloseReason::kUndecodable);
  }
  return actions;
}

StreamActions StreamFsm::accept_open(core::TimePoint now) {
  StreamActions actions;
  if (phase_ != Phase::kDecision) return actions;
  if (!reply(actions)) return close(CloseReason::kOpenReplyTooLong);
  if (security_ == StreamSecurity::kPlain || secure_) {
    establish(actions, now);
    return actions;
  }
  actions.push({Kind::kSend, CloseReason::kNone, kFeatures});
  phase_ = Phase::kStartTls;
  enter(StreamState::kOpenConfirm, now);
  deadline_ = core::TimePoint::max();
  restart_hold(now);
  return actions;
}

StreamActions StreamFsm::start_tls(core::TimePoint now) {
  if (phase_ != Phase::kStartTls) return close(CloseReason::kUndecodable);
  last_event_ = StreamEvent::kStartTls;
  phase_ = Phase::kHandshake;
  restart_hold(now);
  StreamActions actions;
  actions.push({Kind::kSend, CloseReason::kNone, kProceed});
  actions.push({Kind::kStartTls, CloseReason::kNone, {}});
  return actions;
}

StreamActions StreamFsm::tls_established() {
  if (phase_ != Phase::kHandshake) return {};
  last_event_ = StreamEvent::kHandshakeSuccess;
  secure_ = true;
  phase_ = state_ == StreamState::kOpenConfirm ? Phase::kReopen : Phase::kOpen;
  return {};
}

StreamActions StreamFsm::tls_failed() {
  auto actions = close(CloseReason::kTlsHandshake);
  if (!actions.empty()) last_event_ = StreamEvent::kHandshakeFailure;
  return actions;
}

StreamActions StreamFsm::close(CloseReason reason) {
  StreamActions actions;
  if (phase_ == Phase::kOver) return actions;
  switch (reason) {
    case CloseReason::kPeerClosed:
    case CloseReason::kTransportError: last_event_ = StreamEvent::kTcpClose; break;
    case CloseReason::kAdminDown: last_event_ = StreamEvent::kAdminDown; break;
    case CloseReason::kOpenTimer: last_event_ = StreamEvent::kOpenTimerExpired; break;
    case CloseReason::kHoldTimer: last_event_ = StreamEvent::kHoldTimerExpired; break;
    default: last_event_ = StreamEvent::kStop; break;
  }
  phase_ = Phase::kOver;
  last_state_ = state_;
  state_ = StreamState::kIdle;
  deadline_ = keepalive_at_ = core::TimePoint::max();
  actions.push({Kind::kClose, reason, {}});
  return actions;
}

StreamActions StreamFsm::tick(core::TimePoint now, bool unread) {
  if (now >= deadline_) {
    if (state_ == StreamState::kActive) return close(CloseReason::kOpenTimer);
    if (!unread) return close(CloseReason::kHoldTimer);
    restart_hold(now);
  }
  StreamActions actions;
  if (now >= keepalive_at_) {
    restart_keepalive(now);
    actions.push({Kind::kKeepalive, CloseReason::kNone, kKeepaliveBytes});
  }
  return actions;
}

void StreamFsm::set_hold_time(std::uint8_t seconds, core::TimePoint now) {
  const bool was_off = hold_time_ == 0;
  hold_time_ = seconds;
  if (state_ != StreamState::kOpenConfirm && state_ != StreamState::kEstablished) return;
  if (hold_time_ == 0) {
    deadline_ = core::TimePoint::max();
  } else if (was_off) {
    restart_hold(now);
  }
  if (state_ == StreamState::kEstablished) restart_keepalive(now);
}

void StreamFsm::enter(StreamState state, core::TimePoint now) {
  last_state_ = state_;
  state_ = state;
  state_since_ = now;
}

void StreamFsm::restart_keepalive(core::TimePoint now) {
  keepalive_at_ = hold_time_ == 0 ? core::TimePoint::max() : now + core::milliseconds(hold_time_ * 1000 / 3);
}

bool StreamFsm::reply(StreamActions& actions) {
  reply_ = "<stream:stream from=\"";
  append_escaped(reply_, hostname_);
  reply_ += "\" to=\"";
  append_escaped(reply_, name_);
  // The namespace of the stream comes last: the agent finds the end of the header by it.
  reply_ +=
      "\" id=\"++123\" version=\"1.0\" xml:lang=\"en\" xmlns=\"jabber:client\""
      " xmlns:stream=\"http://etherx.jabber.org/streams\" >";
  if (reply_.size() > kMaxOpenReply) return false;
  actions.push({Kind::kSend, CloseReason::kNone, reply_});
  return true;
}

void StreamFsm::establish(StreamActions& actions, core::TimePoint now) {
  phase_ = Phase::kRunning;
  enter(StreamState::kEstablished, now);
  deadline_ = core::TimePoint::max();
  restart_hold(now);
  restart_keepalive(now);
  actions.push({Kind::kEstablished, CloseReason::kNone, {}});
}

}  // namespace signalbox::xmpp
