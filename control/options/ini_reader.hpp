// Reads the text of a configuration file: [sections], key = value lines, '#' comments. Knows no key.
//
// Grammar (spec/config.md 1.1): '#' starts a comment anywhere in a line, also inside a value; blanks around names and values do not count; a
// key is what stands before the first '='; CR LF ends a line as LF does; a byte order mark at the start is skipped. Everything else is
// a problem with its line, and reading goes on, so that one run tells all of them.
// Threads: plain function. Cost: copies keys and values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::control {

struct IniEntry {
  std::string section;  // "" before the first section
  std::string key;
  std::string value;  // "" for "key ="
  unsigned line = 0;  // from 1
};

struct IniProblem {
  unsigned line = 0;
  std::string text;
};

struct IniFile {
  std::vector<IniEntry> entries;     // in file order
  std::vector<IniProblem> problems;  // empty: the file is well-formed; at most kMaxIniProblems, the last then says that there are more
};

inline constexpr std::size_t kMaxIniBytes = 1024 * 1024;
inline constexpr std::size_t kMaxIniProblems = 20;

IniFile read_ini(std::string_view text);

// `text` without blanks, tabs and carriage returns at both ends.
std::string_view trim(std::string_view text);

}  // namespace signalbox::control
