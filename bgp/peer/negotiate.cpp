#include "bgp/peer/negotiate.hpp"

#include <algorithm>

namespace signalbox::bgp {
namespace {

bool is_expected_as(const SessionTerms& terms, const Open& open) {
  if (open.autonomous_system != iana::kAsTrans && open.autonomous_system != terms.peer_as) return false;
  return !terms.four_octet_as || !open.four_octet_as || *open.four_octet_as == terms.peer_as;
}

}  // namespace

Open make_open(const SessionTerms& terms, bool restarting) {
  Open open;
  open.autonomous_system = terms.local_as <= 0xffff ? static_cast<std::uint16_t>(terms.local_as) : iana::kAsTrans;
  open.hold_time = terms.hold_time;
  open.identifier = terms.local_identifier;
  GracefulRestart gr;
  gr.restarting = restarting;
  LongLivedRestart llgr;
  terms.families.for_each([&](AddressFamily family) {
    open.multiprotocol.push_back(numbers_of(family));
    gr.families.push_back({numbers_of(family), iana::kForwardingState});
    llgr.families.push_back({numbers_of(family), iana::kForwardingState, terms.long_lived_restart_time});
  });
  if (terms.four_octet_as) open.four_octet_as = terms.local_as;
  if (terms.graceful_restart) {
    gr.notification = true;
    gr.time = terms.restart_time;
    if (terms.long_lived_restart_time != 0) open.long_lived_restart = std::move(llgr);
  } else {
    // Announces no more than that End-of-RIB will come.
    gr.families.clear();
  }
  open.graceful_restart = std::move(gr);
  return open;
}

Decoded<Negotiated> negotiate(const SessionTerms& terms, const Open& open) {
  if (open.identifier == 0 || open.identifier == terms.local_identifier) return Notification::of(iana::OpenError::kBadIdentifier);
  if (!is_expected_as(terms, open)) return Notification::of(iana::OpenError::kBadPeerAs);
  if (open.hold_time == 1 || open.hold_time == 2) return Notification::of(iana::OpenError::kUnacceptableHoldTime);
  Negotiated agreed;
  for (const FamilyNumbers& numbers : open.multiprotocol) {
    const auto family = family_of(numbers);
    if (family && terms.families.has(*family)) agreed.families.add(*family);
  }
  if (agreed.families.empty()) return Notification::of(iana::OpenError::kUnsupportedCapability);
  agreed.peer_identifier = open.identifier;
  agreed.hold_time = std::min(terms.hold_time, open.hold_time);
  agreed.four_octet_as = terms.four_octet_as && open.four_octet_as.has_value();
  agreed.graceful_restart = open.graceful_restart;
  agreed.long_lived_restart = open.long_lived_restart;
  return agreed;
}

}  // namespace signalbox::bgp
