#include "tests/sim/session_model.hpp"

namespace signalbox::sim {

bool SessionModel::judge(const Stanza& stanza, const bgp::Config& config) {
  switch (stanza.kind) {
    case Stanza::Kind::kSubscribe: return subscribe(stanza, config);
    case Stanza::Kind::kUnsubscribe: return subscriptions_.erase(stanza.instance) == 0;
    case Stanza::Kind::kPublish: published_ = stanza; return false;
    case Stanza::Kind::kCollection: {
      const std::optional<Stanza> published = std::exchange(published_, std::nullopt);
      return published && published->node == stanza.node && collect(stanza, *published);
    }
    case Stanza::Kind::kConfigChannel: return false;
    case Stanza::Kind::kMalformed: return true;
  }
  return false;
}

bool SessionModel::subscribe(const Stanza& stanza, const bgp::Config& config) {
  if (subscriptions_.contains(stanza.instance)) return true;
  Subscription& s = subscriptions_[stanza.instance];
  const auto known = config.by_name.find(stanza.instance);
  s.pending = known == config.by_name.end();
  if (!s.pending) s.id = known->second;
  s.wants_routes = !stanza.no_ribout;
  s.has_instance_id = stanza.has_options;
  return false;
}

bool SessionModel::collect(const Stanza& collection, const Stanza& published) {
  const bool holds_routes = published.family != "25/242";
  if (holds_routes && (published.bad_prefix || (!collection.withdraw && !published.has_next_hop))) return false;
  const auto found = subscriptions_.find(collection.instance);
  if (found == subscriptions_.end()) return true;
  if (!holds_routes && collection.instance == bgp::kMasterInstanceName) return true;  // which has no such table
  Subscription& s = found->second;
  if (s.deleted && !collection.withdraw) return true;
  if (!s.has_instance_id) return true;
  if (!holds_routes || !acceptable(published, collection.withdraw, s.is_master())) return false;
  const PathKey key(published.family, published.prefix);
  if (collection.withdraw) {
    s.paths.erase(key);
  } else {
    s.paths[key] = published.path;
  }
  return false;
}

// The rules of spec/xmpp.md 3.1 for label and next hop.
bool SessionModel::acceptable(const Stanza& published, bool withdraw, bool master) {
  const bool labeled = published.family == "1/4";
  if (labeled && !master) return false;
  if (withdraw) return true;
  const PathSpec& path = published.path;
  if (path.label > 0xffffff || path.next_hop == "0.0.0.0") return false;
  if (!master) return path.label != 0 && path.next_hop.find(':') == std::string::npos;
  return labeled == (path.label != 0);
}

void SessionModel::apply(const bgp::Config& config) {
  for (auto& [name, s] : subscriptions_) {
    const auto known = config.by_name.find(name);
    const bool exists = known != config.by_name.end();
    if (!s.pending) {
      s.deleted = !exists || known->second != s.id;
    } else if (exists) {
      s.pending = false;
      s.id = known->second;
    }
  }
}

}  // namespace signalbox::sim
