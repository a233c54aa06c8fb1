// /healthz and /readyz, for whoever restarts the process and whoever sends agents to it.
//
// Threads: the HTTP server's.
#pragma once

#include "control/http/page.hpp"

namespace signalbox::control {

// Turns longer ago than this mean that a shard hangs (they come round at least every 50 ms).
inline constexpr Microseconds kStuckAfter = 5'000'000;

// 200 while every shard turns, else 503: {"status": "ok" | "stuck", "shards": [{"shard": 0, "age_seconds": 0.02}]}.
HttpResponse health_response(const std::vector<ShardTurn>& turns, Microseconds now);

// 200 when agents are served, else 503: {"ready": false, "missing": [{"what": "self", "detail": ..., "age_seconds": 12.3}],
// "impaired": [...], "config_problems": {"count": 1, "first": [...]}}. Objects that are kept out do not make the node unready.
HttpResponse ready_response(const ReadyReport& report, Microseconds now);

void handle_ready(const PageContext& context, HttpReply reply);

}  // namespace signalbox::control
