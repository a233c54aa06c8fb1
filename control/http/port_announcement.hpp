// Tells whoever started the process which port the HTTP server got.
//
// A test harness that asks for port 0 creates the fifo /tmp/<module>.<its pid>.http_port and reads the decimal number and a line feed from it
// (spec/introspect.md 1.1). No fifo there: nothing happens. Anything else of that name is left alone.
// Threads: any. Cost: one open and one write, neither blocks.
#pragma once

#include <cstdint>
#include <string>

namespace signalbox::control {

// True if somebody has been told.
bool announce_port(const std::string& fifo, std::uint16_t port);
// The fifo's name for this process's parent.
std::string port_fifo(const std::string& module);

}  // namespace signalbox::control
