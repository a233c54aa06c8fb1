// FileWatcher: says when a file may have another content.
//
// Watches the directory of the path, and that of the file a symbolic link leads to, so that a file that is written in place, replaced by
// rename, or swapped by turning a link (as mounted ConfigMaps are) is noticed alike. Reports completed writes only: a file is not read
// while a writer still has it open.
// Threads: one. fd() becomes readable when there is something to look at; then call changed().
#pragma once

#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace signalbox::configdb {

class FileWatcher {
 public:
  // Fails when the directory cannot be watched.
  static core::Result<FileWatcher> open(std::string path);

  FileWatcher(FileWatcher&& other) noexcept;
  FileWatcher& operator=(FileWatcher&& other) noexcept;
  FileWatcher(const FileWatcher&) = delete;
  FileWatcher& operator=(const FileWatcher&) = delete;
  ~FileWatcher();

  int fd() const { return fd_; }

  // Drains what fd() has, never blocks. True: the file is worth reading again.
  bool changed();

 private:
  // What tells one content of a file from another without reading it.
  struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = -1;
    std::int64_t modified = 0;  // nanoseconds

    bool operator==(const Stamp&) const = default;
  };

  FileWatcher(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  core::Status watch_directories();
  Stamp stamp() const;

  std::string path_;
  std::string target_name_;  // last component of what the path leads to
  int fd_ = -1;
  Stamp last_;
};

}  // namespace signalbox::configdb
