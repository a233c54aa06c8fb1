#include "configdb/file_watcher.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace signalbox::configdb {
namespace {

namespace fs = std::filesystem;

class FileWatcherTest : public testing::Test {
 protected:
  FileWatcherTest() { fs::create_directories(directory_); }
  ~FileWatcherTest() override { fs::remove_all(directory_); }

  std::string at(const std::string& name) const { return directory_ + "/" + name; }
  static void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  FileWatcher watch(const std::string& name) {
    core::Result<FileWatcher> watcher = FileWatcher::open(at(name));
    EXPECT_TRUE(watcher.ok());
    return std::move(*watcher);
  }
  // Events of finished system calls are there already, so no waiting is needed.
  static bool readable(const FileWatcher& watcher) {
    pollfd p{watcher.fd(), POLLIN, 0};
    return ::poll(&p, 1, 0) == 1;
  }

  const std::string directory_ = testing::TempDir() + "signalbox_file_watcher_" + std::to_string(::getpid());
};

TEST_F(FileWatcherTest, QuietWithoutChange) {
  write(at("c.json"), "1");
  FileWatcher watcher = watch("c.json");
  EXPECT_FALSE(readable(watcher));
  EXPECT_FALSE(watcher.changed());
}

TEST_F(FileWatcherTest, WrittenInPlace) {
  write(at("c.json"), "1");
  FileWatcher watcher = watch("c.json");
  write(at("c.json"), "2");
  EXPECT_TRUE(readable(watcher));
  EXPECT_TRUE(watcher.changed());
  EXPECT_FALSE(watcher.changed());
}

TEST_F(FileWatcherTest, ReplacedByRename) {
  write(at("c.json"), "1");
  FileWatcher watcher = watch("c.json");
  write(at("c.json.new"), "2");
  EXPECT_FALSE(watcher.changed());
  fs::rename(at("c.json.new"), at("c.json"));
  EXPECT_TRUE(watcher.changed());
  // And again: the watch is on the directory, not on the file that was replaced.
  write(at("c.json.new"), "3");
  fs::rename(at("c.json.new"), at("c.json"));
  EXPECT_TRUE(watcher.changed());
}

TEST_F(FileWatcherTest, NotWhileItIsBeingWritten) {
  FileWatcher watcher = watch("c.json");
  std::ofstream out(at("c.json"));
  out << "half";
  out.flush();
  EXPECT_FALSE(watcher.changed());
  out << " and half";
  out.close();
  EXPECT_TRUE(watcher.changed());
}

TEST_F(FileWatcherTest, GoneAndBack) {
  write(at("c.json"), "1");
  FileWatcher watcher = watch("c.json");
  fs::remove(at("c.json"));
  EXPECT_FALSE(watcher.changed());
  write(at("c.json"), "1");
  EXPECT_TRUE(watcher.changed());
}

TEST_F(FileWatcherTest, OtherFilesDoNotMatter) {
  write(at("c.json"), "1");
  FileWatcher watcher = watch("c.json");
  write(at("other"), "1");
  fs::rename(at("other"), at("another"));
  EXPECT_TRUE(readable(watcher));
  EXPECT_FALSE(watcher.changed());
}

// As mounted ConfigMaps are updated: c.json -> ..data/c.json, ..data -> a directory, turned by rename.
TEST_F(FileWatcherTest, ADirectoryBehindALinkIsSwapped) {
  fs::create_directories(at("v1"));
  fs::create_directories(at("v2"));
  write(at("v1/c.json"), "1");
  write(at("v2/c.json"), "22");
  fs::create_directory_symlink("v1", at("..data"));
  fs::create_symlink("..data/c.json", at("c.json"));
  FileWatcher watcher = watch("c.json");
  fs::create_directory_symlink("v2", at("..tmp"));
  fs::rename(at("..tmp"), at("..data"));
  EXPECT_TRUE(watcher.changed());
  // What the link leads to now is watched as well.
  write(at("v2/c.json"), "333");
  EXPECT_TRUE(watcher.changed());
}

TEST_F(FileWatcherTest, NoDirectory) {
  const core::Result<FileWatcher> watcher = FileWatcher::open(at("nowhere/c.json"));
  ASSERT_FALSE(watcher.ok());
  EXPECT_NE(watcher.error().text.find("nowhere: No such file or directory"), std::string::npos) << watcher.error().text;
}

}  // namespace
}  // namespace signalbox::configdb
