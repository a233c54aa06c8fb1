// Options from file, command line and environment together; re-reading; what is said about mistakes.
#include "control/options/option_loader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace signalbox::control {
namespace {

using Lines = std::vector<std::string>;

class OptionsLoader : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "signalbox_options_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    conf_ = name + "/control.conf";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void file(const std::string& text) const { std::ofstream(conf_, std::ios::binary) << text; }

  OptionLoader loader(std::vector<const char*> words = {}) {
    words.push_back("--conf_file");
    words.push_back(conf_.c_str());
    const auto line = parse_command_line(words);
    EXPECT_TRUE(line.ok()) << (line.ok() ? "" : line.error().text);
    HostFacts host;
    host.hostname = "cn1";
    host.cores = 4;
    host.first_address = [this] {
      ++lookups_;
      return address_;
    };
    host.environment = [this](const std::string& variable) {
      const auto found = environment_.find(variable);
      return found == environment_.end() ? std::nullopt : std::optional(found->second);
    };
    return OptionLoader(line.ok() ? *line : CommandLine{}, host);
  }

  // Options of a load that must succeed without a word.
  Options load(std::vector<const char*> words = {}) {
    const LoadReport report = loader(std::move(words)).load();
    EXPECT_EQ(said(report), Lines{});
    EXPECT_TRUE(report.ok());
    return report.ok() ? *report.options : Options{};
  }
  // What a load says that must fail.
  Lines refused(std::vector<const char*> words = {}) {
    const LoadReport report = loader(std::move(words)).load();
    EXPECT_FALSE(report.ok());
    return said(report);
  }
  // Diagnostics with the path left out.
  Lines said(const LoadReport& report) const {
    Lines out;
    for (const Diagnostic& d : report.diagnostics) {
      std::string text = d.to_string();
      if (text.starts_with(conf_)) text.replace(0, conf_.size(), "FILE");
      out.push_back(text);
    }
    return out;
  }

  std::filesystem::path folder_;
  std::string conf_;
  std::string address_ = "192.0.2.1";
  int lookups_ = 0;
  std::map<std::string, std::string> environment_;
};

TEST_F(OptionsLoader, without_a_file_defaults_apply) {
  const Options o = load();
  EXPECT_EQ(o.hostname, "cn1");
  EXPECT_EQ(o.hostip.to_string(), "192.0.2.1");
  EXPECT_EQ(o.shards, 4U);
  EXPECT_EQ(o.xmpp.port, 5269);
  EXPECT_EQ(o.xmpp.tls_port, 5222);
  EXPECT_FALSE(o.xmpp.tls_port_given);
  EXPECT_FALSE(o.xmpp.auth_enable);
  EXPECT_EQ(o.xmpp.server_cert, "/etc/contrail/ssl/certs/server.pem");
  EXPECT_EQ(o.xmpp.server_key, "/etc/contrail/ssl/private/server-privkey.pem");
  EXPECT_EQ(o.xmpp.ca_cert, "/etc/contrail/ssl/certs/ca-cert.pem");
  EXPECT_EQ(o.xmpp.max_stanza_bytes, 4194304U);
  EXPECT_EQ(o.xmpp.tcp_hold_time, std::chrono::seconds(30));
  EXPECT_EQ(o.xmpp.keepalive, std::nullopt);
  EXPECT_EQ(o.bgp.port, 179);
  EXPECT_EQ(o.bgp.config_file, "bgp_config.xml");
  EXPECT_EQ(o.http.address.to_string(), "0.0.0.0");
  EXPECT_EQ(o.http.port, 8083);
  EXPECT_EQ(o.configdb.servers, (std::vector<Endpoint>{{"192.0.2.1", 9042}}));
  EXPECT_EQ(o.configdb.rabbitmq_servers, (std::vector<Endpoint>{{"192.0.2.1", 5672}}));
  EXPECT_EQ(o.configdb.rabbitmq_user, "guest");
  EXPECT_EQ(o.configdb.rabbitmq_password, "guest");
  EXPECT_EQ(o.configdb.keyspace_prefix, "");
  EXPECT_FALSE(o.collectors.configured);
  EXPECT_EQ(o.collectors.servers, (std::vector<Endpoint>{{"127.0.0.1", 8086}}));
  EXPECT_TRUE(o.sandesh.tcp_keepalive_enable);
  EXPECT_EQ(o.sandesh.tcp_keepalive_idle_time, std::chrono::seconds(7200));
  EXPECT_EQ(o.log.file, "/var/log/contrail/contrail-control.log");
  EXPECT_EQ(o.log.level, core::log::Level::kNotice);
  EXPECT_EQ(o.log.rotated_files, 10U);
  EXPECT_EQ(o.log.max_file_bytes, 10485760U);
  EXPECT_EQ(o.log.syslog_facility, "LOG_LOCAL0");
  EXPECT_EQ(o.log.ident, "contrail-control");
  EXPECT_TRUE(o.log.enabled);
  EXPECT_FALSE(o.log.asynchronous);
}

TEST_F(OptionsLoader, an_address_that_cannot_be_found_is_the_loopback) {
  address_ = "";
  EXPECT_EQ(load().hostip.to_string(), "127.0.0.1");
  EXPECT_EQ(lookups_, 1);
}

TEST_F(OptionsLoader, the_name_is_not_looked_up_when_hostip_is_given) {
  file("[DEFAULT]\nhostip = 2001:db8::7\n");
  const Options o = load();
  EXPECT_EQ(lookups_, 0);
  EXPECT_EQ(o.hostip.to_string(), "2001:db8::7");
  EXPECT_EQ(o.configdb.servers.front().to_string(), "[2001:db8::7]:9042");
}

TEST_F(OptionsLoader, shards_are_bounded_on_large_machines) {
  HostFacts host;
  host.hostname = "big";
  host.cores = 256;
  host.first_address = [] { return std::string(); };
  host.environment = [](const std::string&) { return std::optional<std::string>(); };
  CommandLine line;
  line.conf_file = conf_;
  EXPECT_EQ(OptionLoader(line, host).load().options->shards, 64U);
}

TEST_F(OptionsLoader, the_file_sets_every_kind_of_value) {
  file(
      "[DEFAULT]\nxmpp_server_port=15269\nxmpp_tls_port=0\nlog_level=SYS_DEBUG\nhttp_server_ip=::1\nxmpp_tls_require_client_cert=on\n"
      "sandesh_send_rate_limit=4294967295\n[SIGNALBOX]\nshards=64\nmax_stanza_bytes=65536\nbgp_strict_errors=1\nlog_async=yes\n"
      "[CONFIGDB]\nconfig_file=/a b/rows.json\nconfig_db_keyspace_prefix=c1\nrabbitmq_vhost=\n[STATS]\nstats_collector=x\n"
      "[SANDESH]\nintrospect_ssl_enable=1\n");
  const Options o = load();
  EXPECT_EQ(o.xmpp.port, 15269);
  EXPECT_EQ(o.xmpp.tls_port, 0);
  EXPECT_TRUE(o.xmpp.tls_port_given);
  EXPECT_TRUE(o.xmpp.require_client_cert);
  EXPECT_EQ(o.log.level, core::log::Level::kDebug);
  EXPECT_TRUE(o.log.asynchronous);
  EXPECT_EQ(o.http.address.to_string(), "::1");
  EXPECT_EQ(o.sandesh.send_rate_limit, 4294967295U);
  EXPECT_EQ(o.shards, 64U);
  EXPECT_EQ(o.xmpp.max_stanza_bytes, 65536U);
  EXPECT_TRUE(o.bgp.strict_errors);
  EXPECT_EQ(o.configdb.config_file, "/a b/rows.json");
  EXPECT_EQ(o.configdb.keyspace_prefix, "c1");
  EXPECT_EQ(o.sandesh.stats_collector, "x");
  EXPECT_TRUE(o.sandesh.introspect_ssl_enable);
}

TEST_F(OptionsLoader, lists_add_up_over_repeated_keys) {
  file("[DEFAULT]\ncollectors = a:1 b:2\ncollectors =\n[CONFIGDB]\nconfig_db_server_list=d\n[DEFAULT]\ncollectors = c:3\n");
  const Options o = load();
  EXPECT_EQ(o.collectors.servers, (std::vector<Endpoint>{{"a", 1}, {"b", 2}, {"c", 3}}));
  EXPECT_TRUE(o.collectors.configured);
  EXPECT_EQ(o.configdb.servers, (std::vector<Endpoint>{{"d", 9042}}));
}

TEST_F(OptionsLoader, collectors_are_not_configured_when_empty_or_the_lone_default) {
  file("[DEFAULT]\ncollectors =\n");
  EXPECT_FALSE(load().collectors.configured);
  EXPECT_TRUE(load().collectors.servers.empty());
  file("[DEFAULT]\ncollectors = 127.0.0.1:8086\n");
  EXPECT_FALSE(load().collectors.configured);
  file("[DEFAULT]\ncollectors = 127.0.0.1:8087\n");
  EXPECT_TRUE(load().collectors.configured);
}

TEST_F(OptionsLoader, the_command_line_wins) {
  file("[DEFAULT]\nhostname = from_file\ncollectors = a:1\nlog_local = 1\n");
  const Options o = load({"--DEFAULT.hostname", "first", "--DEFAULT.hostname=last", "--DEFAULT.collectors", "b:2 c:3",
                          "--DEFAULT.collectors=d:4", "--DEFAULT.log_local=0"});
  EXPECT_EQ(o.hostname, "last");
  EXPECT_EQ(o.collectors.servers, (std::vector<Endpoint>{{"b", 2}, {"c", 3}, {"d", 4}}));
  EXPECT_FALSE(o.log.enabled);
}

TEST_F(OptionsLoader, logging_is_off_when_any_of_three_says_so) {
  EXPECT_TRUE(load().log.enabled);
  EXPECT_FALSE(load({"--DEFAULT.log_disable"}).log.enabled);
  EXPECT_FALSE(load({"--DEFAULT.log_local", "0"}).log.enabled);
  environment_["LOG_DISABLE"] = "";
  EXPECT_FALSE(load().log.enabled);
}

TEST_F(OptionsLoader, the_environment_overrides_timers) {
  environment_ = {{"XMPP_KEEPALIVE_SECONDS", "3"},
                  {"BGP_KEEPALIVE_SECONDS", "0"},
                  {"TCP_KEEPALIVE_SECONDS", "12"},
                  {"CONTRAIL_BGP_IDLE_HOLD_TIME_MSECS", "50"},
                  {"CONTRAIL_CAT_FRAMEWORK", "1"},
                  {"CONFIG_NUM_DB_READ_REQ_TO_BUNCH", "7"},
                  {"UNRELATED", "x"}};
  const Options o = load();
  EXPECT_EQ(o.xmpp.keepalive, std::chrono::seconds(3));
  EXPECT_EQ(o.bgp.keepalive, std::chrono::seconds(0));
  EXPECT_EQ(o.xmpp.tcp_hold_time, std::chrono::seconds(12));
  EXPECT_EQ(o.bgp.idle_hold_time, std::chrono::milliseconds(50));
  EXPECT_TRUE(o.xmpp.accept_without_config);
  EXPECT_EQ(o.configdb.read_batch, 7U);
}

TEST_F(OptionsLoader, unknown_keys_are_warnings_with_their_line) {
  file("hostip = 1.2.3.4\n[DEFAULT]\nbgp_prot = 1\n[IFMAP]\ncerts_store=\n[DEFAULT]\nrabbitmq_user=x\n[\"A\tB]\nc=1\n");
  const LoadReport report = loader().load();
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(said(report), (Lines{"FILE:1: warning: unknown key \"[] hostip\" is ignored; it belongs in [DEFAULT]",
                                 "FILE:3: warning: unknown key \"[DEFAULT] bgp_prot\" is ignored",
                                 "FILE:5: warning: unknown key \"[IFMAP] certs_store\" is ignored",
                                 "FILE:7: warning: unknown key \"[DEFAULT] rabbitmq_user\" is ignored; it belongs in [CONFIGDB]",
                                 "FILE:9: warning: unknown key \"[\\\"A\\tB] c\" is ignored"}));
}

TEST_F(OptionsLoader, a_repeated_key_that_is_no_list_is_a_warning) {
  file("[DEFAULT]\nbgp_port = 1\nbgp_port = 2\n");
  const LoadReport report = loader().load();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report.options->bgp.port, 2);
  EXPECT_EQ(said(report), (Lines{"FILE:3: warning: [DEFAULT] bgp_port replaces the value of line 2"}));
}

TEST_F(OptionsLoader, bad_values_are_all_refused_with_key_value_range_and_place) {
  file("[DEFAULT]\nbgp_port = 70000\nhostip = here\nxmpp_auth_enable =\n[SIGNALBOX]\nshards = 65\nmax_stanza_bytes=4095\n");
  environment_["XMPP_KEEPALIVE_SECONDS"] = "soon";
  const std::string levels = "must be SYS_EMERG, SYS_ALERT, SYS_CRIT, SYS_ERR, SYS_WARN, SYS_NOTICE, SYS_INFO, SYS_DEBUG or INVALID";
  const std::string endpoints = "must be host:port entries separated by blanks, port 1 to 65535 (5672 when left out)";
  EXPECT_EQ(refused({"--DEFAULT.log_level", "LOUD", "--CONFIGDB.rabbitmq_server_list", "a:b"}),
            (Lines{"FILE:2: error: [DEFAULT] bgp_port = 70000: must be a number from 0 to 65535",
                   "FILE:3: error: [DEFAULT] hostip = here: must be an IPv4 or IPv6 address",
                   "FILE:4: error: [DEFAULT] xmpp_auth_enable = \"\": must be 1, 0, true, false, yes, no, on or off",
                   "FILE:6: error: [SIGNALBOX] shards = 65: must be a number from 1 to 64",
                   "FILE:7: error: [SIGNALBOX] max_stanza_bytes = 4095: must be a number from 4096 to 1073741824",
                   "command line: error: [DEFAULT] log_level = LOUD: " + levels,
                   "command line: error: [CONFIGDB] rabbitmq_server_list = a:b: " + endpoints,
                   "environment: error: XMPP_KEEPALIVE_SECONDS = soon: must be a number from 0 to 30000"}));
}

TEST_F(OptionsLoader, a_bad_value_in_the_file_is_refused_even_if_the_command_line_overrides_it) {
  file("[DEFAULT]\nbgp_port = x\n");
  EXPECT_EQ(refused({"--DEFAULT.bgp_port", "1"}), (Lines{"FILE:2: error: [DEFAULT] bgp_port = x: must be a number from 0 to 65535"}));
}

TEST_F(OptionsLoader, values_cannot_break_out_of_a_message) {
  EXPECT_EQ(refused({"--DEFAULT.bgp_port", "1\nFILE:9: error: forged"}),
            (Lines{"command line: error: [DEFAULT] bgp_port = \"1\\nFILE:9: error: forged\": must be a number from 0 to 65535"}));
}

TEST_F(OptionsLoader, malformed_lines_are_refused) {
  file("[DEFAULT\nbgp_port = 1\n[CONFIGDB]\nwhat\n");
  EXPECT_EQ(refused(),
            (Lines{"FILE:1: error: section header without ']' at its end", "FILE:4: error: expected [section], key = value or # comment"}));
}

TEST_F(OptionsLoader, a_file_that_cannot_be_read_is_refused) {
  std::filesystem::create_directory(conf_);
  EXPECT_EQ(refused(), (Lines{"FILE: error: cannot be read: Is a directory"}));
}

TEST_F(OptionsLoader, an_endless_file_is_refused_without_being_read_whole) {
  std::filesystem::create_symlink("/dev/zero", conf_);
  EXPECT_EQ(refused(), (Lines{"FILE:1: error: file is larger than 1 MiB"}));
}

TEST_F(OptionsLoader, two_listeners_cannot_share_a_port) {
  EXPECT_EQ(refused({"--DEFAULT.xmpp_server_port", "7000", "--DEFAULT.xmpp_tls_port", "7000"}),
            (Lines{"command line: error: [DEFAULT] xmpp_tls_port = 7000: xmpp_server_port and xmpp_tls_port must differ"}));
  file("[DEFAULT]\nxmpp_server_port = 5222\n");
  const LoadReport report = loader().load();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report.options->xmpp.tls_port, 0);
  EXPECT_EQ(said(report),
            (Lines{"FILE:2: warning: [DEFAULT] xmpp_server_port = 5222: xmpp_server_port and xmpp_tls_port must differ; there "
                   "will be no second listener"}));
  EXPECT_EQ(load({"--DEFAULT.xmpp_server_port", "0", "--DEFAULT.xmpp_tls_port", "0"}).xmpp.tls_port, 0);
}

TEST_F(OptionsLoader, re_reading_takes_over_collectors_and_the_configuration_source) {
  file("[DEFAULT]\ncollectors = a:1\n[CONFIGDB]\nrabbitmq_user = old\nrabbitmq_ssl_keyfile = k1\n");
  OptionLoader l = loader();
  ASSERT_TRUE(l.load().ok());
  const std::shared_ptr<const Options> before = l.options();
  const LoadReport same = l.reload();
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(*same.options, *before);

  file("[DEFAULT]\ncollectors = b:2\n[CONFIGDB]\nrabbitmq_user = new\nrabbitmq_ssl_keyfile = k2\nconfig_file = rows.json\n");
  const LoadReport report = l.reload();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(said(report), Lines{});
  EXPECT_EQ(report.options, l.options());
  EXPECT_EQ(report.options->collectors.servers, (std::vector<Endpoint>{{"b", 2}}));
  EXPECT_EQ(report.options->configdb.rabbitmq_user, "new");
  EXPECT_EQ(report.options->configdb.rabbitmq_ssl_keyfile, "k2");
  EXPECT_EQ(report.options->configdb.config_file, "rows.json");
  EXPECT_NE(report.options->configdb, before->configdb);
  EXPECT_EQ(before->configdb.rabbitmq_user, "old");  // who holds the old ones keeps them
}

TEST_F(OptionsLoader, re_reading_keeps_the_rest_and_says_so) {
  file("[DEFAULT]\nbgp_port = 1179\nlog_level = SYS_INFO\n");
  OptionLoader l = loader();
  ASSERT_TRUE(l.load().ok());
  file("[DEFAULT]\nhttp_server_port = 8083\nbgp_port = 1180\nhostip = 192.0.2.99\n");
  const LoadReport report = l.reload();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report.options->bgp.port, 1179);
  EXPECT_EQ(report.options->hostip.to_string(), "192.0.2.1");
  EXPECT_EQ(report.options->log.level, core::log::Level::kInfo);
  EXPECT_EQ(said(report), (Lines{"FILE:4: warning: [DEFAULT] hostip has changed; it takes effect at the next start",
                                 "FILE:3: warning: [DEFAULT] bgp_port has changed; it takes effect at the next start",
                                 "default: warning: [DEFAULT] log_level has changed; it takes effect at the next start"}));
  // The default of a re-read key follows the address that stayed.
  EXPECT_EQ(report.options->configdb.servers, (std::vector<Endpoint>{{"192.0.2.1", 9042}}));
  EXPECT_EQ(lookups_, 1);
}

TEST_F(OptionsLoader, the_command_line_stays_in_force_when_the_file_is_re_read) {
  file("[CONFIGDB]\nrabbitmq_user = a\n");
  OptionLoader l = loader({"--CONFIGDB.config_file", "rows.json", "--CONFIGDB.rabbitmq_user", "mine"});
  ASSERT_TRUE(l.load().ok());
  file("[CONFIGDB]\nrabbitmq_user = b\nconfig_file = other.json\n");
  ASSERT_TRUE(l.reload().ok());
  EXPECT_EQ(l.options()->configdb.config_file, "rows.json");
  EXPECT_EQ(l.options()->configdb.rabbitmq_user, "mine");
}

TEST_F(OptionsLoader, a_broken_file_changes_nothing_and_is_explained) {
  file("[CONFIGDB]\nrabbitmq_user = old\n");
  OptionLoader l = loader();
  ASSERT_TRUE(l.load().ok());
  const std::shared_ptr<const Options> before = l.options();
  const std::vector<std::pair<std::string, std::string>> broken = {
      {"[CONFIGDB]\nrabbitmq_user = new\nrabbitmq_use_ssl = perhaps\n",
       "FILE:3: error: [CONFIGDB] rabbitmq_use_ssl = perhaps: must be 1, 0, true, false, yes, no, on or off"},
      {"[CONFIGDB]\nrabbitmq_user = new\n[CONFIG", "FILE:3: error: section header without ']' at its end"}};
  for (const auto& [text, complaint] : broken) {
    file(text);
    const LoadReport report = l.reload();
    EXPECT_FALSE(report.ok());
    EXPECT_EQ(said(report), (Lines{complaint}));
    EXPECT_EQ(l.options(), before);
  }
  std::filesystem::remove(conf_);
  const LoadReport gone = l.reload();
  EXPECT_FALSE(gone.ok());
  EXPECT_EQ(said(gone), (Lines{"FILE: error: the file has gone"}));
  EXPECT_EQ(l.options(), before);

  file("[CONFIGDB]\nrabbitmq_user = new\n");
  ASSERT_TRUE(l.reload().ok());
  EXPECT_EQ(l.options()->configdb.rabbitmq_user, "new");
}

TEST_F(OptionsLoader, a_file_may_appear_after_the_start) {
  OptionLoader l = loader();
  ASSERT_TRUE(l.load().ok());
  ASSERT_TRUE(l.reload().ok());
  file("[CONFIGDB]\nrabbitmq_user = new\n");
  ASSERT_TRUE(l.reload().ok());
  EXPECT_EQ(l.options()->configdb.rabbitmq_user, "new");
}

}  // namespace
}  // namespace signalbox::control
