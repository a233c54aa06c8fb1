#include "control/options/option_loader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "control/options/option_table.hpp"
#include "core/log_line.hpp"

namespace signalbox::control {
namespace {

constexpr const char* kSyslogIdent = "contrail-control";  // spec/introspect.md 4.3

struct FileText {
  bool found = false;
  std::string text;
};

core::Error cannot_read(int number) { return core::error("cannot be read: " + std::generic_category().message(number)); }

// Reads at most a little more than read_ini() accepts, so that a device or a huge file is refused without being read whole.
core::Result<FileText> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  if (!file) {
    if (errno == ENOENT) return FileText{};
    return cannot_read(errno);
  }
  FileText out;
  out.found = true;
  std::array<char, 16384> piece;
  while (out.text.size() <= kMaxIniBytes) {
    const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get());
    if (got == 0) break;
    out.text.append(piece.data(), got);
  }
  if (std::ferror(file.get()) != 0) return cannot_read(errno);
  return out;
}

std::string name_of(std::string_view section, std::string_view key) { return "[" + std::string(section) + "] " + std::string(key); }

bool refused(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) { return d.error; });
}

// List values add up, of other repeated values the last one counts.
std::string joined(const OptionRow& row, const std::vector<std::string>& values) {
  if (row.kind != ValueKind::kEndpoints) return values.back();
  std::string out;
  for (const std::string& value : values) {
    if (!out.empty() && !value.empty()) out += ' ';
    out += value;
  }
  return out;
}

// "[SECTION] key = value: why", the value escaped.
std::string refusal(const OptionRow& row, std::string_view value, const core::Error& why) {
  std::string out = name_of(row.section, row.key) + " = ";
  core::log::append_value(out, value);
  return out + ": " + why.text;
}

}  // namespace

std::string Diagnostic::to_string() const { return place + (error ? ": error: " : ": warning: ") + text; }

OptionLoader::OptionLoader(CommandLine command_line, HostFacts host) : command_line_(std::move(command_line)), host_(std::move(host)) {
  host_.first_address = [ask = std::move(host_.first_address), answer = std::optional<std::string>()]() mutable {
    if (!answer) answer = ask();
    return *answer;
  };
}

LoadReport OptionLoader::load() {
  LoadReport report;
  std::optional<Gathered> gathered = gather(report.diagnostics, false);
  std::optional<Built> built;
  if (gathered) built = build(gathered->settings, report.diagnostics);
  if (built) report.options = take(std::move(*gathered), std::move(*built));
  return report;
}

LoadReport OptionLoader::reload() {
  LoadReport report;
  std::optional<Gathered> next = gather(report.diagnostics, conf_file_found_);
  std::optional<Built> built;
  if (next) built = build(next->settings, report.diagnostics);
  if (!built) return report;
  next->settings = merge(std::move(next->settings), *built, report.diagnostics);
  // Each value has been accepted before, but kept and new ones meet here for the first time.
  std::vector<Diagnostic> said;
  std::optional<Built> merged = build(next->settings, said);
  if (merged) {
    report.options = take(std::move(*next), std::move(*merged));
  } else {
    report.diagnostics.insert(report.diagnostics.end(), said.begin(), said.end());
  }
  return report;
}

std::shared_ptr<const Options> OptionLoader::take(Gathered gathered, Built built) {
  settings_ = std::move(gathered.settings);
  conf_file_found_ = gathered.file_found;
  effective_ = std::move(built.effective);
  options_ = std::make_shared<const Options>(std::move(built.options));
  return options_;
}

std::optional<OptionLoader::Gathered> OptionLoader::gather(std::vector<Diagnostic>& diagnostics, bool must_exist) const {
  const core::Result<FileText> file = read_file(command_line_.conf_file);
  if (!file) {
    diagnostics.push_back({true, command_line_.conf_file, file.error().text});
    return std::nullopt;
  }
  if (!file->found && must_exist) {
    diagnostics.push_back({true, command_line_.conf_file, "the file has gone"});
    return std::nullopt;
  }
  Gathered gathered{Settings(option_table().size()), file->found};
  add_file(read_ini(file->text), gathered.settings, diagnostics);
  add_command_line(gathered.settings, diagnostics);
  return gathered;
}

void OptionLoader::add_file(const IniFile& file, Settings& settings, std::vector<Diagnostic>& diagnostics) const {
  for (const IniProblem& problem : file.problems) diagnostics.push_back({true, file_place(problem.line), problem.text});
  for (const IniEntry& entry : file.entries) {
    const auto at = find_option(entry.section, entry.key);
    if (!at) {
      warn_unknown(entry, diagnostics);
      continue;
    }
    const OptionRow& row = option_table()[*at];
    if (const auto parsed = parse_value(row.kind, row.range, entry.value); !parsed) {
      diagnostics.push_back({true, file_place(entry.line), refusal(row, entry.value, parsed.error())});
      continue;
    }
    std::optional<Setting>& setting = settings[*at];
    if (setting && row.kind != ValueKind::kEndpoints) {
      diagnostics.push_back({false, file_place(entry.line),
                             name_of(row.section, row.key) + " replaces the value of line " + std::to_string(setting->lines.back())});
      setting.reset();
    }
    if (!setting) setting = Setting{{}, {}, Source::kFile};
    setting->values.push_back(entry.value);
    setting->lines.push_back(entry.line);
  }
}

void OptionLoader::warn_unknown(const IniEntry& entry, std::vector<Diagnostic>& diagnostics) const {
  std::string text = "unknown key ";
  core::log::append_value(text, name_of(entry.section, entry.key));
  text += " is ignored";
  for (const OptionRow& row : option_table()) {
    if (row.key == entry.key) text += "; it belongs in [" + std::string(row.section) + "]";
  }
  diagnostics.push_back({false, file_place(entry.line), std::move(text)});
}

void OptionLoader::add_command_line(Settings& settings, std::vector<Diagnostic>& diagnostics) const {
  for (const CommandLine::Given& given : command_line_.given) {
    const OptionRow& row = option_table()[given.row];
    if (const auto parsed = parse_value(row.kind, row.range, given.value); !parsed) {
      diagnostics.push_back({true, place(Source::kCommandLine, {}), refusal(row, given.value, parsed.error())});
      continue;
    }
    std::optional<Setting>& setting = settings[given.row];
    if (!setting || setting->source != Source::kCommandLine) setting = Setting{{}, {}, Source::kCommandLine};
    setting->values.push_back(given.value);
  }
}

std::optional<OptionLoader::Built> OptionLoader::build(const Settings& settings, std::vector<Diagnostic>& diagnostics) const {
  Built built;
  built.options.log.ident = kSyslogIdent;
  const auto table = option_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const OptionRow& row = table[i];
    EffectiveValue value = effective_value(row, settings[i], built.options);
    if (const auto parsed = parse_value(row.kind, row.range, value.text)) {
      row.store(built.options, *parsed, value.source);
    } else {
      diagnostics.push_back({true, place(value.source, value.lines), refusal(row, value.text, parsed.error())});
    }
    built.effective.push_back(std::move(value));
  }
  add_environment(built, diagnostics);
  settle_listeners(built, diagnostics);
  if (refused(diagnostics)) return std::nullopt;
  return built;
}

// Two listeners cannot share a port; the one nobody asked for gives way.
void OptionLoader::settle_listeners(Built& built, std::vector<Diagnostic>& diagnostics) const {
  XmppOptions& xmpp = built.options.xmpp;
  if (xmpp.tls_port == 0 || xmpp.tls_port != xmpp.port) return;
  const std::string_view at_fault = xmpp.tls_port_given ? "xmpp_tls_port" : "xmpp_server_port";
  const EffectiveValue value = built.effective[*find_option("DEFAULT", at_fault)];
  std::string text = name_of("DEFAULT", at_fault) + " = " + value.text + ": xmpp_server_port and xmpp_tls_port must differ";
  if (!xmpp.tls_port_given) {
    text += "; there will be no second listener";
    xmpp.tls_port = 0;
    EffectiveValue& tls_port = built.effective[*find_option("DEFAULT", "xmpp_tls_port")];
    tls_port.text = "0";
    tls_port.source = Source::kComputed;
  }
  diagnostics.push_back({xmpp.tls_port_given, place(value.source, value.lines), std::move(text)});
}

EffectiveValue OptionLoader::effective_value(const OptionRow& row, const std::optional<Setting>& setting, const Options& so_far) const {
  if (setting) return {&row, joined(row, setting->values), setting->source, setting->lines};
  if (row.computed != nullptr) return {&row, row.computed(host_, so_far), Source::kComputed, {}};
  return {&row, std::string(row.default_text), Source::kDefault, {}};
}

void OptionLoader::add_environment(Built& built, std::vector<Diagnostic>& diagnostics) const {
  for (const OptionRow& row : environment_table()) {
    std::optional<std::string> text = host_.environment(std::string(row.key));
    if (!text) continue;
    if (const auto parsed = parse_value(row.kind, row.range, *text)) {
      row.store(built.options, *parsed, Source::kEnvironment);
    } else {
      std::string what(row.key);
      what += " = ";
      core::log::append_value(what, *text);
      diagnostics.push_back({true, place(Source::kEnvironment, {}), what + ": " + parsed.error().text});
    }
    built.effective.push_back({&row, std::move(*text), Source::kEnvironment, {}});
  }
}

OptionLoader::Settings OptionLoader::merge(Settings next, const Built& built, std::vector<Diagnostic>& diagnostics) const {
  const auto table = option_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const EffectiveValue& value = built.effective[i];
    if (table[i].reread || value.text == effective_[i].text) continue;
    diagnostics.push_back({false, place(value.source, value.lines),
                           name_of(table[i].section, table[i].key) + " has changed; it takes effect at the next start"});
    next[i] = settings_[i];
  }
  return next;
}

std::string OptionLoader::place(Source source, const std::vector<unsigned>& lines) const {
  switch (source) {
    case Source::kFile: return file_place(lines.back());
    case Source::kCommandLine: return "command line";
    case Source::kEnvironment: return "environment";
    case Source::kComputed: return "computed default";
    case Source::kDefault: break;
  }
  return "default";
}

std::string OptionLoader::file_place(unsigned line) const { return command_line_.conf_file + ":" + std::to_string(line); }

}  // namespace signalbox::control
