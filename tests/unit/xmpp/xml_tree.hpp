// An XML document as a tree, for comparing structure: names, attributes, children in order, text. Text of blanks only is none.
#pragma once

#include <expat.h>

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::xmpp {

struct XmlTree {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::vector<XmlTree> children;
  std::string text;

  bool operator==(const XmlTree&) const = default;

  const XmlTree* child(std::string_view wanted) const {
    for (const XmlTree& c : children) {
      if (c.name == wanted) return &c;
    }
    return nullptr;
  }

  // The text of the element at "a/b/c" below this one; empty when it is not there.
  std::string at(std::string_view path) const {
    const auto slash = path.find('/');
    const XmlTree* const next = child(path.substr(0, slash));
    if (next == nullptr) return {};
    return slash == std::string_view::npos ? next->text : next->at(path.substr(slash + 1));
  }
};

// Good enough for trees without special characters.
inline std::string xml_text(const XmlTree& tree) {
  std::string out = "<";
  out.append(tree.name);
  for (const auto& [name, value] : tree.attributes) out.append(" ").append(name).append("=\"").append(value).append("\"");
  out.append(">").append(tree.text);
  for (const XmlTree& c : tree.children) out.append(xml_text(c));
  return out.append("</").append(tree.name).append(">");
}

inline std::ostream& operator<<(std::ostream& out, const XmlTree& tree) { return out << xml_text(tree); }

inline std::optional<XmlTree> parse_xml_tree(std::string_view text) {
  struct State {
    XmlTree document;
    std::vector<XmlTree*> path;
  } state;
  state.path.push_back(&state.document);
  XML_Parser parser = XML_ParserCreate("UTF-8");
  XML_SetUserData(parser, &state);
  XML_SetElementHandler(
      parser,
      [](void* user, const XML_Char* name, const XML_Char** attributes) {
        auto& s = *static_cast<State*>(user);
        XmlTree& node = s.path.back()->children.emplace_back();
        node.name = name;
        for (; *attributes != nullptr; attributes += 2) node.attributes[attributes[0]] = attributes[1];
        s.path.push_back(&node);
      },
      [](void* user, const XML_Char*) {
        auto& s = *static_cast<State*>(user);
        XmlTree& node = *s.path.back();
        if (node.text.find_first_not_of(" \t\r\n") == std::string::npos) node.text.clear();
        s.path.pop_back();
      });
  XML_SetCharacterDataHandler(parser, [](void* user, const XML_Char* data, int size) {
    static_cast<State*>(user)->path.back()->text.append(data, static_cast<std::size_t>(size));
  });
  const bool ok = XML_Parse(parser, text.data(), static_cast<int>(text.size()), XML_TRUE) == XML_STATUS_OK;
  XML_ParserFree(parser);
  if (!ok || state.document.children.size() != 1) return std::nullopt;
  return state.document.children.front();
}

}  // namespace signalbox::xmpp
