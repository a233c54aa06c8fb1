// The numbers of BGP that are assigned by IANA, and nothing else.
//
// Threads: constants. Source: IANA registries "Border Gateway Protocol (BGP) Parameters", "Capability Codes", "Address Family Numbers" and
// "Subsequent Address Family Identifiers (SAFI) Parameters".
#pragma once

#include <cstddef>
#include <cstdint>

namespace signalbox::bgp::iana {

// RFC 4271 section 4.1
inline constexpr std::size_t kMarkerSize = 16;
inline constexpr std::size_t kHeaderSize = 19;
inline constexpr std::size_t kMaxMessageSize = 4096;
inline constexpr std::size_t kMaxExtendedMessageSize = 65535;  // RFC 8654
inline constexpr std::uint8_t kVersion = 4;
inline constexpr std::uint16_t kPort = 179;

enum class MessageType : std::uint8_t { kOpen = 1, kUpdate = 2, kNotification = 3, kKeepalive = 4, kRouteRefresh = 5 };

// RFC 4271 section 4.5
enum class ErrorCode : std::uint8_t { kMessageHeader = 1, kOpen = 2, kUpdate = 3, kHoldTimer = 4, kFsm = 5, kCease = 6 };

// RFC 4271 section 6.1
enum class HeaderError : std::uint8_t { kNotSynchronized = 1, kBadLength = 2, kBadType = 3 };

// RFC 4271 section 6.2, RFC 5492 section 5
enum class OpenError : std::uint8_t {
  kUnspecific = 0,
  kUnsupportedVersion = 1,
  kBadPeerAs = 2,
  kBadIdentifier = 3,
  kUnsupportedParameter = 4,
  kUnacceptableHoldTime = 6,
  kUnsupportedCapability = 7,
};

// RFC 4271 section 6.3
enum class UpdateError : std::uint8_t {
  kMalformedAttributeList = 1,
  kUnrecognizedWellKnown = 2,
  kMissingWellKnown = 3,
  kAttributeFlags = 4,
  kAttributeLength = 5,
  kInvalidOrigin = 6,
  kInvalidNextHop = 8,
  kOptionalAttribute = 9,
  kInvalidNetwork = 10,
  kMalformedAsPath = 11,
};

// RFC 4486, RFC 8538
enum class CeaseReason : std::uint8_t {
  kUnspecific = 0,
  kMaximumPrefixes = 1,
  kAdministrativeShutdown = 2,
  kPeerDeconfigured = 3,
  kAdministrativeReset = 4,
  kConnectionRejected = 5,
  kOtherConfigurationChange = 6,
  kCollision = 7,
  kOutOfResources = 8,
  kHardReset = 9,
};

// Optional parameter of OPEN. RFC 5492 section 4
inline constexpr std::uint8_t kCapabilitiesParameter = 2;

enum class Capability : std::uint8_t {
  kMultiprotocol = 1,              // RFC 4760 section 8
  kGracefulRestart = 64,           // RFC 4724 section 3
  kFourOctetAs = 65,               // RFC 6793 section 3
  kLongLivedGracefulRestart = 71,  // RFC 9494 section 3
};

// In the AS field of OPEN for a number that needs four octets. RFC 6793 section 9
inline constexpr std::uint16_t kAsTrans = 23456;

// Graceful restart. RFC 4724 section 3, RFC 8538 section 2
inline constexpr std::uint16_t kRestartState = 0x8000;
inline constexpr std::uint16_t kNotificationSupport = 0x4000;
inline constexpr std::uint16_t kRestartTimeMask = 0x0fff;
inline constexpr std::uint8_t kForwardingState = 0x80;

enum class Afi : std::uint16_t { kIp = 1, kIp6 = 2, kL2vpn = 25 };

enum class Safi : std::uint8_t {
  kUnicast = 1,
  kLabeled = 4,        // RFC 8277
  kMcastVpn = 5,       // RFC 6514
  kEvpn = 70,          // RFC 7432
  kMplsVpn = 128,      // RFC 4364
  kRouteTarget = 132,  // RFC 4684
  kErmVpn = 243,       // private use: edge-replicated multicast VPN (spec/bgp.md 7)
};

// Path attributes: flags of RFC 4271 section 4.3.
inline constexpr std::uint8_t kOptional = 0x80;
inline constexpr std::uint8_t kTransitive = 0x40;
inline constexpr std::uint8_t kPartial = 0x20;
inline constexpr std::uint8_t kExtendedLength = 0x10;

enum class AttributeType : std::uint8_t {
  kOrigin = 1,
  kAsPath = 2,
  kNextHop = 3,
  kMultiExitDisc = 4,
  kLocalPref = 5,
  kAtomicAggregate = 6,
  kAggregator = 7,
  kCommunities = 8,            // RFC 1997
  kOriginatorId = 9,           // RFC 4456
  kClusterList = 10,           // RFC 4456
  kMpReachNlri = 14,           // RFC 4760
  kMpUnreachNlri = 15,         // RFC 4760
  kExtendedCommunities = 16,   // RFC 4360
  kAs4Path = 17,               // RFC 6793
  kAs4Aggregator = 18,         // RFC 6793
  kPmsiTunnel = 22,            // RFC 6514
  kLargeCommunities = 32,      // RFC 8092
  kMcastEdgeDiscovery = 241,   // private use (spec/bgp.md 8.1)
  kMcastEdgeForwarding = 242,  // private use (spec/bgp.md 8.2)
  kOriginVnPath = 243,         // private use (spec/bgp.md 8.4)
};

// Segments of AS_PATH. RFC 4271 section 4.3
inline constexpr std::uint8_t kAsSet = 1;
inline constexpr std::uint8_t kAsSequence = 2;

// Route types of EVPN. RFC 7432 section 7, RFC 9136, RFC 9251
enum class EvpnRoute : std::uint8_t {
  kAutoDiscovery = 1,
  kMacIp = 2,
  kInclusiveMulticast = 3,
  kEthernetSegment = 4,
  kIpPrefix = 5,
  kSelectiveMulticast = 6
};

}  // namespace signalbox::bgp::iana
