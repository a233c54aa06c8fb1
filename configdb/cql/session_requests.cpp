// Requests of a session: their turn, their statements, and what is made of the server's errors.
#include <algorithm>
#include <utility>

#include "configdb/cql/session_machine.hpp"

namespace signalbox::configdb::cql {

namespace {

enum class ErrorClass : std::uint8_t { kUnprepared, kPasses, kMayPass, kElsewhere, kFinal };

ErrorClass classify(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnprepared: return ErrorClass::kUnprepared;
    case ErrorCode::kUnavailable:
    case ErrorCode::kOverloaded:
    case ErrorCode::kReadTimeout:
    case ErrorCode::kWriteTimeout: return ErrorClass::kPasses;
    case ErrorCode::kBootstrapping: return ErrorClass::kElsewhere;
    case ErrorCode::kServerError:
    case ErrorCode::kReadFailure:
    case ErrorCode::kWriteFailure: return ErrorClass::kMayPass;
    default: return ErrorClass::kFinal;
  }
}

}  // namespace

void SessionMachine::submit(std::shared_ptr<Request> request, core::TimePoint now) {
  queue_.push_back({std::move(request), 0, next_order_++});
  // What comes in while a frame is read goes out together, when the reading is through.
  if (link_phase_ == LinkPhase::kReady && !frame_) {
    pump(now);
    flush();
  }
}

void SessionMachine::cancel(const Request& request) {
  const auto is_it = [&request](const Pending& p) { return p.request.get() == &request; };
  queue_.erase(std::remove_if(queue_.begin(), queue_.end(), is_it), queue_.end());
  for (auto& [text, statement] : statements_)
    statement.waiting.erase(std::remove_if(statement.waiting.begin(), statement.waiting.end(), is_it), statement.waiting.end());
  for (Stream& stream : streams_)
    if (is_it(stream.pending)) stream.pending = {};
}

void SessionMachine::pump(core::TimePoint now) {
  // One stream is kept for what the session has to say itself.
  while (link_phase_ == LinkPhase::kReady && !queue_.empty() && free_streams_.size() > 1 && now >= hold_until_) {
    Pending next = std::move(queue_.front());
    queue_.pop_front();
    send(std::move(next), now);
  }
}

void SessionMachine::send(Pending pending, core::TimePoint now) {
  const std::shared_ptr<Request> request = pending.request;
  const Attempt attempt = request->attempt(link_);
  Statement* statement = nullptr;
  if (attempt.prepare) {
    auto place = statements_.find(attempt.statement);
    if (place == statements_.end()) place = statements_.emplace(std::string(attempt.statement), Statement{}).first;
    statement = &place->second;
    if (statement->id.empty()) {
      statement->waiting.push_back(std::move(pending));
      if (!statement->preparing) prepare(place->first, *statement, now);
      return;
    }
  }
  const std::int16_t number = take_stream(Stream::Use::kRequest, now);
  Stream& stream = streams_[static_cast<std::size_t>(number)];
  stream.pending = std::move(pending);
  stream.statement = statement;
  if (statement == nullptr) {
    encode_query(frame_start(number), attempt.statement, attempt.parameters, output_);
  } else if (!attempt.batch.empty()) {
    encode_batch(frame_start(number), statement->id, attempt.batch, attempt.parameters.consistency, output_);
  } else {
    encode_execute(frame_start(number), statement->id, attempt.parameters, output_);
  }
}

void SessionMachine::prepare(std::string_view text, Statement& statement, core::TimePoint now) {
  const std::int16_t number = take_stream(Stream::Use::kPrepare, now);
  streams_[static_cast<std::size_t>(number)].statement = &statement;
  statement.preparing = true;
  encode_prepare(frame_start(number), text, output_);
}

void SessionMachine::prepared(Statement& statement, std::string_view body, core::TimePoint now) {
  const auto id = decode_prepared(body);
  if (!id) return lose(id.error().text, now);
  statement.preparing = false;
  statement.id = *id;
  for (Pending& pending : std::exchange(statement.waiting, {})) again(std::move(pending));
}

// Back into the queue, where its turn is by the order of submission.
void SessionMachine::again(Pending pending) {
  if (!pending.request) return;
  const auto place = std::find_if(queue_.begin(), queue_.end(), [&pending](const Pending& p) { return p.order > pending.order; });
  queue_.insert(place, std::move(pending));
}

void SessionMachine::request_error(Pending pending, Statement* statement, const ServerError& error, core::TimePoint now) {
  if (!pending.request) return;
  ++pending.tries;
  switch (classify(error.code)) {
    case ErrorClass::kUnprepared:
      // Statements of other sessions may have pushed it out; one that never stays is no use.
      if (statement == nullptr || pending.tries > kMaxTries) return refused(std::move(pending), error, now);
      statement->id.clear();
      return again(std::move(pending));
    case ErrorClass::kMayPass:
      if (pending.tries >= kMaxTries) return refused(std::move(pending), error, now);
      [[fallthrough]];
    case ErrorClass::kPasses:
      pause(error, now);
      leave_ |= strikes_ >= kMaxStrikes && settings_.contact_points.size() > 1;
      return again(std::move(pending));
    case ErrorClass::kElsewhere:
      pause(error, now);
      leave_ |= settings_.contact_points.size() > 1;
      return again(std::move(pending));
    case ErrorClass::kFinal: return refused(std::move(pending), error, now);
  }
}

void SessionMachine::refused(Pending pending, const ServerError& error, core::TimePoint now) {
  const std::shared_ptr<Request> request = pending.request;
  switch (request->refused(error)) {
    case Request::Verdict::kRetryNow: return again(std::move(pending));
    case Request::Verdict::kRetryLater: pause(error, now); return again(std::move(pending));
    case Request::Verdict::kFail: note_error(to_string(error), now); return request->failed(error);
  }
}

// Of errors that come together only the first counts.
void SessionMachine::pause(const ServerError& error, core::TimePoint now) {
  if (now < hold_until_) return;
  note_error(to_string(error), now);
  const unsigned doublings = std::min(strikes_, 10u);
  ++strikes_;
  hold_until_ = now + std::min(settings_.max_pause, settings_.min_pause * (std::int64_t{1} << doublings));
}

std::int16_t SessionMachine::take_stream(Stream::Use use, core::TimePoint now) {
  const std::int16_t number = free_streams_.back();
  free_streams_.pop_back();
  Stream& stream = streams_[static_cast<std::size_t>(number)];
  stream.use = use;
  stream.deadline = now + settings_.request_timeout;
  return number;
}

void SessionMachine::release(std::int16_t number) {
  streams_[static_cast<std::size_t>(number)] = {};
  free_streams_.push_back(number);
}

}  // namespace signalbox::configdb::cql
