// Query strings: the ordinary kind for our own pages, and the incumbent's reading of introspect parameters.
//
// Threads: plain functions and values. Errors: nothing is refused, what makes no sense is left out. Source: spec/introspect.md 1.3.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::control {

// "%41" -> "A"; a '%' without two hex digits stays. A plus sign stays a plus sign.
std::string percent_decode(std::string_view text);
// Everything but letters, digits and -._~ as %XX.
std::string percent_encode(std::string_view text);

// name=value pairs of an ordinary query, decoded ('+' is a blank), the last of one name wins.
class Query {
 public:
  explicit Query(std::string_view text);
  // Empty when absent.
  const std::string& text(std::string_view name) const;
  // nullopt when absent or not a decimal number up to `max`.
  std::optional<std::uint64_t> number(std::string_view name, std::uint64_t max) const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

enum class ParameterType : std::uint8_t { kString, kBool, kI32, kU32 };

struct PageParameter {
  std::string_view name;
  ParameterType type = ParameterType::kString;
};

// Parameters of an introspect request by their place in the request's declaration.
class PageParameters {
 public:
  PageParameters() = default;
  PageParameters(std::span<const PageParameter> declared, std::string_view query);

  bool given(std::size_t at) const { return at < values_.size() && values_[at].has_value(); }
  // Decoded; empty when not given.
  const std::string& text(std::size_t at) const;
  // What strtoull would read of it, cut to 32 bits; 0 when not given.
  std::uint32_t number(std::size_t at) const;
  // A number other than 0, or "true".
  bool flag(std::size_t at) const;

 private:
  std::vector<std::optional<std::string>> values_;
};

}  // namespace signalbox::control
