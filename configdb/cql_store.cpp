#include "configdb/cql_store.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

#include "configdb/row_assembler.hpp"
#include "core/log.hpp"

namespace signalbox::configdb {
namespace {

using cql::Attempt;
using cql::ServerError;
using cql::Value;

// Below this column names mirror other rows. spec/config.md 2.6
constexpr std::string_view kFirstWanted = "d";
// The hash by which Cassandra spreads rows unless told otherwise: tokens are 64-bit numbers.
constexpr std::string_view kMurmur3 = "Murmur3Partitioner";

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

enum class Table : std::uint8_t { kRows, kWriteTimes, kNames };

// What is read of a table.
std::string select(Table table, const std::string& keyspace) {
  static constexpr std::array<const char*, 3> kWhat = {"key, column1, value, WRITETIME(value)", "key, column1, WRITETIME(value)",
                                                       "key, column1"};
  return std::string("SELECT ") + kWhat[static_cast<std::size_t>(table)] + " FROM " + quoted(keyspace) +
         (table == Table::kNames ? ".obj_fq_name_table" : ".obj_uuid_table");
}

std::int64_t write_time(const Value& cell) {
  return cell && cell->size() == sizeof(std::int64_t) ? static_cast<std::int64_t>(cql::read_u64(cell->data())) : 0;
}

StoredCell stored_cell(Table table, std::span<const Value> cells, bool cut) {
  StoredCell out{cells[0].value_or(""), {cells[1].value_or(""), {}, 0}, cut};
  if (table == Table::kRows) out.column.value = cells[2].value_or("");
  if (table != Table::kNames) out.column.written = write_time(cells.back());
  return out;
}

std::size_t columns_of(Table table) { return table == Table::kRows ? 4 : table == Table::kWriteTimes ? 3 : 2; }

}  // namespace

std::string config_keyspace(const std::string& prefix) {
  const bool ends = prefix.empty() || prefix.back() == '_';
  return prefix + (ends ? "config_db_uuid" : "_config_db_uuid");
}

// One call to the store, while it is answered: what is still to be read, and the parts that are being read.
class CqlStore::Reading : public std::enable_shared_from_this<CqlStore::Reading> {
 public:
  // What one part covers.
  struct Extent {
    std::optional<std::string> key;    // this row
    std::optional<std::string> after;  // tokens behind this one
    std::optional<std::string> until;  // and up to this one; none of the three: the whole table
  };

  Reading(CqlStore& store, Table table, Done done) : store_(store), table_(table), done_(std::move(done)) {}

  void take_rows(RowHandler& handler) { handler_ = &handler; }
  void take_names(NameFn name) { name_ = std::move(name); }
  void take_keys(std::vector<std::string> keys);
  void take_ring(std::string_view partitioner);

  void begin();
  void go_on();
  void part_done(const Part& part);
  void fail(const ServerError& error);
  void cancel();

  bool over() const { return over_; }
  Table table() const { return table_; }
  bool filter() const { return table_ != Table::kNames && !store_.settings_.every_column && store_.filter_; }
  void do_without_filter() { store_.filter_ = false; }
  const Settings& settings() const { return store_.settings_; }
  RowHandler* handler() const { return handler_; }
  std::unique_ptr<CellSink> make_sink() const;
  void submit(std::shared_ptr<cql::Request> request) { store_.session_.submit(std::move(request)); }

 private:
  void finish(core::Status status);

  CqlStore& store_;
  const Table table_;
  Done done_;
  RowHandler* handler_ = nullptr;
  NameFn name_;
  bool over_ = false;
  bool whole_table_ = true;
  std::deque<Extent> extents_;
  std::vector<std::shared_ptr<cql::Request>> active_;
};

// One part: the requests for its pages, one after the other.
class CqlStore::Part final : public cql::Request, public std::enable_shared_from_this<CqlStore::Part> {
 public:
  Part(std::shared_ptr<Reading> reading, Reading::Extent extent)
      : reading_(std::move(reading)), extent_(std::move(extent)), sink_(reading_->make_sink()) {}

  Attempt attempt(std::uint64_t link) override;
  void row(std::span<const Value> cells, bool cut) override;
  void views_end() override { sink_->keep(); }
  void done(std::string_view paging_state) override;
  Verdict refused(const ServerError& error) override;
  void failed(const ServerError& error) override { reading_->fail(error); }

 private:
  void compose(cql::QueryParameters& parameters);

  const std::shared_ptr<Reading> reading_;
  const Reading::Extent extent_;
  const std::unique_ptr<CellSink> sink_;
  std::string statement_;
  std::string after_;         // the key of the last whole row, as it is bound
  std::string paging_state_;  // where the next page begins; empty: behind after_
  std::uint64_t link_ = 0;    // on which paging_state_ was given: no other server need understand it
  bool page_under_way_ = false;
};

Attempt CqlStore::Part::attempt(std::uint64_t link) {
  if (page_under_way_ || link != link_) {
    sink_->go_back();
    paging_state_.clear();
  }
  page_under_way_ = true;
  link_ = link;
  if (paging_state_.empty()) after_ = sink_->last_key();
  Attempt attempt;
  compose(attempt.parameters);
  attempt.statement = statement_;
  attempt.parameters.skip_metadata = true;
  attempt.parameters.page_size = reading_->settings().page_cells;
  attempt.parameters.paging_state = paging_state_;
  return attempt;
}

void CqlStore::Part::compose(cql::QueryParameters& parameters) {
  statement_ = select(reading_->table(), reading_->settings().keyspace);
  const char* word = " WHERE ";
  const auto condition = [&](std::string_view text, std::string_view value) {
    statement_.append(std::exchange(word, " AND ")).append(text);
    parameters.values.push_back(value);
  };
  if (extent_.key) {
    condition("key = ?", *extent_.key);
  } else if (!after_.empty()) {
    condition("token(key) > token(?)", after_);
  } else if (extent_.after) {
    condition("token(key) > ?", *extent_.after);
  }
  if (extent_.until) condition("token(key) <= ?", *extent_.until);
  if (!reading_->filter()) return;
  condition("column1 >= ?", kFirstWanted);
  if (!extent_.key) statement_ += " ALLOW FILTERING";
}

void CqlStore::Part::row(std::span<const Value> cells, bool cut) {
  if (reading_->over() || cells.size() != columns_of(reading_->table())) return;
  sink_->cell(stored_cell(reading_->table(), cells, cut));
}

void CqlStore::Part::done(std::string_view paging_state) {
  page_under_way_ = false;
  paging_state_ = paging_state;
  if (reading_->over()) return;
  if (!paging_state_.empty()) return reading_->submit(shared_from_this());
  sink_->end();
  if (reading_->over()) return;
  if (extent_.key && sink_->last_key().empty()) reading_->handler()->row(*extent_.key, {}, false);
  if (!reading_->over()) reading_->part_done(*this);
}

cql::Request::Verdict CqlStore::Part::refused(const ServerError& error) {
  const bool of_the_table = error.code == cql::ErrorCode::kInvalid || error.code == cql::ErrorCode::kUnauthorized;
  // A position that means nothing to the server.
  if (!paging_state_.empty() && (error.code == cql::ErrorCode::kInvalid || error.code == cql::ErrorCode::kProtocolError))
    return Verdict::kRetryNow;
  if (reading_->filter() && of_the_table && error.message.find("FILTERING") != std::string::npos) {
    core::log::notice("configdb", "Cassandra does not filter: all columns are read", {{"reason", error.message}});
    reading_->do_without_filter();
    return Verdict::kRetryNow;
  }
  return of_the_table ? Verdict::kRetryLater : Verdict::kFail;
}

// Asks how rows are spread over the ring, then lets the reading begin.
class CqlStore::Partitioner final : public cql::Request {
 public:
  explicit Partitioner(std::shared_ptr<Reading> reading) : reading_(std::move(reading)) {}

  Attempt attempt(std::uint64_t) override {
    Attempt attempt;
    attempt.statement = "SELECT partitioner FROM system.local";
    attempt.prepare = false;
    attempt.parameters.consistency = cql::Consistency::kOne;
    name_.clear();
    return attempt;
  }
  void row(std::span<const Value> cells, bool) override {
    if (cells.size() == 1) name_ = cells[0].value_or("");
  }
  void done(std::string_view) override {
    reading_->take_ring(name_);
    reading_->go_on();
  }
  void failed(const ServerError& error) override { reading_->fail(error); }

 private:
  const std::shared_ptr<Reading> reading_;
  std::string name_;
};

void CqlStore::Reading::take_keys(std::vector<std::string> keys) {
  whole_table_ = false;
  for (std::string& key : keys) extents_.push_back({std::move(key), {}, {}});
}

void CqlStore::Reading::take_ring(std::string_view partitioner) {
  active_.clear();
  if (partitioner.find(kMurmur3) == std::string_view::npos) return extents_.push_back({});
  constexpr std::uint64_t kStep = std::numeric_limits<std::uint64_t>::max() / kRanges + 1;
  constexpr auto kFirst = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::min());
  for (std::size_t i = 0; i < kRanges; ++i) {
    const std::uint64_t begin = kFirst + i * kStep;
    const std::uint64_t end = i + 1 == kRanges ? kFirst - 1 : begin + kStep;
    extents_.push_back({{}, cql::bigint_value(static_cast<std::int64_t>(begin)), cql::bigint_value(static_cast<std::int64_t>(end))});
  }
}

std::unique_ptr<CellSink> CqlStore::Reading::make_sink() const {
  if (table_ == Table::kNames) return std::make_unique<NameReader>(name_);
  return std::make_unique<RowAssembler>(*handler_, settings().every_column);
}

void CqlStore::Reading::begin() {
  if (!whole_table_) {
    if (!extents_.empty()) return go_on();
    return store_.session_.post([self = shared_from_this()] {
      if (!self->over_) self->finish({});
    });
  }
  active_.push_back(std::make_shared<Partitioner>(shared_from_this()));
  submit(active_.back());
}

void CqlStore::Reading::go_on() {
  while (!over_ && active_.size() < (whole_table_ ? kInFlight : kKeysInFlight) && !extents_.empty()) {
    active_.push_back(std::make_shared<Part>(shared_from_this(), std::move(extents_.front())));
    extents_.pop_front();
    submit(active_.back());
  }
}

void CqlStore::Reading::part_done(const Part& part) {
  active_.erase(std::remove_if(active_.begin(), active_.end(), [&part](const auto& p) { return p.get() == &part; }), active_.end());
  go_on();
  if (active_.empty()) finish({});
}

void CqlStore::Reading::fail(const ServerError& error) {
  if (over_) return;
  const auto self = shared_from_this();
  const Done done = std::move(done_);
  cancel();
  auto& all = store_.readings_;
  all.erase(std::remove(all.begin(), all.end(), self), all.end());
  done(core::error("Cassandra: " + cql::to_string(error)));
}

void CqlStore::Reading::finish(core::Status status) {
  over_ = true;
  const auto self = shared_from_this();
  auto& all = store_.readings_;
  all.erase(std::remove(all.begin(), all.end(), self), all.end());
  done_(std::move(status));
}

void CqlStore::Reading::cancel() {
  over_ = true;
  for (const auto& request : active_) store_.session_.cancel(*request);
  active_.clear();
  extents_.clear();
}

CqlStore::CqlStore(cql::Session& session, Settings settings) : session_(session), settings_(std::move(settings)) {}

CqlStore::~CqlStore() { cancel_all(); }

void CqlStore::begin(std::shared_ptr<Reading> reading) {
  readings_.push_back(reading);
  reading->begin();
}

void CqlStore::scan_rows(RowHandler& handler, Done done) {
  auto reading = std::make_shared<Reading>(*this, Table::kRows, std::move(done));
  reading->take_rows(handler);
  begin(std::move(reading));
}

void CqlStore::scan_write_times(RowHandler& handler, Done done) {
  auto reading = std::make_shared<Reading>(*this, Table::kWriteTimes, std::move(done));
  reading->take_rows(handler);
  begin(std::move(reading));
}

void CqlStore::scan_names(NameFn name, Done done) {
  auto reading = std::make_shared<Reading>(*this, Table::kNames, std::move(done));
  reading->take_names(std::move(name));
  begin(std::move(reading));
}

void CqlStore::read_rows(std::vector<std::string> keys, RowHandler& handler, Done done) {
  auto reading = std::make_shared<Reading>(*this, Table::kRows, std::move(done));
  reading->take_rows(handler);
  reading->take_keys(std::move(keys));
  begin(std::move(reading));
}

void CqlStore::cancel_all() {
  for (const auto& reading : std::exchange(readings_, {})) reading->cancel();
}

}  // namespace signalbox::configdb
