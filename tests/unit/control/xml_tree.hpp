// XML documents as trees, read with expat, and their shape: names, types, identifiers, links and order; a list counts by its first member.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace signalbox::control::test {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::vector<XmlElement> children;
  std::string text;

  // First descendant along "a/b/c"; an empty element when there is none.
  const XmlElement& at(const std::string& path) const;
};

// Throws std::runtime_error on anything that is not well-formed.
XmlElement parse_xml(const std::string& text);

// One line for each element, indented.
std::string shape_of(const XmlElement& root);

}  // namespace signalbox::control::test
