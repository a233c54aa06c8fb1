// An agent's connection without a socket: a session whose wire the simulation blocks, opens a crack, or cuts.
//
// It keeps the promises of xmpp/session.hpp: callbacks never come from within a call to the session, refill() comes below the low-water mark,
// on_closed() is the last. What a real session leaves to the event loop is an event here, which the simulation runs when it likes.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "xmpp/session.hpp"

namespace signalbox::sim {

class VirtualSession;

// The far end of the wire, and the simulation's ear.
class FarEnd {
 public:
  virtual ~FarEnd() = default;
  // The node has queued these bytes.
  virtual void on_queued(std::string_view bytes) = 0;
  // They have come through.
  virtual void receive(std::string_view bytes) = 0;
  // In the place of the stream where the node had processed the unsubscription.
  virtual void forget(const std::string& instance) = 0;
  // The node ends the session.
  virtual void on_closed_by_node(xmpp::CloseReason reason, const std::string& detail) = 0;
  virtual void on_session_destroyed() = 0;
};

class VirtualSession final : public xmpp::Session {
 public:
  struct Options {
    std::string name;
    core::IpAddress remote_address;
    std::size_t high_water = 4096;
    std::size_t low_water = 1024;
    const core::TimePoint* now = nullptr;
  };
  static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

  VirtualSession(Options options, FarEnd& far_end, xmpp::SessionHandler& handler);
  ~VirtualSession() override;

  // ---- what happens on the wire
  void stream_opens();
  // Delivers the stanzas in one read; returns how many were taken.
  std::size_t deliver(const std::vector<std::string>& stanzas);
  void peer_resets();
  // The socket takes so many bytes more.
  void set_credit(std::size_t bytes);
  void grant(std::size_t bytes);
  // A place in the output: what is queued from now on comes behind it.
  void mark_forgotten(std::string instance);

  // ---- the event loop
  bool has_event() const;
  void run_event();

  bool ended() const { return close_reason_ != xmpp::CloseReason::kNone; }
  bool established() const { return !ended() && fsm_.state() == xmpp::StreamState::kEstablished; }
  bool takes_input() const { return established() && !paused_; }

  // ---- xmpp::Session
  void accept_open() override;
  void refuse_open(xmpp::CloseReason reason, std::string detail) override { close(reason, std::move(detail)); }
  void send(core::ChunkPtr chunk) override;
  std::size_t room() const override { return queued_bytes() < options_.high_water ? options_.high_water - queued_bytes() : 0; }
  void flush() override;
  void close(xmpp::CloseReason reason, std::string detail) override;
  void pause_reading() override { paused_ = true; }
  void resume_reading() override { paused_ = false; }
  void tick(core::TimePoint) override {}
  void set_hold_time(std::uint8_t) override {}
  bool set_dscp(unsigned) override { return true; }
  const std::string& name() const override { return fsm_.name(); }
  const xmpp::StreamFsm& stream() const override { return fsm_; }
  const xmpp::SessionStats& stats() const override { return stats_; }
  std::size_t queued_bytes() const override { return queue_.size() - head_; }
  core::TimePoint blocked_since() const override { return blocked_since_; }
  bool reading_paused() const override { return paused_; }
  std::string security() const override { return {}; }
  xmpp::CloseReason close_reason() const override { return close_reason_; }
  const std::string& close_detail() const override { return close_detail_; }

 private:
  bool blocked() const { return blocked_since_ != core::TimePoint::max(); }
  void end(xmpp::CloseReason reason, std::string detail);
  void write_out();
  void write_and_follow_up();
  void pump();
  void transfer(std::size_t bytes);
  void pass_marks();
  void perform(const xmpp::StreamActions& actions);

  const Options options_;
  FarEnd& far_end_;
  xmpp::SessionHandler& handler_;
  xmpp::StreamFsm fsm_;
  xmpp::SessionStats stats_;
  std::string queue_;
  std::size_t head_ = 0;  // of what is written already
  std::uint64_t queued_total_ = 0;
  std::uint64_t written_total_ = 0;
  std::deque<std::pair<std::uint64_t, std::string>> marks_;
  std::size_t credit_ = kUnlimited;
  core::TimePoint blocked_since_ = core::TimePoint::max();
  xmpp::CloseReason close_reason_ = xmpp::CloseReason::kNone;
  std::string close_detail_;
  bool deciding_ = false;
  bool accepted_ = false;
  bool paused_ = false;
  bool full_ = false;
  bool pumping_ = false;
  bool writable_ = false;       // event: the socket takes bytes again
  bool output_posted_ = false;  // event: a refill or the rest of a write
  bool reported_ = false;
};

}  // namespace signalbox::sim
