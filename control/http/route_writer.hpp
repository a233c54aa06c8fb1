// Writes routes as ShowRoute structs (spec/introspect.md 2.5).
// Threads: plain functions.
#pragma once

#include "control/http/route_text.hpp"
#include "control/http/sandesh_xml.hpp"
#include "control/show/show_data.hpp"

namespace signalbox::control {

// The members of a ShowRoute.
void write_route(SandeshXml& xml, core::Family family, const Route& route);
// The same in the reduced form of ShowRouteVrfReq: times as durations before `now`, the source always "BGP", few attributes.
void write_route_brief(SandeshXml& xml, core::Family family, const Route& route, Microseconds now);

}  // namespace signalbox::control
