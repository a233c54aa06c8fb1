#include "control/ctl/database.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "configdb/cql/request.hpp"
#include "configdb/cql_store.hpp"

namespace signalbox::control {
namespace {

namespace asio = boost::asio;
using configdb::cql::Attempt;
using configdb::cql::Request;
using configdb::cql::ServerError;
using configdb::cql::Value;
using Done = std::function<void(core::Status)>;

constexpr std::size_t kWritesInFlight = 256;
constexpr std::int32_t kPageSize = 2000;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

// A statement without rows in its answer.
class Execution : public Request {
 public:
  Execution(std::string statement, bool prepare, std::vector<std::string> values, Done done)
      : statement_(std::move(statement)), prepare_(prepare), values_(std::move(values)), done_(std::move(done)) {}

  Attempt attempt(std::uint64_t) override {
    Attempt a;
    a.statement = statement_;
    a.prepare = prepare_;
    for (const std::string& value : values_) a.parameters.values.emplace_back(value);
    return a;
  }
  void done(std::string_view) override { done_({}); }
  void failed(const ServerError& error) override { done_(core::error(to_string(error))); }

 private:
  const std::string statement_;
  const bool prepare_;
  const std::vector<std::string> values_;
  const Done done_;
};

// A whole table, page by page.
class Reading : public Request, public std::enable_shared_from_this<Reading> {
 public:
  Reading(configdb::cql::Session& session, const std::string& table, Table& out, Done done)
      : session_(session), statement_("SELECT key, column1, value, WRITETIME(value) FROM " + table), out_(out), done_(std::move(done)) {}

  Attempt attempt(std::uint64_t) override {
    page_.clear();
    Attempt a;
    a.statement = statement_;
    a.parameters.page_size = kPageSize;
    a.parameters.paging_state = paging_state_;
    a.parameters.skip_metadata = true;
    return a;
  }
  void row(std::span<const Value> cells, bool cut) override {
    cut_ |= cut;
    if (cells.size() < 4) return;
    const std::string_view time = cells[3].value_or("");
    const std::int64_t written = time.size() == 8 ? static_cast<std::int64_t>(configdb::cql::read_u64(time.data())) : 0;
    page_.push_back(
        {std::string(cells[0].value_or("")), std::string(cells[1].value_or("")), {std::string(cells[2].value_or("")), written}});
  }
  void done(std::string_view paging_state) override {
    for (Entry& e : page_) out_[e.key][e.column] = std::move(e.cell);
    if (cut_) return done_(core::error("a cell is too large to be read"));
    if (paging_state.empty()) return done_({});
    paging_state_ = paging_state;
    session_.submit(shared_from_this());
  }
  void failed(const ServerError& error) override { done_(core::error(to_string(error))); }

 private:
  struct Entry {
    std::string key, column;
    Cell cell;
  };

  configdb::cql::Session& session_;
  const std::string statement_;
  Table& out_;
  const Done done_;
  std::string paging_state_;
  std::vector<Entry> page_;
  bool cut_ = false;
};

}  // namespace

class Database::Impl {
 public:
  explicit Impl(DatabaseSettings settings)
      : settings_(std::move(settings)),
        keyspace_(quoted(configdb::config_keyspace(settings_.keyspace_prefix))),
        session_(io_, settings_.session, settings_.tls) {
    session_.start();
  }
  ~Impl() { session_.stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  core::Status execute(const std::string& statement) {
    return wait(
        [&](Done done) { session_.submit(std::make_shared<Execution>(statement, false, std::vector<std::string>{}, std::move(done))); });
  }

  core::Status create() {
    core::Status s =
        execute("CREATE KEYSPACE IF NOT EXISTS " + keyspace_ + " WITH replication = {'class':'SimpleStrategy','replication_factor':'" +
                std::to_string(settings_.replication) + "'}");
    for (std::size_t t = 0; s.ok() && t < kTableNames.size(); ++t) {
      const std::string table =
          "CREATE TABLE IF NOT EXISTS " + name(t) + " (key blob, column1 blob, value text, PRIMARY KEY (key, column1)) WITH ";
      s = execute(table + "COMPACT STORAGE AND CLUSTERING ORDER BY (column1 ASC) AND gc_grace_seconds = 864000");
      // Servers may have it switched off.
      if (!s.ok()) s = execute(table + "CLUSTERING ORDER BY (column1 ASC) AND gc_grace_seconds = 864000");
    }
    return s;
  }

  core::Result<Tables> read() {
    Tables tables;
    for (std::size_t t = 0; t < kTableNames.size(); ++t) {
      const core::Status s =
          wait([&](Done done) { session_.submit(std::make_shared<Reading>(session_, name(t), tables.table[t], std::move(done))); });
      if (!s.ok()) return core::error(std::string(kTableNames[t]) + ": " + s.error().text);
    }
    return tables;
  }

  core::Status write(const std::vector<CellChange>& changes) {
    if (changes.empty()) return {};
    return wait([&](Done done) {
      auto writing = std::make_shared<Writing>();
      writing->changes = &changes;
      writing->done = std::move(done);
      for (std::size_t i = 0; i < kWritesInFlight; ++i) write_next(writing);
    });
  }

 private:
  struct Writing {
    const std::vector<CellChange>* changes = nullptr;
    std::size_t next = 0, answered = 0;
    bool over = false;
    Done done;
  };

  void write_next(const std::shared_ptr<Writing>& writing) {
    if (writing->over || writing->next == writing->changes->size()) return;
    const CellChange& change = (*writing->changes)[writing->next++];
    std::vector<std::string> values{change.key, change.column};
    std::string statement = "DELETE FROM " + name(change.table) + " WHERE key = ? AND column1 = ?";
    if (!change.remove) {
      statement = "INSERT INTO " + name(change.table) + " (key, column1, value) VALUES (?, ?, ?)";
      values.push_back(change.value);
    }
    session_.submit(std::make_shared<Execution>(std::move(statement), true, std::move(values), [this, writing](const core::Status& s) {
      if (writing->over) return;
      ++writing->answered;
      if (!s.ok() || writing->answered == writing->changes->size()) {
        writing->over = true;
        writing->done(s);
      } else {
        write_next(writing);
      }
    }));
  }

  // Runs the loop until `begin` has called back; fails when the session has no server for too long.
  core::Status wait(const std::function<void(Done)>& begin) {
    std::optional<core::Status> result;
    begin([&](core::Status s) {
      result = std::move(s);
      io_.stop();
    });
    asio::steady_timer timer(io_);
    watch(timer, result);
    while (!result) {
      io_.restart();
      io_.run();
    }
    return *result;
  }

  void watch(asio::steady_timer& timer, std::optional<core::Status>& result) {
    timer.expires_after(std::chrono::seconds(1));
    timer.async_wait([this, &timer, &result](const boost::system::error_code& ec) {
      if (ec) return;
      const auto state = session_.state();
      if (state.phase == configdb::cql::SessionState::Phase::kReady) {
        ready_at_ = core::Clock::now();
      } else if (core::Clock::now() - ready_at_ > settings_.patience) {
        result = core::error("no connection to " + to_string(state.contact_point) + ": " + state.last_error);
        io_.stop();
        return;
      }
      watch(timer, result);
    });
  }

  std::string name(std::size_t table) const { return keyspace_ + "." + quoted(kTableNames[table]); }

  const DatabaseSettings settings_;
  const std::string keyspace_;
  asio::io_context io_;
  configdb::cql::Session session_;
  core::TimePoint ready_at_ = core::Clock::now();
};

Database::Database(DatabaseSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
Database::~Database() = default;
core::Status Database::create() { return impl_->create(); }
core::Result<Tables> Database::read() { return impl_->read(); }
core::Status Database::write(const std::vector<CellChange>& changes) { return impl_->write(changes); }

}  // namespace signalbox::control
