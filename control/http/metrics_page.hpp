// /metrics: counters in the Prometheus text exposition format 0.0.4.
//
// Threads: plain functions, except handle_metrics (HTTP server's thread).
#pragma once

#include <string>

#include "control/http/http_server.hpp"
#include "control/http/page.hpp"

namespace signalbox::control {

// Families with their HELP and TYPE lines, samples in the order given. Label values and help texts are escaped.
std::string metrics_text(const Counters& families);
// The HTTP server's own counters, and the process's CPU time, memory and descriptors.
Counters http_counters(const HttpCounters& counters);
Counters process_counters();

// The source's counters, then those of the server and the process.
void handle_metrics(const PageContext& context, const HttpCounters& http, HttpReply reply);

}  // namespace signalbox::control
