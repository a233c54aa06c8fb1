#include "ifmap-compat/value.hpp"

namespace signalbox::ifmap {

Value Value::unpack(const Member& schema, PackedReader& in) {
  if (!schema.list) return unpack_single(schema, in);
  Value list;
  list.set_ = true;
  for (std::uint64_t n = in.number(); n > 0; --n) list.items_.push_back(unpack_single(schema, in));
  return list;
}

Value Value::unpack(const ComplexType& type, PackedReader& in) {
  Value value;
  value.set_ = true;
  value.type_ = &type;
  value.items_.reserve(type.members.size());
  for (const Member& m : type.members) value.items_.push_back(unpack(m, in));
  return value;
}

Value Value::unpack_single(const Member& schema, PackedReader& in) {
  if (schema.kind == ValueKind::kComplex) return unpack(*schema.complex, in);
  Value value;
  value.set_ = true;
  switch (schema.kind) {
    case ValueKind::kString:
    case ValueKind::kDateTime:
    case ValueKind::kTime: value.text_ = in.text(); break;
    case ValueKind::kInteger: value.number_ = static_cast<std::uint32_t>(in.integer()); break;
    case ValueKind::kBoolean: value.number_ = in.boolean(); break;
    case ValueKind::kUnsigned:
    case ValueKind::kZero: value.number_ = static_cast<std::uint32_t>(in.number()); break;
    case ValueKind::kComplex: break;
  }
  return value;
}

const Value& Value::operator[](std::string_view member) const {
  static const Value kNotSet;
  if (type_ == nullptr) return kNotSet;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (type_->members[i].name == member) return items_[i];
  }
  return kNotSet;
}

}  // namespace signalbox::ifmap
