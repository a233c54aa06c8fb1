#include "configdb/cql/execute.hpp"

#include <utility>

namespace signalbox::configdb::cql {
namespace {

std::vector<Value> views(const Values& values) {
  std::vector<Value> out;
  for (const auto& value : values) out.push_back(value ? Value(*value) : Value());
  return out;
}

class Call final : public Request {
 public:
  Call(std::string statement, bool prepare, std::vector<Values> rows, bool batch, Answer answer)
      : statement_(std::move(statement)), prepare_(prepare), batch_(batch), values_(std::move(rows)), answer_(std::move(answer)) {}

  Attempt attempt(std::uint64_t) override {
    rows_.clear();
    Attempt attempt;
    attempt.statement = statement_;
    attempt.prepare = prepare_;
    for (const Values& row : values_) batch_ ? attempt.batch.push_back(views(row)) : void(attempt.parameters.values = views(row));
    return attempt;
  }
  void row(std::span<const Value> cells, bool) override {
    auto& row = rows_.emplace_back();
    for (const Value& cell : cells) row.push_back(cell ? std::optional<std::string>(*cell) : std::nullopt);
  }
  void done(std::string_view) override { answer_(std::move(rows_)); }
  void failed(const ServerError& error) override { answer_(core::error("Cassandra: " + to_string(error))); }

 private:
  const std::string statement_;
  const bool prepare_;
  const bool batch_;
  const std::vector<Values> values_;
  const Answer answer_;
  Rows rows_;
};

}  // namespace

void execute_text(Session& session, std::string statement, Answer answer) {
  session.submit(std::make_shared<Call>(std::move(statement), false, std::vector<Values>(), false, std::move(answer)));
}

void execute(Session& session, std::string statement, Values values, Answer answer) {
  session.submit(std::make_shared<Call>(std::move(statement), true, std::vector<Values>{std::move(values)}, false, std::move(answer)));
}

void execute_batch(Session& session, std::string statement, std::vector<Values> rows, Answer answer) {
  session.submit(std::make_shared<Call>(std::move(statement), true, std::move(rows), true, std::move(answer)));
}

}  // namespace signalbox::configdb::cql
