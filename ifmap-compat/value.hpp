// Value: a property or link attribute, read from JSON by its schema.
//
// Reading is as lenient as the incumbent's (spec/config.md 2.9): integers may be texts, members that are null or unknown are passed over,
// absent members take the schema's default, else 0, false or empty. Anything else is an error that rejects the whole property.
// Integers are kept modulo 2^32.
// Threads: plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "ifmap-compat/schema.hpp"

namespace signalbox::ifmap {

class Value {
 public:
  Value() = default;

  // The whole JSON text must be one value of the schema; null gives a value that is not set. The error names the member.
  static core::Result<Value> parse(const Member& schema, std::string_view json);
  // A link's attribute; null is as good as {}.
  static core::Result<Value> parse_attribute(const ComplexType& type, std::string_view json);

  // False: absent or null. Such a value reads as 0, false, empty.
  bool is_set() const { return set_; }
  std::uint32_t number() const { return number_; }
  bool flag() const { return number_ != 0; }
  const std::string& text() const { return text_; }
  // Elements of a list.
  const std::vector<Value>& items() const { return items_; }
  // Member of a complex value by its JSON name, one that is not set where there is none.
  const Value& operator[](std::string_view member) const;

  bool operator==(const Value&) const = default;

 private:
  friend class ValueReader;

  bool set_ = false;
  std::uint32_t number_ = 0;
  const ComplexType* type_ = nullptr;  // of a complex value
  std::string text_;
  std::vector<Value> items_;  // of a list its elements, of a complex value its members in schema order
};

}  // namespace signalbox::ifmap
