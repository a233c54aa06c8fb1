#include "control/options/print_config.hpp"

#include <algorithm>
#include <string_view>

#include "control/options/command_line.hpp"
#include "control/options/option_table.hpp"

namespace signalbox::control {
namespace {

constexpr std::size_t kOriginColumn = 72;

std::string origin(const EffectiveValue& value, const std::string& conf_file) {
  switch (value.source) {
    case Source::kDefault: return "default";
    case Source::kComputed: return "computed";
    case Source::kEnvironment: return "environment";
    case Source::kCommandLine: return "command line";
    case Source::kFile: break;
  }
  std::string out = conf_file;
  for (std::size_t i = 0; i < value.lines.size(); ++i) out += (i == 0 ? ":" : ",") + std::to_string(value.lines[i]);
  return out;
}

// A default is no secret; neither is it that none is set.
bool hidden(const EffectiveValue& value) { return value.row->secret && value.source != Source::kDefault && !value.text.empty(); }

std::string value_line(const EffectiveValue& value, const std::string& conf_file) {
  const bool as_comment = hidden(value) || value.source == Source::kEnvironment || value.text.find('#') != std::string::npos;
  std::string line = as_comment ? "# " : "";
  line += value.row->key;
  line += " =";
  if (hidden(value)) {
    line += " (set, not shown)";
  } else if (!value.text.empty()) {
    line += " " + value.text;
  }
  line.resize(std::max(line.size() + 1, kOriginColumn), ' ');
  return line + "# " + origin(value, conf_file) + "\n";
}

std::string help_default(const OptionRow& row) {
  if (row.computed != nullptr) return "default: computed";
  if (row.default_text.empty()) return "default: empty";
  return "default: " + std::string(row.default_text);
}

void append_help(std::string& out, const OptionRow& row) {
  out += "  --" + std::string(row.section) + "." + std::string(row.key) + "\n      " + std::string(row.help) + "\n      ";
  out += allowed(row.kind, row.range) + "; " + help_default(row) + (row.reread ? "; re-read on SIGHUP" : "") + "\n";
}

}  // namespace

std::string print_config(const OptionLoader& loader) {
  std::string out = "# conf_file " + loader.conf_file() + (loader.conf_file_found() ? "" : " (does not exist)") + "\n";
  std::string_view section;
  for (const EffectiveValue& value : loader.effective()) {
    if (value.row->section != section) {
      section = value.row->section;
      out += value.source == Source::kEnvironment ? "\n# environment\n" : "\n[" + std::string(section) + "]\n";
    }
    out += value_line(value, loader.conf_file());
  }
  return out;
}

std::string print_help() {
  std::string out =
      "usage: signalbox [option]...\n"
      "Each option is also a key of the configuration file: --SECTION.key value is key = value in [SECTION].\n"
      "The command line wins. Flags need no value here.\n\n"
      "  --conf_file PATH\n      configuration file; it need not exist; default: ";
  out += kDefaultConfFile;
  out +=
      "\n  --check\n      read all configuration, say what is wrong with it, and end\n"
      "  --print-config\n      print effective values and where each comes from, and end\n"
      "  --version\n      print the version, and end\n"
      "  --help\n      print this, and end\n";
  std::string_view section;
  for (const OptionRow& row : option_table()) {
    if (row.section != section) {
      section = row.section;
      out += "\n[" + std::string(section) + "]\n";
    }
    append_help(out, row);
  }
  out += "\nenvironment\n";
  for (const OptionRow& row : environment_table()) {
    out += "  " + std::string(row.key) + "\n      " + std::string(row.help) + "; " + allowed(row.kind, row.range) + "\n";
  }
  return out;
}

}  // namespace signalbox::control
