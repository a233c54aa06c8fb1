// The texts of --print-config and --help.
//
// Threads: plain functions.
#pragma once

#include <string>
#include <vector>

#include "control/options/option_loader.hpp"

namespace signalbox::control {

// Effective values and where each comes from, as a configuration file that gives these values again. Passwords are not shown: they, values
// with '#' (which a file cannot hold) and environment variables stand in comments.
std::string print_config(const OptionLoader& loader);

std::string print_help();

}  // namespace signalbox::control
