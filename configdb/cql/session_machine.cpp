// Connections of a session: beginning, starting up, losing, and time. What comes in is in session_input.cpp, requests in session_requests.cpp.
#include "configdb/cql/session_machine.hpp"

#include <algorithm>
#include <utility>

#include "core/log.hpp"

namespace signalbox::configdb::cql {

namespace log = core::log;

std::string to_string(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

SessionMachine::SessionMachine(SessionSettings settings, Wire& wire)
    : settings_(std::move(settings)), wire_(wire), version_(settings_.newest_version) {
  streams_.resize(std::min<std::size_t>(settings_.max_in_flight + 1, kMaxStream));
  for (std::size_t i = streams_.size(); i > 0; --i) free_streams_.push_back(static_cast<std::int16_t>(i - 1));
}

void SessionMachine::start(core::TimePoint now) {
  if (settings_.contact_points.empty()) return note_error("no contact points", now);
  connect(now);
}

void SessionMachine::stop() {
  if (link_phase_ != LinkPhase::kNone) wire_.close();
  forget_link();
  requeue_streams();
  queue_.clear();
  connect_at_ = kNever;
  state_.phase = SessionState::Phase::kStopped;
}

SessionState SessionMachine::state() const {
  SessionState state = state_;
  if (!settings_.contact_points.empty()) state.contact_point = settings_.contact_points[contact_];
  state.version = version_;
  state.in_flight = streams_.size() - free_streams_.size();
  state.waiting = queue_.size();
  for (const auto& [text, statement] : statements_) state.waiting += statement.waiting.size();
  return state;
}

void SessionMachine::set_phase(SessionState::Phase phase, core::TimePoint now) {
  if (state_.phase == phase) return;
  state_.phase = phase;
  state_.since = now;
}

void SessionMachine::note_error(const std::string& reason, core::TimePoint now) {
  const std::string place = settings_.contact_points.empty() ? "" : to_string(settings_.contact_points[contact_]);
  state_.last_error = place.empty() ? reason : place + ": " + reason;
  state_.last_error_at = now;
  log::write(warnings_, place, now, log::Level::kWarning, "configdb", "Cassandra does not serve", {{"server", place}, {"reason", reason}});
}

void SessionMachine::connect(core::TimePoint now) {
  connect_at_ = kNever;
  link_phase_ = LinkPhase::kConnecting;
  ++link_;
  ++state_.attempts;
  startup_until_ = now + settings_.connect_timeout;
  set_phase(SessionState::Phase::kConnecting, now);
  wire_.connect(settings_.contact_points[contact_]);
}

void SessionMachine::connected(core::TimePoint now) {
  if (link_phase_ != LinkPhase::kConnecting) return;
  link_phase_ = LinkPhase::kStartup;
  last_received_ = now;
  encode_startup(frame_start(0), output_);
  flush();
}

void SessionMachine::connect_failed(const std::string& reason, core::TimePoint now) {
  if (link_phase_ != LinkPhase::kConnecting) return;
  forget_link();
  try_next(reason, now);
}

void SessionMachine::closed(const std::string& reason, core::TimePoint now) {
  if (link_phase_ == LinkPhase::kStartup || link_phase_ == LinkPhase::kReady) lose(reason, now);
}

void SessionMachine::forget_link() {
  ++link_;
  link_phase_ = LinkPhase::kNone;
  startup_until_ = kNever;
  heartbeat_sent_ = kNever;
  leave_ = false;
  input_begin_ = input_end_ = 0;
  output_.clear();
  frame_.reset();
}

void SessionMachine::lose(const std::string& reason, core::TimePoint now) {
  // One that served for a while says nothing against connecting at once; one that did not must not make us run in circles.
  if (link_phase_ == LinkPhase::kReady && now - state_.since >= settings_.max_pause) failures_ = 0;
  wire_.close();
  forget_link();
  requeue_streams();
  try_next(reason, now);
}

// What was in flight or waited for a statement goes back to the head of the queue, in the order of its submission.
void SessionMachine::requeue_streams() {
  std::vector<Pending> back;
  for (Stream& stream : streams_) {
    if (stream.use == Stream::Use::kRequest && stream.pending.request) back.push_back(std::move(stream.pending));
    stream = {};
  }
  for (auto& [text, statement] : statements_)
    for (Pending& pending : statement.waiting) back.push_back(std::move(pending));
  statements_.clear();
  free_streams_.clear();
  for (std::size_t i = streams_.size(); i > 0; --i) free_streams_.push_back(static_cast<std::int16_t>(i - 1));
  std::sort(back.begin(), back.end(), [](const Pending& a, const Pending& b) { return a.order < b.order; });
  queue_.insert(queue_.begin(), std::make_move_iterator(back.begin()), std::make_move_iterator(back.end()));
}

void SessionMachine::try_next(const std::string& reason, core::TimePoint now) {
  note_error(reason, now);
  const std::size_t count = settings_.contact_points.size();
  contact_ = (contact_ + 1) % count;
  version_ = settings_.newest_version;
  ++failures_;
  if (failures_ < count) return connect(now);
  // All were tried, without one that lasted.
  const std::size_t rounds = std::min<std::size_t>((failures_ - count) / count, 10);
  connect_at_ = now + std::min(settings_.max_pause, settings_.min_pause * (std::int64_t{1} << rounds));
  set_phase(SessionState::Phase::kPausing, now);
}

void SessionMachine::startup_answer(const FrameHeader& header, std::string_view body, core::TimePoint now) {
  switch (header.opcode) {
    case Opcode::kReady:
    case Opcode::kAuthSuccess: return ready(now);
    case Opcode::kAuthenticate: return authenticate(body, now);
    case Opcode::kError: {
      const auto error = decode_error(body);
      if (error && error->code == ErrorCode::kProtocolError && fall_back(now)) return;
      return lose(error ? to_string(*error) : error.error().text, now);
    }
    default: return lose("unexpected answer to STARTUP", now);
  }
}

// Version 4 is refused by what is older than Cassandra 2.2.
bool SessionMachine::fall_back(core::TimePoint now) {
  if (version_ == kOldestVersion) return false;
  version_ = kOldestVersion;
  wire_.close();
  forget_link();
  connect(now);
  return true;
}

void SessionMachine::authenticate(std::string_view body, core::TimePoint now) {
  const auto authenticator = decode_authenticate(body);
  if (!authenticator) return lose(authenticator.error().text, now);
  if (settings_.user.empty() || settings_.password.empty())
    return lose("the server asks for a user and a password, and none are given", now);
  const std::string token = plain_token(settings_.user, settings_.password);
  encode_token(frame_start(0), Opcode::kAuthResponse, std::string_view(token), output_);
}

void SessionMachine::ready(core::TimePoint now) {
  link_phase_ = LinkPhase::kReady;
  startup_until_ = kNever;
  set_phase(SessionState::Phase::kReady, now);
  state_.attempts = 0;
  ++state_.links;
  strikes_ = 0;
  log::notice("configdb", "Cassandra session up",
              {{"server", to_string(settings_.contact_points[contact_])}, {"version", static_cast<unsigned>(version_)}});
}

void SessionMachine::flush() {
  if (!output_.empty()) wire_.write(std::exchange(output_, {}));
}

core::TimePoint SessionMachine::next_deadline() const {
  if (link_phase_ == LinkPhase::kNone) return connect_at_;
  if (link_phase_ != LinkPhase::kReady) return startup_until_;
  core::TimePoint next =
      heartbeat_sent_ != kNever ? heartbeat_sent_ + settings_.heartbeat_timeout : last_received_ + settings_.heartbeat_interval;
  for (const Stream& stream : streams_) next = std::min(next, stream.deadline);
  if (!queue_.empty() && free_streams_.size() > 1) next = std::min(next, hold_until_);
  return next;
}

void SessionMachine::tick(core::TimePoint now) {
  switch (link_phase_) {
    case LinkPhase::kNone:
      if (now >= connect_at_) connect(now);
      return;
    case LinkPhase::kConnecting:
    case LinkPhase::kStartup:
      if (now < startup_until_) return;
      wire_.close();
      forget_link();
      return try_next("no answer within the time to connect", now);
    case LinkPhase::kReady: break;
  }
  heartbeat(now);
  if (link_phase_ == LinkPhase::kReady) expire_streams(now);
  if (leave_) return lose("asking another server", now);
  pump(now);
  flush();
}

void SessionMachine::heartbeat(core::TimePoint now) {
  if (heartbeat_sent_ != kNever) {
    if (now >= heartbeat_sent_ + settings_.heartbeat_timeout) lose("silent", now);
    return;
  }
  if (now < last_received_ + settings_.heartbeat_interval || free_streams_.empty()) return;
  const std::int16_t stream = take_stream(Stream::Use::kHeartbeat, now);
  streams_[static_cast<std::size_t>(stream)].deadline = kNever;
  heartbeat_sent_ = now;
  encode_empty(frame_start(stream), Opcode::kOptions, output_);
}

// A request without an answer is asked again on another stream; its own stays taken until the answer comes, or the connection ends.
void SessionMachine::expire_streams(core::TimePoint now) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    Stream& stream = streams_[i];
    if (now < stream.deadline) continue;
    stream.deadline = kNever;
    // A server that does not even prepare, or that has taken all streams, is of no use.
    if (stream.use == Stream::Use::kPrepare) leave_ = true;
    if (stream.use == Stream::Use::kRequest && stream.pending.request) {
      const ServerError late{ErrorCode::kReadTimeout, "no answer in time", {}};
      request_error(std::move(stream.pending), stream.statement, late, now);
      stream.pending = {};
    }
  }
  leave_ |= free_streams_.empty() && std::none_of(streams_.begin(), streams_.end(), [](const Stream& s) { return s.pending.request; });
}

}  // namespace signalbox::configdb::cql
