#include "configdb/row_parser.hpp"

#include <algorithm>
#include <tuple>

#include "configdb/json_reader.hpp"

namespace signalbox::configdb {
namespace {

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string json_problem(const JsonReader& in, std::string_view value) {
  return std::string("not valid JSON at byte ") + std::to_string(in.offset()) + " (" + in.error() + "): " + excerpt(value);
}

// Two columns may say the same thing only by a fault in the file.
constexpr const char* kTwice = "the column is there twice";

}  // namespace

std::string excerpt(std::string_view text, std::size_t max) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == max) return out + "...";
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c > 0x7e) {
      out += "\\x";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += text[i];
    }
  }
  return out;
}

void RowParser::begin(std::string_view key, SourcePosition where) {
  object_.text_.clear();
  object_.properties_.clear();
  object_.references_.clear();
  object_.type_ = object_.name_ = object_.parent_type_ = {};
  object_.created_ = 0;
  object_.where_ = where;
  failed_ = draft_ = false;
  columns_ = 0;
  key_ = key.substr(0, kMaxColumnNameSize);
  const auto uuid = Uuid::parse(key);
  key_is_uuid_ = uuid.has_value();
  object_.uuid_ = uuid.value_or(Uuid{});
}

std::string RowParser::key() const { return excerpt(key_, Uuid::kTextSize); }

// Everything below "d" mirrors other rows: the bulk read of a Cassandra asks for columns from there on (spec/config.md 2.6).
bool RowParser::wanted(std::string_view column) {
  if (column == "type" || column == "fq_name" || column == "parent_type") return true;
  if (column.substr(0, 4) == "ref:" || column.substr(0, 7) == "parent:") return true;
  if (column.substr(0, 4) != "prop") return false;
  return column.substr(0, 5) == "prop:" ? column != "prop:perms2" : column.substr(0, 6) == "propl:" || column.substr(0, 6) == "propm:";
}

void RowParser::bad(std::string_view column, std::string reason) {
  if (failed_) return;
  failed_ = true;
  problem_.column = excerpt(column, 200);
  problem_.reason = std::move(reason);
}

Object::Range RowParser::keep(std::string_view text) {
  const auto offset = static_cast<std::uint32_t>(object_.text_.size());
  object_.text_.append(text);
  return {offset, static_cast<std::uint32_t>(text.size())};
}

void RowParser::column(std::string_view name, std::string_view value, std::int64_t written) {
  if (!wanted(name)) return;
  ++columns_;
  if (name == "type") return type_column(value, written);
  if (name == "fq_name") return fq_name_column(value);
  if (failed_) return;  // only what names the object is still of use
  if (columns_ > kMaxColumns) return bad("", "more than " + std::to_string(kMaxColumns) + " columns");
  if (name.size() > kMaxColumnNameSize) return bad(name, "a column name of " + std::to_string(name.size()) + " bytes");
  if (value.size() > kMaxValueSize)
    return bad(name, "a value of " + std::to_string(value.size()) + " bytes, at most " + std::to_string(kMaxValueSize) + " are taken");
  if (object_.text_.size() + name.size() + value.size() > kMaxRowSize)
    return bad("", "the row holds more than " + std::to_string(kMaxRowSize) + " bytes");
  std::string_view rest = name;
  if (name == "parent_type") return parent_type_column(value);
  if (take_prefix(rest, "prop:")) return property_column(name, rest, PropertyKind::kPlain, value);
  if (take_prefix(rest, "propl:")) return property_column(name, rest, PropertyKind::kListElement, value);
  if (take_prefix(rest, "propm:")) return property_column(name, rest, PropertyKind::kMapElement, value);
  if (take_prefix(rest, "ref:")) return reference_column(name, rest, value);
  if (take_prefix(rest, "parent:")) return parent_column(name, rest);
}

void RowParser::type_column(std::string_view value, std::int64_t written) {
  if (object_.type_.size != 0) return bad("type", kTwice);
  JsonReader in(value);
  std::string_view type;
  if (in.kind() != JsonKind::kString && in.kind() != JsonKind::kNone) {
    return bad("type", std::string("is ") + json_kind_text(in.kind()) + ", a text is expected");
  }
  if (!in.string(type, scratch_) || !in.finish()) return bad("type", json_problem(in, value));
  if (type.empty()) return bad("type", "is empty");
  if (type.size() > kMaxColumnNameSize) return bad("type", "is longer than " + std::to_string(kMaxColumnNameSize) + " bytes");
  object_.type_ = keep(type);
  object_.created_ = written;
}

void RowParser::fq_name_column(std::string_view value) {
  if (object_.name_.size != 0) return bad("fq_name", kTwice);
  if (value.size() > kMaxValueSize) return bad("fq_name", "is longer than " + std::to_string(kMaxValueSize) + " bytes");
  JsonReader in(value);
  if (in.kind() != JsonKind::kArray && in.kind() != JsonKind::kNone) {
    return bad("fq_name", std::string("is ") + json_kind_text(in.kind()) + ", a list of texts is expected");
  }
  Object::Range name = keep({});
  bool first = true;
  in.enter_array();
  while (in.next_element()) {
    if (in.kind() != JsonKind::kString && in.kind() != JsonKind::kNone) {
      return bad("fq_name", std::string("has ") + json_kind_text(in.kind()) + " among its components, texts are expected");
    }
    std::string_view component;
    if (!in.string(component, scratch_)) break;
    if (!first) keep(":");
    first = false;
    keep(component);
  }
  if (!in.finish()) return bad("fq_name", json_problem(in, value));
  name.size = static_cast<std::uint32_t>(object_.text_.size() - name.offset);
  if (name.size == 0) return bad("fq_name", "is empty");
  object_.name_ = name;
}

void RowParser::parent_type_column(std::string_view value) {
  JsonReader in(value);
  if (in.kind() == JsonKind::kNull) {
    if (!in.null() || !in.finish()) bad("parent_type", json_problem(in, value));
    return;
  }
  std::string_view type;
  if (in.kind() != JsonKind::kString && in.kind() != JsonKind::kNone) {
    return bad("parent_type", std::string("is ") + json_kind_text(in.kind()) + ", a text is expected");
  }
  if (!in.string(type, scratch_) || !in.finish()) return bad("parent_type", json_problem(in, value));
  object_.parent_type_ = keep(type);
}

void RowParser::property_column(std::string_view column, std::string_view name, PropertyKind kind, std::string_view value) {
  std::string_view key;
  if (kind != PropertyKind::kPlain) {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return bad(column, "has neither position nor key after the name of the property");
    key = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  if (name.empty()) return bad(column, "has no name of a property");
  JsonReader in(value);
  const bool text = in.kind() == JsonKind::kString;
  const std::string_view json = in.raw();
  if (!in.finish()) return bad(column, json_problem(in, value));
  if (kind == PropertyKind::kPlain && name == "draft_mode_state" && text && json != "\"\"") draft_ = true;
  object_.properties_.push_back({keep(name), keep(key), keep(json), kind});
}

bool RowParser::split_target(std::string_view column, std::string_view target, std::string_view& type, Uuid& uuid) {
  const auto colon = target.find(':');
  const auto id = colon == std::string_view::npos ? std::nullopt : Uuid::parse(target.substr(colon + 1));
  if (!id || colon == 0) {
    bad(column, "does not name the other end as TYPE:UUID");
    return false;
  }
  type = target.substr(0, colon);
  uuid = *id;
  return true;
}

void RowParser::reference_column(std::string_view column, std::string_view target, std::string_view value) {
  std::string_view type;
  Uuid uuid;
  if (!split_target(column, target, type, uuid)) return;
  JsonReader in(value);
  std::string_view attribute = "null";
  switch (in.kind()) {
    case JsonKind::kNull: in.skip(); break;
    case JsonKind::kObject:
      in.enter_object();
      for (std::string_view key; in.next_member(key);) {
        if (key == "attr") {
          attribute = in.raw();
        } else {
          in.skip();
        }
      }
      break;
    case JsonKind::kNone: in.skip(); break;
    default: return bad(column, std::string("is ") + json_kind_text(in.kind()) + ", an object with attr is expected");
  }
  if (!in.finish()) return bad(column, json_problem(in, value));
  object_.references_.push_back({uuid, keep(type), keep(attribute), ReferenceKind::kReference});
}

void RowParser::parent_column(std::string_view column, std::string_view target) {
  std::string_view type;
  Uuid uuid;
  if (!split_target(column, target, type, uuid)) return;
  object_.references_.push_back({uuid, keep(type), keep("null"), ReferenceKind::kParent});
}

RowOutcome RowParser::finish() {
  if (columns_ == 0 && !failed_) return RowOutcome::kAbsent;
  if (draft_ && !failed_) return RowOutcome::kDraft;
  if (!key_is_uuid_) bad("", "the key is not a uuid");
  if (object_.type_.size == 0) bad("type", "is missing");
  if (object_.name_.size == 0) bad("fq_name", "is missing");
  if (!failed_) sort_columns();
  if (failed_) return RowOutcome::kBad;
  compute_digest();
  return RowOutcome::kObject;
}

// Byte order of the column names, as a Cassandra returns them; also finds columns that are there twice.
void RowParser::sort_columns() {
  const Object& o = object_;
  const auto property_key = [&o](const Object::PropertyEntry& p) { return std::tuple(o.text(p.name), p.kind, o.text(p.key)); };
  const auto property_less = [&](const auto& a, const auto& b) { return property_key(a) < property_key(b); };
  const auto property_same = [&](const auto& a, const auto& b) { return property_key(a) == property_key(b); };
  auto& properties = object_.properties_;
  std::sort(properties.begin(), properties.end(), property_less);
  if (const auto at = std::adjacent_find(properties.begin(), properties.end(), property_same); at != properties.end()) {
    bad("prop:" + std::string(o.text(at->name)), kTwice);
  }
  const auto reference_key = [&o](const Object::ReferenceEntry& r) { return std::tuple(r.kind, o.text(r.type), r.uuid); };
  const auto reference_less = [&](const auto& a, const auto& b) { return reference_key(a) < reference_key(b); };
  const auto reference_same = [&](const auto& a, const auto& b) { return reference_key(a) == reference_key(b); };
  auto& references = object_.references_;
  std::sort(references.begin(), references.end(), reference_less);
  if (const auto at = std::adjacent_find(references.begin(), references.end(), reference_same); at != references.end()) {
    bad("ref:" + std::string(o.text(at->type)) + ":" + at->uuid.to_string(), kTwice);
  }
}

void RowParser::compute_digest() {
  Digester d;
  const Object& o = object_;
  d.add(o.type());
  d.add(o.name());
  d.add(o.parent_type());
  d.add(o.properties_.size());
  for (const auto& p : o.properties_) {
    d.add(static_cast<std::uint64_t>(p.kind));
    d.add(o.text(p.name));
    d.add(o.text(p.key));
    d.add(o.text(p.json));
  }
  for (const auto& r : o.references_) {
    d.add(static_cast<std::uint64_t>(r.kind));
    d.add(o.text(r.type));
    d.add(r.uuid.high);
    d.add(r.uuid.low);
    d.add(o.text(r.attribute));
  }
  object_.digest_ = d.digest();
}

}  // namespace signalbox::configdb
