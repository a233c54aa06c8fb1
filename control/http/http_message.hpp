// Requests and replies as the pages see them. No sockets, no HTTP library.
//
// Threads: plain values; HttpReply may be called from any thread.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::control {

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // "/Snh_ShowRouteReq", as sent
  std::string query;   // what follows the first '?', as sent (not decoded)
};

// One reply. `chunks` non-empty: sent as one HTTP chunk each (spec/introspect.md 1.4) and `body` is not used.
struct HttpResponse {
  unsigned status = 200;
  std::string content_type;                                  // empty: no such header
  std::vector<std::pair<std::string, std::string>> headers;  // further ones, after Content-Type
  std::string body;
  std::vector<std::string> chunks;
};

// Sends the reply. The first call counts; later ones, and those after the connection's end, have no effect.
using HttpReply = std::function<void(HttpResponse)>;
// Answers a request by calling `reply`, now or later. Called on the HTTP server's thread.
using HttpHandler = std::function<void(const HttpRequest&, HttpReply)>;
// Runs a function on the HTTP server's thread, never at once. Any thread; once the server has stopped the function is dropped.
using Post = std::function<void(std::function<void()>)>;

}  // namespace signalbox::control
