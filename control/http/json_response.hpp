// JSON replies.
// Threads: plain functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "control/http/http_message.hpp"
#include "control/show/show_data.hpp"

namespace signalbox::control {

HttpResponse json_response(const boost::json::value& value, unsigned status = 200);
// {"error": text}
HttpResponse json_error(unsigned status, const std::string& text);
// ISO 8601, or null for never.
boost::json::value json_time(Microseconds time);
boost::json::value json_strings(const std::vector<std::string>& texts);
boost::json::object json_problem(const ConfigProblem& problem);

}  // namespace signalbox::control
