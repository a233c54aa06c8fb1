// Diagnostic: something wrong with the configuration, in words, with the object it concerns. For --check, /readyz and the log.
//
// Threads: plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "configdb/file_source.hpp"
#include "configdb/object.hpp"

namespace signalbox::ifmap {

enum class Severity : std::uint8_t {
  kWarning,  // may be as meant: a reference to an object that is still to come, no object for this host
  kError,    // something that is written has no effect, or not the effect it asks for
};

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string object;  // "virtual-network:default-domain:demo:blue"; empty: the configuration as a whole
  std::string uuid;    // empty: none
  configdb::SourcePosition where;
  std::string text;

  bool operator==(const Diagnostic&) const = default;
};

std::string_view to_string(Severity severity);

// "FILE:LINE:COLUMN: error: OBJECT (UUID): TEXT", what is not known left out; `file` may be empty.
std::string to_text(const Diagnostic& diagnostic, std::string_view file);

Diagnostic to_diagnostic(const configdb::Quarantined& row);

}  // namespace signalbox::ifmap
