#include "control/http/url_query.hpp"

#include <algorithm>

#include "core/net.hpp"

namespace signalbox::control {
namespace {

const std::string kEmpty;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Calls f for each piece between separators that is not empty.
template <class F>
void for_each_piece(std::string_view text, char separator, F&& f) {
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0) f(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// "name=value=more" -> name, value; nullopt without a value. Empty pieces do not count.
std::optional<std::pair<std::string_view, std::string_view>> name_and_value(std::string_view token) {
  std::vector<std::string_view> pieces;
  for_each_piece(token, '=', [&](std::string_view piece) { pieces.push_back(piece); });
  if (pieces.size() < 2) return std::nullopt;
  return std::pair(pieces[0], pieces[1]);
}

}  // namespace

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high << 4 | low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

Query::Query(std::string_view text) {
  for_each_piece(text, '&', [this](std::string_view token) {
    const auto equals = std::min(token.find('='), token.size());
    std::string value(token.substr(std::min(equals + 1, token.size())));
    std::replace(value.begin(), value.end(), '+', ' ');
    pairs_.emplace_back(percent_decode(token.substr(0, equals)), percent_decode(value));
  });
}

const std::string& Query::text(std::string_view name) const {
  const auto found = std::find_if(pairs_.rbegin(), pairs_.rend(), [name](const auto& pair) { return pair.first == name; });
  return found == pairs_.rend() ? kEmpty : found->second;
}

std::optional<std::uint64_t> Query::number(std::string_view name, std::uint64_t max) const { return core::parse_number(text(name), max); }

PageParameters::PageParameters(std::span<const PageParameter> declared, std::string_view query) : values_(declared.size()) {
  std::size_t tokens = 0;
  for_each_piece(query, '&', [&](std::string_view token) {
    if (tokens++ >= declared.size()) return;
    const auto pair = name_and_value(token);
    if (!pair) return;
    const auto field = std::find_if(declared.begin(), declared.end(),
                                    [&](const PageParameter& p) { return pair->first.substr(0, p.name.size()) == p.name; });
    const auto at = field == declared.end() ? 0 : static_cast<std::size_t>(field - declared.begin());
    values_[at] = percent_decode(pair->second);
  });
}

const std::string& PageParameters::text(std::size_t at) const { return given(at) ? *values_[at] : kEmpty; }

std::uint32_t PageParameters::number(std::size_t at) const {
  std::uint64_t value = 0;
  for (const char c : text(at)) {
    if (c < '0' || c > '9') break;
    value = std::min<std::uint64_t>(value * 10 + static_cast<unsigned>(c - '0'), 0xffffffff);
  }
  return static_cast<std::uint32_t>(value);
}

bool PageParameters::flag(std::size_t at) const { return number(at) != 0 || text(at) == "true"; }

}  // namespace signalbox::control
