// OPEN and capabilities. RFC 4271 section 4.2, RFC 5492; spec/bgp.md 4, 16.1
#include <gtest/gtest.h>

#include "bgp/wire/header.hpp"
#include "bgp/wire/open.hpp"
#include "tests/unit/bgp/golden.hpp"

namespace signalbox::bgp::test {
namespace {

Open plain() {
  Open open;
  open.autonomous_system = 64512;
  open.hold_time = 90;
  open.identifier = ipv4("127.0.0.1");
  for (const auto f : {AddressFamily::kInet, AddressFamily::kInetVpn, AddressFamily::kInet6Vpn, AddressFamily::kRouteTarget,
                       AddressFamily::kEvpn, AddressFamily::kErmVpn}) {
    open.multiprotocol.push_back(numbers_of(f));
  }
  open.graceful_restart.emplace();
  open.graceful_restart->restarting = true;
  return open;
}

Open full() {
  Open open;
  open.autonomous_system = iana::kAsTrans;
  open.identifier = ipv4("192.0.2.1");
  open.four_octet_as = 4200000000;
  open.graceful_restart.emplace();
  open.graceful_restart->notification = true;
  open.graceful_restart->time = 300;
  open.long_lived_restart.emplace();
  for (std::size_t i = 0; i < kAddressFamilies; ++i) {
    const FamilyNumbers numbers = numbers_of(static_cast<AddressFamily>(i));
    open.multiprotocol.push_back(numbers);
    open.graceful_restart->families.push_back({numbers, iana::kForwardingState});
    open.long_lived_restart->families.push_back({numbers, iana::kForwardingState, 86400});
  }
  return open;
}

void expect_golden(const Open& open, const std::string& name) {
  const Bytes bytes = golden(name);
  EXPECT_EQ(to_hex(encode(open)), to_hex(bytes));
  const auto message = first_message(bytes);
  ASSERT_TRUE(message);
  const auto decoded = decode_open(message->body);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, open);
}

TEST(BgpOpen, Golden) {
  expect_golden(plain(), "open_plain");
  expect_golden(full(), "open_full");
}

// Version to identifier, and the parameters given.
Decoded<Open> with_parameters(const std::string& hex) {
  Bytes body = from_hex("04 fc00 005a 7f000001");
  const Bytes parameters = from_hex(hex);
  body.push_back(static_cast<std::uint8_t>(parameters.size()));
  body.insert(body.end(), parameters.begin(), parameters.end());
  return decode_open(body);
}

TEST(BgpOpen, ParametersMayBeArrangedInAnyWay) {
  EXPECT_TRUE(with_parameters(""));
  const auto open = with_parameters("0206 010400010001 0200 020c 010400010080 4104000fffff 0202 4600");
  ASSERT_TRUE(open);
  EXPECT_EQ(open->multiprotocol, (std::vector<FamilyNumbers>{{1, 1}, {1, 128}}));
  EXPECT_EQ(open->four_octet_as, 0xfffffu);
  EXPECT_EQ(open->graceful_restart, std::nullopt);
  const auto unknown = with_parameters("0208 0200 8000 46021234");
  ASSERT_TRUE(unknown) << "unknown capabilities are passed over";
  EXPECT_TRUE(unknown->multiprotocol.empty());
}

TEST(BgpOpen, ErrorsSayWhatToAnswer) {
  EXPECT_EQ(decode_open(from_hex("03 fc00 005a 7f000001 00")).error(), Notification::of(iana::OpenError::kUnsupportedVersion, {4}));
  EXPECT_EQ(with_parameters("0103 616263").error(), Notification::of(iana::OpenError::kUnsupportedParameter)) << "authentication";
  const Notification unspecific = Notification::of(iana::OpenError::kUnspecific);
  EXPECT_EQ(decode_open(from_hex("04 fc00 005a 7f000001 05 0200")).error(), unspecific) << "parameters end early";
  EXPECT_EQ(decode_open(from_hex("04 fc00 005a 7f000001 00 02")).error(), unspecific) << "bytes left over";
  EXPECT_EQ(with_parameters("0207 010400010001").error(), unspecific) << "a parameter beyond the end";
  EXPECT_EQ(with_parameters("0203 010400").error(), unspecific) << "a capability beyond the end";
  EXPECT_EQ(with_parameters("0205 0103000100").error(), unspecific) << "a family in three bytes";
  EXPECT_EQ(with_parameters("0204 4102fc00").error(), unspecific) << "an AS in two bytes";
  EXPECT_EQ(with_parameters("0203 400100").error(), unspecific) << "graceful restart in one byte";
  EXPECT_EQ(with_parameters("0206 470400010180").error(), unspecific) << "long-lived restart without its time";
}

}  // namespace
}  // namespace signalbox::bgp::test
