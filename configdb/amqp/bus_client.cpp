#include "configdb/amqp/bus_client.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <thread>
#include <utility>

#include "configdb/amqp/bus_connection.hpp"
#include "core/inbox.hpp"
#include "core/log.hpp"

namespace signalbox::configdb {
namespace {

constexpr std::chrono::milliseconds kFirstWait{250};

}  // namespace

class BusClient::Impl {
 public:
  Impl(BusOptions options, bool fresh_queue, std::function<void()> wake)
      : options_(std::move(options)),
        fresh_queue_(fresh_queue),
        wake_(std::move(wake)),
        stop_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    status_.since = std::chrono::system_clock::now();
  }
  ~Impl() {
    stop();
    if (stop_fd_ >= 0) ::close(stop_fd_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start() {
    thread_ = std::thread([this] { run(); });
  }

  void stop() {
    if (!thread_.joinable()) return;
    stopping_.store(true);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_fd_, &one, sizeof one);
    {
      const std::lock_guard lock(mutex_);
      if (connecting_) connecting_->interrupt();
    }
    thread_.join();
  }

  void take(std::vector<BusEvent>& out) { inbox_.take(out); }

  BusStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  void run() {
    std::size_t at = 0;      // in the list of servers
    std::size_t failed = 0;  // in a row
    std::chrono::milliseconds wait = kFirstWait;
    while (!stopping_.load()) {
      if (options_.servers.empty()) {
        pause(std::chrono::milliseconds(-1));
        continue;
      }
      const BusServer& server = options_.servers[at];
      if (use(server)) {
        failed = 0;
        wait = kFirstWait;
      } else {
        ++failed;
      }
      at = (at + 1) % options_.servers.size();
      // After a connection that worked the other servers are asked at once; after a round without success there is a pause.
      if (failed >= options_.servers.size()) {
        failed = 0;
        pause(std::min(wait, options_.retry_wait));
        wait = std::min(wait * 4, options_.retry_wait);
      }
    }
  }

  // Connects and serves until the connection is lost. False: there was none.
  bool use(const BusServer& server) {
    BusConnection connection(server, options_);
    set_connecting(&connection);
    core::Status status = connection.open();
    if (status.ok()) status = connection.consume(fresh_queue_);
    set_connecting(nullptr);
    if (stopping_.load()) return false;
    if (!status.ok()) {
      note_failure(server, status.error().text);
      return false;
    }
    note_connected(server, connection.queue_was_kept());
    const std::string why = serve(connection);
    if (stopping_.load()) {
      connection.close();
      return true;
    }
    note_lost(server, why);
    return true;
  }

  // Returns why it ended.
  std::string serve(BusConnection& connection) {
    for (;;) {
      if (const core::Status s = drain(connection); !s.ok()) return s.error().text;
      std::array<pollfd, 2> events{{{stop_fd_, POLLIN, 0}, {connection.fd(), POLLIN, 0}}};
      if (::poll(events.data(), events.size(), static_cast<int>(connection.period().count())) < 0 && errno != EINTR) return "poll failed";
      if (stopping_.load()) return "stopped";
    }
  }

  core::Status drain(BusConnection& connection) {
    while (!stopping_.load()) {
      auto next = connection.next();
      if (!next) return next.error();
      if (!*next) return {};
      BusConnection::Message& message = **next;
      {
        const std::lock_guard lock(mutex_);
        ++status_.messages;
      }
      const std::size_t size = message.text.size();
      push({BusEvent::Kind::kMessage, false, std::move(message.text)}, size);
      if (const core::Status acknowledged = connection.acknowledge(message.tag); !acknowledged.ok()) return acknowledged;
    }
    return {};
  }

  void note_connected(const BusServer& server, bool kept) {
    // Another server may be no member of the first one's cluster, and have a queue of ours that was not bound to what was published.
    const bool may_have_lost = !kept || last_server_ != server;
    fresh_queue_ = false;
    last_server_ = server;
    std::uint64_t attempts = 0;
    {
      const std::lock_guard lock(mutex_);
      attempts = status_.attempts;
      status_.connected = true;
      status_.server = server.to_string();
      status_.since = std::chrono::system_clock::now();
      status_.attempts = 0;
      status_.last_error.clear();
      ++status_.connections;
    }
    core::log::notice("amqp", "connected", {{"server", server.to_string()}, {"queue", kept ? "kept" : "new"}, {"attempts", attempts + 1}});
    push({BusEvent::Kind::kConnected, may_have_lost, {}}, 0);
  }

  void note_lost(const BusServer& server, const std::string& why) {
    {
      const std::lock_guard lock(mutex_);
      status_.connected = false;
      status_.since = std::chrono::system_clock::now();
      status_.last_error = why;
    }
    core::log::warning("amqp", "connection lost", {{"server", server.to_string()}, {"reason", why}});
    push({BusEvent::Kind::kLost, false, why}, 0);
  }

  void note_failure(const BusServer& server, const std::string& why) {
    std::uint64_t attempts = 0;
    bool told = false;
    {
      const std::lock_guard lock(mutex_);
      attempts = ++status_.attempts;
      status_.server = server.to_string();
      const std::string text = server.to_string() + ": " + why;
      told = status_.last_error == text;
      status_.last_error = text;
    }
    // The same again only now and then: powers of two.
    if (told && (attempts & (attempts - 1)) != 0) return;
    core::log::warning("amqp", "no connection", {{"server", server.to_string()}, {"reason", why}, {"attempts", attempts}});
  }

  void push(BusEvent event, std::size_t size) {
    if (inbox_.push(std::move(event), size)) wake_();
  }

  // Until the time is over (never, when negative) or stop().
  void pause(std::chrono::milliseconds time) const {
    pollfd event{stop_fd_, POLLIN, 0};
    ::poll(&event, 1, static_cast<int>(time.count()));
  }

  void set_connecting(BusConnection* connection) {
    const std::lock_guard lock(mutex_);
    connecting_ = connection;
    if (connecting_ && stopping_.load()) connecting_->interrupt();
  }

  const BusOptions options_;
  bool fresh_queue_;
  const std::function<void()> wake_;
  const int stop_fd_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  core::Inbox<BusEvent> inbox_;
  BusServer last_server_;
  mutable std::mutex mutex_;
  BusConnection* connecting_ = nullptr;  // under mutex_
  BusStatus status_;                     // under mutex_
};

BusClient::BusClient(BusOptions options, bool fresh_queue, std::function<void()> wake)
    : impl_(std::make_unique<Impl>(std::move(options), fresh_queue, std::move(wake))) {}
BusClient::~BusClient() = default;
void BusClient::start() { impl_->start(); }
void BusClient::stop() { impl_->stop(); }
void BusClient::take(std::vector<BusEvent>& out) { impl_->take(out); }
BusStatus BusClient::status() const { return impl_->status(); }

}  // namespace signalbox::configdb
