// The one HTTP request agentsim makes: is the node ready?
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace signalbox::bench {

/// Asks http://host:port/readyz until it says 200, `seconds` have passed or `interrupted` is set; false then, with the last answer in `answer`.
bool wait_until_ready(const std::string& host, std::uint16_t port, double seconds, const std::atomic<bool>& interrupted,
                      std::string& answer);

}  // namespace signalbox::bench
