// --print-config against a golden file, and --help.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "control/options/option_table.hpp"
#include "control/options/print_config.hpp"

namespace signalbox::control {
namespace {

constexpr const char* kFolder = "tests/unit/control/golden/";

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

OptionLoader loader(std::vector<const char*> words, const std::string& conf_file, bool with_environment) {
  words.push_back("--conf_file");
  words.push_back(conf_file.c_str());
  HostFacts host;
  host.hostname = "machine";
  host.cores = 2;
  host.first_address = [] { return std::string("192.0.2.1"); };
  host.environment = [with_environment](const std::string& name) {
    return with_environment && name == "XMPP_KEEPALIVE_SECONDS" ? std::optional<std::string>("3") : std::nullopt;
  };
  return OptionLoader(*parse_command_line(words), host);
}

TEST(options_print, shows_effective_values_and_their_origin) {
  const std::string conf = std::string(kFolder) + "sample.conf";
  OptionLoader l =
      loader({"--DEFAULT.bgp_port", "1179", "--CONFIGDB.config_db_password", "secret", "--DEFAULT.log_category=a#b"}, conf, true);
  ASSERT_TRUE(l.load().ok());
  EXPECT_EQ(print_config(l), content(std::string(kFolder) + "print_config.txt"));
}

TEST(options_print, a_file_that_does_not_exist_is_told) {
  OptionLoader l = loader({}, "no/such/file", false);
  ASSERT_TRUE(l.load().ok());
  EXPECT_TRUE(print_config(l).starts_with("# conf_file no/such/file (does not exist)\n\n[DEFAULT]\nhostname = machine "));
}

TEST(options_print, what_is_printed_reads_back_as_the_same_options) {
  OptionLoader l = loader({"--DEFAULT.bgp_port", "1179", "--DEFAULT.hostip", "::1", "--DEFAULT.test_mode", "--SIGNALBOX.shards", "7",
                           "--DEFAULT.collectors", "a:1 [::1]:2", "--CONFIGDB.config_file", "a = b.json"},
                          "no/such/file", false);
  ASSERT_TRUE(l.load().ok());
  std::string folder = testing::TempDir() + "signalbox_print_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/again.conf") << print_config(l);
  OptionLoader again = loader({}, folder + "/again.conf", false);
  const LoadReport report = again.load();
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report.diagnostics.empty());
  Options want = *l.options();
  want.xmpp.tls_port_given = true;  // the printed file names every port
  EXPECT_EQ(*report.options, want);
}

TEST(options_print, help_names_every_option_its_range_and_default) {
  const std::string help = print_help();
  for (const OptionRow& row : option_table()) {
    EXPECT_NE(help.find("  --" + std::string(row.section) + "." + std::string(row.key) + "\n"), std::string::npos) << row.key;
  }
  EXPECT_NE(help.find("a number from 1 to 64; default: computed\n"), std::string::npos);
  EXPECT_NE(help.find("default: 127.0.0.1:8086; re-read on SIGHUP\n"), std::string::npos);
  for (const char* word : {"--conf_file", "--check", "--print-config", "--version", "--help", "XMPP_KEEPALIVE_SECONDS"}) {
    EXPECT_NE(help.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace signalbox::control
