// The daemon's command line.
#include "control/options/command_line.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "control/options/option_table.hpp"

namespace signalbox::control {
namespace {

using Words = std::vector<const char*>;
using Lines = std::vector<std::string>;

CommandLine accepted(const Words& words) {
  const auto parsed = parse_command_line(words);
  EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().text);
  return parsed.ok() ? *parsed : CommandLine{};
}

// "SECTION.key=value" for each option given.
Lines given(const Words& words) {
  Lines out;
  for (const CommandLine::Given& g : accepted(words).given) {
    const OptionRow& row = option_table()[g.row];
    out.push_back(std::string(row.section) + "." + std::string(row.key) + "=" + g.value);
  }
  return out;
}

std::string refusal(const Words& words) {
  const auto parsed = parse_command_line(words);
  EXPECT_FALSE(parsed.ok());
  return parsed.ok() ? "accepted" : parsed.error().text;
}

TEST(options_command_line, nothing_given) {
  const CommandLine line = accepted({});
  EXPECT_EQ(line.conf_file, "/etc/contrail/contrail-control.conf");
  EXPECT_FALSE(line.check || line.print_config || line.version || line.help);
  EXPECT_TRUE(line.given.empty());
}

TEST(options_command_line, values_follow_or_are_attached) {
  EXPECT_EQ(given({"--DEFAULT.hostip", "10.0.0.1", "--CONFIGDB.config_file=/tmp/a=b.json", "--DEFAULT.log_category="}),
            (Lines{"DEFAULT.hostip=10.0.0.1", "CONFIGDB.config_file=/tmp/a=b.json", "DEFAULT.log_category="}));
}

TEST(options_command_line, an_empty_word_is_a_value) { EXPECT_EQ(given({"--DEFAULT.log_file", ""}), (Lines{"DEFAULT.log_file="})); }

TEST(options_command_line, flags_need_no_value_and_take_one) {
  EXPECT_EQ(given({"--DEFAULT.test_mode", "--DEFAULT.xmpp_auth_enable", "1", "--DEFAULT.use_syslog", "false", "--DEFAULT.log_local=0",
                   "--CONFIGDB.config_db_use_ssl", "True", "--DEFAULT.mvpn_ipv4_enable"}),
            (Lines{"DEFAULT.test_mode=1", "DEFAULT.xmpp_auth_enable=1", "DEFAULT.use_syslog=false", "DEFAULT.log_local=0",
                   "CONFIGDB.config_db_use_ssl=True", "DEFAULT.mvpn_ipv4_enable=1"}));
}

TEST(options_command_line, a_flag_does_not_swallow_other_words) {
  EXPECT_EQ(refusal({"--DEFAULT.test_mode", "maybe"}), "command line: maybe: not an option");
}

TEST(options_command_line, options_without_a_place_in_the_file) {
  const CommandLine line = accepted({"--check", "--print-config", "--version", "--help", "--conf_file", "a.conf"});
  EXPECT_TRUE(line.check && line.print_config && line.version && line.help);
  EXPECT_EQ(line.conf_file, "a.conf");
  EXPECT_EQ(accepted({"--conf_file=b.conf"}).conf_file, "b.conf");
  EXPECT_TRUE(accepted({"-h"}).help);
}

TEST(options_command_line, what_is_unknown_or_incomplete_is_refused) {
  EXPECT_EQ(refusal({"--DEFAULT.nonsense", "1"}), "command line: --DEFAULT.nonsense: unknown option, see --help");
  EXPECT_EQ(refusal({"--hostip", "1"}), "command line: --hostip: unknown option, see --help");
  EXPECT_EQ(refusal({"--CONFIGDB.hostip", "1"}), "command line: --CONFIGDB.hostip: unknown option, see --help");
  EXPECT_EQ(refusal({"--environment.LOG_DISABLE", "1"}), "command line: --environment.LOG_DISABLE: unknown option, see --help");
  EXPECT_EQ(refusal({"stray word"}), "command line: \"stray word\": not an option");
  EXPECT_EQ(refusal({"-x"}), "command line: -x: not an option");
  EXPECT_EQ(refusal({"--check=1"}), "command line: \"--check=1\": takes no value");
  EXPECT_EQ(refusal({"--conf_file"}), "command line: --conf_file: needs the path of a file");
  EXPECT_EQ(refusal({"--conf_file", "--check"}), "command line: --conf_file: needs the path of a file");
  EXPECT_EQ(refusal({"--DEFAULT.bgp_port"}), "command line: --DEFAULT.bgp_port: needs a value: a number from 0 to 65535");
  EXPECT_EQ(refusal({"--DEFAULT.bgp_port", "--check"}), "command line: --DEFAULT.bgp_port: needs a value: a number from 0 to 65535");
}

}  // namespace
}  // namespace signalbox::control
