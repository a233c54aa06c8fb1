// Paths and tables as JSON, shared by the API's pages.
// Threads: plain functions.
#pragma once

#include <boost/json/fwd.hpp>

#include "control/http/url_query.hpp"
#include "control/show/show_data.hpp"

namespace signalbox::control {

boost::json::object json_path(const RoutePath& path);
boost::json::object json_table(const TableInfo& table);
// The `limit` parameter of a list.
unsigned api_limit(const Query& query);

}  // namespace signalbox::control
