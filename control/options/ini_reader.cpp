#include "control/options/ini_reader.hpp"

#include <algorithm>

namespace signalbox::control {
namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

class Reader {
 public:
  IniFile read(std::string_view text) {
    if (text.size() > kMaxIniBytes) {
      problem("file is larger than 1 MiB");
      return std::move(file_);
    }
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++line_;
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(file_);
  }

 private:
  void read_line(std::string_view line) {
    line = trim(line.substr(0, line.find('#')));
    if (line.empty()) return;
    if (std::any_of(line.begin(), line.end(), is_control)) return problem("control character in the line");
    if (line.front() == '[') return read_section(line);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return problem("expected [section], key = value or # comment");
    const std::string_view key = trim(line.substr(0, equals));
    if (key.empty()) return problem("no key before '='");
    if (section_broken_) return;
    file_.entries.push_back({section_, std::string(key), std::string(trim(line.substr(equals + 1))), line_});
  }

  // Keys behind a broken header belong to no known section: they are passed over, the header's problem stands for them.
  void read_section(std::string_view line) {
    section_broken_ = true;
    if (line.back() != ']') return problem("section header without ']' at its end");
    const std::string_view name = trim(line.substr(1, line.size() - 2));
    if (name.empty()) return problem("section without a name");
    section_ = name;
    section_broken_ = false;
  }

  void problem(std::string text) {
    if (file_.problems.size() == kMaxIniProblems) return;
    if (file_.problems.size() + 1 == kMaxIniProblems) text = "more problems from here on";
    file_.problems.push_back({std::max(line_, 1U), std::move(text)});
  }

  IniFile file_;
  std::string section_;
  bool section_broken_ = false;
  unsigned line_ = 0;
};

}  // namespace

IniFile read_ini(std::string_view text) { return Reader().read(text); }

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace signalbox::control
