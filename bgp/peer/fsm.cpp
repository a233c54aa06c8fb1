#include "bgp/peer/fsm.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::bgp {

using Kind = FsmAction::Kind;

std::string_view to_string(SessionState state) {
  switch (state) {
    case SessionState::kIdle: return "Idle";
    case SessionState::kActive: return "Active";
    case SessionState::kConnect: return "Connect";
    case SessionState::kOpenSent: return "OpenSent";
    case SessionState::kOpenConfirm: return "OpenConfirm";
    case SessionState::kEstablished: return "Established";
  }
  return "";
}

std::string_view to_string(FsmEvent event) {
  switch (event) {
    case FsmEvent::kNone: return "";
    case FsmEvent::kStart: return "fsm::EvStart";
    case FsmEvent::kStop: return "fsm::EvStop";
    case FsmEvent::kIdleHoldTimerExpired: return "fsm::EvIdleHoldTimerExpired";
    case FsmEvent::kConnectTimerExpired: return "fsm::EvConnectTimerExpired";
    case FsmEvent::kOpenTimerExpired: return "fsm::EvOpenTimerExpired";
    case FsmEvent::kHoldTimerExpired: return "fsm::EvHoldTimerExpired";
    case FsmEvent::kTcpConnected: return "fsm::EvTcpConnected";
    case FsmEvent::kTcpConnectFail: return "fsm::EvTcpConnectFail";
    case FsmEvent::kTcpPassiveOpen: return "fsm::EvTcpPassiveOpen";
    case FsmEvent::kTcpClose: return "fsm::EvTcpClose";
    case FsmEvent::kOpen: return "fsm::EvBgpOpen";
    case FsmEvent::kOpenError: return "fsm::EvBgpOpenError";
    case FsmEvent::kHeaderError: return "fsm::EvBgpHeaderError";
    case FsmEvent::kUpdateError: return "fsm::EvBgpUpdateError";
    case FsmEvent::kKeepalive: return "fsm::EvBgpKeepalive";
    case FsmEvent::kNotification: return "fsm::EvBgpNotification";
    case FsmEvent::kUpdate: return "fsm::EvBgpUpdate";
  }
  return "";
}

// Steps that several inputs share.

void PeerFsm::enter(SessionState state, core::TimePoint now) {
  if (state == state_) return;
  last_state_ = std::exchange(state_, state);
  state_since_ = now;
}

void PeerFsm::schedule_connect(core::TimePoint now) {
  connect_at_ = kNever;
  if (settings_.passive) return;
  core::milliseconds time = kFirstConnectTime;
  if (attempts_ != 0) time = std::min<core::milliseconds>(core::seconds(1u << std::min(attempts_, 5u)), kMaxConnectTime);
  const unsigned percent = std::uniform_int_distribution<unsigned>(90, 109)(random_);
  connect_at_ = now + time * percent / 100;
}

void PeerFsm::enter_active(core::TimePoint now) {
  enter(SessionState::kActive, now);
  hold_until_ = kNever;
  if (half(Side::kPassive).up) {
    connect_at_ = kNever;
  } else {
    open_at_ = kNever;
    schedule_connect(now);
  }
}

void PeerFsm::send_open(Side side, FsmActions& actions) {
  if (std::exchange(half(side).open_sent, true)) return;
  actions.push_back({Kind::kOpen, side, {}});
}

void PeerFsm::close_half(Side side, const std::optional<Notification>& reason, FsmActions& actions) {
  if (!std::exchange(half(side), Half{}).up) return;
  if (reason) {
    actions.push_back({Kind::kNotification, side, reason});
    last_error_ = reason;
  }
  actions.push_back({Kind::kClose, side, {}});
  if (side == Side::kPassive) open_at_ = kNever;
}

void PeerFsm::abandon_connect(FsmActions& actions) {
  if (state_ == SessionState::kConnect) actions.push_back({Kind::kClose, Side::kActive, {}});
  connect_at_ = kNever;
}

void PeerFsm::go_idle(const std::optional<Notification>& reason, core::TimePoint now, FsmActions& actions) {
  abandon_connect(actions);
  close_half(Side::kActive, reason, actions);
  close_half(Side::kPassive, reason, actions);
  if (state_ == SessionState::kEstablished) {
    ++flaps_;
    last_flap_ = now;
    actions.push_back({Kind::kDown, current_, {}});
  }
  negotiated_.reset();
  hold_until_ = keepalive_at_ = kNever;
  idle_until_ = started_ ? now + settings_.idle_hold_time : kNever;
  enter(SessionState::kIdle, now);
}

// The connection of `side` is gone; the other one, if there is any, goes on.
void PeerFsm::go_on_without(Side side, core::TimePoint now, FsmActions& actions) {
  const bool in_use = state_ == SessionState::kOpenConfirm || state_ == SessionState::kEstablished;
  if (in_use && side != current_) return;
  if (state_ == SessionState::kConnect) return;
  if (!half(other(side)).up || in_use) return go_idle({}, now, actions);
  send_open(other(side), actions);
  if (other(side) == Side::kPassive) open_at_ = kNever;
}

void PeerFsm::fail(Side side, const std::optional<Notification>& answer, core::TimePoint now, FsmActions& actions) {
  close_half(side, answer, actions);
  go_on_without(side, now, actions);
}

FsmActions PeerFsm::unexpected(Side side, core::TimePoint now) {
  FsmActions actions;
  fail(side, Notification::fsm_error(), now, actions);
  return actions;
}

void PeerFsm::restart_hold(core::TimePoint now) {
  hold_until_ = negotiated_->hold_time == 0 ? kNever : now + core::seconds(negotiated_->hold_time);
}

void PeerFsm::confirm(Side side, core::TimePoint now, FsmActions& actions) {
  abandon_connect(actions);
  send_open(side, actions);
  actions.push_back({Kind::kKeepalive, side, {}});
  open_at_ = kNever;
  current_ = side;
  restart_hold(now);
  keepalive_at_ = negotiated_->hold_time == 0 ? kNever : now + core::milliseconds(negotiated_->hold_time * 1000 / 3);
  enter(SessionState::kOpenConfirm, now);
}

// Of two connections one must go: that of the end with the lower identifier (spec/bgp.md 3). True: `side` is the one that went.
bool PeerFsm::lose_collision(Side side, core::TimePoint now, FsmActions& actions) {
  if (!half(other(side)).up) return false;
  const Side stays = negotiated_->peer_identifier > settings_.terms.local_identifier ? Side::kPassive : Side::kActive;
  close_half(other(stays), Notification::of(iana::CeaseReason::kCollision), actions);
  if (stays == side) return false;
  negotiated_.reset();
  go_on_without(side, now, actions);
  return true;
}

// The owner.

FsmActions PeerFsm::start(core::TimePoint now) {
  if (std::exchange(started_, true)) return {};
  last_event_ = FsmEvent::kStart;
  idle_until_ = now;
  return {};
}

FsmActions PeerFsm::reset(const Notification& reason, core::TimePoint now) {
  FsmActions actions;
  if (!started_) return actions;
  last_event_ = FsmEvent::kStop;
  go_idle(reason, now, actions);
  return actions;
}

FsmActions PeerFsm::stop(const Notification& reason, core::TimePoint now) {
  FsmActions actions;
  if (!std::exchange(started_, false)) return actions;
  last_event_ = FsmEvent::kStop;
  go_idle(reason, now, actions);
  return actions;
}

// The connections.

void PeerFsm::take(core::TimePoint now, FsmActions& actions) {
  // A peer that connects anew has given up the connection before.
  close_half(Side::kPassive, {}, actions);
  last_event_ = FsmEvent::kTcpPassiveOpen;
  actions.push_back({Kind::kTake, Side::kPassive, {}});
  half(Side::kPassive).up = true;
  open_at_ = now + kOpenTime;
}

FsmActions PeerFsm::accepted(core::TimePoint now) {
  FsmActions actions;
  switch (state_) {
    case SessionState::kIdle:
      actions.push_back({Kind::kRefuse, Side::kPassive, {}});
      if (settings_.admin_down) actions.back().notification = Notification::of(iana::CeaseReason::kAdministrativeShutdown);
      break;
    case SessionState::kActive:
      take(now, actions);
      connect_at_ = kNever;
      break;
    case SessionState::kConnect: take(now, actions); break;
    case SessionState::kOpenSent:
      take(now, actions);
      if (!half(Side::kActive).up) enter_active(now);
      break;
    case SessionState::kOpenConfirm:
      actions.push_back(
          {Kind::kRefuse, Side::kPassive, Notification::of(iana::CeaseReason::kConnectionRejected, "another connection is being set up")});
      break;
    case SessionState::kEstablished: actions.push_back({Kind::kRefuse, Side::kPassive, {}}); break;
  }
  return actions;
}

FsmActions PeerFsm::connected(core::TimePoint now) {
  FsmActions actions;
  if (state_ != SessionState::kConnect) {
    actions.push_back({Kind::kClose, Side::kActive, {}});
    return actions;
  }
  last_event_ = FsmEvent::kTcpConnected;
  connect_at_ = kNever;
  half(Side::kActive).up = true;
  send_open(Side::kActive, actions);
  hold_until_ = now + kOpenSentHoldTime;
  enter(SessionState::kOpenSent, now);
  return actions;
}

FsmActions PeerFsm::connect_failed(core::TimePoint now) {
  if (state_ != SessionState::kConnect) return {};
  last_event_ = FsmEvent::kTcpConnectFail;
  enter_active(now);
  return {};
}

FsmActions PeerFsm::closed(Side side, core::TimePoint now) {
  FsmActions actions;
  if (!std::exchange(half(side), Half{}).up) return actions;
  last_event_ = FsmEvent::kTcpClose;
  if (side == Side::kPassive) open_at_ = kNever;
  if (state_ == SessionState::kActive) {
    schedule_connect(now);
  } else {
    go_on_without(side, now, actions);
  }
  return actions;
}

// What they carry.

FsmActions PeerFsm::open(Side side, const Open& open, core::TimePoint now) {
  if (state_ == SessionState::kOpenConfirm || state_ == SessionState::kEstablished) return unexpected(side, now);
  FsmActions actions;
  auto agreed = negotiate(settings_.terms, open);
  if (!agreed) {
    last_event_ = FsmEvent::kOpenError;
    fail(side, agreed.error(), now, actions);
    return actions;
  }
  last_event_ = FsmEvent::kOpen;
  negotiated_ = std::move(*agreed);
  if (!lose_collision(side, now, actions)) confirm(side, now, actions);
  return actions;
}

FsmActions PeerFsm::keepalive(Side side, core::TimePoint now) {
  FsmActions actions;
  if (state_ != SessionState::kOpenConfirm && state_ != SessionState::kEstablished) return unexpected(side, now);
  last_event_ = FsmEvent::kKeepalive;
  restart_hold(now);
  if (state_ == SessionState::kEstablished) return actions;
  attempts_ = 0;
  enter(SessionState::kEstablished, now);
  actions.push_back({Kind::kUp, side, {}});
  return actions;
}

FsmActions PeerFsm::update(Side side, core::TimePoint now) {
  if (state_ != SessionState::kEstablished) return unexpected(side, now);
  last_event_ = FsmEvent::kUpdate;
  restart_hold(now);
  return {};
}

FsmActions PeerFsm::notification(Side side, const Notification& notification, core::TimePoint now) {
  FsmActions actions;
  last_event_ = FsmEvent::kNotification;
  last_error_ = notification;
  fail(side, {}, now, actions);
  return actions;
}

FsmActions PeerFsm::undecodable(Side side, const Notification& answer, core::TimePoint now) {
  FsmActions actions;
  switch (static_cast<iana::ErrorCode>(answer.code)) {
    case iana::ErrorCode::kOpen: last_event_ = FsmEvent::kOpenError; break;
    case iana::ErrorCode::kUpdate: last_event_ = FsmEvent::kUpdateError; break;
    default: last_event_ = FsmEvent::kHeaderError; break;
  }
  fail(side, answer, now, actions);
  return actions;
}

// The clock.

void PeerFsm::open_timer_expired(core::TimePoint now, FsmActions& actions) {
  last_event_ = FsmEvent::kOpenTimerExpired;
  open_at_ = kNever;
  abandon_connect(actions);
  send_open(Side::kPassive, actions);
  hold_until_ = now + kOpenSentHoldTime;
  enter(SessionState::kOpenSent, now);
}

void PeerFsm::connect_timer_expired(core::TimePoint now, FsmActions& actions) {
  if (state_ == SessionState::kConnect) {
    abandon_connect(actions);
    last_event_ = FsmEvent::kTcpConnectFail;
    enter_active(now);
    return;
  }
  last_event_ = FsmEvent::kConnectTimerExpired;
  ++attempts_;
  connect_at_ = now + kConnectAttemptTime;
  enter(SessionState::kConnect, now);
  actions.push_back({Kind::kConnect, Side::kActive, {}});
}

FsmActions PeerFsm::tick(core::TimePoint now, bool unread) {
  FsmActions actions;
  if (now >= idle_until_) {
    last_event_ = FsmEvent::kIdleHoldTimerExpired;
    idle_until_ = kNever;
    enter_active(now);
  }
  if (now >= connect_at_) connect_timer_expired(now, actions);
  if (now >= open_at_) open_timer_expired(now, actions);
  if (now >= hold_until_) {
    if (unread && state_ != SessionState::kOpenSent) {
      restart_hold(now);
    } else {
      last_event_ = FsmEvent::kHoldTimerExpired;
      go_idle(Notification::hold_timer_expired(), now, actions);
    }
  }
  if (now >= keepalive_at_) {
    keepalive_at_ = now + core::milliseconds(negotiated_->hold_time * 1000 / 3);
    actions.push_back({Kind::kKeepalive, current_, {}});
  }
  return actions;
}

}  // namespace signalbox::bgp
