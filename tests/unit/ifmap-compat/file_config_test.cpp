#include "ifmap-compat/file_config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/configdb/rows.hpp"

namespace signalbox::ifmap {
namespace {

using test::export_text;
using test::row;
using test::Row;
using test::uuid_text;

using Texts = std::set<std::string>;

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class FileConfigTest : public testing::Test {
 protected:
  ~FileConfigTest() override { std::filesystem::remove(path_); }
  void write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
  static Texts problems(const FileConfig& config, const std::string& file) {
    Texts lines;
    for (const Diagnostic& d : config.diagnostics()) lines.insert(to_text(d, file));
    return lines;
  }
  static Texts imports(FileConfig& config, const std::string& name) {
    const auto snapshot = config.snapshot();
    Texts lines;
    for (const auto& t : snapshot->instances.at(snapshot->by_name.at(name))->imports) lines.insert(t.to_string());
    return lines;
  }

  const std::string path_ = testing::TempDir() + "signalbox_file_config_" + std::to_string(::getpid()) + ".json";
};

TEST_F(FileConfigTest, ProblemsNameFileLineAndObject) {
  std::string text = export_text({row(1, "virtual_network", "d:p:blue").set("prop:virtual_network_network_id", "\"x\""),
                                  row(2, "routing_instance", "d:p:blue:blue").ref("route_target", 9).drop("fq_name"),
                                  row(3, "routing_instance", "d:p:red:red").ref("route_target", 9)});
  // One row per line, as an editor would show it.
  for (std::size_t at = 0; (at = text.find("\"00000000-0000-4000-8000-", at)) != std::string::npos; at += 20) text.insert(at++, "\n");
  write(text);
  FileConfig config(path_, "cn1");
  ASSERT_TRUE(config.reload().ok());
  config.snapshot();
  EXPECT_EQ(problems(config, "c.json"),
            (Texts{"c.json: warning: no bgp-router object has the name default-domain:default-project:ip-fabric:__default__:cn1; without "
                   "one no agent is accepted",
                   "c.json:2:2: error: virtual-network:d:p:blue (" + uuid_text(1) +
                       "): property virtual_network_network_id: \"x\" is no integer; it is passed over",
                   "c.json:3:2: error: routing-instance: (" + uuid_text(2) + "): column fq_name is missing; the row is kept out",
                   "c.json:4:2: warning: routing-instance:d:p:red:red (" + uuid_text(3) + "): refers to route-target " + uuid_text(9) +
                       " (instance-target), which is not there; without effect until it is"}));
}

TEST_F(FileConfigTest, RereadingAppliesDifferences) {
  const Row target = row(9, "route_target", "target:1:1");
  const Row red = row(3, "routing_instance", "d:p:red:red").ref("route_target", 9);
  write(export_text({red}));
  FileConfig config(path_, "cn1");
  ASSERT_TRUE(config.reload().ok());
  const auto first = config.snapshot();
  EXPECT_EQ(imports(config, "d:p:red:red"), Texts{});
  ASSERT_TRUE(config.reload().ok());
  EXPECT_EQ(config.snapshot(), first);

  write(export_text({red, target}));
  ASSERT_TRUE(config.reload().ok());
  EXPECT_EQ(imports(config, "d:p:red:red"), Texts{"target:1:1"});
  EXPECT_EQ(config.snapshot()->by_name.at("d:p:red:red"), first->by_name.at("d:p:red:red"));

  write("not JSON");
  const auto before = config.snapshot();
  EXPECT_EQ(config.reload().error().text, path_ + ": line 1 column 1: syntax error");
  EXPECT_EQ(config.snapshot(), before);

  Row broken = red;
  write(export_text({broken.set("fq_name", "7"), target}));
  ASSERT_TRUE(config.reload().ok());
  EXPECT_EQ(config.snapshot(), before) << "the last good version stays";

  write(export_text({target}));
  ASSERT_TRUE(config.reload().ok());
  EXPECT_EQ(config.snapshot()->by_name.count("d:p:red:red"), 0u);
}

TEST_F(FileConfigTest, RowsOfARealApiServerAreClean) {
  const std::string recorded = "../shared/recorded/api_server/rows.json";
  if (!std::filesystem::exists(recorded)) GTEST_SKIP() << recorded << " is not here";
  FileConfig config(recorded, "cn1");
  const core::Result<configdb::Load> load = config.reload();
  ASSERT_TRUE(load.ok()) << load.error().text;
  const auto snapshot = config.snapshot();
  EXPECT_EQ(problems(config, recorded), Texts{});
  EXPECT_TRUE(snapshot->self.usable());
  EXPECT_EQ(snapshot->self.autonomous_system, 64512u);
  EXPECT_EQ(snapshot->instances.size(), 8u);
  const auto& blue = *snapshot->instances.at(snapshot->by_name.at("default-domain:demo:blue:blue"));
  EXPECT_EQ(blue.vn_index, 5u);
  EXPECT_EQ(imports(config, blue.name),
            (Texts{"target:64512:8000004", "target:64512:8000006", "target:64512:2000", "target:64512:8000005", "target:64512:1000",
                   "target:127.0.0.1:" + std::to_string(blue.index), "target:64512:7999999"}));
}

// The rows of sample_rows.json stand there as plain values; an export holds them as texts.
std::string wrapped(const std::string& rows) {
  const boost::json::value parsed = boost::json::parse(rows);
  boost::json::object table;
  for (const auto& [uuid, columns] : parsed.as_object()) {
    boost::json::array row;
    for (const auto& [column, value] : columns.as_object()) row.push_back(boost::json::array{column, boost::json::serialize(value), 1});
    table[uuid] = row;
  }
  return boost::json::serialize(
      boost::json::object{{"cassandra", boost::json::object{{"config_db_uuid", boost::json::object{{"obj_uuid_table", table}}}}}});
}

// spec/config.md 8, "Expected on control node cn1".
TEST_F(FileConfigTest, TheSampleDataSet) {
  const std::string rows = "../shared/check/sample_rows.json";
  if (!std::filesystem::exists(rows)) GTEST_SKIP() << rows << " is not here";
  write(wrapped(read_file(rows)));
  FileConfig config(path_, "cn1");
  ASSERT_TRUE(config.reload().ok());
  const auto snapshot = config.snapshot();
  EXPECT_EQ(problems(config, ""), Texts{});
  EXPECT_TRUE(snapshot->self.usable());
  EXPECT_EQ(snapshot->self.address_families.size(), 6u);
  EXPECT_EQ(snapshot->global.restart_time, 300u);
  EXPECT_EQ(imports(config, "default-domain:demo:blue:blue"),
            (Texts{"target:64512:8000001", "target:64512:8000002", "target:64512:900", "target:127.0.0.1:1", "target:64512:7999999"}));
  EXPECT_EQ(imports(config, "default-domain:demo:red:red"),
            (Texts{"target:64512:8000001", "target:64512:8000002", "target:64512:900", "target:127.0.0.1:2", "target:64512:7999999"}));
  const auto& red = *snapshot->instances.at(snapshot->by_name.at("default-domain:demo:red:red"));
  EXPECT_EQ(red.exports.size(), 2u);
  EXPECT_EQ(red.vn_index, 6u);
  EXPECT_EQ(red.vxlan_id, 0u);
  EXPECT_EQ(snapshot->instances.at(core::kMasterInstance)->vn_index, 1u);
}

TEST_F(FileConfigTest, TheDemonstrationIsClean) {
  FileConfig config("deploy/demo/config.json", "demo");
  const core::Result<configdb::Load> load = config.reload();
  ASSERT_TRUE(load.ok()) << load.error().text;
  const auto snapshot = config.snapshot();
  EXPECT_EQ(problems(config, ""), Texts{});
  EXPECT_EQ(load->names_without_row, 0u);
  EXPECT_EQ(load->rows_without_name, 0u);
  EXPECT_TRUE(snapshot->self.usable());
  const auto leaks = [&](const std::string& to, const std::string& from) {
    const auto find = [&](const std::string& name) {
      return snapshot->instances.at(snapshot->by_name.at("default-domain:demo:" + name + ":" + name));
    };
    const auto exported = find(from)->exports;
    const auto imported = find(to)->imports;
    return std::any_of(exported.begin(), exported.end(),
                       [&](const auto& t) { return std::binary_search(imported.begin(), imported.end(), t); });
  };
  Texts seen;
  for (const std::string to : {"web", "app", "database", "shared"}) {
    for (const std::string from : {"web", "app", "database", "shared"}) {
      if (leaks(to, from)) seen.insert(to + "<-" + from);
    }
  }
  EXPECT_EQ(seen, (Texts{"web<-web", "app<-app", "database<-database", "shared<-shared",  // each its own
                         "web<-app", "app<-web",                                          // a connection
                         "app<-database", "database<-app",                                // imports, both ways
                         "web<-shared", "app<-shared", "database<-shared",                // hub and spoke
                         "shared<-web", "shared<-app", "shared<-database"}));
}

}  // namespace
}  // namespace signalbox::ifmap
