#include "configdb/json_reader.hpp"

#include <cstring>

namespace signalbox::configdb {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101ull;
constexpr std::uint64_t kHighs = 0x8080808080808080ull;

// Marks bytes of `word` that end a run of plain characters: quote, backslash, control characters, non-ASCII.
std::uint64_t special_bytes(std::uint64_t word) {
  const auto zero_byte = [](std::uint64_t w) { return (w - kOnes) & ~w; };
  return (zero_byte(word ^ kOnes * '"') | zero_byte(word ^ kOnes * '\\') | (word - kOnes * 0x20) | word) & kHighs;
}

// The first character from `p` on that is not plain.
const char* plain_run(const char* p, const char* end) {
  while (end - p >= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    // Borrows can mark a byte above a real mark, never below it, so only a word without marks is passed over.
    if (special_bytes(word) != 0) break;
    p += 8;
  }
  while (p != end && *p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20 && static_cast<unsigned char>(*p) < 0x80) ++p;
  return p;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

int hex4(const char* p) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = p[i];
    int d = 0;
    if (digit(c)) {
      d = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      d = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      d = c - 'A' + 10;
    } else {
      return -1;
    }
    value = value << 4 | d;
  }
  return value;
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

// Replaces the escapes of [from, to), which JsonReader::skip_string found right.
void unescape(const char* from, const char* to, std::string& out) {
  out.clear();
  while (from != to) {
    const auto* backslash = static_cast<const char*>(std::memchr(from, '\\', static_cast<std::size_t>(to - from)));
    if (backslash == nullptr) backslash = to;
    out.append(from, backslash);
    from = backslash;
    if (from == to) break;
    const char c = from[1];
    from += 2;
    switch (c) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        auto code = static_cast<std::uint32_t>(hex4(from));
        from += 4;
        if (code >= 0xd800 && code <= 0xdbff) {
          code = 0x10000 + ((code - 0xd800) << 10) + (static_cast<std::uint32_t>(hex4(from + 2)) - 0xdc00);
          from += 6;
        }
        append_utf8(out, code);
        break;
      }
      default: out += c;
    }
  }
}

}  // namespace

const char* json_kind_text(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull: return "null";
    case JsonKind::kBoolean: return "a boolean";
    case JsonKind::kNumber: return "a number";
    case JsonKind::kString: return "a text";
    case JsonKind::kArray: return "a list";
    case JsonKind::kObject: return "an object";
    case JsonKind::kNone: break;
  }
  return "no value";
}

bool JsonReader::fail(const char* what) {
  if (error_ == nullptr) error_ = what;
  return false;
}

void JsonReader::skip_space() {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
}

JsonKind JsonReader::kind() {
  if (!ok()) return JsonKind::kNone;
  skip_space();
  if (at_ == end_) return JsonKind::kNone;
  switch (*at_) {
    case 'n': return JsonKind::kNull;
    case 't':
    case 'f': return JsonKind::kBoolean;
    case '"': return JsonKind::kString;
    case '[': return JsonKind::kArray;
    case '{': return JsonKind::kObject;
    default: return *at_ == '-' || digit(*at_) ? JsonKind::kNumber : JsonKind::kNone;
  }
}

bool JsonReader::literal(std::string_view word) {
  if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0) {
    return fail("neither true, false nor null");
  }
  at_ += word.size();
  return true;
}

bool JsonReader::null() { return kind() == JsonKind::kNull ? literal("null") : fail("null expected"); }

bool JsonReader::boolean(bool& value) {
  if (kind() != JsonKind::kBoolean) return fail("true or false expected");
  value = *at_ == 't';
  return literal(value ? "true" : "false");
}

bool JsonReader::number(std::string_view& text) {
  if (kind() != JsonKind::kNumber) return fail("a number expected");
  const char* p = at_;
  const auto digits = [&] {
    const char* from = p;
    while (p != end_ && digit(*p)) ++p;
    return p != from;
  };
  if (*p == '-') ++p;
  if (p != end_ && *p == '0') {
    ++p;
  } else if (!digits()) {
    return fail("a number without digits");
  }
  if (p != end_ && *p == '.') {
    ++p;
    if (!digits()) return fail("a number without digits after its point");
  }
  if (p != end_ && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p != end_ && (*p == '+' || *p == '-')) ++p;
    if (!digits()) return fail("a number without digits in its exponent");
  }
  text = {at_, static_cast<std::size_t>(p - at_)};
  at_ = p;
  return true;
}

bool JsonReader::skip_utf8() {
  const auto byte = [this](std::ptrdiff_t i) { return static_cast<unsigned char>(at_[i]); };
  const unsigned char lead = byte(0);
  const int size = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (size == 0 || end_ - at_ < size) return fail("invalid UTF-8");
  for (int i = 1; i < size; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return fail("invalid UTF-8");
  }
  // Shortest form only, no surrogates, nothing above U+10FFFF (RFC 3629 section 4).
  const unsigned char second = byte(1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
      (lead == 0xf4 && second > 0x8f)) {
    return fail("invalid UTF-8");
  }
  at_ += size;
  return true;
}

bool JsonReader::skip_escape() {
  if (end_ - at_ < 2) return fail("a text without an end");
  if (std::strchr("\"\\/bfnrt", at_[1]) != nullptr && at_[1] != 0) {
    at_ += 2;
    return true;
  }
  if (at_[1] != 'u') return fail("an unknown escape");
  const int first = end_ - at_ >= 6 ? hex4(at_ + 2) : -1;
  if (first < 0) return fail("an escape \\u without four digits");
  if (first >= 0xdc00 && first <= 0xdfff) return fail("half a surrogate pair");
  if (first < 0xd800 || first > 0xdfff) {
    at_ += 6;
    return true;
  }
  const int second = end_ - at_ >= 12 && at_[6] == '\\' && at_[7] == 'u' ? hex4(at_ + 8) : -1;
  if (second < 0xdc00 || second > 0xdfff) return fail("half a surrogate pair");
  at_ += 12;
  return true;
}

// Precondition: at the opening quote.
bool JsonReader::skip_string() {
  ++at_;
  for (;;) {
    at_ = plain_run(at_, end_);
    if (at_ == end_) return fail("a text without an end");
    if (*at_ == '"') {
      ++at_;
      return true;
    }
    if (*at_ == '\\') {
      if (!skip_escape()) return false;
    } else if (static_cast<unsigned char>(*at_) < 0x20) {
      return fail("a control character in a text");
    } else if (!skip_utf8()) {
      return false;
    }
  }
}

bool JsonReader::string(std::string_view& value, std::string& scratch) {
  if (kind() != JsonKind::kString) return fail("a text expected");
  const char* const from = at_ + 1;
  if (!skip_string()) return false;
  const char* const to = at_ - 1;
  value = {from, static_cast<std::size_t>(to - from)};
  if (value.find('\\') == std::string_view::npos) return true;
  unescape(from, to, scratch);
  value = scratch;
  return true;
}

// Precondition: at the opening bracket.
bool JsonReader::enter() {
  if (depth_ == kMaxDepth) return fail("nested too deep");
  ++at_;
  first_[depth_++] = true;
  return true;
}

bool JsonReader::enter_object() { return kind() == JsonKind::kObject ? enter() : fail("an object expected"); }
bool JsonReader::enter_array() { return kind() == JsonKind::kArray ? enter() : fail("a list expected"); }

// To the next element of the innermost object or list; false at its end and on error.
bool JsonReader::next(char close) {
  if (!ok() || depth_ == 0) return false;
  skip_space();
  if (at_ == end_) return fail("the text ends too early");
  if (*at_ == close) {
    ++at_;
    --depth_;
    return false;
  }
  bool& first = first_[depth_ - 1];
  if (!first) {
    if (*at_ != ',') return fail(close == '}' ? "',' or '}' expected" : "',' or ']' expected");
    ++at_;
  }
  first = false;
  return true;
}

bool JsonReader::next_element() { return next(']'); }

bool JsonReader::next_member(std::string_view& key) {
  if (!next('}')) return false;
  if (!string(key, key_)) return false;
  skip_space();
  if (at_ == end_ || *at_ != ':') return fail("':' expected");
  ++at_;
  return true;
}

bool JsonReader::skip() {
  const unsigned outer = depth_;
  std::array<char, kMaxDepth> close{};
  do {
    if (depth_ > outer) {
      const unsigned inner = depth_;
      const char end = close[inner - 1];
      if (!next(end)) {
        if (!ok()) return false;
        continue;
      }
      if (end == '}') {
        if (kind() != JsonKind::kString) return fail("a text expected");
        if (!skip_string()) return false;
        skip_space();
        if (at_ == end_ || *at_ != ':') return fail("':' expected");
        ++at_;
      }
    }
    switch (const JsonKind k = kind()) {
      case JsonKind::kObject:
      case JsonKind::kArray:
        if (!enter()) return false;
        close[depth_ - 1] = k == JsonKind::kObject ? '}' : ']';
        break;
      case JsonKind::kString:
        if (!skip_string()) return false;
        break;
      case JsonKind::kNumber: {
        std::string_view text;
        if (!number(text)) return false;
        break;
      }
      case JsonKind::kBoolean:
        if (!literal(*at_ == 't' ? "true" : "false")) return false;
        break;
      case JsonKind::kNull:
        if (!literal("null")) return false;
        break;
      case JsonKind::kNone: return fail(at_ == end_ ? "the text ends too early" : "no value where one is expected");
    }
  } while (depth_ > outer);
  return true;
}

std::string_view JsonReader::raw() {
  if (kind() == JsonKind::kNone) {
    fail(at_ == end_ ? "the text ends too early" : "no value where one is expected");
    return {};
  }
  const char* const from = at_;
  if (!skip()) return {};
  return {from, static_cast<std::size_t>(at_ - from)};
}

bool JsonReader::finish() {
  if (!ok()) return false;
  skip_space();
  return at_ == end_ || fail("more text after the value");
}

}  // namespace signalbox::configdb
