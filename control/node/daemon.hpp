// The daemon: from the command line to the end of the process.
//
// One thread, the caller's, keeps the configuration: it waits for signals and for the configuration file to change, and brings what follows
// from them to the node. Source: spec/config.md 1.
#pragma once

namespace signalbox::control {

// What main() returns: 0, 1 when --check found something or the daemon could not start, 2 for a wrong command line.
int run_daemon(int argc, char** argv);

}  // namespace signalbox::control
