// The configuration file with any bytes: the reader neither crashes nor loses its bounds, and what is loaded from it prints as a file that
// loads as the same options.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "control/options/ini_reader.hpp"
#include "control/options/print_config.hpp"

namespace {

using namespace signalbox::control;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

HostFacts host() {
  HostFacts facts;
  facts.hostname = "cn1";
  facts.first_address = [] { return std::string("192.0.2.1"); };
  facts.environment = [](const std::string&) { return std::optional<std::string>(); };
  return facts;
}

// A file without a name that OptionLoader can open; it is kept for the whole run.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("ini_fuzz", 0)), path_("/proc/self/fd/" + std::to_string(fd_)) { require(fd_ >= 0, "memfd_create"); }
  void set(std::string_view text) const {
    require(ftruncate(fd_, 0) == 0, "ftruncate");
    require(pwrite(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()), "pwrite");
  }
  const std::string& path() const { return path_; }

 private:
  int fd_;
  std::string path_;
};

void check_reader(std::string_view text) {
  const IniFile file = read_ini(text);
  unsigned last = 0;
  for (const IniEntry& entry : file.entries) {
    require(!entry.key.empty() && trim(entry.key) == entry.key && trim(entry.value) == entry.value, "trimmed");
    require(entry.key.find('=') == std::string::npos && entry.value.find('#') == std::string::npos, "divided");
    require(entry.line > last, "one entry a line");
    last = entry.line;
  }
  require(file.problems.size() <= kMaxIniProblems, "bounded problems");
}

void check_load(std::string_view text) {
  static const MemoryFile file;
  file.set(text);
  CommandLine line;
  line.conf_file = file.path();
  OptionLoader first(line, host());
  const LoadReport report = first.load();
  if (!report.ok()) {
    require(!report.diagnostics.empty(), "a refusal is explained");
    return;
  }
  std::string printed = print_config(first);
  for (const EffectiveValue& value : first.effective()) {
    // Passwords are not printed.
    if (value.row->secret && value.source == Source::kFile) printed += "\n[CONFIGDB]\n" + std::string(value.row->key) + " = " + value.text;
  }
  file.set(printed);
  OptionLoader second(line, host());
  const LoadReport again = second.load();
  require(again.ok(), "what is printed loads");
  Options want = *report.options;
  want.xmpp.tls_port_given = true;
  require(*second.options() == want, "what is printed loads as the same options");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_reader(text);
  check_load(text);
  return 0;
}
