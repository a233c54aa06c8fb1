// The way from agents' shards to the configuration thread.
//
// Threads: post() from any; fd() and take() on the configuration thread. Lifetime: outlives the shards. Cost: an eventfd write when it was empty.
#pragma once

#include <vector>

#include "control/agent/config_messages.hpp"
#include "core/inbox.hpp"

namespace signalbox::control {

class ConfigInbox {
 public:
  ConfigInbox();
  ~ConfigInbox();
  ConfigInbox(const ConfigInbox&) = delete;
  ConfigInbox& operator=(const ConfigInbox&) = delete;

  void post(ToConfig message);
  // Readable while something waits.
  int fd() const { return fd_; }
  // All that waits, oldest first.
  std::vector<ToConfig> take();

 private:
  core::Inbox<ToConfig> inbox_;
  int fd_;
};

}  // namespace signalbox::control
