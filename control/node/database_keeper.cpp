#include "control/node/database_keeper.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <mutex>
#include <utility>

#include "configdb/amqp/bus_client.hpp"
#include "configdb/cql/session.hpp"
#include "configdb/cql_store.hpp"
#include "configdb/live_source.hpp"
#include "core/log.hpp"
#include "core/log_limit.hpp"
#include "ifmap-compat/bgp_snapshot.hpp"
#include "ifmap-compat/graph.hpp"

namespace signalbox::control {
namespace {

namespace cql = configdb::cql;

// How often the state of the connections is looked at.
constexpr core::milliseconds kWatchPeriod{200};
// What is wrong with the configuration is searched for this long after a change, and not more often than ...
constexpr core::milliseconds kDiagnoseDelay{500};
constexpr core::seconds kDiagnosePause{5};
// ... and for at most this share of the time.
constexpr int kDiagnoseShare = 50;

std::int64_t to_wall(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

std::int64_t wall_now() { return to_wall(std::chrono::system_clock::now()); }

configdb::BusOptions bus_options(const Options& options) {
  const ConfigDbOptions& c = options.configdb;
  configdb::BusOptions bus;
  for (const Endpoint& e : c.rabbitmq_servers) bus.servers.push_back({e.host, e.port});
  bus.user = c.rabbitmq_user;
  bus.password = c.rabbitmq_password;
  bus.vhost = c.rabbitmq_vhost;
  bus.queue = "contrail-control." + options.hostname;
  bus.tls = c.rabbitmq_use_ssl;
  bus.ca_certs = c.rabbitmq_ssl_ca_certs;
  bus.cert_file = c.rabbitmq_ssl_certfile;
  bus.key_file = c.rabbitmq_ssl_keyfile;
  return bus;
}

cql::SessionSettings session_settings(const ConfigDbOptions& c) {
  cql::SessionSettings settings;
  for (const Endpoint& e : c.servers) settings.contact_points.push_back({e.host, e.port});
  settings.user = c.username;
  settings.password = c.password;
  return settings;
}

std::string hosts(const std::vector<Endpoint>& servers) {
  std::string out;
  for (const Endpoint& e : servers) out += (out.empty() ? "" : ", ") + e.host;
  return out;
}

// As the incumbent shows it: clients split at '@' and ':'.
std::string bus_url(const ConfigDbOptions& c, const std::string& server) {
  std::string url = "amqp://********:********@" + server;
  if (!c.rabbitmq_vhost.empty() && c.rabbitmq_vhost != "/") url += "/" + c.rabbitmq_vhost;
  return url;
}

// The connection to the Cassandra and the tables behind it.
struct Database {
  Database(boost::asio::io_context& io, const ConfigDbOptions& options)
      : session(io, session_settings(options), {options.use_ssl, options.ca_certs}),
        store(session, {configdb::config_keyspace(options.keyspace_prefix)}) {}

  cql::Session session;
  configdb::CqlStore store;
};

}  // namespace

class DatabaseKeeper::Impl : public std::enable_shared_from_this<DatabaseKeeper::Impl>, private configdb::LiveObserver {
 public:
  Impl(boost::asio::io_context& io, const Options& options, Listener listener)
      : io_(io),
        options_(options),
        listener_(std::move(listener)),
        snapshot_(graph_, options.hostname),
        database_(std::make_unique<Database>(io, options_.configdb)),
        source_(database_->store, graph_, *this, live_options()),
        run_timer_(io),
        watch_timer_(io) {
    status_.from_database = true;
  }

  void start() {
    database_->session.start();
    make_bus(true);
    watch();
  }

  void stop() {
    stopped_ = true;
    if (bus_) bus_->stop();
    run_timer_.cancel();
    watch_timer_.cancel();
    database_->store.cancel_all();
    database_->session.stop();
  }

  void reload(const Options& options, bool anew) {
    if (!options.configdb.config_file.empty()) {
      core::log::warning("config", "a file as the source of the configuration takes effect at the next start",
                         {{"wanted", options.configdb.config_file}});
    }
    const bool changed = options.configdb != options_.configdb;
    options_ = options;
    source_.set_audit_interval(options_.config_audit_interval);
    if (changed || anew) {
      reinitialize();
    } else {
      attention();
    }
  }

  // New connections with the options in force; what is known stays until it is known to be gone.
  void reinitialize() {
    core::log::notice("config", "the configuration is read anew");
    bus_->stop();
    auto old = std::exchange(database_, std::make_unique<Database>(io_, options_.configdb));
    source_.reinitialize(database_->store);
    old->session.stop();
    old.reset();
    database_->session.start();
    cassandra_was_up_ = bus_was_up_ = false;
    make_bus(false);
    publish_status();
  }

  void post_reinitialize() {
    boost::asio::post(io_, [weak = weak_from_this()] {
      if (const auto self = weak.lock(); self && !self->stopped_) self->reinitialize();
    });
  }

  ConfigStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

  ifmap::Graph& graph() { return graph_; }

 private:
  configdb::LiveOptions live_options() const {
    configdb::LiveOptions live;
    live.audit_interval = options_.config_audit_interval;
    return live;
  }

  void make_bus(bool fresh_queue) {
    // The wake of a client that was replaced takes the events of its successor, or none.
    bus_ = std::make_unique<configdb::BusClient>(bus_options(options_), fresh_queue, [&io = io_, weak = weak_from_this()] {
      boost::asio::post(io, [weak] {
        if (const auto self = weak.lock()) self->take_bus_events();
      });
    });
    bus_->start();
  }

  void take_bus_events() {
    if (stopped_) return;
    events_.clear();
    bus_->take(events_);
    for (const configdb::BusEvent& event : events_) {
      switch (event.kind) {
        case configdb::BusEvent::Kind::kConnected: source_.bus_connected(event.may_have_lost); break;
        case configdb::BusEvent::Kind::kLost: break;
        case configdb::BusEvent::Kind::kMessage: source_.message(event.text); break;
      }
    }
    publish_status();
  }

  // ---- configdb::LiveObserver

  void attention() override {
    if (std::exchange(run_posted_, true)) return;
    boost::asio::post(io_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->run();
    });
  }

  void read_complete() override {
    core::log::notice("config", "configuration read",
                      {{"objects", source_.rows().in_force()},
                       {"rows", source_.counters().rows_read},
                       {"quarantined", source_.rows().quarantined_count()}});
    loaded_at_ = wall_now();
  }

  void audit_done(const configdb::AuditReport& report) override {
    if (report.found == 0) {
      core::log::info("config", "audit: nothing was missed", {{"read_again", report.different}});
      return;
    }
    core::log::warning("config", report.periodic ? "audit: changes that no message announced" : "audit: changes whose messages were lost",
                       {{"found", report.found}, {"read_again", report.different}});
    for (const std::string& row : report.first) core::log::notice("config", "audit: found", {{"row", row}});
  }

  void read_failed(std::string_view what, const core::Error& error) override {
    core::log::warning(read_limit_, what, "config", "the database cannot be read; it is tried again",
                       {{"what", what}, {"reason", error.text}});
  }

  void message_refused(const configdb::ChangeProblem& problem, std::string_view text) override {
    const bool malformed = problem.kind == configdb::ChangeProblem::Kind::kMalformed;
    core::log::warning(message_limit_, malformed ? "malformed" : "unusable", "config", "a message of the bus is passed over",
                       {{"reason", problem.text}, {"text", configdb::excerpt(text, 200)}});
  }

  // ---- work

  void run() {
    run_posted_ = false;
    if (stopped_) return;
    const core::TimePoint now = core::Clock::now();
    core::TimePoint next = source_.run(now);
    next = std::min(next, take_snapshot(now));
    if (source_.complete() && std::exchange(shown_, told()) != told()) listener_.graph_changed();
    next = std::min(next, diagnose(now));
    publish_status();
    if (next == core::TimePoint::max()) {
      run_timer_.cancel();
      return;
    }
    run_timer_.expires_at(next);
    run_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
      if (ec) return;
      if (const auto self = weak.lock()) self->attention();
    });
  }

  // Changes that the graph has taken.
  std::uint64_t told() const { return source_.counters().changes_told + source_.counters().deletes_told; }

  // Returns when to look again.
  core::TimePoint take_snapshot(core::TimePoint now) {
    if (!source_.complete() || (told() == told_ && applied_)) return core::TimePoint::max();
    if (source_.reading()) {
      if (snapshot_due_ == core::TimePoint::max()) snapshot_due_ = now + kSnapshotDelay;
      if (now < snapshot_due_) return snapshot_due_;
    }
    snapshot_due_ = core::TimePoint::max();
    told_ = told();
    diagnose_due_ = std::min(diagnose_due_, std::max(now + kDiagnoseDelay, diagnose_after_));
    auto snapshot = snapshot_.update();
    if (snapshot != applied_) {
      applied_ = snapshot;
      listener_.apply(std::move(snapshot));
    }
    return core::TimePoint::max();
  }

  core::TimePoint diagnose(core::TimePoint now) {
    if (now < diagnose_due_) return diagnose_due_;
    diagnose_due_ = core::TimePoint::max();
    std::vector<ifmap::Diagnostic> problems;
    for (const configdb::Quarantined& row : source_.rows().quarantined()) problems.push_back(ifmap::to_diagnostic(row));
    const std::size_t beyond = source_.rows().quarantined_count() - problems.size();
    graph_.diagnose(problems);
    snapshot_.diagnose(problems);
    const auto key = [](const ifmap::Diagnostic& d) { return std::tie(d.object, d.uuid, d.text); };
    std::sort(problems.begin(), problems.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
    const std::size_t count = problems.size() + beyond;
    if (problems.size() > kMostProblems) problems.resize(kMostProblems);
    const core::TimePoint end = core::Clock::now();
    diagnose_after_ = end + std::max<core::Duration>(kDiagnosePause, (end - now) * kDiagnoseShare);
    const std::lock_guard lock(mutex_);
    status_.problem_count = count;
    status_.problems = std::move(problems);
    return core::TimePoint::max();
  }

  // ---- state, for others

  void watch() {
    publish_status();
    watch_timer_.expires_after(kWatchPeriod);
    watch_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
      if (ec) return;
      if (const auto self = weak.lock()) self->watch();
    });
  }

  void publish_status() {
    std::vector<ConfigConnection> connections{cassandra(), rabbitmq()};
    const std::uint64_t quarantined = source_.rows().quarantined_count();
    if (quarantined != std::exchange(quarantined_, quarantined)) {
      diagnose_due_ = std::min(diagnose_due_, std::max(core::Clock::now(), diagnose_after_));
      attention();
    }
    const std::lock_guard lock(mutex_);
    status_.loaded = source_.complete() && applied_ != nullptr;
    status_.loaded_at = loaded_at_;
    status_.doing = source_.doing();
    status_.objects = source_.rows().in_force();
    status_.connections = std::move(connections);
    status_.counters = source_.counters();
  }

  ConfigConnection cassandra() {
    const cql::SessionState state = database_->session.state();
    ConfigConnection c;
    c.name = "Cassandra";
    c.servers = hosts(options_.configdb.servers);
    c.server = cql::to_string(state.contact_point);
    c.up = state.phase == cql::SessionState::Phase::kReady;
    if (c.up != cassandra_up_ || cassandra_since_ == 0) cassandra_since_ = wall_now();
    cassandra_up_ = c.up;
    cassandra_was_up_ |= c.up;
    c.was_up = cassandra_was_up_;
    c.since = cassandra_since_;
    c.attempts = c.up ? 0 : state.attempts;
    c.last_error = state.last_error;
    return c;
  }

  ConfigConnection rabbitmq() {
    const configdb::BusStatus state = bus_ ? bus_->status() : configdb::BusStatus{};
    ConfigConnection c;
    c.name = "RabbitMQ";
    c.servers = hosts(options_.configdb.rabbitmq_servers);
    c.server = state.server;
    if (c.server.empty() && !options_.configdb.rabbitmq_servers.empty()) c.server = options_.configdb.rabbitmq_servers.front().to_string();
    c.up = state.connected;
    bus_was_up_ |= c.up;
    c.was_up = bus_was_up_;
    c.since = to_wall(state.since);
    c.attempts = state.attempts;
    c.last_error = state.last_error;
    c.url = bus_url(options_.configdb, c.server);
    return c;
  }

  boost::asio::io_context& io_;
  Options options_;
  const Listener listener_;
  ifmap::Graph graph_;
  ifmap::BgpSnapshot snapshot_;
  std::unique_ptr<Database> database_;
  configdb::LiveSource source_;
  std::unique_ptr<configdb::BusClient> bus_;
  std::vector<configdb::BusEvent> events_;
  boost::asio::steady_timer run_timer_;
  boost::asio::steady_timer watch_timer_;
  core::log::RateLimit read_limit_{3, std::chrono::seconds(60)};
  core::log::RateLimit message_limit_{10, std::chrono::seconds(60)};
  bool run_posted_ = false;
  bool stopped_ = false;
  std::uint64_t told_ = 0;   // changes that the last snapshot holds
  std::uint64_t shown_ = 0;  // those the listener was told of
  std::shared_ptr<const bgp::Config> applied_;
  core::TimePoint snapshot_due_ = core::TimePoint::max();
  core::TimePoint diagnose_due_ = core::TimePoint::max();
  core::TimePoint diagnose_after_ = core::TimePoint::min();
  std::uint64_t quarantined_ = 0;
  std::int64_t loaded_at_ = 0;
  bool cassandra_up_ = false, cassandra_was_up_ = false, bus_was_up_ = false;
  std::int64_t cassandra_since_ = 0;
  mutable std::mutex mutex_;  // guards status_: show pages read it
  ConfigStatus status_;
};

DatabaseKeeper::DatabaseKeeper(boost::asio::io_context& io, const Options& options, Listener listener)
    : impl_(std::make_shared<Impl>(io, options, std::move(listener))) {}
DatabaseKeeper::~DatabaseKeeper() { impl_->stop(); }
void DatabaseKeeper::start() { impl_->start(); }
void DatabaseKeeper::stop() { impl_->stop(); }
void DatabaseKeeper::reload(const Options& options, bool anew) { impl_->reload(options, anew); }
void DatabaseKeeper::reinitialize() { impl_->post_reinitialize(); }
ConfigStatus DatabaseKeeper::status() const { return impl_->status(); }
ifmap::Graph& DatabaseKeeper::graph() { return impl_->graph(); }

}  // namespace signalbox::control
