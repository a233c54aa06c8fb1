// JSON -> packed values.
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "configdb/json_reader.hpp"
#include "configdb/row_parser.hpp"
#include "ifmap-compat/packed.hpp"

namespace signalbox::ifmap {
namespace {

using configdb::JsonKind;
using configdb::JsonReader;

constexpr std::size_t kMostMembers = 32;
constexpr std::size_t kDateTimeSize = 19;

void put_integer(std::string& out, std::int64_t n) {
  put_number(out, static_cast<std::uint64_t>(n) << 1 ^ static_cast<std::uint64_t>(n >> 63));
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out.append(text);
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// What a JSON text means to a reader of C strings.
std::string_view up_to_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

// As strtoull reads: blanks before and behind, a sign, digits; a number that is too large is the largest, nothing at all is 0.
bool read_decimal(std::string_view text, bool& negative, std::uint64_t& magnitude) {
  text = trimmed(up_to_nul(text));
  negative = !text.empty() && text.front() == '-';
  const bool sign = !text.empty() && (text.front() == '-' || text.front() == '+');
  if (sign) text.remove_prefix(1);
  magnitude = 0;
  if (text.empty()) return !sign;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), magnitude);
  if (ec == std::errc::result_out_of_range) {
    magnitude = std::numeric_limits<std::uint64_t>::max();
    negative = false;
  }
  return ec != std::errc::invalid_argument && end == text.data() + text.size();
}

bool between(int low, int value, int high) { return low <= value && value <= high; }

int two_digits(std::string_view text, std::size_t at) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -100; };
  return 10 * digit(at) + digit(at + 1);
}

// "YYYY-MM-DDThh:mm:ss" of a day that every month has, so that nothing needs to be carried over.
bool is_plain_date_time(std::string_view t) {
  return t.size() >= kDateTimeSize && t[4] == '-' && t[7] == '-' && t[10] == 'T' && t[13] == ':' && t[16] == ':' &&
         between(10, two_digits(t, 0), 99) && between(0, two_digits(t, 2), 99) && between(1, two_digits(t, 5), 12) &&
         between(1, two_digits(t, 8), 28) && between(0, two_digits(t, 11), 23) && between(0, two_digits(t, 14), 59) &&
         between(0, two_digits(t, 17), 59);
}

// Reads one value; the first violation ends it.
class Packer {
 public:
  explicit Packer(std::string& out) : out_(out), size_before_(out.size()) {}

  core::Status result() {
    if (violation_.empty()) return {};
    out_.resize(size_before_);
    return core::error(path_.empty() ? violation_ : path_ + ": " + violation_);
  }

  bool member(const Member& schema, std::string_view json) {
    if (!schema.list) return single(schema, json);
    JsonReader in(json);
    if (in.kind() != JsonKind::kArray) return violate_kind(in, "a list");
    return elements(schema, in);
  }

  bool element_texts(const Member& wrapper, std::span<const std::string_view> texts) {
    const Member& schema = wrapper.complex->members.front();
    put_number(out_, texts.size());
    const Path path(*this, schema.name);
    for (const std::string_view json : texts) {
      if (!single(schema, json)) return false;
    }
    return path.leave();
  }

 private:
  // The path of members down to the one being read; left only when that was right, so that a violation can name it.
  class Path {
   public:
    Path(Packer& packer, std::string_view name) : packer_(packer), size_(packer.path_.size()) {
      if (size_ != 0) packer.path_ += '.';
      packer.path_ += name;
    }
    bool leave() const {
      packer_.path_.resize(size_);
      return true;
    }

   private:
    Packer& packer_;
    std::size_t size_;
  };

  bool violate(std::string what) {
    if (violation_.empty()) violation_ = std::move(what);
    return false;
  }
  bool violate_kind(JsonReader& in, const char* expected) {
    return violate(std::string("is ") + json_kind_text(in.kind()) + ", " + expected + " is expected");
  }

  bool elements(const Member& schema, JsonReader& in) {
    std::size_t count = 0;
    JsonReader counter = in;
    for (counter.enter_array(); counter.next_element(); counter.skip()) ++count;
    put_number(out_, count);
    in.enter_array();
    while (in.next_element()) {
      if (!single(schema, in.raw())) return false;
    }
    return true;
  }

  bool single(const Member& schema, std::string_view json) {
    JsonReader in(json);
    switch (schema.kind) {
      case ValueKind::kString: return text(in);
      case ValueKind::kInteger: return integer(in);
      case ValueKind::kBoolean: return boolean(in);
      case ValueKind::kUnsigned: return unsigned_long(in);
      case ValueKind::kDateTime: return date_time(in);
      case ValueKind::kTime: return time_of_day(in);
      case ValueKind::kComplex: return complex(*schema.complex, in);
      case ValueKind::kZero: put_number(out_, 0); return true;
    }
    return false;
  }

  bool complex(const ComplexType& type, JsonReader& in) {
    std::array<std::string_view, kMostMembers> values;
    if (in.kind() != JsonKind::kNull) {
      if (in.kind() != JsonKind::kObject) return violate_kind(in, "an object");
      collect(type, in, values);
    }
    for (std::size_t i = 0; i < type.members.size(); ++i) {
      const Member& schema = type.members[i];
      if (values[i].empty()) {
        put_default(schema);
        continue;
      }
      const Path path(*this, schema.name);
      if (!member(schema, values[i])) return false;
      path.leave();
    }
    return true;
  }

  // Members mostly come in the order of the schema.
  static void collect(const ComplexType& type, JsonReader& in, std::array<std::string_view, kMostMembers>& values) {
    const std::size_t count = type.members.size();
    std::size_t next = 0;
    in.enter_object();
    for (std::string_view key; in.next_member(key);) {
      std::size_t i = next, tried = 0;
      while (tried < count && type.members[i].name != key) {
        ++tried;
        i = i + 1 == count ? 0 : i + 1;
      }
      if (tried == count || in.kind() == JsonKind::kNull) {
        in.skip();
        continue;
      }
      values[i] = in.raw();
      next = i + 1 == count ? 0 : i + 1;
    }
  }

  void put_default(const Member& schema) {
    if (schema.list) return put_number(out_, 0);
    switch (schema.kind) {
      case ValueKind::kString: return put_text(out_, schema.default_text);
      case ValueKind::kInteger: return put_integer(out_, schema.default_number);
      case ValueKind::kBoolean: out_ += static_cast<char>(schema.default_number); return;
      case ValueKind::kUnsigned:
      case ValueKind::kZero: return put_number(out_, 0);
      case ValueKind::kDateTime: return put_text(out_, "1970-01-01T00:00:00");
      case ValueKind::kTime: return put_text(out_, "00:00:00");
      case ValueKind::kComplex:
        for (const Member& m : schema.complex->members) put_default(m);
        return;
    }
  }

  std::string_view string_of(JsonReader& in) {
    std::string_view value;
    in.string(value, scratch_);
    return value;
  }
  static std::string_view number_of(JsonReader& in) {
    std::string_view value;
    in.number(value);
    return value;
  }
  static bool flag_of(JsonReader& in) {
    bool value = false;
    in.boolean(value);
    return value;
  }

  bool text(JsonReader& in) {
    switch (in.kind()) {
      case JsonKind::kString: put_text(out_, up_to_nul(string_of(in))); return true;
      case JsonKind::kNumber: put_text(out_, number_text(number_of(in))); return true;
      case JsonKind::kBoolean: put_text(out_, flag_of(in) ? "true" : "false"); return true;
      case JsonKind::kNull: put_text(out_, "null"); return true;  // of a list's element; a member that is null does not come here
      default: return violate_kind(in, "a text");
    }
  }

  // Integers of up to 64 bits as they are, anything else with six significant digits.
  std::string number_text(std::string_view number) {
    const bool negative = number.front() == '-';
    std::uint64_t magnitude = 0;
    const char* const digits = number.data() + (negative ? 1 : 0);
    const char* const end = number.data() + number.size();
    const auto [last, ec] = std::from_chars(digits, end, magnitude);
    if (last == end && ec == std::errc() && (!negative || magnitude <= std::uint64_t{1} << 63)) {
      return (negative && magnitude != 0 ? "-" : "") + std::to_string(magnitude);
    }
    char rounded[32];
    std::snprintf(rounded, sizeof rounded, "%g", std::strtod(std::string(number).c_str(), nullptr));
    return rounded;
  }

  bool integer(JsonReader& in) {
    std::string_view written;
    bool negative = false;
    std::uint64_t magnitude = 0;
    constexpr std::uint64_t kWide = std::uint64_t{1} << 32;
    if (in.kind() == JsonKind::kString) {
      written = string_of(in);
      if (!read_decimal(written, negative, magnitude)) return violate_integer(written);
      if (magnitude >= kWide || (negative && magnitude > kWide / 2)) {
        magnitude = (negative ? -magnitude : magnitude) & (kWide - 1);
        negative = false;
      }
    } else if (in.kind() == JsonKind::kNumber) {
      written = number_of(in);
      const bool whole = written.find_first_of(".eE") == std::string_view::npos && read_decimal(written, negative, magnitude);
      if (!whole || magnitude >= kWide || (negative && magnitude > kWide / 2)) return violate_integer(written);
    } else {
      return violate_kind(in, "an integer");
    }
    put_integer(out_, negative ? -static_cast<std::int64_t>(magnitude) : static_cast<std::int64_t>(magnitude));
    return true;
  }

  bool unsigned_long(JsonReader& in) {
    std::string_view written;
    bool negative = false;
    std::uint64_t magnitude = 0;
    if (in.kind() == JsonKind::kString) {
      written = string_of(in);
      if (!read_decimal(written, negative, magnitude)) return violate_integer(written);
    } else if (in.kind() == JsonKind::kNumber) {
      written = number_of(in);
      const auto [end, ec] = std::from_chars(written.data(), written.data() + written.size(), magnitude);
      if (ec != std::errc() || end != written.data() + written.size()) return violate_integer(written);
    } else {
      return violate_kind(in, "an integer");
    }
    put_number(out_, negative ? -magnitude : magnitude);
    return true;
  }

  bool violate_integer(std::string_view written) { return violate("\"" + configdb::excerpt(written) + "\" is no integer"); }

  bool boolean(JsonReader& in) {
    if (in.kind() == JsonKind::kBoolean) {
      out_ += static_cast<char>(flag_of(in));
    } else if (in.kind() == JsonKind::kString) {
      out_ += static_cast<char>(string_of(in) == "true");
    } else {
      return violate_kind(in, "true or false");
    }
    return true;
  }

  bool date_time(JsonReader& in) {
    if (in.kind() != JsonKind::kString) return violate_kind(in, "a date and time");
    const std::string_view written = trimmed(up_to_nul(string_of(in)));
    if (is_plain_date_time(written)) {
      put_text(out_, written.substr(0, kDateTimeSize));
      return true;
    }
    return other_time(written, "%FT%T");
  }

  bool time_of_day(JsonReader& in) {
    if (in.kind() != JsonKind::kString) return violate_kind(in, "a time");
    return other_time(trimmed(up_to_nul(string_of(in))), "%T");
  }

  bool other_time(std::string_view written, const char* format) {
    std::tm tm{};
    tm.tm_year = 70;
    tm.tm_mday = 1;
    if (!written.empty() && ::strptime(std::string(written).c_str(), format, &tm) == nullptr) {
      return violate("\"" + configdb::excerpt(written) + "\" is no time");
    }
    const std::time_t seconds = ::timegm(&tm);
    ::gmtime_r(&seconds, &tm);
    char text[100];
    put_text(out_, {text, std::strftime(text, sizeof text, format, &tm)});
    return true;
  }

  std::string& out_;
  const std::size_t size_before_;
  std::string path_;
  std::string violation_;
  std::string scratch_;
};

}  // namespace

void put_number(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>(0x80 | (number & 0x7f));
  out += static_cast<char>(number);
}

core::Status pack(const Member& schema, std::string_view json, std::string& out) {
  Packer packer(out);
  packer.member(schema, json);
  return packer.result();
}

core::Status pack_elements(const Member& schema, std::span<const std::string_view> elements, std::string& out) {
  Packer packer(out);
  packer.element_texts(schema, elements);
  return packer.result();
}

core::Status pack_attribute(const ComplexType& type, std::string_view json, std::string& out) {
  Member schema;
  schema.kind = ValueKind::kComplex;
  schema.complex = &type;
  return pack(schema, json, out);
}

}  // namespace signalbox::ifmap
