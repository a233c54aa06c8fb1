// Statements whose answer is small, asked with a function instead of a Request: schema, writes, look-ups.
//
// Threads and lifetime: those of Session; `answer` is called once from the event loop, unless the session is stopped or destroyed before.
// What passes by itself is waited out and a statement may then be executed twice, so it must be one that may.
// Errors: of the server, in its words. Memory: the whole answer. Source: native_protocol_v4.spec 4.1
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "configdb/cql/session.hpp"
#include "core/result.hpp"

namespace signalbox::configdb::cql {

// Rows of cells; nullopt is null.
using Rows = std::vector<std::vector<std::optional<std::string>>>;
using Values = std::vector<std::optional<std::string>>;
using Answer = std::function<void(core::Result<Rows>)>;

// As text, not prepared: for what is said once.
void execute_text(Session& session, std::string statement, Answer answer);
// Prepared on first use, with a value for each "?".
void execute(Session& session, std::string statement, Values values, Answer answer);
// The same with each of `rows` (at most 65535), as one unlogged batch: all of them must be of one partition.
void execute_batch(Session& session, std::string statement, std::vector<Values> rows, Answer answer);

}  // namespace signalbox::configdb::cql
