// universal_parse.xsl: shows introspect documents and request forms in a browser (spec/introspect.md 1.9).
#pragma once

#include <string_view>

namespace signalbox::control {

extern const std::string_view kStylesheetText;

}  // namespace signalbox::control
