// Brings defaults, configuration file, environment and command line together into Options, at start and on SIGHUP.
//
// The command line wins over the file, the file over the default. Unknown keys are warnings; a malformed line or a value out of its range
// refuses the whole load, and all of them are told at once, with file and line. A file that does not exist is no error at start.
// reload() takes over what may change while running (collectors and [CONFIGDB], spec/config.md 1.5); a change of anything else is a
// warning and waits for the next start. Unlike the incumbent, values of the command line stay in force, and a file that is broken or has
// gone changes nothing.
// Threads: one (the daemon's main thread); the Options it hands out are immutable and may go anywhere.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/options/command_line.hpp"
#include "control/options/host_facts.hpp"
#include "control/options/ini_reader.hpp"
#include "control/options/option_row.hpp"
#include "control/options/options.hpp"

namespace signalbox::control {

struct Diagnostic {
  bool error = false;  // else a warning
  std::string place;   // "/etc/x.conf:12", "command line", "environment"
  std::string text;

  // "/etc/x.conf:12: error: ..."
  std::string to_string() const;
};

// One row of --print-config.
struct EffectiveValue {
  const OptionRow* row = nullptr;
  std::string text;
  Source source = Source::kDefault;
  std::vector<unsigned> lines;  // kFile only
};

struct LoadReport {
  std::shared_ptr<const Options> options;  // null: refused, the errors say why
  std::vector<Diagnostic> diagnostics;

  bool ok() const { return options != nullptr; }
};

class OptionLoader {
 public:
  OptionLoader(CommandLine command_line, HostFacts host);

  LoadReport load();
  // Precondition: load() succeeded. When refused, options() stays what it was. Compare Options::collectors and Options::configdb with those
  // before to see what to do.
  LoadReport reload();

  const std::shared_ptr<const Options>& options() const { return options_; }
  // All rows of option_table(), then the environment variables that are set.
  const std::vector<EffectiveValue>& effective() const { return effective_; }
  const std::string& conf_file() const { return command_line_.conf_file; }
  bool conf_file_found() const { return conf_file_found_; }

 private:
  // What the file or the command line says about one row.
  struct Setting {
    std::vector<std::string> values;
    std::vector<unsigned> lines;
    Source source = Source::kFile;
  };
  using Settings = std::vector<std::optional<Setting>>;  // by row

  struct Gathered {
    Settings settings;
    bool file_found = false;
  };
  struct Built {
    Options options;
    std::vector<EffectiveValue> effective;
  };

  std::optional<Gathered> gather(std::vector<Diagnostic>& diagnostics, bool must_exist) const;
  void add_file(const IniFile& file, Settings& settings, std::vector<Diagnostic>& diagnostics) const;
  void add_command_line(Settings& settings, std::vector<Diagnostic>& diagnostics) const;
  void warn_unknown(const IniEntry& entry, std::vector<Diagnostic>& diagnostics) const;
  std::optional<Built> build(const Settings& settings, std::vector<Diagnostic>& diagnostics) const;
  void settle_listeners(Built& built, std::vector<Diagnostic>& diagnostics) const;
  EffectiveValue effective_value(const OptionRow& row, const std::optional<Setting>& setting, const Options& so_far) const;
  void add_environment(Built& built, std::vector<Diagnostic>& diagnostics) const;
  Settings merge(Settings next, const Built& built, std::vector<Diagnostic>& diagnostics) const;
  std::shared_ptr<const Options> take(Gathered gathered, Built built);
  std::string place(Source source, const std::vector<unsigned>& lines) const;
  std::string file_place(unsigned line) const;

  CommandLine command_line_;
  HostFacts host_;  // its first_address asks once and remembers
  bool conf_file_found_ = false;
  Settings settings_;
  std::vector<EffectiveValue> effective_;
  std::shared_ptr<const Options> options_;
};

}  // namespace signalbox::control
