#include "ifmap-compat/value.hpp"

#include <gtest/gtest.h>

namespace signalbox::ifmap {
namespace {

const Member& property(NodeType owner, std::string_view name) {
  const PropertyRow* row = find_property(owner, name);
  EXPECT_NE(row, nullptr) << name;
  return row->value;
}

Value read(const Member& schema, std::string_view json) {
  std::string packed;
  const core::Status status = pack(schema, json, packed);
  EXPECT_TRUE(status.ok()) << json << ": " << (status.ok() ? "" : status.error().text);
  if (!status.ok()) return {};
  PackedReader in(packed);
  Value value = Value::unpack(schema, in);
  EXPECT_TRUE(in.at_end());
  PackedReader again(packed);
  again.skip(schema);
  EXPECT_TRUE(again.at_end());
  return value;
}

std::string error(const Member& schema, std::string_view json) {
  std::string packed = "before";
  const core::Status status = pack(schema, json, packed);
  EXPECT_FALSE(status.ok()) << json;
  EXPECT_EQ(packed, "before");
  return status.ok() ? "" : status.error().text;
}

const Member& network_id() { return property(NodeType::kVirtualNetwork, "virtual_network_network_id"); }
const Member& pbb() { return property(NodeType::kVirtualNetwork, "pbb_evpn_enable"); }
const Member& router() { return property(NodeType::kBgpRouter, "bgp_router_parameters"); }

TEST(Value, Integers) {
  EXPECT_EQ(read(network_id(), "5").number(), 5u);
  EXPECT_EQ(read(network_id(), "\"5  \"").number(), 5u);
  EXPECT_EQ(read(network_id(), "4200000000").number(), 4200000000u);
  EXPECT_EQ(read(network_id(), "\"4294967298\"").number(), 2u) << "texts are taken modulo 2^32";
  EXPECT_EQ(read(network_id(), "\"\"").number(), 0u);
  EXPECT_EQ(read(network_id(), "\" +7\"").number(), 7u);
  EXPECT_EQ(read(network_id(), "\"-1\"").number(), 0xffffffffu);
  EXPECT_EQ(read(network_id(), "-1").number(), 0xffffffffu);
  EXPECT_EQ(error(network_id(), "1.5"), "\"1.5\" is no integer");
  EXPECT_EQ(error(network_id(), "\"5x\""), "\"5x\" is no integer");
  EXPECT_EQ(error(network_id(), "4294967296"), "\"4294967296\" is no integer") << "numbers must fit";
  EXPECT_EQ(error(network_id(), "-2147483649"), "\"-2147483649\" is no integer");
  EXPECT_EQ(error(network_id(), "\"-\""), "\"-\" is no integer");
  EXPECT_EQ(error(network_id(), "1e3"), "\"1e3\" is no integer");
  EXPECT_EQ(error(network_id(), "99999999999999999999"), "\"99999999999999999999\" is no integer");
  EXPECT_EQ(error(network_id(), "true"), "is a boolean, an integer is expected");
  EXPECT_EQ(error(network_id(), "{}"), "is an object, an integer is expected");
}

TEST(Value, Booleans) {
  EXPECT_TRUE(read(pbb(), "true").flag());
  EXPECT_FALSE(read(pbb(), "false").flag());
  EXPECT_TRUE(read(pbb(), "\"true\"").flag());
  EXPECT_FALSE(read(pbb(), "\"True\"").flag());
  EXPECT_EQ(error(pbb(), "1"), "is a number, true or false is expected");
}

TEST(Value, ComplexTypes) {
  const Value v = read(router(), R"({"admin_down":"true","autonomous_system":"64512","identifier":"10.0.0.1","port":null,"vendor":7,
    "hold_time":30,"unknown":{"a":[1,{"b":null}]},"address_families":{"family":["inet",null,"e-vpn",true]},"auth_data":null})");
  EXPECT_TRUE(v["admin_down"].flag());
  EXPECT_EQ(v["autonomous_system"].number(), 64512u);
  EXPECT_EQ(v["identifier"].text(), "10.0.0.1");
  EXPECT_EQ(v["vendor"].text(), "7");
  EXPECT_EQ(v["port"].number(), 179u) << "null keeps the schema's default";
  EXPECT_EQ(v["hold_time"].number(), 30u);
  EXPECT_EQ(v["cluster_id"].number(), 0u);
  const auto& families = v["address_families"]["family"].items();
  ASSERT_EQ(families.size(), 4u);
  EXPECT_EQ(families[1].text(), "null") << "as the incumbent reads it";
  EXPECT_EQ(families[2].text(), "e-vpn");
  EXPECT_EQ(families[3].text(), "true");
  EXPECT_TRUE(v["auth_data"]["key_items"].items().empty());
  EXPECT_FALSE(v["no such member"].is_set());
}

TEST(Value, SchemaDefaults) {
  const Value v = read(property(NodeType::kGlobalSystemConfig, "graceful_restart_parameters"), R"({"restart_time":60})");
  EXPECT_EQ(v["restart_time"].number(), 60u);
  EXPECT_EQ(v["long_lived_restart_time"].number(), 300u);
  EXPECT_EQ(v["end_of_rib_timeout"].number(), 300u);
  EXPECT_FALSE(v["enable"].flag());
}

TEST(Value, AViolationNamesItsMember) {
  EXPECT_EQ(error(router(), R"({"address_families":{"family":"inet"}})"), "address_families.family: is a text, a list is expected");
  EXPECT_EQ(error(router(), R"({"auth_data":{"key_items":[{"key_id":"x"}]}})"), "auth_data.key_items.key_id: \"x\" is no integer");
  EXPECT_EQ(error(router(), R"({"admin_down":false,"identifier":[]})"), "identifier: is a list, a text is expected");
  EXPECT_EQ(error(router(), "[]"), "is a list, an object is expected");
  EXPECT_EQ(error(router(), "\"\""), "is a text, an object is expected");
}

TEST(Value, LinkAttributes) {
  const LinkRow* link = find_link(NodeType::kRoutingInstance, configdb::ReferenceKind::kReference, "route_target");
  ASSERT_NE(link, nullptr);
  const auto import_export = [&](std::string_view json) {
    std::string packed;
    EXPECT_TRUE(pack_attribute(*link->attribute, json, packed).ok()) << json;
    PackedReader in(packed);
    return Value::unpack(*link->attribute, in)["import_export"].text();
  };
  EXPECT_EQ(import_export("null"), "");
  EXPECT_EQ(import_export("{}"), "");
  EXPECT_EQ(import_export(R"({"import_export":null})"), "");
  EXPECT_EQ(import_export(R"({"import_export":"import"})"), "import");
  std::string packed;
  EXPECT_FALSE(pack_attribute(*link->attribute, "7", packed).ok());
}

TEST(Value, Equality) {
  const std::string_view json = R"({"identifier":"10.0.0.1","address_families":{"family":["inet"]}})";
  EXPECT_EQ(read(router(), json), read(router(), json));
  EXPECT_NE(read(router(), json), read(router(), R"({"identifier":"10.0.0.1","address_families":{"family":["inet6"]}})"));
}

TEST(Schema, LinksAreFoundFromTheRowThatSaysThem) {
  using configdb::ReferenceKind;
  EXPECT_EQ(find_link(NodeType::kRoutingInstance, ReferenceKind::kParent, "virtual_network")->kind,
            LinkKind::kVirtualNetworkRoutingInstance);
  EXPECT_EQ(find_link(NodeType::kVirtualNetwork, ReferenceKind::kReference, "routing_instance"), nullptr);
  EXPECT_TRUE(find_link(NodeType::kRoutingInstance, ReferenceKind::kReference, "routing_instance")->symmetric());
  EXPECT_FALSE(find_link(NodeType::kRoutingInstance, ReferenceKind::kReference, "route_target")->symmetric());
  EXPECT_EQ(find_link(NodeType::kRoutingInstance, ReferenceKind::kReference, "toaster"), nullptr);
  EXPECT_EQ(find_type("toaster"), nullptr);
  for (std::size_t i = 0; i < kNodeTypes; ++i) EXPECT_EQ(type_row(static_cast<NodeType>(i)).type, static_cast<NodeType>(i));
}

}  // namespace
}  // namespace signalbox::ifmap
