// What an agent knows from what it was sent: reads the byte stream, checks the form of each message, and keeps the last item of each prefix.
//
// A reader of its own, by text search, that shares nothing with the encoder under test. Source: spec/xmpp.md 4.1, 8.2, 8.3.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::sim {

// One item as an agent reads it.
struct SeenRoute {
  struct NextHop {
    std::string address;
    std::string text;  // all that is told of it, in one line
    std::string virtual_network;
  };
  std::vector<NextHop> next_hops;  // as sent
  std::string entry;               // what is told once per item, in one line
  std::string virtual_network;     // of the entry
};

class AgentView {
 public:
  explicit AgentView(std::string name) : name_(std::move(name)) {}

  void receive(std::string_view bytes);
  void forget(const std::string& instance);

  // Node ("1/1/<instance>") -> prefix -> text of the item, unread.
  using Table = std::map<std::string, std::string, std::less<>>;
  const std::map<std::string, Table>& tables() const { return tables_; }
  unsigned ends_of_rib() const { return ends_of_rib_; }
  std::uint64_t messages() const { return messages_; }

  // Reads an item of `tables`, and checks it.
  static SeenRoute read(const std::string& node, const std::string& prefix, const std::string& item);
  // For the trace: node and prefixes of a body, "+" told and "-" retracted.
  static std::string brief(std::string_view body);
  // The instance that a body is about; empty for an End-of-RIB.
  static std::string instance_of(std::string_view body);

 private:
  void take_message(std::string_view message);
  void take_items(const std::string& node, std::string_view body);
  void take_retracts(const std::string& node, std::string_view body);

  const std::string name_;
  std::string buffer_;
  std::map<std::string, Table> tables_;
  unsigned ends_of_rib_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace signalbox::sim
