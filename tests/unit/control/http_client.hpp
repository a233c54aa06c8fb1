// A blocking HTTP client on a loopback socket, for bytes that no proper client would send. Gives up after 20 s.
#pragma once

#include <cstdint>
#include <string>

namespace signalbox::control::test {

class HttpClient {
 public:
  // Throws std::runtime_error when there is no connection. `receive_buffer`: size of the kernel's buffer, 0 = default.
  explicit HttpClient(std::uint16_t port, int receive_buffer = 0);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(const std::string& bytes);
  // One reply with Content-Length or chunks, head and body, exactly as sent; less if the connection ends.
  std::string read_reply();
  // Everything up to the end of the connection.
  std::string read_to_end();
  int descriptor() const { return fd_; }

 private:
  bool read_more();
  std::string take(std::size_t size);

  int fd_;
  std::string seen_;
};

}  // namespace signalbox::control::test
