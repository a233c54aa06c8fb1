#include "bgp/peer/end_of_rib.hpp"

namespace signalbox::bgp {
namespace {

constexpr core::seconds kCheckPeriod{1};

// Route targets are known soon after the configuration is: a fiftieth of the timeout.
bool is_due(AddressFamily family, const EndOfRibSchedule::Node& node, FamilySet told, core::TimePoint begun, core::TimePoint now) {
  if (now - begun >= node.timeout) return true;
  if (!told.has(family)) return false;
  if (!node.starting_up(now)) return true;
  return node.has_configuration && family == AddressFamily::kRouteTarget && now - begun >= node.timeout / 50;
}

}  // namespace

void EndOfRibSchedule::begin(FamilySet families, core::TimePoint now) {
  pending_ = families;
  begun_ = now;
  next_check_ = now + kCheckPeriod;
}

FamilySet EndOfRibSchedule::due(const Node& node, FamilySet told, core::TimePoint now) {
  if (pending_.empty() || now < next_check_) return {};
  next_check_ = now + kCheckPeriod;
  FamilySet due, later;
  pending_.for_each([&](AddressFamily family) { (is_due(family, node, told, begun_, now) ? due : later).add(family); });
  pending_ = later;
  return due;
}

}  // namespace signalbox::bgp
