#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "bench/roofline/measures.hpp"

namespace signalbox::bench {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// A process that reads all it gets on `count` connections to `port`, until the last is closed.
void read_all(std::uint16_t port, std::size_t count) {
  const int epoll = epoll_create1(0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = port;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (std::size_t i = 0; i < count; ++i) {
    const int s = ::socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0 || ::connect(s, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) _exit(1);
    fcntl(s, F_SETFL, O_NONBLOCK);
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.fd = s;
    epoll_ctl(epoll, EPOLL_CTL_ADD, s, &e);
  }
  std::vector<char> buffer(256 * 1024);
  std::vector<epoll_event> events(128);
  for (std::size_t open = count; open > 0;) {
    const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const ssize_t n = ::recv(events[i].data.fd, buffer.data(), buffer.size(), 0);
      if (n > 0 || (n < 0 && errno == EAGAIN)) continue;
      ::close(events[i].data.fd);
      --open;
    }
  }
  _exit(0);
}

/// The sender's ends of connections to a reader process.
class Readers {
 public:
  explicit Readers(std::size_t count) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (listener < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listener, 4096) != 0) fail("listen");
    getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
    process_ = fork();
    if (process_ < 0) fail("fork");
    if (process_ == 0) {
      ::close(listener);
      read_all(at.sin_port, count);
    }
    const int on = 1;
    while (sockets_.size() < count) {
      const int s = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (s < 0) fail("accept");
      setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      sockets_.push_back(s);
    }
    ::close(listener);
  }
  ~Readers() {
    for (const int s : sockets_) ::close(s);
    int status = 0;
    waitpid(process_, &status, 0);
  }
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  const std::vector<int>& sockets() const { return sockets_; }

 private:
  std::vector<int> sockets_;
  pid_t process_;
};

ssize_t send_piece(int socket, const char* data, std::size_t size) {
  iovec piece{const_cast<char*>(data), size};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

/// Sends `each` bytes to every socket in pieces of `shared.size()`; waits on epoll when none takes more.
void send_to_all(const std::vector<int>& sockets, const std::vector<char>& shared, std::size_t each) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::size_t> left(sockets.size(), each);
  std::vector<std::size_t> offset(sockets.size(), 0);
  std::size_t unfinished = sockets.size();
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    epoll_event e{};
    e.events = EPOLLOUT;
    e.data.u64 = i;
    epoll_ctl(epoll, EPOLL_CTL_ADD, sockets[i], &e);
  }
  std::vector<epoll_event> events(sockets.size());
  while (unfinished > 0) {
    const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int n = 0; n < ready; ++n) {
      const std::size_t i = events[static_cast<std::size_t>(n)].data.u64;
      const ssize_t sent = send_piece(sockets[i], shared.data() + offset[i], std::min(shared.size() - offset[i], left[i]));
      if (sent < 0 && errno != EAGAIN) fail("sendmsg");
      if (sent < 0) continue;
      left[i] -= static_cast<std::size_t>(sent);
      offset[i] = (offset[i] + static_cast<std::size_t>(sent)) % shared.size();
      if (left[i] > 0) continue;
      epoll_ctl(epoll, EPOLL_CTL_DEL, sockets[i], nullptr);
      --unfinished;
    }
  }
  ::close(epoll);
}

double median_of(int repeats, const std::function<double()>& measure) {
  std::vector<double> all;
  for (int i = 0; i < repeats; ++i) all.push_back(measure());
  return median(std::move(all));
}

}  // namespace

double thread_cpu_seconds() {
  struct rusage usage {};
  getrusage(RUSAGE_THREAD, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

double send_seconds_per_gb(std::size_t readers, std::size_t piece, std::size_t bytes, int repeats) {
  const std::vector<char> shared(piece, 'x');
  return median_of(repeats, [&] {
    const Readers all(readers);
    const std::size_t each = bytes / readers;
    const double before = thread_cpu_seconds();
    send_to_all(all.sockets(), shared, each);
    return (thread_cpu_seconds() - before) * 1e9 / static_cast<double>(each * readers);
  });
}

double send_us(std::size_t readers, std::size_t size, std::size_t count, int repeats) {
  const std::vector<char> shared(size, 'x');
  return median_of(repeats, [&] {
    const Readers all(readers);
    std::size_t refused = 0;
    const double before = thread_cpu_seconds();
    for (std::size_t i = 0; i < count; ++i) refused += send_piece(all.sockets()[i % readers], shared.data(), size) < 0;
    const double spent = thread_cpu_seconds() - before;
    if (refused * 20 > count) throw std::runtime_error("the readers do not keep up: no figure for small sends");
    return spent * 1e6 / static_cast<double>(count);
  });
}

}  // namespace signalbox::bench
