#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "bench/roofline/measures.hpp"

namespace signalbox::bench {
namespace {

constexpr std::size_t kAsked = 1600;    // a publish and a collection
constexpr std::size_t kRelayed = 1250;  // a message with one item
constexpr int kPauseMs = 20;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

/// A TCP connection over loopback: both ends.
std::pair<int, int> connection() {
  const int listener = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  checked(::bind(listener, reinterpret_cast<sockaddr*>(&at), size), "bind");
  checked(::listen(listener, 1), "listen");
  getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
  const int near = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  checked(::connect(near, reinterpret_cast<sockaddr*>(&at), size), "connect");
  const int far = checked(::accept(listener, nullptr, nullptr), "accept");
  ::close(listener);
  const int on = 1;
  for (const int s : {near, far}) setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return {near, far};
}

/// Waits on epoll, as an event loop does, and reads; false at the end of the connection.
class Waiter {
 public:
  explicit Waiter(int socket) : socket_(socket), epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll")) {
    epoll_event e{};
    e.events = EPOLLIN;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &e);
  }
  ~Waiter() { ::close(epoll_); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  bool read() {
    epoll_event e{};
    epoll_wait(epoll_, &e, 1, -1);
    return ::recv(socket_, buffer_.data(), buffer_.size(), 0) > 0;
  }

 private:
  int socket_;
  int epoll_;
  std::vector<char> buffer_ = std::vector<char>(64 * 1024);
};

/// A process that answers whoever asks and then tells the other.
pid_t start_relay(int asker, int other) {
  const pid_t process = checked(fork(), "fork");
  if (process != 0) return process;
  const std::vector<char> answer(kRelayed, 'x');
  for (Waiter waiter(asker); waiter.read();) {
    if (::send(asker, answer.data(), answer.size(), MSG_NOSIGNAL) < 0 || ::send(other, answer.data(), answer.size(), MSG_NOSIGNAL) < 0)
      break;
  }
  _exit(0);
}

}  // namespace

double relay_us(std::size_t count) {
  const auto [asker, asker_far] = connection();
  const auto [other, other_far] = connection();
  const pid_t relay = start_relay(asker_far, other_far);
  ::close(asker_far);
  ::close(other_far);
  std::thread reader([asker = asker] {
    for (Waiter waiter(asker); waiter.read();) {}
  });
  const std::vector<char> question(kAsked, 'x');
  std::vector<double> times;
  Waiter waiter(other);
  for (std::size_t i = 0; i < count; ++i) {
    ::poll(nullptr, 0, kPauseMs);  // the point is what a message costs that comes alone
    const auto before = std::chrono::steady_clock::now();
    if (::send(asker, question.data(), question.size(), MSG_NOSIGNAL) < 0 || !waiter.read()) break;
    times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before).count());
  }
  ::shutdown(asker, SHUT_RDWR);
  reader.join();
  ::close(asker);
  ::close(other);
  waitpid(relay, nullptr, 0);
  if (times.size() < count) throw std::runtime_error("the relay did not answer");
  return median(std::move(times));
}

}  // namespace signalbox::bench
