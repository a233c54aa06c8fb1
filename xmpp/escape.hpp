// Escapes text for XML, for character data and for double-quoted attribute values alike: & < > " and controls (as &#N;).
// Threads: any. Cost: a copy at 16 bytes a step when there is nothing to escape. Source: spec/xmpp.md 1.4 (the agent decodes entities).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace signalbox::xmpp {

// No character grows longer than this.
inline constexpr std::size_t kMostEscaped = 6;

// Writes at most kMostEscaped * text.size() characters to `out`, returns the end.
char* write_escaped(char* out, std::string_view text);
void append_escaped(std::string& out, std::string_view text);

}  // namespace signalbox::xmpp
