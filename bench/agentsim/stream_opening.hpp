// How an agent opens its stream (spec/xmpp.md 1.3, 1.5). No sockets: bytes in, bytes out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace signalbox::bench {

class StreamOpening {
 public:
  enum class Step {
    kAwaitReply,
    kAwaitFeatures,  // STARTTLS only
    kAwaitProceed,   // STARTTLS only
    kStartTls,       // the caller runs the TLS handshake, then calls tls_ready()
    kUp,
    kFailed,
  };

  StreamOpening(std::string name, bool starttls) : name_(std::move(name)), starttls_(starttls) {}

  /// Bytes to send first, on a new connection.
  std::string start();
  /// Bytes to send first inside TLS.
  std::string tls_ready();
  /// Takes what was received; returns how many bytes are used up, and appends what to send to `out`. Call again with the rest
  /// until nothing is used.
  std::size_t feed(std::string_view data, std::string& out);

  Step step() const { return step_; }

 private:
  std::string header() const;
  std::size_t feed_reply(std::string_view data, std::string& out);

  std::string name_;
  Step step_ = Step::kAwaitReply;
  bool starttls_;
};

/// The whitespace keepalive (spec/xmpp.md 1.7).
inline constexpr std::string_view kKeepalive = "\xC8\x80";

}  // namespace signalbox::bench
