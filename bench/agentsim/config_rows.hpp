// Configuration as rows of the config database, in the JSON form in which db_json_exim exports them: written for a node that is
// to serve a scenario, and read from whatever file the node was started with.
#pragma once

#include <string>
#include <vector>

#include "bench/agentsim/options.hpp"
#include "bench/agentsim/topology.hpp"

namespace signalbox::bench {

/// CQL form: {"cassandra": {"config_db_uuid": {table: {key: [[column, value, time]]}}}}.
std::string config_rows(const Options& options, const std::vector<Instance>& instances);

/// Routing instances of virtual networks outside default-project, with their targets (instance-target and connection links,
/// spec/config.md 6.4), by name. Takes both forms. Throws std::invalid_argument saying what is wrong.
std::vector<Instance> read_instances(const std::string& rows_json);

}  // namespace signalbox::bench
