// JSON -> packed -> XML, a pair of every kind.
#include "ifmap-compat/packed.hpp"

#include <gtest/gtest.h>

#include "ifmap-compat/walk_table.hpp"

namespace signalbox::ifmap {
namespace {

const PropertyRow& row_of(NodeType owner, std::string_view name) {
  const PropertyRow* row = find_property(owner, name);
  EXPECT_NE(row, nullptr) << name;
  return *row;
}

std::string xml(NodeType owner, std::string_view name, std::string_view json) {
  const PropertyRow& row = row_of(owner, name);
  std::string packed;
  const core::Status status = pack(row.value, json, packed);
  if (!status.ok()) return "error: " + status.error().text;
  PackedReader in(packed);
  xmpp::TextBuffer out;
  append_xml(row.value, in, out);
  EXPECT_TRUE(in.at_end());
  return std::string(out.view());
}

std::string text(std::string_view json) { return xml(NodeType::kTag, "tag_value", json); }
std::string number(std::string_view json) { return xml(NodeType::kVirtualNetwork, "virtual_network_network_id", json); }
std::string id_perms(std::string_view json) { return xml(NodeType::kTag, "id_perms", json); }

constexpr std::string_view kPermissions =
    "<permissions><owner></owner><owner-access>0</owner-access><group></group><group-access>0</group-access><other-access>0</other-access>"
    "</permissions>";

TEST(Packed, Texts) {
  EXPECT_EQ(text("\"web\""), "<tag-value>web</tag-value>");
  EXPECT_EQ(text("\"\""), "<tag-value></tag-value>");
  EXPECT_EQ(text(R"("<a> & \"b\"")"), "<tag-value>&lt;a&gt; &amp; &quot;b&quot;</tag-value>");
  EXPECT_EQ(text(R"("Z\u00fcrich \ud83d\ude00")"), "<tag-value>Z\xc3\xbcrich \xf0\x9f\x98\x80</tag-value>");
  EXPECT_EQ(text(R"("cut\u0000off")"), "<tag-value>cut</tag-value>");
  EXPECT_EQ(text("true"), "<tag-value>true</tag-value>");
  EXPECT_EQ(text("-12"), "<tag-value>-12</tag-value>");
  EXPECT_EQ(text("18446744073709551615"), "<tag-value>18446744073709551615</tag-value>");
  EXPECT_EQ(text("2.50"), "<tag-value>2.5</tag-value>");
  EXPECT_EQ(text("1e3"), "<tag-value>1000</tag-value>");
  EXPECT_EQ(text("{}"), "error: is an object, a text is expected");
}

TEST(Packed, Integers) {
  EXPECT_EQ(number("5"), "<virtual-network-network-id>5</virtual-network-network-id>");
  EXPECT_EQ(number("-1"), "<virtual-network-network-id>-1</virtual-network-network-id>");
  EXPECT_EQ(number("4294967295"), "<virtual-network-network-id>4294967295</virtual-network-network-id>") << "never negative";
  EXPECT_EQ(number("\"4294967297\""), "<virtual-network-network-id>1</virtual-network-network-id>");
  EXPECT_EQ(number("\"\""), "<virtual-network-network-id>0</virtual-network-network-id>");
  EXPECT_EQ(number("4294967296"), "error: \"4294967296\" is no integer");
}

TEST(Packed, BooleansAndWhatIsNotRead) {
  EXPECT_EQ(xml(NodeType::kVirtualNetwork, "pbb_evpn_enable", "\"True\""), "<pbb-evpn-enable>false</pbb-evpn-enable>");
  EXPECT_EQ(xml(NodeType::kAccessControlList, "access_control_list_hash", "-7129"),
            "<access-control-list-hash>0</access-control-list-hash>");
}

TEST(Packed, IdPerms) {
  EXPECT_EQ(id_perms(R"({"uuid":{"uuid_mslong":16384,"uuid_lslong":"9223372036854775821"},"enable":true,"description":null,
                         "created":"2024-01-01T10:20:30.123456","last_modified":"","user_visible":false,"unknown":[1,{}]})"),
            "<id-perms>" + std::string(kPermissions) +
                "<uuid><uuid-mslong>16384</uuid-mslong><uuid-lslong>9223372036854775821</uuid-lslong></uuid><enable>true</enable>"
                "<created>2024-01-01T10:20:30</created><last-modified>1970-01-01T00:00:00</last-modified><description></description>"
                "<user-visible>false</user-visible><creator></creator></id-perms>");
  EXPECT_EQ(id_perms(R"({"created":"yesterday"})"), "error: created: \"yesterday\" is no time");
  EXPECT_EQ(id_perms(R"({"created":"2024-02-30T00:00:00"})").find("2024-03-01T00:00:00") == std::string::npos, false);
  EXPECT_EQ(id_perms(R"({"uuid":{"uuid_mslong":-1}})"), "error: uuid.uuid_mslong: \"-1\" is no integer");
}

TEST(Packed, ListsAndDefaults) {
  EXPECT_EQ(xml(NodeType::kVirtualMachineInterface, "virtual_machine_interface_mac_addresses", R"({"mac_address":["02:00","02:01"]})"),
            "<virtual-machine-interface-mac-addresses><mac-address>02:00</mac-address><mac-address>02:01</mac-address>"
            "</virtual-machine-interface-mac-addresses>");
  EXPECT_EQ(xml(NodeType::kVirtualMachineInterface, "virtual_machine_interface_mac_addresses", "{}"),
            "<virtual-machine-interface-mac-addresses></virtual-machine-interface-mac-addresses>");
  EXPECT_EQ(xml(NodeType::kVirtualNetwork, "mac_move_control", "{}"),
            "<mac-move-control><mac-move-limit>0</mac-move-limit><mac-move-time-window>10</mac-move-time-window>"
            "<mac-move-limit-action>log</mac-move-limit-action></mac-move-control>");
}

TEST(Packed, ElementsOfListsAndMaps) {
  const PropertyRow& annotations = row_of(NodeType::kVirtualRouter, "annotations");
  EXPECT_EQ(annotations.kind, configdb::PropertyKind::kMapElement);
  const std::string_view elements[] = {R"({"key":"a:b","value":"1"})", "null"};
  std::string packed;
  ASSERT_TRUE(pack_elements(annotations.value, elements, packed).ok());
  PackedReader in(packed);
  xmpp::TextBuffer out;
  append_xml(annotations.value, in, out);
  EXPECT_EQ(out.view(),
            "<annotations><key-value-pair><key>a:b</key><value>1</value></key-value-pair>"
            "<key-value-pair><key></key><value></value></key-value-pair></annotations>");
  const std::string_view bad[] = {"7"};
  const core::Status status = pack_elements(annotations.value, bad, packed);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().text, "key_value_pair: is a number, an object is expected");
}

// Every property and attribute of the schema with nothing said, and with all of it null, packs, skips and prints.
TEST(Packed, EveryTypeOfTheSchema) {
  const auto check = [](const ComplexType& type) {
    std::string packed;
    ASSERT_TRUE(pack_attribute(type, "{}", packed).ok()) << type.name;
    PackedReader skipped(packed), printed(packed);
    skipped.skip(type);
    xmpp::TextBuffer out;
    append_members_xml(type, printed, out);
    EXPECT_TRUE(skipped.at_end() && printed.at_end()) << type.name;
  };
  std::size_t properties = 0;
  for (std::size_t t = 0; t < kNodeTypes; ++t) {
    for (const PropertyRow* row : properties_of(static_cast<NodeType>(t))) {
      ++properties;
      if (row->value.complex != nullptr) check(*row->value.complex);
      if (row->kind == configdb::PropertyKind::kPlain) continue;
      ASSERT_NE(row->value.complex, nullptr) << row->value.name;
      EXPECT_EQ(row->value.complex->members.size(), 1u) << row->value.name;
      EXPECT_TRUE(row->value.complex->members[0].list) << row->value.name;
    }
  }
  EXPECT_EQ(properties, 363u + 3 * (kNodeTypes - 7));
  for (const LinkRow& link : link_rows()) {
    if (link.attribute != nullptr) check(*link.attribute);
  }
}

// What the white list names is a link or a type of the schema, and the table does something for each agent's type.
TEST(Packed, TheWalkFollowsTheWhiteList) {
  const auto rule = [](std::string_view metadata) {
    for (const LinkRow& link : link_rows()) {
      if (link.metadata == metadata) return walk_rule(id_of(link));
    }
    ADD_FAILURE() << metadata;
    return WalkRule{};
  };
  EXPECT_TRUE(rule("virtual-router-virtual-machine").leads_across(0));
  EXPECT_FALSE(rule("virtual-router-virtual-machine").leads_across(1));
  EXPECT_TRUE(rule("virtual-network-network-ipam").leads_to_middle(0));
  EXPECT_TRUE(rule("virtual-network-network-ipam").leads_across(0));
  EXPECT_FALSE(rule("virtual-network-network-ipam").leads_on(1));
  EXPECT_TRUE(rule("host-based-service-virtual-network").leads_to_middle(0));
  EXPECT_FALSE(rule("host-based-service-virtual-network").leads_across(0)) << "the walk stops at the middle node";
  EXPECT_FALSE(rule("project-security-group").used());
  EXPECT_FALSE(rule("instance-target").used());
  EXPECT_FALSE(reaches_agents(NodeType::kRouteTarget));
  EXPECT_FALSE(reaches_agents(NodeType::kNetworkPolicy));
}

}  // namespace
}  // namespace signalbox::ifmap
