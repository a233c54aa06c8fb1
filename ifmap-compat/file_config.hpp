// FileConfig: the configuration of this node from a file of database rows, from the bytes to the snapshot.
//
// Ties a configdb::FileSource to the graph and the snapshots made of it.
// Threads: the configuration thread; blocks while it reads. Source: spec/config.md 2-6.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bgp/config.hpp"
#include "configdb/file_source.hpp"
#include "core/result.hpp"
#include "ifmap-compat/bgp_snapshot.hpp"
#include "ifmap-compat/diagnostic.hpp"
#include "ifmap-compat/graph.hpp"

namespace signalbox::ifmap {

class FileConfig {
 public:
  FileConfig(std::string path, std::string hostname) : source_(std::move(path)), snapshot_(graph_, std::move(hostname)) {}
  FileConfig(const FileConfig&) = delete;
  FileConfig& operator=(const FileConfig&) = delete;

  // Reads the file (again). Only what differs is applied; on an error nothing changes, and the text says file, line and column.
  core::Result<configdb::Load> reload() { return source_.load(graph_); }

  // The configuration in force; the same object as before when nothing in it changed.
  std::shared_ptr<const bgp::Config> snapshot() { return snapshot_.update(); }

  // All that is wrong with the file and what it says, as of the last reload() and snapshot(); in the order of the file.
  std::vector<Diagnostic> diagnostics() const;

  const Graph& graph() const { return graph_; }
  Graph& graph() { return graph_; }
  const configdb::FileSource& source() const { return source_; }
  const std::string& path() const { return source_.path(); }

 private:
  configdb::FileSource source_;
  Graph graph_;
  BgpSnapshot snapshot_;
};

}  // namespace signalbox::ifmap
