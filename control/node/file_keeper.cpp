#include "control/node/file_keeper.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <utility>

#include "core/log.hpp"

namespace signalbox::control {
namespace {

std::int64_t wall_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

// Calls when the file may have changed.
class FileKeeper::Watch {
 public:
  Watch(boost::asio::io_context& io, configdb::FileWatcher watcher, std::function<void()> changed)
      : watcher_(std::move(watcher)), descriptor_(io, watcher_.fd()), changed_(std::move(changed)) {
    wait();
  }
  // The watcher closes the descriptor.
  ~Watch() { descriptor_.release(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  void wait() {
    descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& ec) {
      if (ec) return;
      if (watcher_.changed()) changed_();
      wait();
    });
  }

  configdb::FileWatcher watcher_;
  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void()> changed_;
};

FileKeeper::FileKeeper(boost::asio::io_context& io, std::string path, std::string hostname, Listener listener)
    : io_(io), file_(path, std::move(hostname)), listener_(std::move(listener)) {
  auto watcher = configdb::FileWatcher::open(std::move(path));
  if (watcher) {
    watch_ = std::make_unique<Watch>(io_, std::move(*watcher), [this] { load(); });
  } else {
    core::log::warning("config", "changes of the configuration file will not be noticed",
                       {{"file", file_.path()}, {"reason", watcher.error().text}});
  }
}

FileKeeper::~FileKeeper() = default;

void FileKeeper::start() { load(); }

void FileKeeper::stop() { watch_.reset(); }

void FileKeeper::reload(const Options& options, bool) {
  if (options.configdb.config_file != file_.path()) {
    core::log::warning("config", "another source of the configuration takes effect at the next start",
                       {{"file", file_.path()}, {"wanted", options.configdb.config_file}});
  }
  load();
}

void FileKeeper::reinitialize() {
  boost::asio::post(io_, [this] { load(); });
}

void FileKeeper::load() {
  const auto loaded = file_.reload();
  std::shared_ptr<const bgp::Config> snapshot;
  if (loaded) snapshot = file_.snapshot();
  report(loaded);
  if (!loaded) return;
  if (snapshot != applied_) {
    applied_ = snapshot;
    listener_.apply(std::move(snapshot));
  }
  listener_.graph_changed();
}

void FileKeeper::report(const core::Result<configdb::Load>& load) {
  std::vector<ifmap::Diagnostic> problems;
  if (load) {
    problems = file_.diagnostics();
    core::log::notice("config", "configuration read",
                      {{"file", file_.path()},
                       {"objects", load->objects},
                       {"changed", load->changed},
                       {"deleted", load->deleted},
                       {"problems", problems.size()}});
    for (const ifmap::Diagnostic& d : problems) {
      if (d.severity == ifmap::Severity::kError) core::log::warning("config", "kept out", {{"problem", ifmap::to_text(d, file_.path())}});
    }
  } else {
    core::log::error("config", "the configuration stays as it is: its file cannot be read", {{"reason", load.error().text}});
  }
  const std::lock_guard lock(mutex_);
  status_.failure = load ? std::string() : load.error().text;
  if (!load) return;
  if (!std::exchange(status_.loaded, true)) status_.loaded_at = wall_now();
  status_.objects = load->objects;
  status_.problem_count = problems.size();
  if (problems.size() > kMostProblems) problems.resize(kMostProblems);
  status_.problems = std::move(problems);
}

ConfigStatus FileKeeper::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace signalbox::control
