// Addresses, prefixes, MACs, route distinguishers and route targets as plain values with parse and print.
//
// All multi-byte members are kept as the bytes of the wire (network order), so comparing bytes orders as people expect.
// Threads: plain values. Errors: parse functions return nullopt on anything but the whole text being right.
// Sources: RFC 4364 (RD, RT), RFC 4360, spec/xmpp.md 3, spec/config.md 6.4.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::core {

// IPv4 or IPv6 address. The unused tail of an IPv4 address is zero, so byte-wise equality holds.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool v6 = false;

  static IpAddress from_v4(std::uint32_t host_order);
  static IpAddress from_v4_bytes(const std::uint8_t* four);
  static IpAddress from_v6_bytes(const std::uint8_t* sixteen);
  static std::optional<IpAddress> parse(std::string_view text);  // dotted quad or RFC 4291 text
  static std::optional<IpAddress> parse_v4(std::string_view text);

  std::size_t size() const { return v6 ? 16 : 4; }
  unsigned max_length() const { return v6 ? 128 : 32; }
  // IPv4 as an integer in host order; 0 for IPv6.
  std::uint32_t v4() const;
  bool unspecified() const { return bytes == std::array<std::uint8_t, 16>{}; }
  std::string to_string() const;
  // Writes at most 45 characters, returns the end. `out` must have room for 46.
  char* print(char* out) const;

  bool operator==(const IpAddress&) const = default;
  std::strong_ordering operator<=>(const IpAddress& other) const;
};

// Address and length with the host bits cleared.
struct Prefix {
  IpAddress address;
  std::uint8_t length = 0;

  // Clears the host bits. Precondition: length <= address.max_length().
  static Prefix make(IpAddress address, unsigned length);
  // "a.b.c.d/len" (trailing ".0" octets of IPv4 may be left out) or "v6/len"; the length is mandatory. spec/xmpp.md 3.1
  static std::optional<Prefix> parse(std::string_view text);
  static std::optional<Prefix> parse(std::string_view text, bool v6);

  std::string to_string() const;
  // Writes at most 49 characters, returns the end.
  char* print(char* out) const;

  bool operator==(const Prefix&) const = default;
  std::strong_ordering operator<=>(const Prefix& other) const;
};

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};

  static std::optional<MacAddress> parse(std::string_view text);  // exactly six two-digit groups, colons
  bool zero() const { return bytes == std::array<std::uint8_t, 6>{}; }
  std::string to_string() const;
  auto operator<=>(const MacAddress&) const = default;
};

// Route distinguisher, 8 bytes as on the wire (RFC 4364 section 4.2). Agents' routes use type 1: IPv4 address : 16-bit number.
struct RouteDistinguisher {
  std::array<std::uint8_t, 8> bytes{};

  static RouteDistinguisher type1(std::uint32_t ipv4_host_order, std::uint16_t number);
  static std::optional<RouteDistinguisher> parse(std::string_view text);  // "asn:number" or "a.b.c.d:number"
  bool zero() const { return bytes == std::array<std::uint8_t, 8>{}; }
  std::string to_string() const;
  auto operator<=>(const RouteDistinguisher&) const = default;
};

// Extended community as its 8 bytes (RFC 4360). Route targets are extended communities of subtype 2.
struct ExtCommunity {
  std::array<std::uint8_t, 8> bytes{};

  std::uint8_t type() const { return bytes[0]; }
  std::uint8_t subtype() const { return bytes[1]; }
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]); }
  std::uint32_t u32(std::size_t at) const {
    return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
           static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
  }
  auto operator<=>(const ExtCommunity&) const = default;
};

struct RouteTarget {
  ExtCommunity community;

  // "target:asn:n", "target:a.b.c.d:n", "target:asnL:n" (four-byte AS); spec/config.md 6.4
  static std::optional<RouteTarget> parse(std::string_view text);
  static RouteTarget two_octet_as(std::uint16_t as, std::uint32_t number);
  static RouteTarget four_octet_as(std::uint32_t as, std::uint16_t number);
  static RouteTarget ipv4(std::uint32_t address_host_order, std::uint16_t number);
  static bool is_target(const ExtCommunity& c) { return c.type() <= 2 && c.subtype() == 2; }
  std::string to_string() const;
  auto operator<=>(const RouteTarget&) const = default;
};

// Decimal number of at most `max`, the whole text, no sign. The one number parser of the project.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t max);
// Writes the decimal text of `value`, returns the end. Room for 20 characters is enough.
char* print_number(char* out, std::uint64_t value);

}  // namespace signalbox::core

template <>
struct std::hash<signalbox::core::IpAddress> {
  std::size_t operator()(const signalbox::core::IpAddress& a) const noexcept {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(a.bytes.data()), a.size()});
  }
};

template <>
struct std::hash<signalbox::core::RouteTarget> {
  std::size_t operator()(const signalbox::core::RouteTarget& t) const noexcept {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(t.community.bytes.data()), 8});
  }
};
