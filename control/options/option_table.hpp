// The one list of all options (spec/config.md 1, and ours).
//
// Threads: constant data, live for the whole program.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "control/options/option_row.hpp"

namespace signalbox::control {

// Keys of the configuration file and the command line, by section. Rows with a computed default come after those it depends on.
std::span<const OptionRow> option_table();

// Environment variables (spec/config.md 1.6), in rows whose section is "environment". Those listed there and not here steer what this
// program does not have: CONFIG_NUM_WORKERS, CONTRAIL_CONFIG_ASSERT_ON_PARSE_ERROR, TBB_*, buffer sizes, DB_ITERATION_TO_YIELD.
std::span<const OptionRow> environment_table();

// Index in option_table().
std::optional<std::size_t> find_option(std::string_view section, std::string_view key);

}  // namespace signalbox::control
