#include "bgp/rib/target_watch.hpp"

#include <algorithm>

namespace signalbox::bgp {
namespace {

constexpr std::size_t kTargetAt = 4;  // behind the origin AS

std::optional<core::RouteTarget> target_of(const RouteKey& key) {
  if (key.size == 0) return std::nullopt;
  core::RouteTarget target;
  std::copy(key.bytes.begin() + kTargetAt, key.bytes.begin() + kTargetAt + target.community.bytes.size(), target.community.bytes.begin());
  return target;
}

}  // namespace

void TargetWatch::count(const Target& target, core::PeerId peer, bool add) {
  std::map<core::PeerId, unsigned>& peers = counts_[target];
  unsigned& n = peers[peer];
  n += add ? 1u : ~0u;
  if (n == (add ? 1u : 0u)) changes_.push_back({target, peer, add});
  if (n != 0) return;
  peers.erase(peer);
  if (peers.empty()) counts_.erase(target);
}

void TargetWatch::changed(const RouteKey& key, RouteId route) {
  std::vector<core::PeerId> now;
  std::uint32_t neighbor_as = 0;
  bool external_seen = false;
  for (PathId p = route ? rib_.routes.at(route).first_path : 0; p; p = rib_.paths.at(p).next) {
    const Path& path = rib_.paths.at(p);
    const PeerRank& rank = rib_.rank_of(path.member);
    if (!rank.bgp || !rib_.is_usable(path)) continue;
    const std::uint32_t as = rib_.attrs.at(path.attr).neighbor_as;
    if (!rank.internal) {
      if (!std::exchange(external_seen, true)) neighbor_as = as;
      if (as != neighbor_as) continue;
    }
    now.push_back(members_.at(path.member).peer->id);
  }
  std::sort(now.begin(), now.end());
  now.erase(std::unique(now.begin(), now.end()), now.end());
  std::vector<core::PeerId>& before = routes_[{key.bytes.begin(), key.bytes.begin() + key.size}];
  const Target target = target_of(key);
  for (const core::PeerId peer : now) {
    if (!std::binary_search(before.begin(), before.end(), peer)) count(target, peer, true);
  }
  for (const core::PeerId peer : before) {
    if (!std::binary_search(now.begin(), now.end(), peer)) count(target, peer, false);
  }
  before = std::move(now);
  if (before.empty()) routes_.erase({key.bytes.begin(), key.bytes.begin() + key.size});
}

}  // namespace signalbox::bgp
