#include "bgp/peer/route_intake.hpp"

#include <algorithm>

#include "bgp/rib/route.hpp"
#include "bgp/wire/as_path.hpp"

namespace signalbox::bgp {
namespace {

constexpr std::uint32_t kNowhere = ~0u;
constexpr std::uint16_t kVxlan = 8;

struct TunnelName {
  std::string_view name;
  std::uint16_t type;
};
// spec/bgp.md 9.1
constexpr TunnelName kTunnels[] = {{"gre", 2}, {"vxlan", 8}, {"nvgre", 9}, {"mpls", 10}, {"vxlan-gpe", 12}, {"udp", 13}, {"native", 16}};

core::Origin parse_origin(std::string_view text) {
  if (text == "IGP") return core::Origin::kIgp;
  return text == "EGP" ? core::Origin::kEgp : core::Origin::kIncomplete;
}

// The mirror of how agents' routes get their MED (spec/bgp.md 10.2).
std::uint32_t preference_of_med(std::uint32_t med) {
  if (med == 100) return 200;
  return med == 200 ? 100 : 0xffffffffu - med;
}

bool has_vni_labels(core::Family family) { return family == core::Family::kInetVpn || family == core::Family::kEvpn; }

}  // namespace

std::vector<std::uint16_t> tunnel_types(const std::vector<std::string>& names) {
  std::vector<std::uint16_t> types;
  for (const std::string& name : names) {
    for (const TunnelName& t : kTunnels) {
      if (t.name == name) types.push_back(t.type);
    }
  }
  return types;
}

RouteIntake::RouteIntake(const NeighborConfig& neighbor, const SelfConfig& self, core::PeerId peer)
    : session_([&] {
        Session s{};
        s.internal = neighbor.internal();
        s.med_is_preference = !s.internal && (neighbor.router_type == "control-node" || neighbor.router_type == "external-control-node");
        s.origin_override = neighbor.origin_override;
        s.origin = parse_origin(neighbor.origin);
        s.local_as = neighbor.local_as;
        s.peer_as = neighbor.peer_as;
        s.identifier = neighbor.local_identifier;
        s.cluster_id = self.cluster_id;
        s.loop_count.fill(neighbor.loop_count);
        for (const NeighborConfig::Family& f : neighbor.families) {
          const auto at = static_cast<std::size_t>(table_family(f.family));
          if (f.loop_count != 0) s.loop_count[at] = f.loop_count;
          s.encaps[at] = tunnel_types(f.default_tunnel_encap);
        }
        return s;
      }()),
      peer_(peer) {}

bool RouteIntake::take(Update& update, std::vector<core::RouteBatch>& batches, Notification& answer) {
  UpdateAttributes& attributes = update.attributes;
  counters_.attributes_discarded += attributes.discarded;
  const bool withdraw = attributes.withdraw;
  counters_.treated_as_withdraw += withdraw && update.reaches();
  if (update.reaches() && !withdraw) adjust(attributes);
  bool good = true;
  if (update.withdrawn) good = good && take_field(*update.withdrawn, true, update, batches);
  if (update.mp_withdrawn) good = good && take_field(*update.mp_withdrawn, true, update, batches);
  if (update.reachable) good = good && take_field(*update.reachable, withdraw, update, batches);
  if (update.mp_reachable) good = good && take_field(*update.mp_reachable, withdraw, update, batches);
  if (!good) answer = Notification::of(iana::UpdateError::kInvalidNetwork);
  return good;
}

void RouteIntake::adjust(UpdateAttributes& attributes) const {
  core::AttributeHeader& header = attributes.set.header;
  if (session_.med_is_preference && header.has_med && header.med != 0) header.local_pref = preference_of_med(header.med);
  if (session_.origin_override) header.origin = session_.origin;
}

std::uint16_t RouteIntake::flags_of(const UpdateAttributes& attributes, core::Family family) const {
  std::uint16_t flags = 0;
  const ByteView other = attributes.set.other();
  const ByteView path = find_other(other, iana::AttributeType::kAsPath).value_or(ByteView());
  if (!path.empty() && count_as(path, session_.local_as) > session_.loop_count[static_cast<std::size_t>(family)])
    flags |= path_flag::kAsPathLooped;
  if (!session_.internal) {
    if (attributes.neighbor_as != session_.peer_as) flags |= path_flag::kNoNeighborAs;
    return flags;
  }
  if (const auto id = find_other(other, iana::AttributeType::kOriginatorId)) {
    if (ByteReader(*id).u32() == session_.identifier) flags |= path_flag::kOriginatorIdLooped;
  }
  const auto clusters = session_.cluster_id ? find_other(other, iana::AttributeType::kClusterList) : std::nullopt;
  for (ByteReader in(clusters.value_or(ByteView())); !in.empty();) {
    if (in.u32() == session_.cluster_id) flags |= path_flag::kClusterListLooped;
  }
  return flags;
}

// The attribute set of the field's routes, in canonical form.
void RouteIntake::prepare(const RouteField& field, Update& update) {
  core::AttributeBuilder& set = update.attributes.set;
  canonical_.clear();
  set.append_to(canonical_);
  const core::AttributeView view(canonical_);
  bool has_encap = false;
  vni_ = false;
  for (std::size_t i = 0; i < view.ext_communities(); ++i) {
    const core::ExtCommunity c = view.ext_community(i);
    if (!core::ext::is_tunnel_encap(c)) continue;
    has_encap = true;
    vni_ |= c.u16(6) == kVxlan;
  }
  const auto& encaps = session_.encaps[static_cast<std::size_t>(field.family)];
  if (!has_encap && !encaps.empty()) {
    for (const std::uint16_t type : encaps) set.add_ext_community(core::ext::tunnel_encap(type));
    canonical_.clear();
    set.append_to(canonical_);
  }
  hash_ = core::hash_bytes(canonical_);
  flags_ = flags_of(update.attributes, field.family);
}

// False: what is left of the field cannot be read.
bool RouteIntake::take_field(const RouteField& field, bool withdraw, Update& update, std::vector<core::RouteBatch>& batches) {
  if (!withdraw) prepare(field, update);
  at_.assign(batches.size(), kNowhere);
  Nlri nlri;
  for (ByteReader in(field.routes); !in.empty();) {
    switch (next_nlri(in, field.family, withdraw, nlri)) {
      case NlriResult::kBroken: return false;
      case NlriResult::kSkipped: ++counters_.routes_skipped; continue;
      case NlriResult::kRoute: append(field, nlri, withdraw, batches); break;
    }
  }
  return true;
}

void RouteIntake::append(const RouteField& field, const Nlri& nlri, bool withdraw, std::vector<core::RouteBatch>& batches) {
  const auto partitions = static_cast<unsigned>(batches.size());
  const bool prefix_key = core::has_prefix_key(field.family);
  const unsigned partition =
      prefix_key ? core::partition_of(nlri.prefix, partitions) : partition_of_key(field.family, nlri.key_bytes(), partitions);
  core::RouteBatch& batch = batches[partition];
  core::RouteChange change;
  change.instance = core::kMasterInstance;
  change.peer = peer_;
  change.family = field.family;
  change.withdraw = withdraw;
  change.prefix = nlri.prefix;
  change.source_rd = nlri.rd;
  if (!prefix_key) {
    change.key_at = static_cast<std::uint32_t>(batch.attribute_bytes.size());
    change.key_size = nlri.key_size;
    batch.attribute_bytes.insert(batch.attribute_bytes.end(), nlri.key.begin(), nlri.key.begin() + nlri.key_size);
  }
  if (!withdraw) {
    change.flags = flags_;
    change.next_hop = field.next_hop;
    change.label = label_of_field(nlri.label, vni_ && has_vni_labels(field.family));
    append_attributes(nlri, field.family, batch, partition, change);
  }
  batch.changes.push_back(change);
}

// Routes of one field share their attribute bytes; what an EVPN route has beside its key makes a set of its own.
void RouteIntake::append_attributes(const Nlri& nlri, core::Family family, core::RouteBatch& batch, std::size_t partition,
                                    core::RouteChange& change) {
  const auto end = static_cast<std::uint32_t>(batch.attribute_bytes.size());
  const bool has_segment = family == core::Family::kEvpn && nlri.segment != decltype(nlri.segment){};
  if (!has_segment && nlri.second_label == 0) {
    change.attributes_hash = hash_;
    change.attributes_size = static_cast<std::uint32_t>(canonical_.size());
    if (at_[partition] == kNowhere) {
      at_[partition] = end;
      batch.attribute_bytes.insert(batch.attribute_bytes.end(), canonical_.begin(), canonical_.end());
    }
    change.attributes_at = at_[partition];
    return;
  }
  core::AttributeBuilder own;
  own.assign(core::AttributeView(canonical_));
  Bytes other(own.other().begin(), own.other().end());
  if (has_segment) other = replace_other(other, 0, static_cast<std::uint8_t>(InternalAttribute::kEthernetSegment), ByteView(nlri.segment));
  if (nlri.second_label != 0) {
    Bytes label;
    ByteWriter(label).u24(nlri.second_label);
    other = replace_other(other, 0, static_cast<std::uint8_t>(InternalAttribute::kSecondLabel), ByteView(label));
  }
  own.set_other(other);
  change.attributes_at = end;
  change.attributes_size = static_cast<std::uint32_t>(own.append_to(batch.attribute_bytes));
  change.attributes_hash = core::hash_bytes(batch.attributes(change));
}

}  // namespace signalbox::bgp
