#include "core/net.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace signalbox::core {
namespace {

std::uint32_t load32(const std::uint8_t* p) {
  return static_cast<std::uint32_t>(p[0]) << 24 | static_cast<std::uint32_t>(p[1]) << 16 | static_cast<std::uint32_t>(p[2]) << 8 | p[3];
}

void store32(std::uint8_t* p, std::uint32_t v) {
  p[0] = static_cast<std::uint8_t>(v >> 24);
  p[1] = static_cast<std::uint8_t>(v >> 16);
  p[2] = static_cast<std::uint8_t>(v >> 8);
  p[3] = static_cast<std::uint8_t>(v);
}

void store16(std::uint8_t* p, std::uint16_t v) {
  p[0] = static_cast<std::uint8_t>(v >> 8);
  p[1] = static_cast<std::uint8_t>(v);
}

// Reads up to four dotted decimal octets; returns how many, 0 when the text is wrong.
unsigned parse_octets(std::string_view text, std::uint8_t* out) {
  const char* p = text.data();
  const char* const end = p + text.size();
  for (unsigned n = 0; n < 4; ++n) {
    unsigned value = 0, digits = 0;
    while (p != end && *p >= '0' && *p <= '9' && digits < 3) {
      value = value * 10 + static_cast<unsigned>(*p++ - '0');
      ++digits;
    }
    if (digits == 0 || value > 255) return 0;
    out[n] = static_cast<std::uint8_t>(value);
    if (p == end) return n + 1;
    if (*p++ != '.') return 0;
  }
  return 0;
}

char* print_v4(char* out, const std::uint8_t* b) {
  for (int i = 0; i < 4; ++i) {
    if (i) *out++ = '.';
    out = print_number(out, b[i]);
  }
  return out;
}

// "left:right" at the last colon.
std::optional<std::pair<std::string_view, std::string_view>> split_last_colon(std::string_view text) {
  const auto at = text.rfind(':');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return std::nullopt;
  return std::pair{text.substr(0, at), text.substr(at + 1)};
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, ec] = std::from_chars(text.data(), end, value);
  if (ec != std::errc() || at != end || value > max) return std::nullopt;
  return value;
}

char* print_number(char* out, std::uint64_t value) { return std::to_chars(out, out + 20, value).ptr; }

IpAddress IpAddress::from_v4(std::uint32_t host_order) {
  IpAddress a;
  store32(a.bytes.data(), host_order);
  return a;
}

IpAddress IpAddress::from_v4_bytes(const std::uint8_t* four) {
  IpAddress a;
  std::memcpy(a.bytes.data(), four, 4);
  return a;
}

IpAddress IpAddress::from_v6_bytes(const std::uint8_t* sixteen) {
  IpAddress a;
  a.v6 = true;
  std::memcpy(a.bytes.data(), sixteen, 16);
  return a;
}

std::optional<IpAddress> IpAddress::parse_v4(std::string_view text) {
  IpAddress a;
  if (parse_octets(text, a.bytes.data()) != 4) return std::nullopt;
  return a;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return parse_v4(text);
  char buffer[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof buffer) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = 0;
  IpAddress a;
  a.v6 = true;
  if (inet_pton(AF_INET6, buffer, a.bytes.data()) != 1) return std::nullopt;
  return a;
}

std::uint32_t IpAddress::v4() const { return v6 ? 0 : load32(bytes.data()); }

char* IpAddress::print(char* out) const {
  if (!v6) return print_v4(out, bytes.data());
  char buffer[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
  const std::size_t n = std::strlen(buffer);
  std::memcpy(out, buffer, n);
  return out + n;
}

std::string IpAddress::to_string() const {
  char buffer[64];
  return {buffer, print(buffer)};
}

std::strong_ordering IpAddress::operator<=>(const IpAddress& other) const {
  if (v6 != other.v6) return v6 <=> other.v6;
  return std::memcmp(bytes.data(), other.bytes.data(), 16) <=> 0;
}

Prefix Prefix::make(IpAddress address, unsigned length) {
  const std::size_t whole = length / 8;
  if (whole < address.size()) {
    address.bytes[whole] &= static_cast<std::uint8_t>(0xff00u >> (length % 8));
    std::fill(address.bytes.begin() + static_cast<std::ptrdiff_t>(whole) + 1, address.bytes.end(), std::uint8_t{0});
  }
  return Prefix{address, static_cast<std::uint8_t>(length)};
}

std::optional<Prefix> Prefix::parse(std::string_view text) { return parse(text, text.find(':') != std::string_view::npos); }

std::optional<Prefix> Prefix::parse(std::string_view text, bool v6) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto length = parse_number(text.substr(slash + 1), v6 ? 128 : 32);
  if (!length) return std::nullopt;
  IpAddress address;
  if (v6) {
    const auto parsed = IpAddress::parse(text.substr(0, slash));
    if (!parsed || !parsed->v6) return std::nullopt;
    address = *parsed;
  } else if (parse_octets(text.substr(0, slash), address.bytes.data()) == 0) {
    return std::nullopt;
  }
  return make(address, static_cast<unsigned>(*length));
}

char* Prefix::print(char* out) const {
  out = address.print(out);
  *out++ = '/';
  return print_number(out, length);
}

std::string Prefix::to_string() const {
  char buffer[64];
  return {buffer, print(buffer)};
}

std::strong_ordering Prefix::operator<=>(const Prefix& other) const {
  if (const auto c = address <=> other.address; c != 0) return c;
  return length <=> other.length;
}

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
  if (text.size() != 17) return std::nullopt;
  MacAddress mac;
  for (std::size_t i = 0; i < 6; ++i) {
    const char* at = text.data() + i * 3;
    unsigned value = 0;
    if (const auto [end, ec] = std::from_chars(at, at + 2, value, 16); ec != std::errc() || end != at + 2) return std::nullopt;
    if (i < 5 && at[2] != ':') return std::nullopt;
    mac.bytes[i] = static_cast<std::uint8_t>(value);
  }
  return mac;
}

std::string MacAddress::to_string() const {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string s;
  for (std::size_t i = 0; i < 6; ++i) {
    if (i) s += ':';
    s += kHex[bytes[i] >> 4];
    s += kHex[bytes[i] & 15];
  }
  return s;
}

RouteDistinguisher RouteDistinguisher::type1(std::uint32_t ipv4_host_order, std::uint16_t number) {
  RouteDistinguisher rd;
  rd.bytes[1] = 1;
  store32(&rd.bytes[2], ipv4_host_order);
  store16(&rd.bytes[6], number);
  return rd;
}

std::optional<RouteDistinguisher> RouteDistinguisher::parse(std::string_view text) {
  const auto parts = split_last_colon(text);
  if (!parts) return std::nullopt;
  if (const auto address = IpAddress::parse_v4(parts->first)) {
    const auto number = parse_number(parts->second, 0xffff);
    if (!number) return std::nullopt;
    return type1(address->v4(), static_cast<std::uint16_t>(*number));
  }
  const auto as = parse_number(parts->first, 0xffffffff);
  if (!as) return std::nullopt;
  RouteDistinguisher rd;
  if (*as <= 0xffff) {
    const auto number = parse_number(parts->second, 0xffffffff);
    if (!number) return std::nullopt;
    store16(&rd.bytes[2], static_cast<std::uint16_t>(*as));
    store32(&rd.bytes[4], static_cast<std::uint32_t>(*number));
    return rd;
  }
  const auto number = parse_number(parts->second, 0xffff);
  if (!number) return std::nullopt;
  rd.bytes[1] = 2;
  store32(&rd.bytes[2], static_cast<std::uint32_t>(*as));
  store16(&rd.bytes[6], static_cast<std::uint16_t>(*number));
  return rd;
}

std::string RouteDistinguisher::to_string() const {
  const unsigned type = static_cast<unsigned>(bytes[0]) << 8 | bytes[1];
  const auto u16 = [this](std::size_t at) { return static_cast<unsigned>(bytes[at]) << 8 | bytes[at + 1]; };
  if (type == 0) return std::to_string(u16(2)) + ":" + std::to_string(load32(&bytes[4]));
  if (type == 1) return IpAddress::from_v4_bytes(&bytes[2]).to_string() + ":" + std::to_string(u16(6));
  return std::to_string(load32(&bytes[2])) + ":" + std::to_string(u16(6));
}

RouteTarget RouteTarget::two_octet_as(std::uint16_t as, std::uint32_t number) {
  RouteTarget t;
  t.community.bytes[1] = 2;
  store16(&t.community.bytes[2], as);
  store32(&t.community.bytes[4], number);
  return t;
}

RouteTarget RouteTarget::four_octet_as(std::uint32_t as, std::uint16_t number) {
  RouteTarget t = ipv4(as, number);
  t.community.bytes[0] = 2;
  return t;
}

RouteTarget RouteTarget::ipv4(std::uint32_t address_host_order, std::uint16_t number) {
  RouteTarget t;
  t.community.bytes[0] = 1;
  t.community.bytes[1] = 2;
  store32(&t.community.bytes[2], address_host_order);
  store16(&t.community.bytes[6], number);
  return t;
}

std::optional<RouteTarget> RouteTarget::parse(std::string_view text) {
  constexpr std::string_view kScheme = "target:";
  if (text.substr(0, kScheme.size()) != kScheme) return std::nullopt;
  auto parts = split_last_colon(text.substr(kScheme.size()));
  if (!parts) return std::nullopt;
  auto [who, number] = *parts;
  if (const auto address = IpAddress::parse_v4(who)) {
    const auto n = parse_number(number, 0xffff);
    if (!n) return std::nullopt;
    return ipv4(address->v4(), static_cast<std::uint16_t>(*n));
  }
  const bool wide = who.back() == 'L';
  if (wide) who.remove_suffix(1);
  const auto as = parse_number(who, 0xffffffff);
  if (!as) return std::nullopt;
  if (wide || *as > 0xffff) {
    const auto n = parse_number(number, 0xffff);
    if (!n) return std::nullopt;
    return four_octet_as(static_cast<std::uint32_t>(*as), static_cast<std::uint16_t>(*n));
  }
  const auto n = parse_number(number, 0xffffffff);
  if (!n) return std::nullopt;
  return two_octet_as(static_cast<std::uint16_t>(*as), static_cast<std::uint32_t>(*n));
}

std::string RouteTarget::to_string() const {
  const auto& c = community;
  if (c.type() == 1) return "target:" + IpAddress::from_v4_bytes(&c.bytes[2]).to_string() + ":" + std::to_string(c.u16(6));
  if (c.type() == 2) return "target:" + std::to_string(c.u32(2)) + ":" + std::to_string(c.u16(6));
  return "target:" + std::to_string(c.u16(2)) + ":" + std::to_string(c.u32(4));
}

}  // namespace signalbox::core
