// TextPattern: a compiled search string of a show request.
//
// Perl-syntax regular expression, searched unanchored; an empty one matches everything, an invalid one nothing (spec/introspect.md 1.8).
// Threads: compiled on one, then const: matches() may run on any number of threads at once. Cost: a pattern without special characters other
// than the dot (almost all that are asked for) is a plain search; others go through the regex engine, whose effort per text is bounded: the
// first text that exceeds it turns the pattern off, from then on it matches nothing. So no search string can hold up a shard.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::control {

class TextPattern {
 public:
  static constexpr std::size_t kMaxBytes = 1024;  // longer ones match nothing

  explicit TextPattern(std::string text);
  ~TextPattern();
  TextPattern(const TextPattern&) = delete;
  TextPattern& operator=(const TextPattern&) = delete;

  // Null when there is nothing to search for: everything matches.
  static std::shared_ptr<const TextPattern> compile(const std::string& text);

  const std::string& text() const { return text_; }
  // Not a regular expression, or switched off because it took too long.
  bool broken() const { return broken_.load(std::memory_order_relaxed); }

  // The literal search string "deleted" also selects every object that is being deleted.
  bool matches(std::string_view name, bool deleted = false) const;

 private:
  struct Regex;
  bool plain_match(std::string_view name) const;

  std::string text_;
  bool plain_ = true;  // no special characters but dots
  mutable std::atomic<bool> broken_{false};
  std::unique_ptr<Regex> regex_;
};

}  // namespace signalbox::control
