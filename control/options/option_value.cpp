#include "control/options/option_value.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace signalbox::control {
namespace {

constexpr std::array<std::string_view, 4> kTrueWords = {"1", "true", "yes", "on"};
constexpr std::array<std::string_view, 4> kFalseWords = {"0", "false", "no", "off"};
constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kLongestHost = 253;  // RFC 1035 section 2.3.4, less the root's dot

template <std::size_t N>
bool among(std::string_view text, const std::array<std::string_view, N>& words) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(words.begin(), words.end(), lower) != words.end();
}

std::optional<bool> parse_flag(std::string_view text) {
  if (among(text, kTrueWords)) return true;
  if (among(text, kFalseWords)) return false;
  return std::nullopt;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7F; });
}

bool is_host(std::string_view text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_'; };
  if (text.empty() || text.size() > kLongestHost || !std::all_of(text.begin(), text.end(), fits)) return false;
  // Only digits and dots: meant as an address, so it must be one.
  return text.find_first_not_of("0123456789.") != std::string_view::npos || core::IpAddress::parse_v4(text).has_value();
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = core::parse_number(text, 65535);
  if (!port || *port == 0) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

std::optional<Endpoint> parse_v6_endpoint(std::string_view entry, std::uint16_t default_port) {
  const std::size_t close = entry.find(']');
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view host = entry.substr(1, close - 1);
  const auto address = core::IpAddress::parse(host);
  if (!address || !address->v6) return std::nullopt;
  const std::string_view rest = entry.substr(close + 1);
  if (rest.empty()) return Endpoint{std::string(host), default_port};
  const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  return Endpoint{std::string(host), *port};
}

std::optional<Endpoint> parse_endpoint(std::string_view entry, std::uint16_t default_port) {
  if (entry.starts_with('[')) return parse_v6_endpoint(entry, default_port);
  const std::size_t colon = entry.find(':');
  const std::string_view host = entry.substr(0, colon);
  if (!is_host(host)) return std::nullopt;
  if (colon == std::string_view::npos) return Endpoint{std::string(host), default_port};
  const auto port = parse_port(entry.substr(colon + 1));
  if (!port) return std::nullopt;
  return Endpoint{std::string(host), *port};
}

std::optional<std::vector<Endpoint>> parse_endpoints(std::string_view text, std::uint16_t default_port) {
  std::vector<Endpoint> out;
  for (std::size_t at = text.find_first_not_of(kBlanks); at != std::string_view::npos; at = text.find_first_not_of(kBlanks, at)) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    auto endpoint = parse_endpoint(text.substr(at, end - at), default_port);
    if (!endpoint) return std::nullopt;
    out.push_back(std::move(*endpoint));
    at = end;
  }
  return out;
}

template <class T>
core::Result<Value> value_or_refusal(std::optional<T> parsed, ValueKind kind, ValueRange range) {
  if (parsed) return Value(std::move(*parsed));
  return core::error("must be " + allowed(kind, range));
}

std::optional<std::uint64_t> parse_in_range(std::string_view text, ValueRange range) {
  const auto number = core::parse_number(text, range.most);
  if (!number || *number < range.least) return std::nullopt;
  return number;
}

std::optional<std::string> text_if(bool accepted, std::string_view text) {
  if (!accepted) return std::nullopt;
  return std::string(text);
}

std::string log_level_names() {
  std::string out;
  for (std::size_t i = 0; i < core::log::kLevels; ++i) {
    if (i > 0) out += i + 1 == core::log::kLevels ? " or " : ", ";
    out += core::log::to_string(static_cast<core::log::Level>(i));
  }
  return out;
}

}  // namespace

std::string Endpoint::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool is_flag_word(std::string_view text) { return parse_flag(text).has_value(); }

core::Result<Value> parse_value(ValueKind kind, ValueRange range, std::string_view text) {
  switch (kind) {
    case ValueKind::kFlag: return value_or_refusal(parse_flag(text), kind, range);
    case ValueKind::kNumber: return value_or_refusal(parse_in_range(text, range), kind, range);
    case ValueKind::kName: return value_or_refusal(text_if(is_name(text), text), kind, range);
    case ValueKind::kAddress: return value_or_refusal(core::IpAddress::parse(text), kind, range);
    case ValueKind::kEndpoints: return value_or_refusal(parse_endpoints(text, static_cast<std::uint16_t>(range.most)), kind, range);
    case ValueKind::kLogLevel: return value_or_refusal(core::log::parse_level(text), kind, range);
    case ValueKind::kFacility: return value_or_refusal(text_if(core::log::is_syslog_facility(text), text), kind, range);
    case ValueKind::kPresence: return Value(true);
    case ValueKind::kText: break;
  }
  return value_or_refusal(text_if(is_one_line(text), text), kind, range);
}

std::string allowed(ValueKind kind, ValueRange range) {
  switch (kind) {
    case ValueKind::kFlag: return "1, 0, true, false, yes, no, on or off";
    case ValueKind::kNumber: return "a number from " + std::to_string(range.least) + " to " + std::to_string(range.most);
    case ValueKind::kName: return "a name without blanks";
    case ValueKind::kAddress: return "an IPv4 or IPv6 address";
    case ValueKind::kEndpoints:
      return "host:port entries separated by blanks, port 1 to 65535 (" + std::to_string(range.most) + " when left out)";
    case ValueKind::kLogLevel: return log_level_names();
    case ValueKind::kFacility: return "a syslog facility, such as LOG_DAEMON or LOG_LOCAL0 to LOG_LOCAL7";
    case ValueKind::kPresence: return "anything";
    case ValueKind::kText: break;
  }
  return "text without control characters";
}

}  // namespace signalbox::control
