// The configuration file's grammar: spec/config.md 1.1.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "control/options/ini_reader.hpp"

namespace signalbox::control {
namespace {

// "line [section] key=value" for each entry.
std::vector<std::string> entries(std::string_view text) {
  std::vector<std::string> out;
  for (const IniEntry& e : read_ini(text).entries) out.push_back(std::to_string(e.line) + " [" + e.section + "] " + e.key + "=" + e.value);
  return out;
}

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> out;
  for (const IniProblem& p : read_ini(text).problems) out.push_back(std::to_string(p.line) + " " + p.text);
  return out;
}

using Lines = std::vector<std::string>;

TEST(options_ini, sections_keys_and_blanks) {
  EXPECT_EQ(entries("[DEFAULT]\nhostip=10.0.0.1\n\n  bgp_port\t = 1179  \n[ CONFIGDB ]\nrabbitmq_user = a b\n"),
            (Lines{"2 [DEFAULT] hostip=10.0.0.1", "4 [DEFAULT] bgp_port=1179", "6 [CONFIGDB] rabbitmq_user=a b"}));
}

TEST(options_ini, keys_before_the_first_section_have_none) { EXPECT_EQ(entries("a=1"), (Lines{"1 [] a=1"})); }

TEST(options_ini, a_section_may_come_again) {
  EXPECT_EQ(entries("[A]\nx=1\n[B]\nx=2\n[A]\nx=3"), (Lines{"2 [A] x=1", "4 [B] x=2", "6 [A] x=3"}));
}

TEST(options_ini, hash_starts_a_comment_anywhere) {
  EXPECT_EQ(entries("# all of it\n[A] # of a header\nx = 1 # of a value\ny = p#ss\n   # behind blanks\n"),
            (Lines{"3 [A] x=1", "4 [A] y=p"}));
  EXPECT_EQ(problems("# \x01 anything \xff\n"), Lines{});
}

TEST(options_ini, the_first_equals_sign_divides) { EXPECT_EQ(entries("[A]\nx = a=b=c\ny="), (Lines{"2 [A] x=a=b=c", "3 [A] y="})); }

TEST(options_ini, line_ends_of_other_systems_and_a_byte_order_mark) {
  EXPECT_EQ(entries("\xEF\xBB\xBF[A]\r\nx = 1\r\n"), (Lines{"2 [A] x=1"}));
  EXPECT_EQ(problems("\xEF\xBB\xBF[A]\r\nx = 1\r\n"), Lines{});
}

TEST(options_ini, an_empty_file_is_well_formed) {
  EXPECT_EQ(entries(""), Lines{});
  EXPECT_EQ(problems(""), Lines{});
  EXPECT_EQ(problems("\n\n"), Lines{});
}

TEST(options_ini, every_problem_is_told_with_its_line_and_reading_goes_on) {
  const std::string text = "[A]\nno sign here\n= 1\n[B\n[]\n[C]\nx=\x01\n; not a comment\ny=2\n";
  EXPECT_EQ(problems(text),
            (Lines{"2 expected [section], key = value or # comment", "3 no key before '='", "4 section header without ']' at its end",
                   "5 section without a name", "7 control character in the line", "8 expected [section], key = value or # comment"}));
  EXPECT_EQ(entries(text), (Lines{"9 [C] y=2"}));
}

TEST(options_ini, keys_behind_a_broken_header_belong_nowhere) { EXPECT_EQ(entries("[A]\n[B\nx=1\n[C]\ny=2"), (Lines{"5 [C] y=2"})); }

TEST(options_ini, a_zero_byte_is_a_control_character) {
  EXPECT_EQ(problems(std::string_view("[A]\nx=a\0b\n", 10)), (Lines{"2 control character in the line"}));
}

TEST(options_ini, problems_are_bounded) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "junk\n";
  const Lines told = problems(text);
  ASSERT_EQ(told.size(), kMaxIniProblems);
  EXPECT_EQ(told.back(), "20 more problems from here on");
}

TEST(options_ini, size_is_bounded) {
  std::string text = "[A]\nx=1\n#";
  text.resize(kMaxIniBytes, 'x');
  EXPECT_EQ(problems(text), Lines{});
  EXPECT_EQ(entries(text), (Lines{"2 [A] x=1"}));
  text += 'x';
  EXPECT_EQ(problems(text), (Lines{"1 file is larger than 1 MiB"}));
  EXPECT_EQ(entries(text), Lines{});
}

}  // namespace
}  // namespace signalbox::control
