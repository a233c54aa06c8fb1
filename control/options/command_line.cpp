#include "control/options/command_line.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "control/options/option_table.hpp"
#include "core/log_line.hpp"

namespace signalbox::control {
namespace {

core::Error refused(std::string_view word, std::string_view why) {
  std::string text = "command line: ";
  core::log::append_value(text, word);
  text += ": ";
  text += why;
  return core::error(std::move(text));
}

class Parser {
 public:
  explicit Parser(std::span<const char* const> words) : words_(words) {}

  core::Result<CommandLine> parse() {
    while (at_ < words_.size()) {
      if (core::Status taken = take(words_[at_++]); !taken) return taken.error();
    }
    return std::move(out_);
  }

 private:
  core::Status take(std::string_view word) {
    if (word == "-h") word = "--help";
    if (!word.starts_with("--")) return refused(word, "not an option");
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(2, equals == std::string_view::npos ? equals : equals - 2);
    std::optional<std::string_view> value;
    if (equals != std::string_view::npos) value = word.substr(equals + 1);
    if (name == "conf_file") return take_conf_file(word, value);
    if (bool* wanted = action(name)) {
      if (value) return refused(word, "takes no value");
      *wanted = true;
      return {};
    }
    return take_option(word, name, value);
  }

  bool* action(std::string_view name) {
    if (name == "check") return &out_.check;
    if (name == "print-config") return &out_.print_config;
    if (name == "version") return &out_.version;
    if (name == "help") return &out_.help;
    return nullptr;
  }

  core::Status take_conf_file(std::string_view word, std::optional<std::string_view> value) {
    if (!value) value = next_word();
    if (!value || value->empty()) return refused(word, "needs the path of a file");
    out_.conf_file = *value;
    return {};
  }

  core::Status take_option(std::string_view word, std::string_view name, std::optional<std::string_view> value) {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return refused(word, "unknown option, see --help");
    const auto row = find_option(name.substr(0, dot), name.substr(dot + 1));
    if (!row) return refused(word, "unknown option, see --help");
    const OptionRow& option = option_table()[*row];
    if (!value && option.kind == ValueKind::kFlag) value = next_flag_word();
    if (!value) value = next_word();
    if (!value) return refused(word, "needs a value: " + allowed(option.kind, option.range));
    out_.given.push_back({*row, std::string(*value)});
    return {};
  }

  std::optional<std::string_view> next_word() {
    if (at_ == words_.size() || std::string_view(words_[at_]).starts_with("--")) return std::nullopt;
    return words_[at_++];
  }

  std::string_view next_flag_word() {
    if (at_ < words_.size() && is_flag_word(words_[at_])) return words_[at_++];
    return "1";
  }

  std::span<const char* const> words_;
  std::size_t at_ = 0;
  CommandLine out_;
};

}  // namespace

core::Result<CommandLine> parse_command_line(std::span<const char* const> words) { return Parser(words).parse(); }

}  // namespace signalbox::control
