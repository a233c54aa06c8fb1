#include "ifmap-compat/diagnostic.hpp"

#include <algorithm>

namespace signalbox::ifmap {

std::string_view to_string(Severity severity) { return severity == Severity::kError ? "error" : "warning"; }

std::string to_text(const Diagnostic& d, std::string_view file) {
  std::string text(file);
  if (d.where.known()) {
    if (!text.empty()) text += ':';
    text += std::to_string(d.where.line) + ":" + std::to_string(d.where.column);
  }
  if (!text.empty()) text += ": ";
  text += to_string(d.severity);
  text += ": ";
  if (!d.object.empty()) text += d.object;
  if (!d.uuid.empty()) text += (d.object.empty() ? "(" : " (") + d.uuid + ")";
  if (!d.object.empty() || !d.uuid.empty()) text += ": ";
  return text + d.text;
}

Diagnostic to_diagnostic(const configdb::Quarantined& row) {
  Diagnostic d;
  std::string type = row.type;
  std::replace(type.begin(), type.end(), '_', '-');
  if (!type.empty() || !row.name.empty()) d.object = type + ":" + row.name;
  d.uuid = row.uuid;
  d.where = row.where;
  d.text = row.column.empty() ? row.reason : "column " + row.column + " " + row.reason;
  d.text += row.last_good_in_force ? "; the row is kept out, its last good version stays" : "; the row is kept out";
  return d;
}

}  // namespace signalbox::ifmap
