#include "xmpp/escape.hpp"

#include <algorithm>
#include <cstring>

#include "core/net.hpp"
#include "xmpp/byte_scan.hpp"

namespace signalbox::xmpp {
namespace {

char* copy(char* out, std::string_view text) { return std::copy(text.begin(), text.end(), out); }

char* write_one(char* out, char c) {
  switch (c) {
    case '&': return copy(out, "&amp;");
    case '<': return copy(out, "&lt;");
    case '>': return copy(out, "&gt;");
    case '"': return copy(out, "&quot;");
    default: break;
  }
  out = core::print_number(copy(out, "&#"), static_cast<unsigned char>(c));
  *out++ = ';';
  return out;
}

}  // namespace

char* write_escaped(char* out, std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  for (;;) {
    const char* const special = find_to_escape(p, end);
    const auto n = static_cast<std::size_t>(special - p);
    if (n != 0) std::memcpy(out, p, n);
    out += n;
    if (special == end) return out;
    out = write_one(out, *special);
    p = special + 1;
  }
}

void append_escaped(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  out.resize(before + kMostEscaped * text.size());
  out.resize(static_cast<std::size_t>(write_escaped(out.data() + before, text) - out.data()));
}

}  // namespace signalbox::xmpp
