// SandeshXml: writes introspect documents in the incumbent's XML grammar.
//
//   SandeshXml xml;
//   xml.reply("ShowThingResp", [&] {
//     xml.structs("things", 1, "ShowThing", things, [&](const Thing& thing) {
//       xml.string("name", 1, thing.name, {{"link", "ShowThingReq"}});
//       xml.u64("size", 2, thing.size);
//     });
//   });
//
// Members appear in the order of the calls, which has to be the order of declaration in the schema; identifiers are the schema's.
// Names and annotations must be plain text: they are not escaped. Values are.
// Threads: one. Cost: appends to one string. Source: spec/introspect.md 1.5, 1.6.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::control {

struct Annotation {
  std::string_view name;
  std::string_view value;
};
using Annotations = std::initializer_list<Annotation>;  // sorted by name

class SandeshXml {
 public:
  // <name type="sandesh"> members <more ...> </name>. `more`: another reply to the same request follows.
  template <class F>
  void reply(std::string_view name, F&& members, bool more = false) {
    open_document(name);
    members();
    boolean("more", 0, more);
    close(name);
  }
  // A UVE document: like a reply, without "more".
  template <class F>
  void uve(std::string_view name, F&& members) {
    open_document(name);
    members();
    close(name);
  }

  void string(std::string_view name, int id, std::string_view value, Annotations annotations = {});
  void boolean(std::string_view name, int id, bool value);
  void u16(std::string_view name, int id, std::uint16_t value) { number(name, id, "u16", value); }
  void u32(std::string_view name, int id, std::uint32_t value) { number(name, id, "u32", value); }
  void u64(std::string_view name, int id, std::uint64_t value) { number(name, id, "u64", value); }
  void i32(std::string_view name, int id, std::int32_t value);
  // Six significant digits, as C++ streams print.
  void real(std::string_view name, int id, double value);
  void strings(std::string_view name, int id, const std::vector<std::string>& values);

  // A struct-valued member.
  template <class F>
  void structure(std::string_view name, int id, std::string_view type, F&& members) {
    open_field(name, id, "struct", {});
    open(type);
    members();
    close(type);
    close(name);
  }

  // A list of structs; `member(item)` writes the members of one.
  template <class List, class F>
  void structs(std::string_view name, int id, std::string_view type, const List& list, F&& member, Annotations annotations = {}) {
    open_list(name, id, "struct", list.size(), annotations);
    for (const auto& item : list) {
      open(type);
      member(item);
      close(type);
    }
    close_list(name);
  }

  std::string take() { return std::move(out_); }

 private:
  void open(std::string_view name);
  void close(std::string_view name);
  void open_document(std::string_view name);
  void open_field(std::string_view name, int id, std::string_view type, Annotations annotations);
  void open_list(std::string_view name, int id, std::string_view type, std::size_t size, Annotations annotations);
  void close_list(std::string_view name);
  void number(std::string_view name, int id, std::string_view type, std::uint64_t value);

  std::string out_;
};

// Appends text with & ' < > escaped; the double quote stays (spec/introspect.md 1.6). Control characters and bytes that are not UTF-8, with
// which no client could read the document, become question marks.
void append_escaped(std::string& out, std::string_view text);

}  // namespace signalbox::control
