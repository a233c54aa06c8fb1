// The daemon's command line: --SECTION.key value, --SECTION.key=value, and the few options that have no place in the file.
//
// Flags need no value; a following word of a flag (1, 0, true ...) is taken as one. A list may be given several times; of any other option the
// last one counts. Source: spec/config.md 1.1.
// Threads: plain function. Errors: Result; unknown options and stray words are refused.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace signalbox::control {

inline constexpr const char* kDefaultConfFile = "/etc/contrail/contrail-control.conf";

struct CommandLine {
  struct Given {
    std::size_t row;  // in option_table()
    std::string value;
  };

  std::string conf_file = kDefaultConfFile;
  bool check = false;         // --check
  bool print_config = false;  // --print-config
  bool version = false;       // --version
  bool help = false;          // --help, -h
  std::vector<Given> given;   // in the order of the words
};

// `words`: argv without the program's name.
core::Result<CommandLine> parse_command_line(std::span<const char* const> words);

}  // namespace signalbox::control
