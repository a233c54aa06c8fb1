// Interned attribute sets of one partition: equality of sets is equality of ids.
//
// An Attr keeps the canonical bytes (core/attributes.hpp) and, decoded once, what path selection compares. derived() makes the set that a
// path carries in tables it is replicated to (export targets and origin VN added, spec/bgp.md 13) and remembers it, so that replicating
// another path with the same set costs one look-up.
//
// Threads: one partition's. Lifetime: reference counted; a derived set keeps its base alive.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <memory>
#include <span>

#include "core/attributes.hpp"
#include "core/ids.hpp"
#include "core/slab.hpp"

namespace signalbox::bgp {

using core::AttrId;

struct Attr {
  std::unique_ptr<std::uint8_t[]> data;
  std::uint32_t size = 0;
  std::uint32_t references = 0;
  std::uint64_t hash = 0;
  std::uint64_t serial = 0;  // never used again in this partition, unlike the id: a key for caches of encoded forms
  // Derived sets: what they came from, for the memory of derived().
  AttrId base;
  std::uint32_t context = 0;

  // For path selection (spec/bgp.md 11) and export.
  std::uint32_t local_pref = 0;
  std::uint32_t med = 0;
  std::uint32_t sequence = 0;
  std::uint32_t origin_vn = 0;      // index; meaningful with has_origin_vn
  std::uint32_t neighbor_as = 0;    // leftmost of the AS path
  std::uint32_t originator_id = 0;  // 0: none
  std::uint16_t as_path_length = 0;
  std::uint16_t cluster_list_length = 0;
  core::Origin origin = core::Origin::kIncomplete;
  bool sticky = false;
  bool etree_leaf = false;
  bool llgr_stale = false;
  bool infeasible = false;
  bool has_origin_vn = false;
  bool has_origin_vn_path = false;
  bool vxlan = false;  // labels are VNIs
  bool no_advertise = false;
  bool no_export = false;  // NO_EXPORT or NO_EXPORT_SUBCONFED
  bool no_llgr = false;

  core::AttributeView view() const { return core::AttributeView({data.get(), size}); }
};

class AttrTable {
 public:
  AttrTable();

  // The id of this set, with a reference added. Precondition: `bytes` are canonical and `hash` is core::hash_bytes of them.
  AttrId intern(std::span<const std::uint8_t> bytes, std::uint64_t hash);
  // `base` with `extra` extended communities added, with a reference added. `context` names the set of extras: the same context must always
  // mean the same extras. `drop_origin_vn`: without those that name an origin network.
  AttrId derived(AttrId base, std::uint32_t context, std::span<const core::ExtCommunity> extra, bool drop_origin_vn = false);
  void add_reference(AttrId id) { ++slab_.at(id.value).references; }
  void release(AttrId id);

  const Attr& at(AttrId id) const { return slab_.at(id.value); }
  std::size_t size() const { return slab_.size(); }
  std::size_t bytes() const { return slab_.bytes() + heap_bytes_ + index_.bucket_count() * 5 + derived_.bucket_count() * 17; }

 private:
  struct Content {
    std::span<const std::uint8_t> bytes;
    std::uint64_t hash;
  };
  struct HashById {
    using is_transparent = void;
    const AttrTable* self;
    std::size_t operator()(std::uint32_t id) const { return self->slab_.at(id).hash; }
    std::size_t operator()(const Content& c) const { return c.hash; }
  };
  struct EqualById {
    using is_transparent = void;
    const AttrTable* self;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(const Content& a, std::uint32_t b) const { return self->same(a, b); }
    bool operator()(std::uint32_t a, const Content& b) const { return self->same(b, a); }
  };
  bool same(const Content& content, std::uint32_t id) const;

  core::Slab<Attr> slab_;
  boost::unordered_flat_set<std::uint32_t, HashById, EqualById> index_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> derived_;  // (base, context) -> derived set; no reference
  core::AttributeBuilder builder_;
  std::vector<std::uint8_t> scratch_;
  std::uint64_t next_serial_ = 1;
  std::size_t heap_bytes_ = 0;
};

}  // namespace signalbox::bgp
