// Fills a Cassandra with a configuration database to measure with.
#pragma once

#include <cstdint>
#include <string>

#include "configdb/cql/session.hpp"

namespace signalbox::bench {

// Runs the loop until `objects` rows and their names are written. False: not all were; the reasons are on standard error.
bool fill(boost::asio::io_context& io, configdb::cql::Session& session, const std::string& keyspace, std::uint64_t objects);

}  // namespace signalbox::bench
