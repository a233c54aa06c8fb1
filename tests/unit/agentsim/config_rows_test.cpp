#include "bench/agentsim/config_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace signalbox::bench {
namespace {

std::vector<std::string> sorted(std::vector<std::string> v) {
  std::sort(v.begin(), v.end());
  return v;
}

TEST(ConfigRows, ReadsBackWhatItWrites) {
  for (const char* leak : {"none", "ring:2", "hub"}) {
    Options o;
    o.instances = 5;
    o.leak = leak;
    const auto made = make_instances(o);
    const auto read = read_instances(config_rows(o, made));
    ASSERT_EQ(read.size(), made.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
      EXPECT_EQ(read[i].name, made[i].name);
      EXPECT_EQ(read[i].network, made[i].network);
      EXPECT_EQ(sorted(read[i].imports), sorted(made[i].imports)) << leak;
      EXPECT_EQ(sorted(read[i].exports), sorted(made[i].exports)) << leak;
    }
  }
}

// Two networks in the Thrift form; a has target 1, b has 2 and exports 9 only; the link is from a to b.
std::string linked(const std::string& destination) {
  const auto cell = [](const std::string& column, const std::string& value) { return "\"" + column + "\": [\"" + value + "\", 1]"; };
  const auto object = [&](const std::string& uuid, const std::string& type, const std::string& name, const std::string& more) {
    return "\"" + uuid + "\": {" + cell("type", "\\\"" + type + "\\\"") + ", " + cell("fq_name", "[" + name + "]") + more + "}";
  };
  const auto target = [&](const std::string& uuid, const std::string& sense) {
    return ", " + cell("ref:route_target:" + uuid, "{\\\"attr\\\": {\\\"import_export\\\": " + sense + "}}");
  };
  const std::string d = "\\\"d\\\", \\\"p\\\", ";
  return R"({"cassandra": {"config_db_uuid": {"obj_uuid_table": {)" + object("t1", "route_target", "\\\"target:1:1\\\"", "") + ", " +
         object("t2", "route_target", "\\\"target:1:2\\\"", "") + ", " + object("t9", "route_target", "\\\"target:1:9\\\"", "") + ", " +
         object("va", "virtual_network", d + "\\\"a\\\"", "") + ", " + object("vb", "virtual_network", d + "\\\"b\\\"", "") + ", " +
         object("ia", "routing_instance", d + "\\\"a\\\", \\\"a\\\"",
                ", " + cell("parent:virtual_network:va", "null") + target("t1", "null") + ", " +
                    cell("ref:routing_instance:ib", "{\\\"attr\\\": {\\\"destination_instance\\\": " + destination + "}}")) +
         ", " +
         object("ib", "routing_instance", d + "\\\"b\\\", \\\"b\\\"",
                ", " + cell("parent:virtual_network:vb", "null") + target("t2", "null") + target("t9", "\\\"export\\\"")) +
         "}}}}";
}

TEST(ConfigRows, FollowsConnections) {
  const auto both = read_instances(linked("null"));
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(sorted(both[0].imports), (std::vector<std::string>{"target:1:1", "target:1:2"}));
  EXPECT_EQ(sorted(both[1].imports), (std::vector<std::string>{"target:1:1", "target:1:2"}));
  EXPECT_EQ(sorted(both[1].exports), (std::vector<std::string>{"target:1:2", "target:1:9"}));
  const auto one = read_instances(linked("\\\"d:p:b:b\\\""));
  EXPECT_EQ(one[0].imports, std::vector<std::string>{"target:1:1"});
  EXPECT_EQ(sorted(one[1].imports), (std::vector<std::string>{"target:1:1", "target:1:2"}));
}

TEST(ConfigRows, SaysWhatIsNoDatabase) {
  EXPECT_THROW(read_instances("{"), std::invalid_argument);
  EXPECT_THROW(read_instances("{}"), std::invalid_argument);
}

}  // namespace
}  // namespace signalbox::bench
