// LiveSource: configuration from a database that changes while it is read.
//
// Takes what the message bus and the store say, and time; asks the store for rows; tells the sink what differs. Nothing written is missed:
//   - the queue of the bus is bound before the first read, so what is written during it is announced and read after it;
//   - a message is a hint: its row is read, whatever the message says; hints for one row that wait are one;
//   - a row that is being read when a hint for it comes is read again;
//   - after a time in which messages may have been lost, and every `audit_interval`, an audit compares the write times of all rows with those
//     that were read, and what differs, is new or is missing is read.
// A row that is gone is deleted only when reading it has said so. The first read is complete when every row was processed, and so is what
// was announced meanwhile; reinitialize() reads all anew and keeps what is there until it is known to be gone.
//
// Threads: one, that of the sink and the store. No I/O, no clock: after every call and whenever the observer is asked for attention, run() is
// due; it returns when it wants to be called next. Lifetime: store, sink and observer outlive it, and the store's answers.
// Source: spec/config.md 2.6, 2.8, 2.11, 2.12, 3.2, 3.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "configdb/change_message.hpp"
#include "configdb/live_rows.hpp"
#include "configdb/object.hpp"
#include "configdb/row_store.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"

namespace signalbox::configdb {

struct LiveOptions {
  core::Duration audit_interval = core::seconds(600);  // zero: audits only after messages may have been lost
  std::size_t rows_per_read = 128;
  std::size_t reads_in_flight = 4;
};

struct LiveCounters {
  std::uint64_t messages = 0;
  std::uint64_t messages_malformed = 0;
  std::uint64_t messages_unusable = 0;
  std::uint64_t rows_read = 0;  // scans included
  std::uint64_t changes_told = 0;
  std::uint64_t deletes_told = 0;
  std::uint64_t reads_failed = 0;  // requests of all kinds
  std::uint64_t audits = 0;
  std::uint64_t audit_found = 0;  // changes and deletes that no message had announced
};

struct AuditReport {
  bool periodic = false;           // else: messages may have been lost
  std::size_t different = 0;       // rows that were read again
  std::size_t found = 0;           // those of them that no message announced and that changed something
  std::vector<std::string> first;  // of those found, in words
};

class LiveObserver {
 public:
  virtual ~LiveObserver() = default;
  // Call run() soon, but not from within this call.
  virtual void attention() = 0;
  // complete() became true.
  virtual void read_complete() = 0;
  virtual void audit_done(const AuditReport& report) = 0;
  // Pages of the store failed for good; it is tried again.
  virtual void read_failed(std::string_view what, const core::Error& error) = 0;
  virtual void message_refused(const ChangeProblem& problem, std::string_view text) = 0;
};

// Why a row is to be read.
struct ReadReason {
  bool by_message = false;
  bool by_audit = false;
  bool for_completion = false;
  unsigned failures = 0;
};

class LiveSource {
 public:
  LiveSource(RowStore& store, ObjectSink& sink, LiveObserver& observer, LiveOptions options);
  ~LiveSource();
  LiveSource(const LiveSource&) = delete;
  LiveSource& operator=(const LiveSource&) = delete;

  // The queue is bound (again). `may_have_lost`: what was announced since it was bound last, if it was, may be missing.
  void bus_connected(bool may_have_lost);
  // A body from the bus, any bytes.
  void message(std::string_view text);
  // Reads everything anew, from now on from `store`, when the queue is bound again. The requests of the store before are cancelled.
  void reinitialize(RowStore& store);
  // The next periodic audit is so long from now.
  void set_audit_interval(core::Duration interval);
  // Does what is due.
  core::TimePoint run(core::TimePoint now);

  // Every row was processed, since the start or since reinitialize().
  bool complete() const { return state_ == State::kLive; }
  // More changes may be told very soon.
  bool reading() const { return state_ != State::kLive || !queue_.empty() || !in_flight_.empty(); }
  // "waiting for the message bus", "reading all rows", ...
  std::string_view doing() const;
  const LiveRows& rows() const { return rows_; }
  const LiveCounters& counters() const { return counters_; }

 private:
  enum class State : std::uint8_t { kUnbound, kScanning, kFinishing, kLive };

  struct Flight {
    ReadReason want;
    std::optional<ReadReason> again;  // wanted once more since it was asked for
  };
  class Scan;
  class Read;

  void want(const Uuid& uuid, const ReadReason& why);
  // Both keep count of what completion and the audit wait for.
  void add(ReadReason& want, const ReadReason& why);
  void settle(const ReadReason& want);
  void start_scan();
  void scan_row(std::string_view key, std::span<const StoredColumn> columns, bool cut);
  void finish_scan(const core::Status& status);
  void start_audit();
  void audit_row(std::string_view key, std::span<const StoredColumn> columns, bool cut);
  void finish_audit_scan(const core::Status& status);
  void maybe_report_audit();
  void issue_reads();
  void read_row(std::string_view key, std::span<const StoredColumn> columns, bool cut);
  void finish_read(Read* read, const core::Status& status);
  void fail_row(const Uuid& uuid, const core::Error& error);
  void count(LiveRows::Verdict verdict);
  void note_found(const ReadReason& want, LiveRows::Verdict verdict, const Uuid& uuid);
  void maybe_complete();
  core::TimePoint next_run() const;

  RowStore* store_;
  LiveObserver& observer_;
  LiveOptions options_;
  LiveRows rows_;
  LiveCounters counters_;
  State state_ = State::kUnbound;
  core::TimePoint now_{};

  std::unique_ptr<Scan> scan_;  // the scan or audit under way
  std::optional<core::Status> scan_result_;
  core::TimePoint scan_after_ = core::TimePoint::min();
  unsigned scans_failed_ = 0;  // in a row
  std::size_t completion_left_ = 0;

  bool audit_wanted_ = false;  // messages may have been lost
  bool audit_scanning_ = false;
  std::optional<core::Status> audit_result_;
  std::optional<AuditReport> audit_;  // the one under way
  std::size_t audit_left_ = 0;
  core::TimePoint audit_began_{};
  core::TimePoint audit_after_ = core::TimePoint::min();  // not earlier
  core::TimePoint audit_due_ = core::TimePoint::max();    // the next periodic one
  unsigned audits_failed_ = 0;                            // in a row

  std::unordered_map<Uuid, ReadReason> wanted_;
  std::deque<Uuid> queue_;                        // of wanted_, in order
  std::multimap<core::TimePoint, Uuid> put_off_;  // of wanted_: failed, to be tried again
  std::unordered_map<Uuid, Flight> in_flight_;
  std::vector<std::unique_ptr<Read>> reads_;
};

}  // namespace signalbox::configdb
