#include "bgp/rib/attr.hpp"

#include <cstring>

#include "bgp/wire/as_path.hpp"
#include "bgp/wire/attributes.hpp"

namespace signalbox::bgp {
namespace {

constexpr std::uint16_t kVxlan = 8;  // tunnel type, spec/bgp.md 9.1

std::uint64_t derived_key(AttrId base, std::uint32_t context) { return static_cast<std::uint64_t>(base.value) << 32 | context; }

void decode_ext_communities(const core::AttributeView& view, Attr& attr) {
  for (std::size_t i = 0; i < view.ext_communities(); ++i) {
    const core::ExtCommunity c = view.ext_community(i);
    if (core::ext::is_mac_mobility(c)) {
      attr.sequence = c.u32(4);
      attr.sticky = c.bytes[2] & 1;
    } else if (core::ext::is_etree(c)) {
      attr.etree_leaf = c.bytes[2] & 1;
    } else if (core::ext::is_origin_vn(c)) {
      attr.has_origin_vn = true;
      attr.origin_vn = c.type() == 0x80 ? c.u32(4) : c.u16(6);
    } else if (core::ext::is_tunnel_encap(c)) {
      attr.vxlan |= c.u16(6) == kVxlan;
    }
  }
}

void decode_communities(const core::AttributeView& view, Attr& attr) {
  for (std::size_t i = 0; i < view.communities(); ++i) {
    switch (view.community(i)) {
      case core::kLlgrStale: attr.llgr_stale = true; break;
      case core::kNoLlgr: attr.no_llgr = true; break;
      case core::kNoAdvertise: attr.no_advertise = true; break;
      case core::kNoExport:
      case core::kNoExportSubconfed: attr.no_export = true; break;
      default: break;
    }
  }
}

void decode_other(const core::AttributeView& view, Attr& attr) {
  OtherReader in(view.other());
  while (const auto a = in.next()) {
    if (a->flags == 0) continue;
    switch (static_cast<iana::AttributeType>(a->type)) {
      case iana::AttributeType::kAsPath:
        attr.as_path_length = static_cast<std::uint16_t>(as_path_length(a->value));
        attr.neighbor_as = leftmost_as(a->value);
        break;
      case iana::AttributeType::kOriginatorId: attr.originator_id = ByteReader(a->value).u32(); break;
      case iana::AttributeType::kClusterList: attr.cluster_list_length = static_cast<std::uint16_t>(a->value.size() / 4); break;
      case iana::AttributeType::kOriginVnPath: attr.has_origin_vn_path = true; break;
      default: break;
    }
  }
}

void decode(Attr& attr) {
  const core::AttributeView view = attr.view();
  const core::AttributeHeader& h = view.header();
  attr.local_pref = h.local_pref;
  attr.med = h.has_med ? h.med : 0;
  attr.origin = h.origin;
  attr.infeasible = h.infeasible_encap;
  decode_communities(view, attr);
  decode_ext_communities(view, attr);
  decode_other(view, attr);
}

}  // namespace

AttrTable::AttrTable() : index_(0, HashById{this}, EqualById{this}) {}

bool AttrTable::same(const Content& content, std::uint32_t id) const {
  const Attr& attr = slab_.at(id);
  return attr.hash == content.hash && attr.size == content.bytes.size() &&
         std::memcmp(attr.data.get(), content.bytes.data(), attr.size) == 0;
}

AttrId AttrTable::intern(std::span<const std::uint8_t> bytes, std::uint64_t hash) {
  if (const auto found = index_.find(Content{bytes, hash}); found != index_.end()) {
    ++slab_.at(*found).references;
    return AttrId(*found);
  }
  const std::uint32_t id = slab_.make();
  Attr& attr = slab_.at(id);
  attr.data = std::make_unique<std::uint8_t[]>(bytes.size());
  std::memcpy(attr.data.get(), bytes.data(), bytes.size());
  attr.size = static_cast<std::uint32_t>(bytes.size());
  attr.references = 1;
  attr.hash = hash;
  attr.serial = next_serial_++;
  decode(attr);
  heap_bytes_ += bytes.size() + 16;
  index_.insert(id);
  return AttrId(id);
}

AttrId AttrTable::derived(AttrId base, std::uint32_t context, std::span<const core::ExtCommunity> extra, bool drop_origin_vn) {
  const std::uint64_t key = derived_key(base, context);
  if (const auto found = derived_.find(key); found != derived_.end()) {
    ++slab_.at(found->second).references;
    return AttrId(found->second);
  }
  builder_.assign(at(base).view());
  if (drop_origin_vn) builder_.remove_ext_communities(core::ext::is_origin_vn);
  for (const core::ExtCommunity& c : extra) builder_.add_ext_community(c);
  scratch_.clear();
  builder_.append_to(scratch_);
  const AttrId id = intern(scratch_, core::hash_bytes(scratch_));
  Attr& attr = slab_.at(id.value);
  // Sets that come out equal from two bases are remembered for the first; the others pay the building each time.
  if (attr.base.value == 0 && id != base) {
    attr.base = base;
    attr.context = context;
    add_reference(base);
    derived_.emplace(key, id.value);
  }
  return id;
}

void AttrTable::release(AttrId id) {
  Attr& attr = slab_.at(id.value);
  if (--attr.references) return;
  const AttrId base = attr.base;
  if (base.value) derived_.erase(derived_key(base, attr.context));
  heap_bytes_ -= attr.size + 16;
  index_.erase(id.value);
  slab_.release(id.value);
  if (base.value) release(base);
}

}  // namespace signalbox::bgp
