#include "control/node/config_keeper.hpp"

#include "core/log.hpp"

namespace signalbox::control {
namespace {
constexpr std::size_t kMostProblems = 1000;
}

ConfigKeeper::ConfigKeeper(std::string path, std::string hostname, Apply apply, std::function<void()> changed)
    : file_(path, std::move(hostname)), apply_(std::move(apply)), changed_(std::move(changed)) {
  auto watcher = configdb::FileWatcher::open(std::move(path));
  if (watcher) {
    watcher_.emplace(std::move(*watcher));
  } else {
    core::log::warning("config", "changes of the configuration file will not be noticed",
                       {{"file", file_.path()}, {"reason", watcher.error().text}});
  }
}

bool ConfigKeeper::load() {
  const auto loaded = file_.reload();
  std::shared_ptr<const bgp::Config> snapshot;
  if (loaded) snapshot = file_.snapshot();
  report(loaded);
  if (!loaded) return false;
  if (snapshot != applied_) {
    applied_ = snapshot;
    apply_(std::move(snapshot));
  }
  changed_();
  return true;
}

void ConfigKeeper::look() {
  if (watcher_->changed()) load();
}

void ConfigKeeper::report(const core::Result<configdb::Load>& load) {
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
  status_.loaded = true;
  status_.objects = load->objects;
  status_.problem_count = problems.size();
  if (problems.size() > kMostProblems) problems.resize(kMostProblems);
  status_.problems = std::move(problems);
}

ConfigStatus ConfigKeeper::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace signalbox::control
