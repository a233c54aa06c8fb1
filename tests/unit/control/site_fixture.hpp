// A Site over a HandMadeSource, without sockets: get() runs what the site posts until the reply is there.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "control/http/site.hpp"
#include "tests/unit/control/hand_made_source.hpp"

namespace signalbox::control::test {

class SiteFixture {
 public:
  explicit SiteFixture(SiteOptions options = {})
      : site_(
            source, [this](std::function<void()> work) { queue_.push_back(std::move(work)); }, std::move(options)) {}

  HttpResponse request(const std::string& method, const std::string& target) {
    const auto mark = target.find('?');
    HttpRequest request{method, target.substr(0, mark), mark == std::string::npos ? "" : target.substr(mark + 1)};
    std::optional<HttpResponse> response;
    site_.handle(request, [&response](HttpResponse r) {
      if (response) throw std::logic_error("answered twice");
      response = std::move(r);
    });
    while (!queue_.empty()) {
      auto work = std::move(queue_.front());
      queue_.pop_front();
      work();
    }
    if (!response) throw std::logic_error("no answer to " + target);
    return std::move(*response);
  }
  HttpResponse get(const std::string& target) { return request("GET", target); }
  // The document as a client sees it, chunks joined.
  std::string body(const std::string& target) {
    const HttpResponse response = get(target);
    std::string text = response.body;
    for (const auto& chunk : response.chunks) text += chunk;
    return text;
  }

  HandMadeSource source;

 private:
  std::deque<std::function<void()>> queue_;
  Site site_;
};

}  // namespace signalbox::control::test
