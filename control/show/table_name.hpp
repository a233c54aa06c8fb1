// Names of tables as introspect, scripts and people say them: "<instance>.inet.0", for the default instance "inet.0", "bgp.l3vpn.0".
// Threads: pure functions. Source: spec/introspect.md 2.6.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bgp/config.hpp"
#include "core/family.hpp"

namespace signalbox::control {

struct TableName {
  std::string instance;
  core::Family family = core::Family::kInet;
};

std::string table_name(std::string_view instance, core::Family family);
std::optional<TableName> parse_table_name(std::string_view name);
// Whether an instance has such a table: VPN and labelled ones are the default instance's alone.
bool has_table(std::string_view instance, core::Family family);

}  // namespace signalbox::control
