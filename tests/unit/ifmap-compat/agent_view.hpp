// What one agent makes of the messages it gets, and whether they come in an order that it can live with.
#pragma once

#include <expat.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::test {

// Reads `<config>` messages as an agent does. Nodes by "TYPE NAME" with the XML of their properties, links as "METADATA | NODE | NODE".
class AgentView {
 public:
  // `body` as the filter makes it, less its first line.
  void apply(std::string_view body) {
    const std::string text = "<iq>" + std::string(body);
    XML_Parser parser = XML_ParserCreate("UTF-8");
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, &AgentView::on_start, &AgentView::on_end);
    XML_SetCharacterDataHandler(parser, &AgentView::on_text);
    units_ = 0;
    path_.clear();
    if (XML_Parse(parser, text.data(), static_cast<int>(text.size()), 1) != XML_STATUS_OK) wrong.push_back("not well-formed: " + text);
    XML_ParserFree(parser);
    if (units_ > 17) wrong.push_back(std::to_string(units_) + " units in a message");
    ++messages;
  }

  std::map<std::string, std::string> nodes;
  std::set<std::string> links;
  std::vector<std::string> wrong;
  unsigned messages = 0;

 private:
  struct End {
    std::string type, name;
    std::string key() const { return type + " " + name; }
  };

  static std::string attribute(const char** attributes, std::string_view name) {
    for (; *attributes != nullptr; attributes += 2) {
      if (*attributes == name) return attributes[1];
    }
    return {};
  }

  static void on_start(void* self, const char* name, const char** attributes) { static_cast<AgentView*>(self)->start(name, attributes); }
  static void on_end(void* self, const char* name) { static_cast<AgentView*>(self)->end(name); }
  static void on_text(void* self, const char* text, int size) {
    static_cast<AgentView*>(self)->text(std::string_view(text, static_cast<std::size_t>(size)));
  }

  // Depths: iq 0, config 1, update or delete 2, node or link 3; in a node: name or property 4; in a link: node or metadata 4, its name 5.
  void start(std::string_view name, const char** attributes) {
    const std::size_t depth = path_.size();
    if (depth == 3 && name == "node") {
      ends_.assign(1, {attribute(attributes, "type"), {}});
      content_.clear();
    } else if (depth == 3) {
      ends_.clear();
    } else if (depth == 4 && path_[3] == "link") {
      if (name == "node") ends_.push_back({attribute(attributes, "type"), {}});
      if (name == "metadata") metadata_ = attribute(attributes, "type");
    } else if (depth >= 4 && path_[3] == "node" && !(depth == 4 && name == "name")) {
      content_ += "<" + std::string(name) + ">";
    }
    path_.emplace_back(name);
  }

  void text(std::string_view text) {
    const std::size_t depth = path_.size();
    const bool of_name = path_.back() == "name" && ((depth == 5 && path_[3] == "node") || (depth == 6 && path_[3] == "link"));
    if (of_name) {
      ends_.back().name += text;
    } else if (depth > 4 && path_[3] == "node") {
      content_ += text;
    }
  }

  void end(std::string_view name) {
    path_.pop_back();
    const std::size_t depth = path_.size();
    if (depth == 3) {
      units_ += name == "node" ? 1 : 2;
      const bool update = path_[2] == "update";
      if (name == "node") {
        node(update);
      } else {
        link(update);
      }
    } else if (depth >= 4 && path_[3] == "node" && !(depth == 4 && name == "name")) {
      content_ += "</" + std::string(name) + ">";
    }
  }

  void node(bool update) {
    const std::string key = ends_[0].key();
    if (update) {
      nodes[key] = content_;
      return;
    }
    if (nodes.erase(key) == 0) wrong.push_back("delete of a node that is not there: " + key);
    for (const std::string& link : links) {
      if (link.find("| " + key + " |") != std::string::npos) wrong.push_back("node " + key + " deleted before link " + link);
    }
  }

  void link(bool update) {
    std::vector<std::string> keys{ends_[0].key(), ends_[1].key()};
    if (keys[1] < keys[0]) std::swap(keys[0], keys[1]);
    const std::string key = metadata_ + " | " + keys[0] + " | " + keys[1] + " |";
    if (update) {
      for (const std::string& end : keys) {
        if (nodes.count(end) == 0) wrong.push_back("link " + key + " before node " + end);
      }
      if (!links.insert(key).second) wrong.push_back("link told twice: " + key);
    } else if (links.erase(key) == 0) {
      wrong.push_back("delete of a link that is not there: " + key);
    }
  }

  std::vector<std::string> path_;
  std::vector<End> ends_;
  std::string content_;
  std::string metadata_;
  unsigned units_ = 0;
};

}  // namespace signalbox::test
