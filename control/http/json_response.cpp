#include "control/http/json_response.hpp"

#include <boost/json.hpp>

#include "control/http/time_text.hpp"

namespace signalbox::control {

namespace json = boost::json;

HttpResponse json_response(const json::value& value, unsigned status) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = json::serialize(value);
  response.body += '\n';
  return response;
}

HttpResponse json_error(unsigned status, const std::string& text) { return json_response(json::object{{"error", text}}, status); }

json::value json_time(Microseconds time) {
  if (time == 0) return nullptr;
  return json::value(iso_time_text(time));
}

json::value json_strings(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

json::object json_problem(const ConfigProblem& problem) {
  return {{"type", problem.type},
          {"name", problem.name},
          {"uuid", problem.uuid},
          {"reason", problem.reason},
          {"since", json_time(problem.since)}};
}

}  // namespace signalbox::control
