// What a session is asked to do: one statement, its values, and who takes the answer.
//
// Threads: the session's. Lifetime: the session shares it until done(), failed() or cancel().
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "configdb/cql/messages.hpp"
#include "configdb/cql/rows_reader.hpp"

namespace signalbox::configdb::cql {

// One try at a request. All views must stay as they are until the request is answered or asked for another attempt.
struct Attempt {
  std::string_view statement;
  bool prepare = true;  // false: sent as text, for what is said once
  // Not empty: the statement with each of these values, as one unlogged batch; of `parameters` only the consistency counts.
  std::vector<std::vector<Value>> batch;
  QueryParameters parameters;
};

class Request : public RowSink {
 public:
  // What to do about an error that will not pass by itself.
  enum class Verdict : std::uint8_t { kFail, kRetryLater, kRetryNow };

  // What to send. Called before each attempt, also from within submit(): again when the last one was lost with its connection, timed out, or met
  // a server that could not serve it. What row() gave in that one is to be forgotten. `link` numbers the connections of the session.
  virtual Attempt attempt(std::uint64_t link) = 0;
  // Rows of the answer, as they arrive.
  void row(std::span<const Value>, bool) override {}
  // The views that row() gave end here; more rows may follow.
  virtual void views_end() {}
  // The answer is complete, but for what `paging_state` leads to (empty: nothing).
  virtual void done(std::string_view paging_state) = 0;
  // The server will not do it, as it is asked.
  virtual Verdict refused(const ServerError&) { return Verdict::kFail; }
  virtual void failed(const ServerError& error) = 0;
};

}  // namespace signalbox::configdb::cql
