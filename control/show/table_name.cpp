#include "control/show/table_name.hpp"

namespace signalbox::control {

std::string table_name(std::string_view instance, core::Family family) {
  const std::string suffix(core::info(family).table_suffix);
  return instance == bgp::kMasterInstanceName ? suffix : std::string(instance) + "." + suffix;
}

bool has_table(std::string_view instance, core::Family family) {
  return instance == bgp::kMasterInstanceName || family == core::Family::kInet || family == core::Family::kInet6;
}

std::optional<TableName> parse_table_name(std::string_view name) {
  for (unsigned f = 0; f < core::kFamilies; ++f) {
    const auto family = static_cast<core::Family>(f);
    const std::string_view suffix = core::info(family).table_suffix;
    if (name == suffix) return TableName{bgp::kMasterInstanceName, family};
    if (!name.ends_with(suffix) || name.size() <= suffix.size() + 1 || name[name.size() - suffix.size() - 1] != '.') continue;
    const std::string_view instance = name.substr(0, name.size() - suffix.size() - 1);
    if (instance != bgp::kMasterInstanceName && has_table(instance, family)) return TableName{std::string(instance), family};
  }
  return std::nullopt;
}

}  // namespace signalbox::control
