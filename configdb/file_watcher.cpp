#include "configdb/file_watcher.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace signalbox::configdb {
namespace {

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE;

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real == nullptr ? path : std::string(real.get());
}

bool is_link(const std::string& path) {
  struct stat s {};
  return ::lstat(path.c_str(), &s) == 0 && S_ISLNK(s.st_mode);
}

}  // namespace

core::Result<FileWatcher> FileWatcher::open(std::string path) {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return core::error(std::string("inotify: ") + std::strerror(errno));
  FileWatcher watcher(std::move(path), fd);
  if (core::Status status = watcher.watch_directories(); !status.ok()) return status.error();
  watcher.last_ = watcher.stamp();
  return watcher;
}

FileWatcher::FileWatcher(FileWatcher&& other) noexcept
    : path_(std::move(other.path_)), target_name_(std::move(other.target_name_)), fd_(std::exchange(other.fd_, -1)), last_(other.last_) {}

FileWatcher& FileWatcher::operator=(FileWatcher&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(target_name_, other.target_name_);
  std::swap(fd_, other.fd_);
  std::swap(last_, other.last_);
  return *this;
}

FileWatcher::~FileWatcher() {
  if (fd_ >= 0) ::close(fd_);
}

// Adding a directory that is watched already changes nothing.
core::Status FileWatcher::watch_directories() {
  const std::string directory = directory_of(path_);
  if (::inotify_add_watch(fd_, directory.c_str(), kEvents) < 0) return core::error("watching " + directory + ": " + std::strerror(errno));
  const std::string target = resolved(path_);
  target_name_ = name_of(target);
  // The link may lead nowhere for now; a change of the link itself is seen above.
  if (target != path_) ::inotify_add_watch(fd_, directory_of(target).c_str(), kEvents);
  return {};
}

FileWatcher::Stamp FileWatcher::stamp() const {
  struct stat s {};
  if (::stat(path_.c_str(), &s) != 0) return {};
  return {s.st_dev, s.st_ino, s.st_size, std::int64_t{s.st_mtim.tv_sec} * 1'000'000'000 + s.st_mtim.tv_nsec};
}

bool FileWatcher::changed() {
  alignas(inotify_event) char buffer[16 * 1024];
  bool written = false;  // the file itself was closed by a writer or moved here
  bool moved = false;    // something else was, which the path may lead through
  const std::string own_name = name_of(path_);
  for (ssize_t n = 0; (n = ::read(fd_, buffer, sizeof buffer)) > 0;) {
    for (ssize_t at = 0; at < n;) {
      inotify_event event;
      std::memcpy(&event, buffer + at, sizeof event);
      const std::string_view name = event.len == 0 ? std::string_view() : std::string_view(buffer + at + sizeof event);
      const bool own = name == own_name || name == target_name_;
      // A write within one tick of the clock may leave size and time as they were, so the event alone counts.
      written |= own && (event.mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0;
      moved |= (event.mask & (IN_MOVED_TO | IN_Q_OVERFLOW)) != 0;
      // A file that was just made is still being written; a link is not.
      moved |= (event.mask & IN_CREATE) != 0 && is_link(path_);
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
  if (!written && !moved) return false;
  // A link may lead elsewhere now. That its directory can be watched was shown at the start.
  (void)watch_directories();
  const Stamp now = stamp();
  const bool other = now != last_;
  last_ = now;
  // A file that is gone is nothing to read: the configuration in force stays.
  return now.size >= 0 && (written || other);
}

}  // namespace signalbox::configdb
