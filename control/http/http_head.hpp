// The bytes of a reply: status line, headers, and the framing of its body.
//
// Threads: plain functions. Source: spec/introspect.md 1.4 (no Date, Server; Connection only when the connection ends).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/http/http_message.hpp"

namespace signalbox::control {

// Of the request, what shapes the reply.
struct ReplyForm {
  bool head = false;       // HEAD: no body
  bool keep_alive = true;  // false: say that the connection ends
  bool may_chunk = true;   // false (HTTP/1.0): chunks are sent as one body
};

// The pieces to send, in order. The views point into `response` and `storage`, which must stay as they are while the pieces are used.
std::vector<std::string_view> reply_pieces(const HttpResponse& response, const ReplyForm& form, std::vector<std::string>& storage);

// "OK", "Not Found" ...
std::string_view reason_phrase(unsigned status);

// A small plain-text reply, for errors.
HttpResponse text_response(unsigned status, std::string text);

}  // namespace signalbox::control
