// What a session receives: frames cut out of the stream, rows handed on as they arrive.
#include <algorithm>
#include <cstring>
#include <utility>

#include "configdb/cql/session_machine.hpp"
#include "core/log.hpp"

namespace signalbox::configdb::cql {

namespace {
// Less room than this is not worth a read.
constexpr std::size_t kMinRoom = SessionMachine::kInputSize / 4;
}  // namespace

std::span<char> SessionMachine::input_room() {
  const std::size_t held = input_end_ - input_begin_;
  if (held == 0) {
    input_begin_ = input_end_ = 0;
    // After a large row.
    if (input_.size() > 4 * kInputSize) std::vector<char>().swap(input_);
  }
  if (input_.size() < kInputSize) input_.resize(kInputSize);
  if (input_.size() - input_end_ < kMinRoom && input_begin_ > 0) {
    std::memmove(input_.data(), input_.data() + input_begin_, held);
    input_begin_ = 0;
    input_end_ = held;
  }
  if (input_.size() - input_end_ < kMinRoom) input_.resize(input_.size() * 2);
  return {input_.data() + input_end_, input_.size() - input_end_};
}

void SessionMachine::received(std::size_t size, core::TimePoint now) {
  if (link_phase_ != LinkPhase::kStartup && link_phase_ != LinkPhase::kReady) return;
  input_end_ += size;
  last_received_ = now;
  heartbeat_sent_ = kNever;
  const std::uint64_t link = link_;
  while (link_ == link && (frame_ ? body_bytes(now) : next_frame(now))) {}
  if (link_ != link) return;
  if (leave_) return lose("asking another server", now);
  if (link_phase_ == LinkPhase::kReady) pump(now);
  flush();
}

// False: there is no whole header, or the connection was given up.
bool SessionMachine::next_frame(core::TimePoint now) {
  const auto header = decode_header({input_.data() + input_begin_, input_end_ - input_begin_});
  if (!header) return false;
  input_begin_ += FrameHeader::kSize;
  if (frame_wrong(*header, now)) return false;
  frame_ = header;
  body_left_ = header->length;
  body_phase_ = BodyPhase::kWhole;
  if (link_phase_ == LinkPhase::kReady && header->stream >= 0) {
    const Stream& stream = streams_[static_cast<std::size_t>(header->stream)];
    if (stream.use == Stream::Use::kRequest) {
      if (!stream.pending.request) {
        body_phase_ = BodyPhase::kRest;
      } else if (header->opcode == Opcode::kResult) {
        body_phase_ = BodyPhase::kHead;
      }
    }
  }
  return true;
}

bool SessionMachine::frame_wrong(const FrameHeader& header, core::TimePoint now) {
  const auto wrong = [&](const char* what) {
    lose(std::string("what it says is not CQL: ") + what, now);
    return true;
  };
  if (!header.response) return wrong("a request");
  // A server that speaks only older versions refuses in its own.
  const bool refusal = link_phase_ == LinkPhase::kStartup && header.opcode == Opcode::kError;
  if (header.version != version_ && !refusal) return wrong("another version");
  if (header.length > kMaxBodySize) return wrong("a frame of more than 256 MB");
  if ((header.flags & frame_flag::kCompressed) != 0) return wrong("a compressed frame");
  if (link_phase_ == LinkPhase::kStartup || header.stream < 0) return false;
  const auto at = static_cast<std::size_t>(header.stream);
  if (at >= streams_.size() || streams_[at].use == Stream::Use::kFree) return wrong("an answer to nothing");
  return false;
}

void SessionMachine::consume(std::size_t size) {
  input_begin_ += size;
  body_left_ -= size;
}

// Does a step on the body under way; false: more bytes are needed, or the connection was given up.
bool SessionMachine::body_bytes(core::TimePoint now) {
  const std::string_view available(input_.data() + input_begin_, std::min(input_end_ - input_begin_, body_left_));
  switch (body_phase_) {
    case BodyPhase::kWhole: return whole_body(available, now);
    case BodyPhase::kHead: return result_head(available, now);
    case BodyPhase::kRows: return result_rows(available, now);
    case BodyPhase::kRest: break;
  }
  consume(available.size());
  if (body_left_ > 0) return false;
  end_of_result();
  return true;
}

bool SessionMachine::whole_body(std::string_view available, core::TimePoint now) {
  if (body_left_ > kMaxPlainBody) {
    lose("an answer without rows of " + std::to_string(body_left_) + " bytes", now);
    return false;
  }
  if (available.size() < body_left_) return false;
  const auto preamble = decode_preamble(frame_->flags, available);
  if (!preamble) {
    lose("a malformed frame", now);
    return false;
  }
  warn(preamble->warning);
  const FrameHeader header = *frame_;
  const std::string_view body = available.substr(preamble->size);
  consume(available.size());
  if (header.stream < 0 && link_phase_ == LinkPhase::kReady) {
    // An event, which nobody asked for.
    frame_.reset();
  } else if (link_phase_ == LinkPhase::kStartup) {
    frame_.reset();
    startup_answer(header, body, now);
  } else {
    plain_answer(body, now);
  }
  return true;
}

bool SessionMachine::result_head(std::string_view available, core::TimePoint now) {
  const auto preamble = decode_preamble(frame_->flags, available);
  ResultHead head;
  const HeadOutcome outcome = preamble ? decode_result_head(available.substr(preamble->size), head) : HeadOutcome::kNeedMore;
  if (outcome == HeadOutcome::kWhole) {
    warn(preamble->warning);
    paging_state_ = head.paging_state;
    rows_.begin(head);
    body_phase_ = head.kind == ResultKind::kRows ? BodyPhase::kRows : BodyPhase::kRest;
    consume(preamble->size + head.size);
    return true;
  }
  if (outcome == HeadOutcome::kMalformed || available.size() == body_left_ || available.size() > kMaxPlainBody)
    lose("a malformed RESULT", now);
  return false;
}

bool SessionMachine::result_rows(std::string_view available, core::TimePoint now) {
  Stream& stream = streams_[static_cast<std::size_t>(frame_->stream)];
  stream.deadline = now + settings_.request_timeout;
  const std::uint64_t link = link_;
  // It may be cancelled from within.
  if (const std::shared_ptr<Request> request = stream.pending.request) {
    const std::size_t size = rows_.feed(available, *request);
    request->views_end();
    if (link_ != link) return false;
    consume(size);
    if (!rows_.finished()) {
      if (body_left_ == available.size() - size && size < available.size()) lose("a RESULT whose rows do not fit into it", now);
      if (link_ == link && body_left_ == 0) lose("a RESULT with fewer rows than it says", now);
      return false;
    }
  }
  body_phase_ = BodyPhase::kRest;
  return true;
}

void SessionMachine::end_of_result() {
  Stream& stream = streams_[static_cast<std::size_t>(frame_->stream)];
  const Pending pending = std::move(stream.pending);
  const bool answered = frame_->opcode == Opcode::kResult;
  release(frame_->stream);
  frame_.reset();
  if (!pending.request || !answered) return;
  strikes_ = 0;
  failures_ = 0;
  pending.request->done(std::exchange(paging_state_, {}));
}

// An answer that is no rows.
void SessionMachine::plain_answer(std::string_view body, core::TimePoint now) {
  const std::int16_t number = frame_->stream;
  const Opcode opcode = frame_->opcode;
  frame_.reset();
  Stream& stream = streams_[static_cast<std::size_t>(number)];
  if (stream.use == Stream::Use::kHeartbeat) return release(number);
  Statement* const statement = stream.statement;
  const bool preparing = stream.use == Stream::Use::kPrepare;
  Pending pending = std::move(stream.pending);
  release(number);
  if (preparing && opcode == Opcode::kResult) return prepared(*statement, body, now);
  const auto error = decode_error(body);
  if (opcode != Opcode::kError || !error) {
    again(std::move(pending));
    return lose("an answer that does not fit the request", now);
  }
  if (!preparing) return request_error(std::move(pending), statement, *error, now);
  statement->preparing = false;
  // One by one: what a request does about it may be to cancel the next.
  while (!statement->waiting.empty()) {
    pending = std::move(statement->waiting.front());
    statement->waiting.erase(statement->waiting.begin());
    request_error(std::move(pending), statement, *error, now);
  }
}

void SessionMachine::warn(std::string_view text) {
  if (text.empty()) return;
  core::log::write(warnings_, "warning", core::log::Level::kNotice, "configdb", "Cassandra warns",
                   {{"server", to_string(settings_.contact_points[contact_])}, {"text", text.substr(0, 500)}});
}

}  // namespace signalbox::configdb::cql
