// Packed values -> XML.
#include "core/net.hpp"
#include "ifmap-compat/packed.hpp"
#include "xmpp/escape.hpp"

namespace signalbox::ifmap {
namespace {

constexpr std::size_t kMostDigits = 20;

void append_number(std::uint64_t number, bool negative, xmpp::TextBuffer& out) {
  char* at = out.room(kMostDigits + 1);
  if (negative) *at++ = '-';
  char digits[kMostDigits];
  std::size_t n = 0;
  do {
    digits[n++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (n > 0) *at++ = digits[--n];
  out.written(at);
}

void append_text(std::string_view text, xmpp::TextBuffer& out) {
  out.written(xmpp::write_escaped(out.room(xmpp::kMostEscaped * text.size()), text));
}

void append_single(const Member& schema, PackedReader& in, xmpp::TextBuffer& out) {
  out.append(schema.open);
  switch (schema.kind) {
    case ValueKind::kString:
    case ValueKind::kDateTime:
    case ValueKind::kTime: append_text(in.text(), out); break;
    case ValueKind::kInteger: {
      const std::int64_t n = in.integer();
      append_number(static_cast<std::uint64_t>(n < 0 ? -n : n), n < 0, out);
      break;
    }
    case ValueKind::kBoolean: out.append(in.boolean() ? "true" : "false"); break;
    case ValueKind::kUnsigned:
    case ValueKind::kZero: append_number(in.number(), false, out); break;
    case ValueKind::kComplex: append_members_xml(*schema.complex, in, out); break;
  }
  out.append(schema.close);
}

}  // namespace

std::uint64_t PackedReader::number() {
  std::uint64_t n = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at_++);
    n |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return n;
  }
}

std::string_view PackedReader::text() {
  const std::uint64_t size = number();
  const std::string_view text(at_, size);
  at_ += size;
  return text;
}

void PackedReader::skip(const Member& schema) {
  for (std::uint64_t n = schema.list ? number() : 1; n > 0; --n) {
    switch (schema.kind) {
      case ValueKind::kString:
      case ValueKind::kDateTime:
      case ValueKind::kTime: text(); break;
      case ValueKind::kInteger:
      case ValueKind::kUnsigned:
      case ValueKind::kZero: number(); break;
      case ValueKind::kBoolean: boolean(); break;
      case ValueKind::kComplex: skip(*schema.complex); break;
    }
  }
}

void PackedReader::skip(const ComplexType& type) {
  for (const Member& m : type.members) skip(m);
}

void append_xml(const Member& schema, PackedReader& in, xmpp::TextBuffer& out) {
  for (std::uint64_t n = schema.list ? in.number() : 1; n > 0; --n) append_single(schema, in, out);
}

void append_members_xml(const ComplexType& type, PackedReader& in, xmpp::TextBuffer& out) {
  for (const Member& m : type.members) append_xml(m, in, out);
}

}  // namespace signalbox::ifmap
