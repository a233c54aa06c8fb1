// The log: shape of a line, escaping, destinations, thresholds, rate limits.
#include "core/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "core/log_limit.hpp"
#include "core/log_line.hpp"

namespace signalbox::core::log {
namespace {

using std::chrono::seconds;

WallTime at(std::int64_t seconds_since_epoch, std::int64_t micros) {
  return WallTime(std::chrono::seconds(seconds_since_epoch) + std::chrono::microseconds(micros));
}

std::string line_of(Level level, std::string_view message, Fields fields, std::uint64_t suppressed = 0) {
  std::string out;
  append_line(out, at(1704164645, 123456), level, "xmpp", message, fields, suppressed);
  return out;
}

std::string value_of(std::string_view text) {
  std::string out;
  append_value(out, text);
  return out;
}

TEST(log_line, holds_time_level_component_message_and_fields_in_order) {
  const std::string name = "vr7";
  EXPECT_EQ(line_of(Level::kInfo, "session up", {{"peer", name}, {"address", "192.0.2.17"}, {"instance", "a:b c"}}),
            "time=2024-01-02T03:04:05.123456Z level=SYS_INFO component=xmpp msg=\"session up\" peer=vr7 address=192.0.2.17 "
            "instance=\"a:b c\"");
}

TEST(log_line, prints_every_kind_of_value) {
  EXPECT_EQ(line_of(Level::kDebug, "x",
                    {{"i", -5},
                     {"u", std::uint64_t{18446744073709551615U}},
                     {"small", std::uint8_t{7}},
                     {"yes", true},
                     {"no", false},
                     {"real", 0.5},
                     {"empty", ""},
                     {"null", static_cast<const char*>(nullptr)}},
                    3),
            "time=2024-01-02T03:04:05.123456Z level=SYS_DEBUG component=xmpp msg=x i=-5 u=18446744073709551615 small=7 yes=true no=false "
            "real=0.5 empty=\"\" null=(null) suppressed=3");
}

TEST(log_line, time_has_six_digits_of_fraction_and_knows_leap_days) {
  std::string out;
  append_time(out, at(1709251199, 7));
  EXPECT_EQ(out, "2024-02-29T23:59:59.000007Z");
}

TEST(log_value, outside_bytes_cannot_end_a_line_or_forge_a_field) {
  EXPECT_EQ(value_of("x\ntime=1 level=SYS_EMERG"), R"("x\ntime=1 level=SYS_EMERG")");
  EXPECT_EQ(value_of("x\" peer=evil"), R"("x\" peer=evil")");
  EXPECT_EQ(value_of("x\\"), R"("x\\")");
  EXPECT_EQ(value_of("a=b"), R"("a=b")");
  EXPECT_EQ(value_of(std::string_view("\r\t\0\x1b\x7f", 5)), R"("\r\t\x00\x1b\x7f")");
}

TEST(log_value, shows_utf8_and_escapes_what_is_not) {
  EXPECT_EQ(value_of("réseau"), "\"réseau\"");
  EXPECT_EQ(value_of("网络 🚂"), "\"网络 🚂\"");
  EXPECT_EQ(value_of("\xff"), R"("\xff")");
  EXPECT_EQ(value_of("\xc3"), R"("\xc3")");                                                             // cut short
  EXPECT_EQ(value_of("\xc0\xaf"), R"("\xc0\xaf")");                                                     // overlong
  EXPECT_EQ(value_of("\xe0\x9f\xbf"), R"("\xe0\x9f\xbf")");                                             // overlong
  EXPECT_EQ(value_of("\xed\xa0\x80"), R"("\xed\xa0\x80")");                                             // surrogate
  EXPECT_EQ(value_of("\xf4\x90\x80\x80"), R"("\xf4\x90\x80\x80")");                                     // beyond U+10FFFF
  EXPECT_EQ(value_of("\xf0\x8f\xbf\xbf"), R"("\xf0\x8f\xbf\xbf")");                                     // overlong
  EXPECT_EQ(value_of("\xc2\x85"), R"("\xc2\x85")");                                                     // U+0085 next line
  EXPECT_EQ(value_of("\xe2\x80\xa8"), R"("\xe2\x80\xa8")");                                             // U+2028 line separator
  EXPECT_EQ(value_of("\xe2\x80\xae"), R"("\xe2\x80\xae")");                                             // U+202E right-to-left override
  EXPECT_EQ(value_of("\xe2\x81\xa7"), R"("\xe2\x81\xa7")");                                             // U+2067 right-to-left isolate
  EXPECT_EQ(value_of("\xc2\xa0|\xe2\x80\xa7|\xe2\x80\xaf"), "\"\xc2\xa0|\xe2\x80\xa7|\xe2\x80\xaf\"");  // their neighbours
}

TEST(log_value, long_text_is_cut_and_the_cut_is_told_in_a_field) {
  const std::string just_fits(kMaxValueBytes, 'a');
  EXPECT_EQ(value_of(just_fits), just_fits);
  const std::string line = line_of(Level::kInfo, "m", {{"body", just_fits + "bcd"}, {"next", 1}});
  EXPECT_TRUE(line.ends_with(" body=\"" + just_fits + "\" body_cut=3 next=1")) << line;
}

TEST(log_value, a_sequence_over_the_cut_is_kept_whole) {
  const std::string text = std::string(kMaxValueBytes - 1, 'a') + "é" + "z";
  EXPECT_EQ(value_of(text), "\"" + std::string(kMaxValueBytes - 1, 'a') + "é\"");
}

TEST(log_level, names_are_the_incumbents_and_parse_back) {
  EXPECT_EQ(to_string(Level::kEmergency), "SYS_EMERG");
  EXPECT_EQ(to_string(Level::kNotice), "SYS_NOTICE");
  EXPECT_EQ(to_string(Level::kEverything), "INVALID");
  for (std::size_t i = 0; i < kLevels; ++i) {
    const auto level = static_cast<Level>(i);
    EXPECT_EQ(parse_level(to_string(level)), level);
  }
  EXPECT_EQ(parse_level("SYS_NOTIC"), std::nullopt);
  EXPECT_EQ(parse_level("sys_notice"), std::nullopt);
  EXPECT_EQ(parse_level(""), std::nullopt);
}

TEST(log_level, syslog_facilities_are_known_with_and_without_prefix) {
  EXPECT_TRUE(is_syslog_facility("LOG_LOCAL0"));
  EXPECT_TRUE(is_syslog_facility("LOCAL7"));
  EXPECT_TRUE(is_syslog_facility("DAEMON"));
  EXPECT_FALSE(is_syslog_facility("LOG_LOCAL8"));
  EXPECT_FALSE(is_syslog_facility(""));
}

// Each test has a folder of its own; the log ends in its tear-down, so nothing writes there afterwards.
class LogFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "signalbox_log_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    start({});
    stop();
    std::filesystem::remove_all(folder_);
  }

  std::string path(const char* name) const { return (folder_ / name).string(); }
  Config to_file(const char* name) const {
    Config config;
    config.file = path(name);
    return config;
  }
  static std::vector<std::string> lines(const std::string& file) {
    std::vector<std::string> out;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) out.push_back(line.substr(line.find(' ') + 1));  // less the time
    return out;
  }

  std::filesystem::path folder_;
};

TEST_F(LogFile, takes_lines_down_to_its_level) {
  start(to_file("a.log"));
  info("xmpp", "below the threshold");
  notice("xmpp", "session up", {{"peer", "vr1"}});
  warning("bgp", "late");
  EXPECT_EQ(lines(path("a.log")), (std::vector<std::string>{"level=SYS_NOTICE component=xmpp msg=\"session up\" peer=vr1",
                                                            "level=SYS_WARN component=bgp msg=late"}));
}

TEST_F(LogFile, settings_change_while_running) {
  start(to_file("a.log"));
  set({true, Level::kDebug, ""});
  debug("a", "1");
  set({true, Level::kError, ""});
  EXPECT_FALSE(enabled(Level::kWarning));
  warning("a", "2");
  error("a", "3");
  critical("a", "4");
  set({false, Level::kEverything, ""});
  EXPECT_FALSE(enabled(Level::kEmergency));
  critical("a", "5");
  set({true, Level::kEverything, "XMPP"});
  EXPECT_TRUE(enabled(Level::kDebug));
  notice("bgp", "6");
  notice("xmpp", "7");
  EXPECT_EQ(settings().category, "XMPP");
  EXPECT_EQ(lines(path("a.log")), (std::vector<std::string>{"level=SYS_DEBUG component=a msg=1", "level=SYS_ERR component=a msg=3",
                                                            "level=SYS_CRIT component=a msg=4", "level=SYS_NOTICE component=xmpp msg=7"}));
}

TEST_F(LogFile, makes_missing_folders) {
  start(to_file("deep/er/a.log"));
  notice("a", "b");
  EXPECT_EQ(lines(path("deep/er/a.log")).size(), 1U);
}

TEST_F(LogFile, rotates_and_keeps_as_many_files_as_asked) {
  Config config = to_file("a.log");
  config.max_file_bytes = 1000;
  config.rotated_files = 2;
  start(config);
  const std::string big(300, 'x');  // at most two lines a file
  for (int i = 0; i < 10; ++i) notice("a", big, {{"i", i}});
  std::size_t kept = 0;
  for (const char* name : {"a.log", "a.1.log", "a.2.log"}) {
    EXPECT_LE(std::filesystem::file_size(path(name)), 1000U);
    kept += lines(path(name)).size();
  }
  EXPECT_EQ(kept, 6U);
  EXPECT_FALSE(std::filesystem::exists(path("a.3.log")));
  EXPECT_TRUE(lines(path("a.log")).back().ends_with(" i=9"));
}

TEST_F(LogFile, falls_back_to_standard_error_with_one_warning) {
  std::ofstream(path("plain")) << "not a folder";
  testing::internal::CaptureStderr();
  start(to_file("plain/a.log"));
  notice("xmpp", "still heard");
  const std::string heard = testing::internal::GetCapturedStderr();
  EXPECT_NE(heard.find("level=SYS_WARN component=log msg=\"log file cannot be opened, using standard error\" file=" + path("plain/a.log")),
            std::string::npos)
      << heard;
  EXPECT_NE(heard.find("component=xmpp msg=\"still heard\"\n"), std::string::npos) << heard;
  EXPECT_EQ(std::count(heard.begin(), heard.end(), '\n'), 2);
}

TEST_F(LogFile, standard_output_when_no_file_is_named) {
  for (const char* name : {"", "<stdout>"}) {
    testing::internal::CaptureStdout();
    Config config;
    config.file = name;
    start(config);
    notice("a", "b");
    const std::string heard = testing::internal::GetCapturedStdout();
    EXPECT_TRUE(heard.ends_with("level=SYS_NOTICE component=a msg=b\n")) << heard;
  }
}

TEST_F(LogFile, a_full_disk_is_counted_and_nothing_else) {
  Config config;
  config.file = "/dev/full";
  start(config);
  const std::uint64_t before = counters().errors;
  notice("a", "lost");
  EXPECT_GT(counters().errors, before);
}

TEST_F(LogFile, counts_lines_by_level) {
  start(to_file("a.log"));
  const Counters before = counters();
  notice("a", "b");
  notice("a", "b");
  error("a", "b");
  info("a", "off");
  const Counters after = counters();
  const auto grown = [&](Level l) { return after.lines[static_cast<std::size_t>(l)] - before.lines[static_cast<std::size_t>(l)]; };
  EXPECT_EQ(grown(Level::kNotice), 2U);
  EXPECT_EQ(grown(Level::kError), 1U);
  EXPECT_EQ(grown(Level::kInfo), 0U);
}

TEST_F(LogFile, lines_of_many_threads_stay_whole) {
  for (const bool asynchronous : {false, true}) {
    const char* name = asynchronous ? "b.log" : "a.log";
    Config config = to_file(name);
    config.asynchronous = asynchronous;
    start(config);
    constexpr int kThreads = 4;
    constexpr int kLines = 500;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < kLines; ++i) notice("a", "line", {{"thread", t}, {"i", i}});
      });
    }
    for (std::thread& thread : threads) thread.join();
    stop();
    std::vector<std::string> want;
    for (int t = 0; t < kThreads; ++t) {
      for (int i = 0; i < kLines; ++i) {
        want.push_back("level=SYS_NOTICE component=a msg=line thread=" + std::to_string(t) + " i=" + std::to_string(i));
      }
    }
    std::vector<std::string> got = lines(path(name));
    std::sort(want.begin(), want.end());
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, want);
  }
}

TEST_F(LogFile, may_be_redirected_while_threads_write) {
  start(to_file("a.log"));
  testing::internal::CaptureStderr();
  std::atomic<bool> done{false};
  std::thread writer([&] {
    while (!done) notice("a", "b");
  });
  for (int i = 0; i < 20; ++i) {
    const std::string name = "f" + std::to_string(i) + ".log";
    Config config = to_file(name.c_str());
    config.asynchronous = i % 2 == 1;
    start(config);
  }
  done = true;
  writer.join();
  notice("a", "last");
  stop();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");  // never without a destination
  EXPECT_EQ(lines(path("f19.log")).back(), "level=SYS_NOTICE component=a msg=last");
}

class Limit : public testing::Test {
 protected:
  std::optional<std::uint64_t> admit(std::string_view key, int second) {
    return limit_.admit(key, RateLimit::Clock::time_point(seconds(second)));
  }
  RateLimit limit_{2, seconds(10)};
};

TEST_F(Limit, lets_a_burst_pass_and_tells_what_it_left_out) {
  EXPECT_EQ(admit("a", 100), 0U);
  EXPECT_EQ(admit("a", 101), 0U);
  EXPECT_EQ(admit("a", 102), std::nullopt);
  EXPECT_EQ(admit("a", 109), std::nullopt);
  EXPECT_EQ(admit("a", 110), 2U);
  EXPECT_EQ(admit("a", 111), 0U);
  EXPECT_EQ(admit("a", 112), std::nullopt);
}

TEST_F(Limit, keys_do_not_share) {
  EXPECT_EQ(admit("a", 100), 0U);
  EXPECT_EQ(admit("a", 100), 0U);
  EXPECT_EQ(admit("a", 100), std::nullopt);
  EXPECT_EQ(admit("b", 100), 0U);
}

TEST_F(Limit, keys_beyond_the_bound_share_one_entry) {
  for (std::size_t i = 0; i < RateLimit::kMaxKeys; ++i) EXPECT_EQ(admit("k" + std::to_string(i), 100), 0U);
  EXPECT_EQ(admit("x", 100), 0U);
  EXPECT_EQ(admit("y", 100), 0U);
  EXPECT_EQ(admit("z", 100), std::nullopt);
  EXPECT_EQ(admit("k5", 100), 0U);  // known keys keep their own
  EXPECT_EQ(admit("z", 110), 0U);   // the quiet ones made room, so z has its own entry
  for (std::size_t i = 0; i < RateLimit::kMaxKeys - 1; ++i) EXPECT_EQ(admit("n" + std::to_string(i), 110), 0U);
  EXPECT_EQ(admit("w", 110), 1U);  // no room again: the shared entry tells what it left out
}

TEST_F(LogFile, a_limited_warning_is_written_with_its_count) {
  start(to_file("a.log"));
  RateLimit limit(1, seconds(10));
  const auto warn = [&](int second) {
    write(limit, "vr1", RateLimit::Clock::time_point(seconds(second)), Level::kWarning, "xmpp", "refused", {{"peer", "vr1"}});
  };
  for (const int second : {100, 101, 102, 110}) warn(second);
  write(limit, "vr1", RateLimit::Clock::time_point(seconds(111)), Level::kDebug, "xmpp", "off, so not counted");
  warn(120);
  EXPECT_EQ(lines(path("a.log")), (std::vector<std::string>{"level=SYS_WARN component=xmpp msg=refused peer=vr1",
                                                            "level=SYS_WARN component=xmpp msg=refused peer=vr1 suppressed=2",
                                                            "level=SYS_WARN component=xmpp msg=refused peer=vr1"}));
}

}  // namespace
}  // namespace signalbox::core::log
