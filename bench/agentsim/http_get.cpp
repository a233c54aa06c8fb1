#include "bench/agentsim/http_get.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/agentsim/clock.hpp"

namespace signalbox::bench {
namespace {

std::string get(const std::string& host, std::uint16_t port, const std::string& path) {
  const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (s < 0) return {};
  const timeval patience{2, 0};
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  std::string answer;
  if (inet_pton(AF_INET, host.c_str(), &to.sin_addr) == 1 && ::connect(s, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    const std::string request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    if (::send(s, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
      char buffer[4096];
      for (ssize_t n = 0; (n = ::recv(s, buffer, sizeof buffer, 0)) > 0;) answer.append(buffer, static_cast<std::size_t>(n));
    }
  }
  ::close(s);
  return answer;
}

}  // namespace

bool wait_until_ready(const std::string& host, std::uint16_t port, double seconds, const std::atomic<bool>& interrupted,
                      std::string& answer) {
  const std::int64_t give_up = now_ns() + static_cast<std::int64_t>(seconds * 1e9);
  for (;;) {
    answer = get(host, port, "/readyz");
    if (answer.find(" 200 ") < answer.find('\r')) return true;
    if (now_ns() > give_up || interrupted) return false;
    // A node that starts can only be asked again; a signal ends the pause.
    ::poll(nullptr, 0, 20);
  }
}

}  // namespace signalbox::bench
