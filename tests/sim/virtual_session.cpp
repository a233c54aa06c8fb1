#include "tests/sim/virtual_session.hpp"

#include <algorithm>

namespace signalbox::sim {
namespace {

using xmpp::CloseReason;

// What one write takes at most before others get their turn.
constexpr std::size_t kWriteBudget = 16 * 1024;

xmpp::AcceptedSocket socket_from(const core::IpAddress& remote) {
  xmpp::AcceptedSocket socket;
  socket.remote_address = remote;
  return socket;
}

}  // namespace

VirtualSession::VirtualSession(Options options, FarEnd& far_end, xmpp::SessionHandler& handler)
    : Session(socket_from(options.remote_address)),
      options_(std::move(options)),
      far_end_(far_end),
      handler_(handler),
      fsm_("ctrl1", xmpp::StreamSecurity::kPlain, 0, *options_.now) {}

VirtualSession::~VirtualSession() { far_end_.on_session_destroyed(); }

// ---- the wire

void VirtualSession::stream_opens() {
  if (ended()) return;
  xmpp::StreamOpen open;
  open.from = options_.name;
  fsm_.first_byte('<');
  fsm_.stream_open(options_.name, *options_.now);
  deciding_ = true;
  handler_.on_stream_open(*this, open);
  deciding_ = false;
  if (!ended() && std::exchange(accepted_, false)) perform(fsm_.accept_open(*options_.now));
}

std::size_t VirtualSession::deliver(const std::vector<std::string>& stanzas) {
  std::size_t taken = 0;
  for (const std::string& stanza : stanzas) {
    if (ended()) break;
    ++taken;
    fsm_.stanza(true, *options_.now);
    if (!handler_.on_stanza(*this, stanza)) close(CloseReason::kUndecodable, {});
  }
  if (taken) handler_.on_read_burst_end(*this);
  return taken;
}

void VirtualSession::peer_resets() { end(CloseReason::kPeerClosed, {}); }

void VirtualSession::set_credit(std::size_t bytes) {
  credit_ = bytes;
  if (bytes > 0 && blocked()) writable_ = true;
}

void VirtualSession::grant(std::size_t bytes) {
  if (credit_ != kUnlimited) set_credit(credit_ + bytes);
}

// ---- the event loop

bool VirtualSession::has_event() const { return ended() ? !reported_ : accepted_ || writable_ || (output_posted_ && !blocked()); }

void VirtualSession::run_event() {
  if (ended()) {
    reported_ = true;
    handler_.on_closed(*this, close_reason_);
    return;
  }
  if (std::exchange(accepted_, false)) return perform(fsm_.accept_open(*options_.now));
  if (std::exchange(writable_, false)) {
    blocked_since_ = core::TimePoint::max();
    return pump();
  }
  if (std::exchange(output_posted_, false)) pump();
}

void VirtualSession::perform(const xmpp::StreamActions& actions) {
  for (const xmpp::StreamAction& action : actions) {
    if (ended()) return;
    // The reply to the stream open goes unseen; nothing else is sent outside Established.
    if (action.kind == xmpp::StreamAction::Kind::kEstablished) handler_.on_established(*this);
  }
}

void VirtualSession::accept_open() {
  if (!ended()) accepted_ = true;
}

// ---- output

void VirtualSession::send(core::ChunkPtr chunk) {
  if (!established()) return;
  far_end_.on_queued(chunk->bytes());
  queue_ += chunk->bytes();
  queued_total_ += chunk->size();
  if (queued_bytes() >= options_.high_water) full_ = true;
}

void VirtualSession::flush() {
  if (!pumping_) write_and_follow_up();
}

void VirtualSession::write_out() {
  std::size_t budget = kWriteBudget;
  while (queued_bytes() > 0 && budget > 0 && !blocked() && !ended()) {
    const std::size_t n = std::min({queued_bytes(), budget, credit_});
    if (n == 0) {
      blocked_since_ = *options_.now;
      break;
    }
    transfer(n);
    budget -= n;
    if (credit_ != kUnlimited) credit_ -= n;
  }
}

void VirtualSession::mark_forgotten(std::string instance) {
  marks_.emplace_back(queued_total_, std::move(instance));
  pass_marks();
}

void VirtualSession::pass_marks() {
  for (; !marks_.empty() && marks_.front().first == written_total_; marks_.pop_front()) far_end_.forget(marks_.front().second);
}

// Passes bytes on, with what lies between them.
void VirtualSession::transfer(std::size_t bytes) {
  while (bytes > 0) {
    const std::size_t n = marks_.empty() ? bytes : std::min<std::size_t>(bytes, marks_.front().first - written_total_);
    far_end_.receive(std::string_view(queue_).substr(head_, n));
    head_ += n;
    written_total_ += n;
    bytes -= n;
    pass_marks();
  }
  if (head_ == queue_.size() || head_ > 64 * 1024) {
    queue_.erase(0, head_);
    head_ = 0;
  }
}

void VirtualSession::write_and_follow_up() {
  write_out();
  if (ended() || blocked()) return;
  if (queued_bytes() > 0 || full_) output_posted_ = true;
}

void VirtualSession::pump() {
  write_out();
  if (!ended() && full_ && queued_bytes() < options_.low_water) {
    full_ = false;
    pumping_ = true;
    handler_.refill(*this);
    pumping_ = false;
  }
  write_and_follow_up();
}

void VirtualSession::close(CloseReason reason, std::string detail) {
  if (ended()) return;
  far_end_.on_closed_by_node(reason, detail);
  end(reason, std::move(detail));
}

void VirtualSession::end(CloseReason reason, std::string detail) {
  if (ended()) return;
  fsm_.close(reason);
  close_reason_ = reason;
  close_detail_ = std::move(detail);
}

}  // namespace signalbox::sim
