#include "control/show/text_pattern.hpp"

#include <boost/regex.hpp>
#include <exception>
#include <utility>

namespace signalbox::control {

struct TextPattern::Regex {
  explicit Regex(const std::string& text) : expression(text, boost::regex::perl) {}
  boost::regex expression;
};

TextPattern::TextPattern(std::string text) : text_(std::move(text)) {
  plain_ = text_.find_first_of("\\^$|()[]{}*+?") == std::string::npos;
  if (text_.size() > kMaxBytes) {
    broken_ = true;
  } else if (!plain_) {
    try {
      regex_ = std::make_unique<Regex>(text_);
    } catch (const std::exception&) {
      broken_ = true;
    }
  }
}

TextPattern::~TextPattern() = default;

std::shared_ptr<const TextPattern> TextPattern::compile(const std::string& text) {
  return text.empty() ? nullptr : std::make_shared<const TextPattern>(text);
}

bool TextPattern::plain_match(std::string_view name) const {
  for (std::size_t at = 0; at + text_.size() <= name.size(); ++at) {
    std::size_t i = 0;
    while (i < text_.size() && (text_[i] == name[at + i] || text_[i] == '.')) ++i;
    if (i == text_.size()) return true;
  }
  return false;
}

bool TextPattern::matches(std::string_view name, bool deleted) const {
  if (deleted && text_ == "deleted") return true;
  if (broken()) return false;
  if (plain_) return plain_match(name);
  try {
    return boost::regex_search(name.begin(), name.end(), regex_->expression, boost::match_any);
  } catch (const std::exception&) {
    broken_.store(true, std::memory_order_relaxed);
    return false;
  }
}

}  // namespace signalbox::control
