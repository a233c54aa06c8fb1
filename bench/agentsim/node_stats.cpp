#include "bench/agentsim/node_stats.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <cctype>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "bench/agentsim/clock.hpp"

namespace signalbox::bench {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::uint64_t status_number(const std::string& status, const std::string& name) {
  const auto at = status.find("\n" + name + ":");
  return at == std::string::npos ? 0 : std::strtoull(status.c_str() + at + name.size() + 2, nullptr, 10);
}

/// Inode of the listening socket, as /proc/net/tcp tells; 0 when there is none.
std::uint64_t listening_inode(std::uint32_t address, std::uint16_t port) {
  std::ifstream file("/proc/net/tcp");
  std::uint64_t wildcard = 0;
  for (std::string line; std::getline(file, line);) {
    unsigned local = 0, local_port = 0, state = 0;
    unsigned long inode = 0;
    if (std::sscanf(line.c_str(), " %*d: %8X:%4X %*8X:%*4X %2X %*s %*s %*s %*u %*d %lu", &local, &local_port, &state, &inode) != 4)
      continue;
    if (state != 0x0A || local_port != port) continue;
    if (local == address) return inode;
    if (local == 0) wildcard = inode;
  }
  return wildcard;
}

bool holds_socket(const std::filesystem::path& process, const std::string& socket) {
  std::error_code error;
  for (const auto& fd : std::filesystem::directory_iterator(process / "fd", error)) {
    const auto target = std::filesystem::read_symlink(fd.path(), error);
    if (!error && target == socket) return true;
    error.clear();
  }
  return false;
}

}  // namespace

NodeStats::NodeStats(int pid) : pid_(pid), has_clock_(pid > 0 && clock_getcpuclockid(pid, &clock_) == 0) {}

std::optional<std::int64_t> NodeStats::cpu_ns() const {
  struct timespec t;
  if (!has_clock_ || clock_gettime(clock_, &t) != 0) return std::nullopt;
  return t.tv_sec * kSecond + t.tv_nsec;
}

std::optional<NodeSample> NodeStats::sample() const {
  const auto cpu = cpu_ns();
  if (!cpu) return std::nullopt;
  const std::string base = "/proc/" + std::to_string(pid_);
  const std::string status = read_file(base + "/status");
  const std::string stat = read_file(base + "/stat");
  const auto after_name = stat.rfind(')');
  if (status.empty() || after_name == std::string::npos) return std::nullopt;
  unsigned long user = 0, system = 0;
  std::sscanf(stat.c_str() + after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  NodeSample s;
  s.cpu_ns = *cpu;
  s.user_seconds = static_cast<double>(user) / ticks;
  s.system_seconds = static_cast<double>(system) / ticks;
  s.rss_kb = status_number(status, "VmRSS");
  s.peak_rss_kb = status_number(status, "VmHWM");
  s.threads = static_cast<std::uint32_t>(status_number(status, "Threads"));
  return s;
}

void NodeStats::reset_peak() const {
  if (pid_ <= 0) return;
  std::ofstream("/proc/" + std::to_string(pid_) + "/clear_refs") << "5";
}

std::optional<int> NodeStats::find_listener(const std::string& host, std::uint16_t port) {
  struct in_addr address {};
  if (inet_pton(AF_INET, host.c_str(), &address) != 1) return std::nullopt;
  const std::uint64_t inode = listening_inode(address.s_addr, port);
  if (inode == 0) return std::nullopt;
  const std::string socket = "socket:[" + std::to_string(inode) + "]";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (std::isdigit(static_cast<unsigned char>(name.front())) && holds_socket(entry.path(), socket)) return std::stoi(name);
  }
  return std::nullopt;
}

}  // namespace signalbox::bench
