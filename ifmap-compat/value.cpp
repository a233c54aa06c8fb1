#include "ifmap-compat/value.hpp"

#include <charconv>

#include "configdb/json_reader.hpp"
#include "configdb/row_parser.hpp"

namespace signalbox::ifmap {

using configdb::JsonKind;
using configdb::JsonReader;

// Reads values off one JSON text; the first violation ends it.
class ValueReader {
 public:
  explicit ValueReader(std::string_view json) : in_(json) {}

  core::Result<Value> read(const Member& schema) {
    Value value;
    if (in_.kind() == JsonKind::kNull) {
      in_.null();
    } else {
      read_member(schema, value);
    }
    if (violation_.empty() && !in_.finish()) violation_ = in_.error();
    if (!violation_.empty()) return core::error(path_.empty() ? violation_ : path_ + ": " + violation_);
    return value;
  }

 private:
  bool violate(std::string what) {
    if (violation_.empty()) violation_ = std::move(what);
    return false;
  }
  bool violate_kind(const char* expected) {
    return violate(std::string("is ") + json_kind_text(in_.kind()) + ", " + expected + " is expected");
  }

  bool read_member(const Member& schema, Value& value) {
    value.set_ = true;
    if (!schema.list) return read_single(schema, value);
    if (in_.kind() != JsonKind::kArray) return violate_kind("a list");
    in_.enter_array();
    while (in_.next_element()) {
      if (in_.kind() == JsonKind::kNull) {
        in_.null();
        continue;
      }
      Value& item = value.items_.emplace_back();
      item.set_ = true;
      if (!read_single(schema, item)) return false;
    }
    return in_.ok();
  }

  bool read_single(const Member& schema, Value& value) {
    switch (schema.kind) {
      case ValueKind::kString: return read_text(value);
      case ValueKind::kInteger: return read_integer(value);
      case ValueKind::kBoolean: return read_boolean(value);
      case ValueKind::kComplex: return read_complex(*schema.complex, value);
    }
    return false;
  }

  bool read_complex(const ComplexType& type, Value& value) {
    if (in_.kind() != JsonKind::kObject) return violate_kind("an object");
    value.type_ = &type;
    value.items_.resize(type.members.size());
    for (std::size_t i = 0; i < type.members.size(); ++i) value.items_[i].number_ = type.members[i].default_number;
    in_.enter_object();
    for (std::string_view key; in_.next_member(key);) {
      std::size_t i = 0;
      while (i < type.members.size() && type.members[i].name != key) ++i;
      if (i == type.members.size() || in_.kind() == JsonKind::kNull) {
        in_.skip();
        continue;
      }
      const std::size_t path_size = path_.size();
      if (!path_.empty()) path_ += '.';
      path_ += key;
      value.items_[i] = Value();
      if (!read_member(type.members[i], value.items_[i])) return false;
      path_.resize(path_size);
    }
    return in_.ok();
  }

  bool read_text(Value& value) {
    std::string_view text;
    switch (in_.kind()) {
      case JsonKind::kString:
        if (!in_.string(text, scratch_)) return false;
        break;
      case JsonKind::kNumber:
        if (!in_.number(text)) return false;
        break;
      case JsonKind::kBoolean: {
        bool flag = false;
        if (!in_.boolean(flag)) return false;
        text = flag ? "true" : "false";
        break;
      }
      default: return violate_kind("a text");
    }
    value.text_ = text;
    return true;
  }

  bool read_integer(Value& value) {
    std::string_view text;
    if (in_.kind() == JsonKind::kString) {
      if (!in_.string(text, scratch_)) return false;
      while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    } else if (in_.kind() == JsonKind::kNumber) {
      if (!in_.number(text)) return false;
    } else {
      return violate_kind("an integer");
    }
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc() || end != text.data() + text.size()) return violate("\"" + configdb::excerpt(text) + "\" is no integer");
    value.number_ = static_cast<std::uint32_t>(number);
    return true;
  }

  bool read_boolean(Value& value) {
    bool flag = false;
    if (in_.kind() == JsonKind::kBoolean) {
      if (!in_.boolean(flag)) return false;
    } else if (in_.kind() == JsonKind::kString) {
      std::string_view text;
      if (!in_.string(text, scratch_)) return false;
      flag = text == "true";
    } else {
      return violate_kind("true or false");
    }
    value.number_ = flag;
    return true;
  }

  JsonReader in_;
  std::string path_;  // to the member being read
  std::string violation_;
  std::string scratch_;
};

core::Result<Value> Value::parse(const Member& schema, std::string_view json) { return ValueReader(json).read(schema); }

core::Result<Value> Value::parse_attribute(const ComplexType& type, std::string_view json) {
  const Member schema{type.name, ValueKind::kComplex, false, &type, 0};
  return ValueReader(json == "null" ? "{}" : json).read(schema);
}

const Value& Value::operator[](std::string_view member) const {
  static const Value kNotSet;
  if (type_ == nullptr) return kNotSet;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (type_->members[i].name == member) return items_[i];
  }
  return kNotSet;
}

}  // namespace signalbox::ifmap
