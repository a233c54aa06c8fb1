#include "configdb/live_source.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::configdb {
namespace {

constexpr core::Duration kRetryFirst = core::seconds(1);
constexpr core::Duration kRetryMost = core::seconds(60);
// A row that could not be read so often, at last alone, is put aside.
constexpr unsigned kTriesBeforeUnreadable = 3;
// Between audits there is at least this time, and twice that of the last one.
constexpr core::Duration kAuditPause = core::seconds(5);
// So long a message may lag behind what a periodic audit sees.
constexpr core::Duration kMessageLag = core::seconds(1);
// More rows waiting than this are left to an audit.
constexpr std::size_t kMostWanted = 1u << 20;
constexpr std::size_t kMostNamed = 20;

core::Duration backoff(unsigned failures) {
  core::Duration wait = kRetryFirst;
  for (unsigned i = 1; i < failures && wait < kRetryMost; ++i) wait *= 2;
  return std::min(wait, kRetryMost);
}

}  // namespace

// One pass over the table: of rows, or of write times.
class LiveSource::Scan : public RowHandler {
 public:
  using RowFn = void (LiveSource::*)(std::string_view, std::span<const StoredColumn>, bool);

  Scan(LiveSource& owner, RowFn take) : owner_(owner), take_(take) {}
  void row(std::string_view key, std::span<const StoredColumn> columns, bool cut) override { (owner_.*take_)(key, columns, cut); }

 private:
  LiveSource& owner_;
  RowFn take_;
};

// One request for some rows.
class LiveSource::Read : public RowHandler {
 public:
  Read(LiveSource& owner, std::vector<Uuid> keys) : keys_(std::move(keys)), owner_(owner) {}
  void row(std::string_view key, std::span<const StoredColumn> columns, bool cut) override { owner_.read_row(key, columns, cut); }

  const std::vector<Uuid> keys_;

 private:
  LiveSource& owner_;
};

LiveSource::LiveSource(RowStore& store, ObjectSink& sink, LiveObserver& observer, LiveOptions options)
    : store_(&store), observer_(observer), options_(options), rows_(sink) {}

LiveSource::~LiveSource() { store_->cancel_all(); }

std::string_view LiveSource::doing() const {
  switch (state_) {
    case State::kUnbound: return "waiting for the message bus, without which no change would be noticed";
    case State::kScanning: return "reading all rows";
    case State::kFinishing: return "reading the rows that changed meanwhile";
    case State::kLive: break;
  }
  return audit_ ? "comparing write times" : "following changes";
}

void LiveSource::bus_connected(bool may_have_lost) {
  if (state_ == State::kUnbound) {
    state_ = State::kScanning;
    scan_after_ = core::TimePoint::min();
  } else if (may_have_lost) {
    audit_wanted_ = true;
  }
  observer_.attention();
}

void LiveSource::message(std::string_view text) {
  ++counters_.messages;
  const auto parsed = parse_change_message(text);
  if (!parsed) {
    ++(parsed.error().kind == ChangeProblem::Kind::kMalformed ? counters_.messages_malformed : counters_.messages_unusable);
    observer_.message_refused(parsed.error(), text);
    return;
  }
  if (wanted_.size() >= kMostWanted) {
    audit_wanted_ = true;
    return;
  }
  want(parsed->uuid, ReadReason{.by_message = true});
  observer_.attention();
}

void LiveSource::reinitialize(RowStore& store) {
  store_->cancel_all();
  store_ = &store;
  scan_.reset();
  scan_result_.reset();
  audit_result_.reset();
  audit_.reset();
  audit_left_ = 0;
  audit_scanning_ = audit_wanted_ = false;
  scans_failed_ = audits_failed_ = 0;
  completion_left_ = 0;
  // Whatever was announced so far, the scan reads.
  wanted_.clear();
  queue_.clear();
  put_off_.clear();
  in_flight_.clear();
  reads_.clear();
  state_ = State::kUnbound;
  observer_.attention();
}

void LiveSource::set_audit_interval(core::Duration interval) {
  if (interval == options_.audit_interval) return;
  options_.audit_interval = interval;
  audit_due_ = core::TimePoint::max();
  observer_.attention();
}

void LiveSource::want(const Uuid& uuid, const ReadReason& why) {
  if (const auto flying = in_flight_.find(uuid); flying != in_flight_.end()) {
    auto& again = flying->second.again;
    if (!again) again.emplace();
    add(*again, why);
    return;
  }
  const auto [at, is_new] = wanted_.try_emplace(uuid);
  const bool was_announced = at->second.by_message;
  add(at->second, why);
  if (is_new && !why.by_message && why.by_audit && audit_ && audit_->periodic) {
    put_off_.emplace(now_ + kMessageLag, uuid);
  } else if (is_new || (why.by_message && !was_announced)) {
    queue_.push_back(uuid);
  }
}

void LiveSource::add(ReadReason& want, const ReadReason& why) {
  audit_left_ += why.by_audit && !want.by_audit;
  completion_left_ += why.for_completion && !want.for_completion;
  want.by_message |= why.by_message;
  want.by_audit |= why.by_audit;
  want.for_completion |= why.for_completion;
  want.failures = std::max(want.failures, why.failures);
}

void LiveSource::settle(const ReadReason& want) {
  audit_left_ -= want.by_audit;
  completion_left_ -= want.for_completion;
}

core::TimePoint LiveSource::run(core::TimePoint now) {
  now_ = now;
  if (scan_result_) finish_scan(*std::exchange(scan_result_, std::nullopt));
  if (audit_result_) finish_audit_scan(*std::exchange(audit_result_, std::nullopt));
  if (state_ == State::kScanning && !scan_ && now_ >= scan_after_) start_scan();
  if (state_ == State::kLive) {
    if (audit_due_ == core::TimePoint::max() && options_.audit_interval > core::Duration::zero())
      audit_due_ = now_ + options_.audit_interval;
    if (!audit_ && now_ >= audit_after_ && (audit_wanted_ || now_ >= audit_due_)) start_audit();
  }
  if (state_ != State::kScanning) issue_reads();
  maybe_report_audit();
  maybe_complete();
  return next_run();
}

core::TimePoint LiveSource::next_run() const {
  core::TimePoint next = core::TimePoint::max();
  if (state_ == State::kScanning && !scan_) next = std::min(next, scan_after_);
  if (state_ == State::kLive && !audit_) next = std::min(next, std::max(audit_wanted_ ? now_ : audit_due_, audit_after_));
  if (!put_off_.empty() && state_ != State::kScanning) next = std::min(next, put_off_.begin()->first);
  return next;
}

void LiveSource::start_scan() {
  rows_.begin_pass();
  scan_ = std::make_unique<Scan>(*this, &LiveSource::scan_row);
  store_->scan_rows(*scan_, [this](const core::Status& status) {
    scan_result_ = status;
    observer_.attention();
  });
}

void LiveSource::scan_row(std::string_view key, std::span<const StoredColumn> columns, bool cut) {
  ++counters_.rows_read;
  count(rows_.take(key, columns, cut));
}

void LiveSource::finish_scan(const core::Status& status) {
  scan_.reset();
  if (!status.ok()) {
    ++counters_.reads_failed;
    scan_after_ = now_ + backoff(++scans_failed_);
    observer_.read_failed("all rows", status.error());
    return;
  }
  scans_failed_ = 0;
  state_ = State::kFinishing;
  for (const Uuid& uuid : rows_.unseen()) want(uuid, ReadReason{.for_completion = true});
  for (auto& [uuid, waiting] : wanted_) add(waiting, ReadReason{.for_completion = true});
}

void LiveSource::maybe_complete() {
  if (state_ != State::kFinishing || completion_left_ != 0) return;
  state_ = State::kLive;
  audit_due_ = core::TimePoint::max();
  observer_.read_complete();
  observer_.attention();
}

void LiveSource::start_audit() {
  audit_.emplace();
  audit_->periodic = !audit_wanted_;
  audit_wanted_ = false;
  audit_scanning_ = true;
  audit_began_ = now_;
  rows_.begin_pass();
  scan_ = std::make_unique<Scan>(*this, &LiveSource::audit_row);
  store_->scan_write_times(*scan_, [this](const core::Status& status) {
    audit_result_ = status;
    observer_.attention();
  });
}

void LiveSource::audit_row(std::string_view key, std::span<const StoredColumn> columns, bool cut) {
  if (!rows_.differs(key, columns, cut)) return;
  const auto uuid = Uuid::parse(key);
  if (!uuid) return;
  want(*uuid, ReadReason{.by_audit = true});
  ++audit_->different;
  observer_.attention();
}

void LiveSource::finish_audit_scan(const core::Status& status) {
  scan_.reset();
  audit_scanning_ = false;
  audit_after_ = now_ + std::max(kAuditPause, 2 * (now_ - audit_began_));
  if (!status.ok()) {
    ++counters_.reads_failed;
    audit_wanted_ |= !audit_->periodic;
    audit_after_ = now_ + backoff(++audits_failed_);
    audit_.reset();
    observer_.read_failed("write times of all rows", status.error());
    return;
  }
  audits_failed_ = 0;
  for (const Uuid& uuid : rows_.unseen()) {
    want(uuid, ReadReason{.by_audit = true});
    ++audit_->different;
  }
}

void LiveSource::maybe_report_audit() {
  if (!audit_ || audit_scanning_ || audit_left_ != 0) return;
  ++counters_.audits;
  audit_due_ = core::TimePoint::max();
  const AuditReport report = *std::exchange(audit_, std::nullopt);
  observer_.audit_done(report);
  observer_.attention();
}

void LiveSource::issue_reads() {
  while (!put_off_.empty() && put_off_.begin()->first <= now_) {
    queue_.push_back(put_off_.begin()->second);
    put_off_.erase(put_off_.begin());
  }
  while (!queue_.empty() && reads_.size() < options_.reads_in_flight) {
    std::vector<Uuid> keys;
    std::vector<std::string> texts;
    while (!queue_.empty() && keys.size() < options_.rows_per_read) {
      const Uuid uuid = queue_.front();
      const auto at = wanted_.find(uuid);
      // A row that failed goes alone, so that it fails no other.
      if (at != wanted_.end() && at->second.failures > 0 && !keys.empty()) break;
      queue_.pop_front();
      if (at == wanted_.end()) continue;
      const bool alone = at->second.failures > 0;
      in_flight_[uuid].want = at->second;
      wanted_.erase(at);
      keys.push_back(uuid);
      texts.push_back(uuid.to_string());
      if (alone) break;
    }
    if (keys.empty()) return;
    reads_.push_back(std::make_unique<Read>(*this, std::move(keys)));
    Read* const read = reads_.back().get();
    store_->read_rows(std::move(texts), *read, [this, read](const core::Status& status) { finish_read(read, status); });
  }
}

void LiveSource::read_row(std::string_view key, std::span<const StoredColumn> columns, bool cut) {
  const auto uuid = Uuid::parse(key);
  const auto at = uuid ? in_flight_.find(*uuid) : in_flight_.end();
  if (at == in_flight_.end()) return;
  ++counters_.rows_read;
  Flight flight = std::move(at->second);
  in_flight_.erase(at);
  const LiveRows::Verdict verdict = rows_.take(key, columns, cut);
  count(verdict);
  note_found(flight.want, verdict, *uuid);
  settle(flight.want);
  if (!flight.again) return;
  settle(*flight.again);
  want(*uuid, *flight.again);
}

void LiveSource::finish_read(Read* read, const core::Status& status) {
  const core::Error error = status.ok() ? core::error("the store did not answer") : status.error();
  bool failed = !status.ok();
  for (const Uuid& uuid : read->keys_) {
    if (!in_flight_.contains(uuid)) continue;
    failed = true;
    fail_row(uuid, error);
  }
  if (failed) {
    ++counters_.reads_failed;
    observer_.read_failed("rows", error);
  }
  std::erase_if(reads_, [read](const auto& r) { return r.get() == read; });
  observer_.attention();
}

void LiveSource::fail_row(const Uuid& uuid, const core::Error& error) {
  const auto at = in_flight_.find(uuid);
  ReadReason next = at->second.want;
  if (at->second.again) {
    settle(*at->second.again);
    add(next, *at->second.again);
  }
  in_flight_.erase(at);
  if (++next.failures == kTriesBeforeUnreadable) {
    rows_.unreadable(uuid, error.text);
    settle(next);
    next.for_completion = next.by_audit = false;
  }
  wanted_[uuid] = next;
  put_off_.emplace(now_ + backoff(next.failures), uuid);
}

void LiveSource::count(LiveRows::Verdict verdict) {
  counters_.changes_told += verdict == LiveRows::Verdict::kChanged;
  counters_.deletes_told += verdict == LiveRows::Verdict::kDeleted;
}

void LiveSource::note_found(const ReadReason& want, LiveRows::Verdict verdict, const Uuid& uuid) {
  if (!audit_ || !want.by_audit || want.by_message) return;
  if (verdict != LiveRows::Verdict::kChanged && verdict != LiveRows::Verdict::kDeleted) return;
  ++audit_->found;
  ++counters_.audit_found;
  if (audit_->first.size() >= kMostNamed) return;
  audit_->first.push_back(verdict == LiveRows::Verdict::kDeleted ? "deleted " + uuid.to_string()
                                                                 : uuid.to_string() + " " + rows_.last_name());
}

}  // namespace signalbox::configdb
