#include "ifmap-compat/file_config.hpp"

#include <algorithm>
#include <tuple>

namespace signalbox::ifmap {

std::vector<Diagnostic> FileConfig::diagnostics() const {
  std::vector<Diagnostic> all;
  for (const configdb::Quarantined& row : source_.quarantined()) all.push_back(to_diagnostic(row));
  const std::size_t rows = all.size();
  graph_.diagnose(all);
  snapshot_.diagnose(all);
  for (std::size_t i = rows; i < all.size(); ++i) {
    if (const auto uuid = configdb::Uuid::parse(all[i].uuid)) all[i].where = source_.where(*uuid);
  }
  const auto key = [](const Diagnostic& d) { return std::tie(d.where.line, d.where.column, d.object, d.uuid, d.text); };
  std::sort(all.begin(), all.end(), [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  // Several instances of a network note what is wrong with it.
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace signalbox::ifmap
