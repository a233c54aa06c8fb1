// Steps through XML of a known form by comparing it with what is expected next, in place.
//
// Precondition for all of it: the bytes are plain (plain(), xmpp/byte_scan.hpp), so that text stands for itself and nothing below ' ' is there
// but blanks. A step moves on, or leaves the place where it is and says no; it never says yes to what is not well-formed.
// Threads: a value, one thread. Cost: a few instructions a step when the cursor is a local variable, so that it lives in registers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "xmpp/byte_scan.hpp"
#include "xmpp/item_attributes.hpp"

namespace signalbox::xmpp {

// The compiler finds such functions too large to inline in so many places; out of line they would keep the cursor in memory.
#define SIGNALBOX_INLINE [[gnu::always_inline]] inline

// Text known at compile time, as a template argument.
template <std::size_t N>
struct Literal {
  char text[N - 1]{};
  static constexpr std::size_t kSize = N - 1;
  constexpr Literal() = default;
  consteval Literal(const char (&from)[N]) { std::copy_n(from, N - 1, text); }  // NOLINT(google-explicit-constructor): a literal is one
};

template <std::size_t A, std::size_t B>
consteval auto operator+(const Literal<A>& a, const Literal<B>& b) {
  Literal<A + B - 1> both;
  std::copy_n(b.text, B - 1, std::copy_n(a.text, A - 1, both.text));
  return both;
}

template <Literal kName>
inline constexpr auto kStartTag = Literal("<") + kName + Literal(">");
template <Literal kName>
inline constexpr auto kEndTag = Literal("</") + kName + Literal(">");

template <class T>
SIGNALBOX_INLINE T word_at(const char* p) {
  T w;
  std::memcpy(&w, p, sizeof w);
  return w;
}

// Equality with a literal by as few words as it takes, overlapping at the end.
template <class Word>
SIGNALBOX_INLINE bool same_words(const char* a, const char* b, std::size_t size) {
  std::size_t i = 0;
  for (; i + sizeof(Word) <= size; i += sizeof(Word)) {
    if (word_at<Word>(a + i) != word_at<Word>(b + i)) return false;
  }
  return i == size || word_at<Word>(a + size - sizeof(Word)) == word_at<Word>(b + size - sizeof(Word));
}

template <Literal kText>
SIGNALBOX_INLINE bool same(const char* p) {
  constexpr std::size_t kSize = kText.kSize;
  if constexpr (kSize >= 8) return same_words<std::uint64_t>(p, kText.text, kSize);
  if constexpr (kSize >= 4 && kSize < 8) return same_words<std::uint32_t>(p, kText.text, kSize);
  if constexpr (kSize >= 2 && kSize < 4) return same_words<std::uint16_t>(p, kText.text, kSize);
  return *p == kText.text[0];
}

enum class Found { kNo, kEmpty, kOpen };

class XmlCursor {
 public:
  explicit XmlCursor(std::string_view text) : p_(text.data()), end_(text.data() + text.size()) {}

  bool at_end() const { return p_ == end_; }
  std::string_view rest() const { return {p_, left()}; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - p_); }

  // False: there was none.
  SIGNALBOX_INLINE bool skip_blanks() {
    const char* const from = p_;
    while (p_ != end_ && *p_ <= ' ') ++p_;
    return p_ != from;
  }

  template <Literal kText>
  SIGNALBOX_INLINE bool take() {
    if (left() < kText.kSize || !same<kText>(p_)) return false;
    p_ += kText.kSize;
    return true;
  }

  // A start tag without attributes, or an empty element.
  template <Literal kName>
  SIGNALBOX_INLINE Found open() {
    skip_blanks();
    if (take<kStartTag<kName>>()) return Found::kOpen;
    return take<Literal("<") + kName + Literal(" />")>() || take<Literal("<") + kName + Literal("/>")>() ? Found::kEmpty : Found::kNo;
  }

  // The end tag of a container: blanks in front of it mean nothing.
  template <Literal kName>
  SIGNALBOX_INLINE bool close() {
    skip_blanks();
    return take<kEndTag<kName>>();
  }
  // The end tag of an element with text.
  template <Literal kName>
  SIGNALBOX_INLINE bool close_text() {
    return take<kEndTag<kName>>();
  }

  // Character data up to the next tag; only blanks are none.
  SIGNALBOX_INLINE bool character_data(std::string_view& out) {
    const char* const at = find_text_end(p_, end_);
    if (at == end_ || *at != '<') return false;
    out = {p_, static_cast<std::size_t>(at - p_)};
    p_ = at;
    if (!out.empty() && out.front() <= ' ' && out.find_first_not_of(" \t\n") == std::string_view::npos) out = {};
    return true;
  }

  // Decimal digits up to the next tag, nine at most: what nearly every number is.
  SIGNALBOX_INLINE bool digits(std::int32_t& out) {
    const char* q = p_;
    std::int32_t value = 0;
    while (q != end_ && static_cast<unsigned char>(*q - '0') < 10 && q - p_ < 9) value = value * 10 + (*q++ - '0');
    if (q == p_ || q == end_ || *q != '<') return false;
    out = value;
    p_ = q;
    return true;
  }

  // Rest of an attribute's value and the quote behind it.
  SIGNALBOX_INLINE bool value(std::string_view& out) {
    const char* const at = find_value_end(p_, end_);
    if (at == end_ || *at != '"') return false;
    out = {p_, static_cast<std::size_t>(at - p_)};
    p_ = at + 1;
    return true;
  }

  // End of a tag: true and `empty` for "/>".
  SIGNALBOX_INLINE bool tag_end(bool& empty) {
    skip_blanks();
    empty = take<"/">();
    return take<">">();
  }

  // An element with a number. Missing: `to` stays as it is. False: not a number.
  template <Literal kName>
  SIGNALBOX_INLINE bool number(std::int32_t& to) {
    const Found found = open<kName>();
    if (found == Found::kNo) return true;
    if (found == Found::kEmpty) return to = 0, true;
    std::string_view t;
    return (digits(to) || (character_data(t) && parse_field_int(t, to))) && close_text<kName>();
  }

  // An element with text, given to `use`. Missing: not called.
  template <Literal kName, class Use>
  SIGNALBOX_INLINE bool text(Use use) {
    const Found found = open<kName>();
    if (found == Found::kNo) return true;
    std::string_view t;
    if (found == Found::kOpen && !(character_data(t) && close_text<kName>())) return false;
    use(t);
    return true;
  }

  // A list of elements with text, each given to `use`, which may say no.
  template <Literal kName, Literal kMember, class Use>
  SIGNALBOX_INLINE bool list(Use use) {
    if (open<kName>() != Found::kOpen) return true;
    for (Found found = open<kMember>(); found != Found::kNo; found = open<kMember>()) {
      std::string_view t;
      if (found == Found::kOpen && !(character_data(t) && close_text<kMember>())) return false;
      if (!use(t)) return false;
    }
    return close<kName>();
  }

 private:
  const char* p_;
  const char* end_;
};

#undef SIGNALBOX_INLINE

}  // namespace signalbox::xmpp
