// Why a path is best, equal, worse or infeasible, in words.
// Threads: plain functions. Source: spec/bgp.md 10.1, 11.
#pragma once

#include <string>
#include <string_view>

#include "control/show/show_data.hpp"

namespace signalbox::control {

std::string_view verdict_word(PathVerdict verdict);
// "local-preference" ...; empty for kNone.
std::string_view decision_word(DecisionStep step);
// One sentence without a full stop. `best`: the route's best path.
std::string path_reason(const ExplainedPath& explained, const RoutePath& best, bool only_path);

}  // namespace signalbox::control
