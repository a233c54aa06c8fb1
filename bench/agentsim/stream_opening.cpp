#include "bench/agentsim/stream_opening.hpp"

namespace signalbox::bench {
namespace {

constexpr std::string_view kStreams = "http://etherx.jabber.org/streams";
constexpr std::string_view kStartTlsStanza = "<?xml version=\"1.0\"?>\n<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" />\n";
constexpr std::size_t kMaxHeader = 8192;

}  // namespace

std::string StreamOpening::header() const {
  std::string s = "<stream:stream from=\"";
  s.append(name_).append("\" to=\"network-control@contrailsystems.com\" version=\"1.0\" xml:lang=\"en\" xmlns=\"\" xmlns:stream=\"");
  return s.append(kStreams).append("\" >");
}

std::string StreamOpening::start() {
  step_ = Step::kAwaitReply;
  return header();
}

std::string StreamOpening::tls_ready() {
  starttls_ = false;
  step_ = Step::kAwaitReply;
  return header();
}

std::size_t StreamOpening::feed(std::string_view data, std::string& out) {
  if (data.size() > kMaxHeader) data = data.substr(0, kMaxHeader);
  switch (step_) {
    case Step::kAwaitReply: return feed_reply(data, out);
    case Step::kAwaitFeatures: {
      constexpr std::string_view kEnd = "</stream:features>";
      const auto at = data.find(kEnd);
      if (at == std::string_view::npos) break;
      step_ = data.substr(0, at).find("urn:ietf:params:xml:ns:xmpp-tls") == std::string_view::npos ? Step::kFailed : Step::kAwaitProceed;
      out.append(kStartTlsStanza);
      return at + kEnd.size();
    }
    case Step::kAwaitProceed: {
      const auto begin = data.find("<proceed");
      const auto end = begin == std::string_view::npos ? begin : data.find("/>", begin);
      if (end == std::string_view::npos) break;
      step_ = Step::kStartTls;
      return data.size();  // filler after it belongs to nobody (1.5)
    }
    case Step::kStartTls:
    case Step::kUp:
    case Step::kFailed: return 0;
  }
  if (data.size() == kMaxHeader) step_ = Step::kFailed;
  return 0;
}

std::size_t StreamOpening::feed_reply(std::string_view data, std::string& out) {
  const auto url = data.find(kStreams);
  const auto close = url == std::string_view::npos ? url : data.find('>', url);
  if (close == std::string_view::npos) {
    if (data.size() == kMaxHeader) step_ = Step::kFailed;
    return 0;
  }
  if (data.substr(0, url).find("<stream:stream") == std::string_view::npos) {
    step_ = Step::kFailed;
    return 0;
  }
  step_ = starttls_ ? Step::kAwaitFeatures : Step::kUp;
  if (!starttls_) out.append(kKeepalive);
  return close + 1;
}

}  // namespace signalbox::bench
