#include "control/node/config_inbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace signalbox::control {

ConfigInbox::ConfigInbox() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

ConfigInbox::~ConfigInbox() { ::close(fd_); }

void ConfigInbox::post(ToConfig message) {
  if (!inbox_.push(std::move(message), 0)) return;
  const std::uint64_t one = 1;
  // It can only fail when the counter is full, and then it is readable.
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

std::vector<ToConfig> ConfigInbox::take() {
  // First, so that what is posted from now on is noticed.
  std::uint64_t count = 0;
  [[maybe_unused]] const auto read = ::read(fd_, &count, sizeof count);
  std::vector<ToConfig> messages;
  inbox_.take(messages);
  return messages;
}

}  // namespace signalbox::control
