#include "configdb/object.hpp"

namespace signalbox::configdb {

Property Object::property(std::size_t i) const {
  const PropertyEntry& p = properties_[i];
  return {p.kind, text(p.name), text(p.key), text(p.json)};
}

Reference Object::reference(std::size_t i) const {
  const ReferenceEntry& r = references_[i];
  return {r.kind, text(r.type), r.uuid, text(r.attribute)};
}

}  // namespace signalbox::configdb
