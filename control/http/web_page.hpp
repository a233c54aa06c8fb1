// The page at /: sessions, tables, routes and rates, live from the JSON API. One document, no outside resources.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::control {

// What the page may load (its Content-Security-Policy): itself and the API.
inline constexpr std::string_view kWebPagePolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'";

// `modules`: introspect modules to link as "<module>.xml"; scrapers look for these links.
std::string web_page(const std::vector<std::string>& modules);

}  // namespace signalbox::control
