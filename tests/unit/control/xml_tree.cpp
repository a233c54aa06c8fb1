#include "tests/unit/control/xml_tree.hpp"

#include <expat.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace signalbox::control::test {
namespace {

using Stack = std::vector<XmlElement>;

void start(void* data, const XML_Char* name, const XML_Char** attributes) {
  XmlElement element;
  element.name = name;
  for (; *attributes; attributes += 2) element.attributes[attributes[0]] = attributes[1];
  static_cast<Stack*>(data)->push_back(std::move(element));
}

void end(void* data, const XML_Char*) {
  auto& stack = *static_cast<Stack*>(data);
  XmlElement done = std::move(stack.back());
  stack.pop_back();
  stack.back().children.push_back(std::move(done));
}

void text(void* data, const XML_Char* characters, int size) {
  static_cast<Stack*>(data)->back().text.append(characters, static_cast<std::size_t>(size));
}

void append_shape(std::string& out, const XmlElement& element, unsigned depth) {
  out += std::string(depth * 2, ' ') + element.name;
  for (const char* name : {"type", "identifier", "link", "key", "aggtype"}) {
    const auto found = element.attributes.find(name);
    if (found != element.attributes.end()) out += std::string(" ") + name + "=" + found->second;
  }
  out += '\n';
  const std::size_t shown = element.name == "list" ? std::min<std::size_t>(element.children.size(), 1) : element.children.size();
  for (std::size_t i = 0; i < shown; ++i) append_shape(out, element.children[i], depth + 1);
}

}  // namespace

const XmlElement& XmlElement::at(const std::string& path) const {
  static const XmlElement kNone;
  const auto slash = path.find('/');
  const std::string first = path.substr(0, slash);
  for (const XmlElement& child : children) {
    if (child.name == first) return slash == std::string::npos ? child : child.at(path.substr(slash + 1));
  }
  return kNone;
}

XmlElement parse_xml(const std::string& document) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate("UTF-8"), XML_ParserFree);
  Stack stack(1);
  XML_SetUserData(parser.get(), &stack);
  XML_SetElementHandler(parser.get(), start, end);
  XML_SetCharacterDataHandler(parser.get(), text);
  if (XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), 1) != XML_STATUS_OK) {
    throw std::runtime_error(std::string(XML_ErrorString(XML_GetErrorCode(parser.get()))) + ": " + document.substr(0, 200));
  }
  return std::move(stack[0].children.at(0));
}

std::string shape_of(const XmlElement& root) {
  std::string out;
  append_shape(out, root, 0);
  return out;
}

}  // namespace signalbox::control::test
