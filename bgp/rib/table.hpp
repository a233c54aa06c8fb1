// A table: the routes of one family of one routing instance that this partition owns.
//
// Threads: one partition's. Cost: look-up by key is one probe of a flat hash index of 4-byte ids.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <span>
#include <string_view>

#include "bgp/export/update_log.hpp"
#include "bgp/rib/route.hpp"
#include "core/family.hpp"
#include "core/ids.hpp"

namespace signalbox::bgp {

class Table {
 public:
  Table(TableId own_id, core::InstanceId of_instance, core::Family of_family, RouteStore& routes)
      : id(own_id), instance(of_instance), family(of_family), routes_(&routes), index_(0, HashById{&routes}, EqualById{&routes}) {}

  RouteId find(const RouteKey& key) const {
    const auto found = index_.find(key.view());
    return found == index_.end() ? 0 : *found;
  }
  RouteId find_or_make(const RouteKey& key, bool& made);
  // Forgets a route that has no paths and whose deletion is told.
  void erase(RouteId route);

  std::size_t size() const { return index_.size(); }
  template <class F>
  void for_each(F&& f) const {
    for (const RouteId route : index_) f(route);
  }
  std::size_t bytes() const { return sizeof *this + index_.bucket_count() * 5 + log.bytes(); }

  const TableId id;
  const core::InstanceId instance;
  const core::Family family;

  UpdateLog log;
  UpdateLog::Position drained = 0;  // all before it is told to the members
  bool watched = false;             // an export group has members: changes wait in the log until it drains them
  bool queued = false;              // in Rib::dirty_tables
  bool sparse = false;              // in Rib::sparse_tables

  // Groups of BGP peers follow the table too (export/peer_group.hpp). Once one has, routes without paths are forgotten by the partition when
  // everybody is past them.
  std::uint16_t peer_groups = 0;
  bool shared = false;
  bool sent_claimed = false;      // Route::sent is what one of these groups keeps there
  UpdateLog::Position swept = 0;  // all before it has paths, or still has to be told

  // For show pages.
  std::uint64_t primary_paths = 0;
  std::uint64_t secondary_paths = 0;
  std::uint64_t infeasible_paths = 0;

 private:
  using Key = std::span<const std::uint8_t>;
  struct HashById {
    using is_transparent = void;
    RouteStore* routes;
    std::size_t operator()(Key key) const { return std::hash<std::string_view>()({reinterpret_cast<const char*>(key.data()), key.size()}); }
    std::size_t operator()(RouteId id) const { return (*this)(routes->at(id).key()); }
  };
  struct EqualById {
    using is_transparent = void;
    RouteStore* routes;
    bool same(Key a, Key b) const { return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0; }
    bool operator()(RouteId a, RouteId b) const { return a == b; }
    bool operator()(Key a, RouteId b) const { return same(a, routes->at(b).key()); }
    bool operator()(RouteId a, Key b) const { return same(routes->at(a).key(), b); }
  };

  RouteStore* routes_;
  boost::unordered_flat_set<RouteId, HashById, EqualById> index_;
};

}  // namespace signalbox::bgp
