// Value: a property or link attribute in a form for this node's own use; agents' properties stay packed.
//
// Members that the row does not say have the schema's default. Integers are those of packed values modulo 2^32.
// Threads: plain value. Source: spec/config.md 2.9.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ifmap-compat/packed.hpp"
#include "ifmap-compat/schema.hpp"

namespace signalbox::ifmap {

class Value {
 public:
  Value() = default;

  // Reads one packed value.
  static Value unpack(const Member& schema, PackedReader& in);
  static Value unpack(const ComplexType& type, PackedReader& in);

  // False: the object has no such property. Such a value reads as 0, false, empty.
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
  static Value unpack_single(const Member& schema, PackedReader& in);

  bool set_ = false;
  std::uint32_t number_ = 0;
  const ComplexType* type_ = nullptr;  // of a complex value
  std::string text_;
  std::vector<Value> items_;  // of a list its elements, of a complex value its members in schema order
};

}  // namespace signalbox::ifmap
