// Values of options by kind, and the table that says which kind each option is.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "control/options/host_facts.hpp"
#include "control/options/option_table.hpp"

namespace signalbox::control {
namespace {

template <class T>
T accepted(ValueKind kind, std::string_view text, ValueRange range = {}) {
  const auto parsed = parse_value(kind, range, text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? std::get<T>(*parsed) : T{};
}

std::string refusal(ValueKind kind, std::string_view text, ValueRange range = {}) {
  const auto parsed = parse_value(kind, range, text);
  EXPECT_FALSE(parsed.ok()) << text;
  return parsed.ok() ? "accepted" : parsed.error().text;
}

TEST(options_value, flags_take_the_words_of_the_incumbent_in_any_case) {
  for (const char* word : {"1", "true", "True", "TRUE", "yes", "on", "On"}) EXPECT_TRUE(accepted<bool>(ValueKind::kFlag, word)) << word;
  for (const char* word : {"0", "false", "False", "no", "off", "OFF"}) EXPECT_FALSE(accepted<bool>(ValueKind::kFlag, word)) << word;
  for (const char* word : {"", "2", "y", "enabled", "true "}) {
    EXPECT_EQ(refusal(ValueKind::kFlag, word), "must be 1, 0, true, false, yes, no, on or off");
  }
}

TEST(options_value, numbers_stay_in_their_range) {
  const ValueRange range{.least = 10, .most = 65535};
  EXPECT_EQ(accepted<std::uint64_t>(ValueKind::kNumber, "10", range), 10U);
  EXPECT_EQ(accepted<std::uint64_t>(ValueKind::kNumber, "65535", range), 65535U);
  for (const char* text : {"", "9", "65536", "-10", "+10", "1e3", "0x10", "10 ", "99999999999999999999999"}) {
    EXPECT_EQ(refusal(ValueKind::kNumber, text, range), "must be a number from 10 to 65535") << text;
  }
}

TEST(options_value, addresses_are_literal) {
  EXPECT_EQ(accepted<core::IpAddress>(ValueKind::kAddress, "10.1.2.3").to_string(), "10.1.2.3");
  EXPECT_EQ(accepted<core::IpAddress>(ValueKind::kAddress, "2001:db8::1").to_string(), "2001:db8::1");
  for (const char* text : {"", "localhost", "10.1.2", "10.1.2.3:80", "[::1]"}) {
    EXPECT_EQ(refusal(ValueKind::kAddress, text), "must be an IPv4 or IPv6 address") << text;
  }
}

TEST(options_value, names_hold_no_blank) {
  EXPECT_EQ(accepted<std::string>(ValueKind::kName, "ctl1.example.net"), "ctl1.example.net");
  EXPECT_EQ(refusal(ValueKind::kName, ""), "must be a name without blanks");
  EXPECT_EQ(refusal(ValueKind::kName, "a b"), "must be a name without blanks");
}

TEST(options_value, text_is_anything_on_one_line) {
  for (const char* text : {"", "a b = c\t#", "r\xc3\xa9seau \xff"}) EXPECT_EQ(accepted<std::string>(ValueKind::kText, text), text);
  for (const char* text : {"a\nb", "\x1b[0m", "\x7f"})
    EXPECT_EQ(refusal(ValueKind::kText, text), "must be text without control characters");
}

std::string endpoints(std::string_view text) {
  std::string out;
  for (const Endpoint& e : accepted<std::vector<Endpoint>>(ValueKind::kEndpoints, text, {.least = 0, .most = 9042})) {
    out += e.host + "|" + std::to_string(e.port) + " ";
  }
  return out;
}

TEST(options_value, endpoint_lists_are_divided_by_blanks) {
  EXPECT_EQ(endpoints("10.0.0.1:9041 10.0.0.2:9043"), "10.0.0.1|9041 10.0.0.2|9043 ");
  EXPECT_EQ(endpoints("  db1.example.net:1\t db_2:65535  "), "db1.example.net|1 db_2|65535 ");
  EXPECT_EQ(endpoints(""), "");
  EXPECT_EQ(endpoints(" "), "");
}

TEST(options_value, endpoints_without_a_port_have_the_usual_one) {
  EXPECT_EQ(endpoints("10.0.0.1 db1 [::1]"), "10.0.0.1|9042 db1|9042 ::1|9042 ");
}

TEST(options_value, endpoints_of_ipv6_stand_in_brackets) {
  EXPECT_EQ(endpoints("[2001:db8::1]:9041"), "2001:db8::1|9041 ");
  EXPECT_EQ((Endpoint{"2001:db8::1", 9041}.to_string()), "[2001:db8::1]:9041");
  EXPECT_EQ((Endpoint{"db1", 9041}.to_string()), "db1:9041");
}

TEST(options_value, bad_endpoints_are_refused) {
  const std::string allowed = "must be host:port entries separated by blanks, port 1 to 65535 (9042 when left out)";
  for (const char* text : {"10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", ":9042", "10.0.0.300:1", "10.0.0:1", "a,b:1", "::1", "[::1",
                           "[::1]9042", "[10.0.0.1]:1", "[]:1", "a:1:2", "ok:1 b@d:2"}) {
    EXPECT_EQ(refusal(ValueKind::kEndpoints, text, {.least = 0, .most = 9042}), allowed) << text;
  }
  EXPECT_EQ(refusal(ValueKind::kEndpoints, std::string(254, 'a'), {.least = 0, .most = 9042}), allowed);
}

TEST(options_value, log_levels_and_facilities_by_name) {
  EXPECT_EQ(accepted<core::log::Level>(ValueKind::kLogLevel, "SYS_DEBUG"), core::log::Level::kDebug);
  EXPECT_EQ(refusal(ValueKind::kLogLevel, "debug"),
            "must be SYS_EMERG, SYS_ALERT, SYS_CRIT, SYS_ERR, SYS_WARN, SYS_NOTICE, SYS_INFO, SYS_DEBUG or INVALID");
  EXPECT_EQ(accepted<std::string>(ValueKind::kFacility, "LOG_LOCAL3"), "LOG_LOCAL3");
  EXPECT_EQ(refusal(ValueKind::kFacility, "LOG_LOCAL9"), "must be a syslog facility, such as LOG_DAEMON or LOG_LOCAL0 to LOG_LOCAL7");
}

HostFacts some_host() {
  HostFacts host;
  host.hostname = "cn1";
  host.cores = 4;
  host.first_address = [] { return std::string("192.0.2.1"); };
  host.environment = [](const std::string&) { return std::optional<std::string>(); };
  return host;
}

TEST(options_table, every_default_is_a_value_of_its_own_option) {
  Options options;
  for (const OptionRow& row : option_table()) {
    const std::string text = row.computed != nullptr ? row.computed(some_host(), options) : std::string(row.default_text);
    const auto parsed = parse_value(row.kind, row.range, text);
    ASSERT_TRUE(parsed.ok()) << row.key << ": " << parsed.error().text;
    row.store(options, *parsed, Source::kDefault);
  }
}

TEST(options_table, names_are_unique_and_explained) {
  std::set<std::string> seen;
  for (const auto table : {option_table(), environment_table()}) {
    for (const OptionRow& row : table) {
      EXPECT_TRUE(seen.insert(std::string(row.section) + "." + std::string(row.key)).second) << row.key;
      EXPECT_FALSE(row.help.empty()) << row.key;
      ASSERT_NE(row.store, nullptr) << row.key;
    }
  }
}

// What deployments write into the file of the incumbent: spec/config.md 1.2 to 1.4.
TEST(options_table, accepts_every_key_of_the_incumbent) {
  const auto known = [](std::string_view section, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) EXPECT_TRUE(find_option(section, key).has_value()) << section << "." << key;
  };
  known("DEFAULT", {"bgp_config_file",
                    "bgp_port",
                    "collectors",
                    "gr_helper_bgp_disable",
                    "gr_helper_xmpp_disable",
                    "hostip",
                    "hostname",
                    "http_server_port",
                    "http_server_ip",
                    "log_category",
                    "log_disable",
                    "log_file",
                    "log_property_file",
                    "log_files_count",
                    "log_file_size",
                    "log_level",
                    "log_local",
                    "use_syslog",
                    "syslog_facility",
                    "mvpn_ipv4_enable",
                    "task_track_run_time",
                    "tcp_hold_time",
                    "test_mode",
                    "optimize_snat",
                    "xmpp_server_port",
                    "xmpp_auth_enable",
                    "xmpp_server_cert",
                    "xmpp_server_key",
                    "xmpp_ca_cert",
                    "sandesh_send_rate_limit"});
  known("CONFIGDB",
        {"config_db_server_list", "config_db_username", "config_db_password", "config_db_use_ssl", "config_db_ca_certs",
         "rabbitmq_server_list", "rabbitmq_user", "rabbitmq_password", "rabbitmq_vhost", "rabbitmq_use_ssl", "rabbitmq_ssl_version",
         "rabbitmq_ssl_keyfile", "rabbitmq_ssl_certfile", "rabbitmq_ssl_ca_certs", "config_db_use_etcd"});
  known("SANDESH", {"sandesh_ssl_enable", "introspect_ssl_enable", "introspect_ssl_insecure", "disable_object_logs", "sandesh_keyfile",
                    "sandesh_server_keyfile", "sandesh_certfile", "sandesh_server_certfile", "sandesh_ca_cert", "tcp_keepalive_enable",
                    "tcp_keepalive_idle_time", "tcp_keepalive_probes", "tcp_keepalive_interval"});
  known("STATS", {"stats_collector"});
}

TEST(options_table, only_collectors_and_the_configuration_source_are_re_read) {
  for (const OptionRow& row : option_table()) {
    const bool source = row.section == "CONFIGDB" || row.key == "config_audit_interval";
    EXPECT_EQ(row.reread, source || row.key == "collectors") << row.key;
  }
}

TEST(options_host, this_host_has_a_name_and_cores) {
  const HostFacts host = this_host();
  EXPECT_FALSE(host.hostname.empty());
  EXPECT_GE(host.cores, 1U);
  const std::string address = host.first_address();
  EXPECT_TRUE(address.empty() || core::IpAddress::parse(address).has_value()) << address;
  EXPECT_EQ(host.environment("SIGNALBOX_NO_SUCH_VARIABLE"), std::nullopt);
  EXPECT_TRUE(host.environment("PATH").has_value());
}

}  // namespace
}  // namespace signalbox::control
