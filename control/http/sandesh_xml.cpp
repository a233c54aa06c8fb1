#include "control/http/sandesh_xml.hpp"

#include <cstdio>

namespace signalbox::control {

namespace {

// Length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629), 0 if there is none or XML 1.0 forbids the character.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool beyond =
      (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f) || (lead == 0xef && second == 0xbf && byte(2) > 0xbd);
  return overlong || beyond ? 0 : length;
}

bool plain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '&' && c != '\'' && c != '<' && c != '>'; }

// Appends what stands for the first character of `text`, returns how many bytes that was.
std::size_t append_character(std::string& out, std::string_view text) {
  switch (text[0]) {
    case '&': out += "&amp;"; return 1;
    case '\'': out += "&apos;"; return 1;
    case '<': out += "&lt;"; return 1;
    case '>': out += "&gt;"; return 1;
    case '\t':
    case '\n':
    case '\r': out += text[0]; return 1;
    default: break;
  }
  const std::size_t length = static_cast<unsigned char>(text[0]) < 0x20 ? 0 : utf8_length(text);
  if (length == 0) {
    out += '?';
    return 1;
  }
  out += text.substr(0, length);
  return length;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    std::size_t n = 0;
    while (n < text.size() && plain(static_cast<unsigned char>(text[n]))) ++n;
    out += text.substr(0, n);
    text.remove_prefix(n);
    if (!text.empty()) text.remove_prefix(append_character(out, text));
  }
}

void SandeshXml::open(std::string_view name) {
  out_ += '<';
  out_ += name;
  out_ += '>';
}

void SandeshXml::close(std::string_view name) {
  out_ += "</";
  out_ += name;
  out_ += '>';
}

void SandeshXml::open_document(std::string_view name) {
  out_ += '<';
  out_ += name;
  out_ += " type=\"sandesh\">";
}

void SandeshXml::open_field(std::string_view name, int id, std::string_view type, Annotations annotations) {
  out_ += '<';
  out_ += name;
  out_ += " type=\"";
  out_ += type;
  out_ += "\" identifier=\"";
  out_ += std::to_string(id);
  out_ += '"';
  for (const Annotation& annotation : annotations) {
    out_ += ' ';
    out_ += annotation.name;
    out_ += "=\"";
    out_ += annotation.value;
    out_ += '"';
  }
  out_ += '>';
}

void SandeshXml::open_list(std::string_view name, int id, std::string_view type, std::size_t size, Annotations annotations) {
  open_field(name, id, "list", annotations);
  out_ += "<list type=\"";
  out_ += type;
  out_ += "\" size=\"";
  out_ += std::to_string(size);
  out_ += "\">";
}

void SandeshXml::close_list(std::string_view name) {
  out_ += "</list>";
  close(name);
}

void SandeshXml::number(std::string_view name, int id, std::string_view type, std::uint64_t value) {
  open_field(name, id, type, {});
  out_ += std::to_string(value);
  close(name);
}

void SandeshXml::string(std::string_view name, int id, std::string_view value, Annotations annotations) {
  open_field(name, id, "string", annotations);
  append_escaped(out_, value);
  close(name);
}

void SandeshXml::boolean(std::string_view name, int id, bool value) {
  open_field(name, id, "bool", {});
  out_ += value ? "true" : "false";
  close(name);
}

void SandeshXml::i32(std::string_view name, int id, std::int32_t value) {
  open_field(name, id, "i32", {});
  out_ += std::to_string(value);
  close(name);
}

void SandeshXml::real(std::string_view name, int id, double value) {
  char text[48];
  std::snprintf(text, sizeof text, "%g", value);
  open_field(name, id, "double", {});
  out_ += text;
  close(name);
}

void SandeshXml::strings(std::string_view name, int id, const std::vector<std::string>& values) {
  open_list(name, id, "string", values.size(), {});
  for (const std::string& value : values) {
    open("element");
    append_escaped(out_, value);
    close("element");
  }
  close_list(name);
}

}  // namespace signalbox::control
