#include "control/http/port_announcement.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace signalbox::control {

std::string port_fifo(const std::string& module) { return "/tmp/" + module + "." + std::to_string(getppid()) + ".http_port"; }

bool announce_port(const std::string& fifo, std::uint16_t port) {
  const int fd = open(fifo.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return false;
  struct stat info {};
  const std::string text = std::to_string(port) + "\n";
  const bool told =
      fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode) && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return told;
}

}  // namespace signalbox::control
