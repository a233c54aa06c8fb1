#include "tests/unit/control/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace signalbox::control::test {

HttpClient::HttpClient(std::uint16_t port, int receive_buffer) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{20, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (receive_buffer) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(fd_);
    throw std::runtime_error("no connection");
  }
}

HttpClient::~HttpClient() { close(fd_); }

void HttpClient::send(const std::string& bytes) {
  if (::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) throw std::runtime_error("cannot send");
}

bool HttpClient::read_more() {
  char buffer[65536];
  const auto n = recv(fd_, buffer, sizeof buffer, 0);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("nothing received for too long");
  if (n <= 0) return false;
  seen_.append(buffer, static_cast<std::size_t>(n));
  return true;
}

std::string HttpClient::take(std::size_t size) {
  while (seen_.size() < size && read_more()) {}
  std::string taken = seen_.substr(0, size);
  seen_.erase(0, taken.size());
  return taken;
}

std::string HttpClient::read_reply() {
  std::size_t head;
  while ((head = seen_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return take(seen_.size());
  }
  std::string reply = take(head + 4);
  if (const auto length = reply.find("Content-Length: "); length != std::string::npos) {
    return reply + take(std::strtoul(reply.c_str() + length + 16, nullptr, 10));
  }
  for (std::size_t chunk = 1; chunk != 0;) {
    std::size_t line;
    while ((line = seen_.find("\r\n")) == std::string::npos) {
      if (!read_more()) return reply + take(seen_.size());
    }
    chunk = std::strtoul(seen_.c_str(), nullptr, 16);
    reply += take(line + 2 + chunk + 2);
  }
  return reply;
}

std::string HttpClient::read_to_end() {
  while (read_more()) {}
  return take(seen_.size());
}

}  // namespace signalbox::control::test
