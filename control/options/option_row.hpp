// What is known about one option: its name, kind, default, range, help and the member of Options it fills.
//
// option_table.cpp lists them all; reading, --help and --print-config need nothing else.
// Threads: constant data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "control/options/option_value.hpp"
#include "control/options/options.hpp"

namespace signalbox::control {

struct HostFacts;

// Where an effective value comes from.
enum class Source : std::uint8_t { kDefault, kComputed, kEnvironment, kFile, kCommandLine };

struct OptionRow {
  std::string_view section;
  std::string_view key;
  ValueKind kind = ValueKind::kText;
  ValueRange range{};               // kNumber: the numbers allowed; kEndpoints: the port of an entry that names none
  std::string_view default_text{};  // as it would stand in the file
  bool reread = false;              // SIGHUP takes a new value over
  bool secret = false;              // --print-config does not show it
  std::string_view help{};
  // The default where it depends on the machine or on rows further up; used instead of default_text.
  std::string (*computed)(const HostFacts& host, const Options& so_far) = nullptr;
  void (*store)(Options& options, const Value& value, Source source) = nullptr;
};

}  // namespace signalbox::control
