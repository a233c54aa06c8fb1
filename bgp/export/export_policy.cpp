#include "bgp/export/export_policy.hpp"

namespace signalbox::bgp {
namespace {

using iana::AttributeType;

constexpr std::uint32_t kDefaultLocalPref = 100;
constexpr std::uint8_t kOptionalNonTransitive = iana::kOptional;

bool in_cluster_list(const Attr& attr, std::uint32_t cluster_id) {
  if (attr.cluster_list_length == 0) return false;
  const auto list = find_other(attr.view().other(), AttributeType::kClusterList);
  for (ByteReader in(*list); !in.empty();) {
    if (in.u32() == cluster_id) return true;
  }
  return false;
}

ByteView as_path_of(const Attr& attr) { return find_other(attr.view().other(), AttributeType::kAsPath).value_or(ByteView()); }

Verdict internal_verdict(const ExportPolicy& policy, const PeerRank& source, const Attr& attr, core::Family family) {
  if (policy.cluster_id == 0) return source.bgp && source.internal ? Verdict::kNobody : Verdict::kEveryone;
  if (in_cluster_list(attr, policy.cluster_id)) return Verdict::kNobody;
  return family == core::Family::kRouteTarget ? Verdict::kEveryone : Verdict::kNotContributors;
}

Verdict external_verdict(const ExportPolicy& policy, const Attr& attr) {
  if (attr.no_export) return Verdict::kNobody;
  if (policy.as_override) return Verdict::kNotSource;
  if (attr.as_path_length != 0 && count_as(as_path_of(attr), policy.peer_as) != 0) return Verdict::kNobody;
  return Verdict::kEveryone;
}

class Rewrite {
 public:
  Rewrite(const ExportPolicy& policy, const Attr& attr, core::AttributeBuilder& set)
      : policy_(policy), set_(set), other_(attr.view().other().begin(), attr.view().other().end()) {
    set_.assign(attr.view());
  }

  void family_extras(core::Family family) {
    const bool plain = family == core::Family::kInet || family == core::Family::kInetLabeled;
    if (plain) set_.remove_ext_communities([](const core::ExtCommunity& c) { return !core::ext::is_origin_vn(c); });
    if (family == core::Family::kInet6) set_.clear_ext_communities();
    if (plain || family == core::Family::kInet6) remove(AttributeType::kOriginVnPath);
    const auto& encaps = policy_.default_encaps[static_cast<std::size_t>(family)];
    if (encaps.empty()) return;
    set_.remove_ext_communities(core::ext::is_tunnel_encap);
    for (const std::uint16_t type : encaps) set_.add_ext_community(core::ext::tunnel_encap(type));
  }

  void long_lived_stale() {
    if (policy_.llgr_capable) return set_.add_community(core::kLlgrStale);
    set_.header.local_pref = 0;
    set_.remove_community(core::kLlgrStale);
    set_.add_community(core::kNoExport);
  }

  void internal(const Attr& attr, const PeerRank& source) {
    if (policy_.cluster_id != 0) {
      if (attr.originator_id == 0) {
        Bytes id;
        ByteWriter(id).u32(source.bgp ? source.router_id : policy_.identifier);
        replace(kOptionalNonTransitive, AttributeType::kOriginatorId, id);
      }
      Bytes list;
      ByteWriter(list).u32(policy_.cluster_id);
      if (const auto old = find_other(other_, AttributeType::kClusterList)) ByteWriter(list).bytes(*old);
      replace(kOptionalNonTransitive, AttributeType::kClusterList, list);
    }
    if (policy_.private_as != PrivateAsAction::kNone) set_path(edit_private_as(path(), policy_.private_as, policy_.peer_as, 0));
  }

  void external() {
    remove(AttributeType::kOriginatorId);
    remove(AttributeType::kClusterList);
    if (!path().empty()) set_.header.has_med = false;
    Bytes edited(path().begin(), path().end());
    if (policy_.as_override) edited = replace_as(edited, policy_.peer_as, policy_.local_as);
    edited = edit_private_as(edited, policy_.private_as, policy_.peer_as, policy_.server_as);
    set_path(prepend_as(edited, policy_.local_as));
  }

  void finish() { set_.set_other(other_); }

 private:
  ByteView path() const { return find_other(other_, AttributeType::kAsPath).value_or(ByteView()); }
  void set_path(const Bytes& path) { replace(iana::kTransitive, AttributeType::kAsPath, path); }
  void replace(std::uint8_t flags, AttributeType type, const Bytes& value) {
    other_ = replace_other(other_, flags, static_cast<std::uint8_t>(type), ByteView(value));
  }
  void remove(AttributeType type) {
    if (find_other(other_, type)) other_ = replace_other(other_, iana::kOptional, static_cast<std::uint8_t>(type), std::nullopt);
  }

  const ExportPolicy& policy_;
  core::AttributeBuilder& set_;
  Bytes other_;
};

}  // namespace

Verdict verdict(const ExportPolicy& policy, const Rib& rib, const Route& route, core::Family family) {
  if (!rib.exportable(route)) return Verdict::kNobody;
  const Path& best = rib.paths.at(route.first_path);
  const Attr& attr = rib.attrs.at(best.attr);
  if (attr.no_advertise) return Verdict::kNobody;
  return policy.internal ? internal_verdict(policy, rib.rank_of(best.member), attr, family) : external_verdict(policy, attr);
}

void append_attributes(const ExportPolicy& policy, const Rib& rib, const Path& path, core::Family family, core::AttributeBuilder& scratch,
                       Bytes& out) {
  const Attr& attr = rib.attrs.at(path.attr);
  Rewrite rewrite(policy, attr, scratch);
  rewrite.family_extras(family);
  if (policy.internal) {
    if (scratch.header.local_pref == 0) scratch.header.local_pref = kDefaultLocalPref;
    rewrite.internal(attr, rib.rank_of(path.member));
  } else {
    rewrite.external();
  }
  const bool stale = attr.llgr_stale || (path.flags & path_flag::kLlgrStale) != 0;
  if (stale && family != core::Family::kRouteTarget) rewrite.long_lived_stale();
  rewrite.finish();
  Bytes canonical;
  scratch.append_to(canonical);
  const core::IpAddress& next_hop = rib.next_hops.at(path.next_hop);
  encode_attributes(out, core::AttributeView(canonical), policy.terms(), family == core::Family::kInet ? &next_hop : nullptr);
}

bool target_decides(core::Family family, const Attr& attr) {
  switch (family) {
    case core::Family::kInet:
    case core::Family::kInet6:
    case core::Family::kInetLabeled:
    case core::Family::kRouteTarget: return false;
    default: return attr.view().ext_communities() != 0;
  }
}

}  // namespace signalbox::bgp
