// Reads one JSON text that lies in memory, value by value, without building a document.
//
// For the column values of the database: small texts of which mostly a few members are wanted, and of which the rest need only be
// proven well-formed. The reader walks forward; what is asked for decides what is read:
//
//   JsonReader in(text);
//   if (in.enter_object())
//     for (std::string_view key; in.next_member(key);)
//       if (key == "attr") attr = in.raw(); else in.skip();
//   if (!in.finish()) report(in.error(), in.offset());
//
// The first thing that is wrong, in the text or between the text and what was asked for, ends the walk: every later call returns false and
// error() says what it was. Strict RFC 8259: no comments, no trailing commas, no duplicates check, valid UTF-8, surrogates in pairs; nesting
// at most kMaxDepth.
// Threads: plain value. Lifetime: views point into the text. Cost: one pass, no allocation except for strings with escapes (`scratch`).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::configdb {

enum class JsonKind : std::uint8_t { kNone, kNull, kBoolean, kNumber, kString, kArray, kObject };

// "a list", "a text", ...: for messages.
const char* json_kind_text(JsonKind kind);

class JsonReader {
 public:
  static constexpr unsigned kMaxDepth = 64;

  explicit JsonReader(std::string_view text) : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  // Kind of the value that comes next, going by its first character; kNone where no value can start.
  JsonKind kind();

  // Each consumes one value, or fails when the next one is of another kind.
  bool null();
  bool boolean(bool& value);
  // The number as written, its grammar checked.
  bool number(std::string_view& text);
  // `value` points into the text, or to `scratch` when escapes had to be replaced.
  bool string(std::string_view& value, std::string& scratch);

  bool enter_object();
  // The key of the next member, whose value must then be consumed; false at the end of the object (which leaves it) and on error.
  // `key` is valid until the next call of next_member on this reader.
  bool next_member(std::string_view& key);
  bool enter_array();
  bool next_element();

  // Consumes one value of any kind.
  bool skip();
  // Consumes one value and returns it as written; empty on error.
  std::string_view raw();

  // Nothing but white space is left, and nothing was wrong.
  bool finish();

  bool ok() const { return error_ == nullptr; }
  // What was wrong first; nullptr when nothing was.
  const char* error() const { return error_; }
  // Bytes from the start of the text to where it was found.
  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  bool fail(const char* what);
  void skip_space();
  bool literal(std::string_view word);
  bool enter();
  bool next(char close);
  bool skip_string();
  bool skip_escape();
  bool skip_utf8();

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* error_ = nullptr;
  unsigned depth_ = 0;
  std::array<bool, kMaxDepth> first_{};  // by depth: no element was read yet
  std::string key_;                      // of the last member, when it had escapes
};

}  // namespace signalbox::configdb
