// Object: one object of the configuration database as its row says it, without knowing what it means.
//
// Every column value is kept as the JSON text of the row; it is proven well-formed. Columns that only mirror other rows (back references,
// children) and access rights (perms2) are left out. Properties are in the order of their column names (byte order), so the elements of a
// list or map property lie side by side: spec/config.md 2.4, 2.8.
// Threads: immutable once made; one writer (RowParser). Lifetime: views returned live as long as the object, unmoved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "configdb/digest.hpp"
#include "configdb/uuid.hpp"

namespace signalbox::configdb {

// Where a row starts in its file; 0 = unknown. Columns count bytes from 1.
struct SourcePosition {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool known() const { return line != 0; }
  bool operator==(const SourcePosition&) const = default;
};

enum class PropertyKind : std::uint8_t { kPlain, kListElement, kMapElement };  // prop:, propl:, propm:
enum class ReferenceKind : std::uint8_t { kReference, kParent };               // ref:, parent:

struct Property {
  PropertyKind kind = PropertyKind::kPlain;
  std::string_view name;
  std::string_view key;  // position of a list element, key of a map element
  std::string_view json;
};

struct Reference {
  ReferenceKind kind = ReferenceKind::kReference;
  std::string_view type;  // of the other end, with underscores
  Uuid uuid;
  std::string_view attribute;  // JSON, "null" when there is none
};

class Object {
 public:
  const Uuid& uuid() const { return uuid_; }
  std::string_view type() const { return text(type_); }  // with underscores, such as virtual_network
  // Components of fq_name joined by ':'.
  std::string_view name() const { return text(name_); }
  std::string_view parent_type() const { return text(parent_type_); }  // with hyphens; empty: none
  SourcePosition where() const { return where_; }
  // Write time of the column `type`, microseconds since 1970: nothing rewrites it, so it says when the object was made. 0 = unknown.
  std::int64_t created() const { return created_; }
  // Equal digests: equal content (without write times and position).
  const Digest& digest() const { return digest_; }

  std::size_t property_count() const { return properties_.size(); }
  Property property(std::size_t i) const;
  std::size_t reference_count() const { return references_.size(); }
  Reference reference(std::size_t i) const;

 private:
  friend class RowParser;

  struct Range {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };
  struct PropertyEntry {
    Range name, key, json;
    PropertyKind kind = PropertyKind::kPlain;
  };
  struct ReferenceEntry {
    Uuid uuid;
    Range type, attribute;
    ReferenceKind kind = ReferenceKind::kReference;
  };

  std::string_view text(Range r) const { return {text_.data() + r.offset, r.size}; }

  Uuid uuid_;
  Digest digest_;
  SourcePosition where_;
  std::int64_t created_ = 0;
  Range type_, name_, parent_type_;
  std::string text_;  // all texts of the row, one after the other
  std::vector<PropertyEntry> properties_;
  std::vector<ReferenceEntry> references_;
};

// Takes the objects a source yields. Called on the thread that loads.
class ObjectSink {
 public:
  virtual ~ObjectSink() = default;
  // A new object, or a new version of one. `object` is only lent for the call.
  virtual void object_changed(const Object& object) = 0;
  virtual void object_deleted(const Uuid& uuid) = 0;
};

}  // namespace signalbox::configdb
