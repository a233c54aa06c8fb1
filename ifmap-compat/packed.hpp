// Packed values: properties and link attributes as the graph keeps them, between the JSON of a row and the XML for agents.
//
// A packed value is the value's members in schema order without names, defaults filled in, about a fifth of its JSON and a tenth of its XML:
//   text, date and time   length, bytes          integer   zigzag          boolean   one byte          64 bits   as it is
//   list                  number of elements, each                        complex type   its members
// with lengths, numbers and integers as base-128 varints. Equal values have equal bytes.
//
// Reading JSON is as lenient as the incumbent's (spec/config.md 2.9): integers may be texts, texts may be numbers and booleans, members that
// are null or unknown are passed over, absent members take the schema's default. Anything else is a violation, which rejects the whole value.
// Integers keep 32 bits: those that fit into them signed or unsigned are as written, larger ones (possible in texts) are taken modulo 2^32.
// Threads: plain functions. Cost: one pass over the JSON per level of nesting; one pass over the bytes for XML.
// Source: spec/config.md 2.9, 5.2.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "ifmap-compat/schema.hpp"
#include "xmpp/text_buffer.hpp"

namespace signalbox::ifmap {

// Appends the value of `schema` that `json`, well-formed, says; it must not be null unless of a complex type, where null is as good as {}.
// On an error `out` is as before; the error names the member.
core::Status pack(const Member& schema, std::string_view json, std::string& out);
// The same for the elements of a list or map property, whose schema is a complex type of one member.
core::Status pack_elements(const Member& schema, std::span<const std::string_view> elements, std::string& out);
// The same for a link's attribute.
core::Status pack_attribute(const ComplexType& type, std::string_view json, std::string& out);

// Reads packed bytes from the front. Precondition of all: the bytes were packed with this schema, and there is a value left.
class PackedReader {
 public:
  explicit PackedReader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool at_end() const { return at_ == end_; }
  const char* position() const { return at_; }
  std::uint64_t number();
  std::int64_t integer() {
    const std::uint64_t n = number();
    return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1);
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(*at_++); }
  bool boolean() { return *at_++ != 0; }
  std::string_view text();
  void skip(const Member& schema);
  void skip(const ComplexType& type);

 private:
  const char* at_;
  const char* end_;
};

void put_number(std::string& out, std::uint64_t number);

// Appends "<element>...</element>", for a list as often as it has elements.
void append_xml(const Member& schema, PackedReader& in, xmpp::TextBuffer& out);
// Appends the members only.
void append_members_xml(const ComplexType& type, PackedReader& in, xmpp::TextBuffer& out);

}  // namespace signalbox::ifmap
