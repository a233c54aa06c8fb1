// The JSON API under /api/v1/.
//
// Lists take `search` (regular expression), `limit` (default 100, at most 1000) and `cursor` (the `next` of the reply before; null at the end).
// Errors are {"error": text} with 400 or 404. GET changes nothing.
//   status, counters, tables, instances, sessions, problems
//   routes?table=&instance=&family=&prefix=&match=pattern|exact|longer|shorter&source=&protocol=
//   why?table=&prefix=     all paths of one route: which is best and why not the others, where it is copied and exported to
// Threads: the HTTP server's.
#pragma once

#include <string_view>

#include "control/http/page.hpp"

namespace signalbox::control {

inline constexpr std::string_view kApiPrefix = "/api/v1/";

// `name`: what follows the prefix. 404 for an unknown one.
void handle_api(const PageContext& context, std::string_view name, const Query& query, HttpReply reply);

// One file each.
void api_routes(const PageContext& context, const Query& query, HttpReply reply);
void api_why(const PageContext& context, const Query& query, HttpReply reply);
void api_status(const PageContext& context, const Query& query, HttpReply reply);

}  // namespace signalbox::control
