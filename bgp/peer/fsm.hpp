// The state machine of one neighbour, which may have two connections for a while: no socket, no clock, no bytes.
//
//            idle hold time over          connect timer           TCP up: OPEN
//   Idle ----------------------> Active ------------------> Connect ----------> OpenSent
//    ^                             |  ^   connection failed    |                   | OPEN: KEEPALIVE
//    |                             |  +------------------------+                   v
//    |                             +---- OPEN on an accepted connection ------> OpenConfirm --KEEPALIVE--> Established
//    +------------------------------------ whatever ends the last connection ------+----------------------------+
//
// An accepted connection (Side::kPassive) waits for the peer's OPEN, and at most the open time before it gets ours. Where both connections
// carry an OPEN, the identifiers decide which one stays.
// Inputs are what the connections, the owner and the clock report; each returns the actions to take, in order. The owner applies kClose by
// dropping the connection without telling closed().
// Threads: the peer manager's shard. Source: RFC 4271 section 8; spec/bgp.md 3.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/peer/negotiate.hpp"
#include "bgp/wire/notification.hpp"
#include "core/clock.hpp"

namespace signalbox::bgp {

enum class SessionState : std::uint8_t { kIdle, kActive, kConnect, kOpenSent, kOpenConfirm, kEstablished };
// As introspect shows it.
std::string_view to_string(SessionState state);

// Which end opened a connection: this node (active) or the neighbour (passive).
enum class Side : std::uint8_t { kActive, kPassive };
inline Side other(Side side) { return side == Side::kActive ? Side::kPassive : Side::kActive; }

// The last input of note, under the incumbent's names. spec/introspect.md 2.2
enum class FsmEvent : std::uint8_t {
  kNone,
  kStart,
  kStop,
  kIdleHoldTimerExpired,
  kConnectTimerExpired,
  kOpenTimerExpired,
  kHoldTimerExpired,
  kTcpConnected,
  kTcpConnectFail,
  kTcpPassiveOpen,
  kTcpClose,
  kOpen,
  kOpenError,
  kHeaderError,
  kUpdateError,
  kKeepalive,
  kNotification,
  kUpdate,
};
// "fsm::EvBgpKeepalive" and so on.
std::string_view to_string(FsmEvent event);

struct FsmAction {
  enum class Kind : std::uint8_t {
    kConnect,       // begin; connected() or connect_failed() tells
    kTake,          // the accepted connection becomes that of `side`
    kRefuse,        // the accepted connection gets `notification`, if there is one, and is closed
    kOpen,          // send an OPEN
    kKeepalive,     // send a KEEPALIVE
    kNotification,  // send `notification`; kClose follows
    kClose,         // drop the connection, or the attempt to make one
    kUp,            // Established
    kDown,          // not any more
  };
  Kind kind = Kind::kClose;
  Side side = Side::kActive;
  std::optional<Notification> notification;

  bool operator==(const FsmAction&) const = default;
};
using FsmActions = std::vector<FsmAction>;

class PeerFsm {
 public:
  static constexpr core::seconds kIdleHoldTime{5};
  static constexpr core::milliseconds kFirstConnectTime{50};
  static constexpr core::seconds kMaxConnectTime{30};
  static constexpr core::seconds kConnectAttemptTime{30};  // after which a connection that does not come up is given up
  static constexpr core::seconds kOpenTime{15};
  static constexpr core::seconds kOpenSentHoldTime{240};

  struct Settings {
    SessionTerms terms;
    bool passive = false;     // never connects
    bool admin_down = false;  // refuses with a word
    core::Duration idle_hold_time = kIdleHoldTime;
  };

  // `seed` spreads the connect timers.
  PeerFsm(Settings settings, std::uint32_t seed) : settings_(std::move(settings)), random_(seed) {}

  // The owner. A machine is stopped until it is started; stopped, it takes no connection.
  FsmActions start(core::TimePoint now);
  // Closes with `reason`; starts again after the idle hold time.
  FsmActions reset(const Notification& reason, core::TimePoint now);
  // Closes with `reason`; for good, or until start().
  FsmActions stop(const Notification& reason, core::TimePoint now);
  // For what begins from now on; reset() or stop() first where a connection has been told otherwise.
  void configure(Settings settings) { settings_ = std::move(settings); }

  // The connections.
  FsmActions accepted(core::TimePoint now);
  FsmActions connected(core::TimePoint now);
  FsmActions connect_failed(core::TimePoint now);
  FsmActions closed(Side side, core::TimePoint now);

  // What they carry.
  FsmActions open(Side side, const Open& open, core::TimePoint now);
  FsmActions keepalive(Side side, core::TimePoint now);
  FsmActions update(Side side, core::TimePoint now);
  FsmActions notification(Side side, const Notification& notification, core::TimePoint now);
  // Something came that cannot be decoded; `answer` says what to tell the peer.
  FsmActions undecodable(Side side, const Notification& answer, core::TimePoint now);

  // Would the hold timer expire at `now`? Then tick() wants to know `unread`.
  bool hold_due(core::TimePoint now) const { return now >= hold_until_; }
  // `unread`: bytes of the peer wait to be read. They re-arm an expired hold timer: it is we who are late.
  FsmActions tick(core::TimePoint now, bool unread);

  SessionState state() const { return state_; }
  SessionState last_state() const { return last_state_; }
  core::TimePoint state_since() const { return state_since_; }
  FsmEvent last_event() const { return last_event_; }
  // The last NOTIFICATION that was sent or received.
  const std::optional<Notification>& last_error() const { return last_error_; }
  // Times that the session went down from Established, and when last.
  std::uint64_t flaps() const { return flaps_; }
  core::TimePoint last_flap() const { return last_flap_; }
  // In OpenConfirm and Established.
  const std::optional<Negotiated>& negotiated() const { return negotiated_; }
  // The connection in use in OpenConfirm and Established.
  Side current() const { return current_; }

 private:
  static constexpr core::TimePoint kNever = core::TimePoint::max();

  struct Half {
    bool up = false;  // connected
    bool open_sent = false;
  };
  Half& half(Side side) { return halves_[static_cast<unsigned>(side)]; }

  void enter(SessionState state, core::TimePoint now);
  void enter_active(core::TimePoint now);
  void schedule_connect(core::TimePoint now);
  void send_open(Side side, FsmActions& actions);
  void take(core::TimePoint now, FsmActions& actions);
  void abandon_connect(FsmActions& actions);
  void close_half(Side side, const std::optional<Notification>& reason, FsmActions& actions);
  void confirm(Side side, core::TimePoint now, FsmActions& actions);
  bool lose_collision(Side side, core::TimePoint now, FsmActions& actions);
  void go_on_without(Side side, core::TimePoint now, FsmActions& actions);
  void fail(Side side, const std::optional<Notification>& answer, core::TimePoint now, FsmActions& actions);
  void go_idle(const std::optional<Notification>& reason, core::TimePoint now, FsmActions& actions);
  void restart_hold(core::TimePoint now);
  FsmActions unexpected(Side side, core::TimePoint now);
  void open_timer_expired(core::TimePoint now, FsmActions& actions);
  void connect_timer_expired(core::TimePoint now, FsmActions& actions);

  Settings settings_;
  std::minstd_rand random_;
  bool started_ = false;
  unsigned attempts_ = 0;  // to connect, since the session was last up
  SessionState state_ = SessionState::kIdle;
  SessionState last_state_ = SessionState::kIdle;
  core::TimePoint state_since_{};
  FsmEvent last_event_ = FsmEvent::kNone;
  std::optional<Notification> last_error_;
  std::uint64_t flaps_ = 0;
  core::TimePoint last_flap_{};
  Half halves_[2];
  Side current_ = Side::kActive;
  std::optional<Negotiated> negotiated_;
  core::TimePoint idle_until_ = kNever;
  core::TimePoint connect_at_ = kNever;  // in Connect: when the attempt is given up
  core::TimePoint open_at_ = kNever;
  core::TimePoint hold_until_ = kNever;
  core::TimePoint keepalive_at_ = kNever;
};

}  // namespace signalbox::bgp
