// signalboxctl config: puts an export into a configuration database, takes one from it, compares both.
//
// Threads: one; blocks.
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace signalbox::control {

// Adds the subcommand; its callbacks set `status`: 0 done (diff: no difference), 1 differences, 2 it could not be done.
void add_config_command(CLI::App& app, int& status);

}  // namespace signalbox::control
