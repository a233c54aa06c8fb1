#include "bgp/peer/socket_options.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace signalbox::bgp {
namespace {

core::Status set(int fd, int level, int option, const void* value, socklen_t size, const char* name) {
  if (::setsockopt(fd, level, option, value, size) == 0) return {};
  return core::error(std::string(name) + ": " + std::generic_category().message(errno));
}

}  // namespace

core::Status set_md5_key(int fd, const core::IpAddress& peer, std::string_view key) {
  tcp_md5sig signature{};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(peer.v4());
  std::memcpy(&signature.tcpm_addr, &address, sizeof address);
  signature.tcpm_keylen = static_cast<__u16>(std::min<std::size_t>(key.size(), TCP_MD5SIG_MAXKEYLEN));
  std::memcpy(signature.tcpm_key, key.data(), signature.tcpm_keylen);
  const core::Status status = set(fd, IPPROTO_TCP, TCP_MD5SIG, &signature, sizeof signature, "TCP_MD5SIG");
  // There was no key to end.
  if (!status && key.empty() && errno == ENOENT) return {};
  return status;
}

core::Status set_dscp(int fd, unsigned dscp) {
  const int traffic_class = static_cast<int>(dscp << 2);
  return set(fd, IPPROTO_IP, IP_TOS, &traffic_class, sizeof traffic_class, "IP_TOS");
}

}  // namespace signalbox::bgp
