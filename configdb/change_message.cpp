#include "configdb/change_message.hpp"

#include <array>
#include <optional>
#include <utility>

#include "configdb/json_reader.hpp"
#include "configdb/row_parser.hpp"

namespace signalbox::configdb {
namespace {

constexpr std::array<std::pair<std::string_view, ChangeOper>, 4> kOpers = {{{"CREATE", ChangeOper::kCreate},
                                                                            {"UPDATE", ChangeOper::kUpdate},
                                                                            {"UPDATE-IMPLICIT", ChangeOper::kUpdateImplicit},
                                                                            {"DELETE", ChangeOper::kDelete}}};

// The members that matter, as they stand there.
struct Members {
  std::string oper, type, uuid, name;
};

bool read_name(JsonReader& in, std::string& name) {
  if (!in.enter_array()) return false;
  name.clear();
  std::string scratch;
  for (bool first = true; in.next_element(); first = false) {
    std::string_view component;
    if (!in.string(component, scratch)) return false;
    if (!first) name += ':';
    name += component;
  }
  return in.ok();
}

bool read_text(JsonReader& in, std::string& out) {
  std::string_view text;
  std::string scratch;
  if (!in.string(text, scratch)) return false;
  out = text;
  return true;
}

bool read_member(JsonReader& in, std::string_view key, Members& members) {
  if (key == "oper") return read_text(in, members.oper);
  if (key == "type") return read_text(in, members.type);
  if (key == "uuid") return read_text(in, members.uuid);
  if (key == "fq_name") return read_name(in, members.name);
  return in.skip();
}

ChangeProblem malformed(std::string text) { return {ChangeProblem::Kind::kMalformed, std::move(text)}; }
ChangeProblem unusable(std::string text) { return {ChangeProblem::Kind::kUnusable, std::move(text)}; }

}  // namespace

std::string_view to_string(ChangeOper oper) {
  for (const auto& [name, value] : kOpers) {
    if (value == oper) return name;
  }
  return "unknown";
}

core::Result<ChangeMessage, ChangeProblem> parse_change_message(std::string_view text) {
  JsonReader in(text);
  if (in.kind() != JsonKind::kObject) {
    return malformed(in.kind() == JsonKind::kNone ? "no JSON" : std::string("it is ") + json_kind_text(in.kind()) + ", not an object");
  }
  Members members;
  std::string key;
  if (in.enter_object()) {
    for (std::string_view next; in.next_member(next);) {
      key = next;
      if (!read_member(in, key, members)) break;
    }
  }
  if (!in.finish()) {
    const std::string where = key.empty() ? "" : excerpt(key) + ": ";
    return malformed(where + in.error() + " at byte " + std::to_string(in.offset()));
  }
  if (members.oper.empty() || members.type.empty() || members.uuid.empty()) return unusable("oper, type or uuid is missing");
  std::optional<ChangeOper> oper;
  for (const auto& [name, value] : kOpers) {
    if (name == members.oper) oper = value;
  }
  if (!oper) return unusable("unknown oper " + excerpt(members.oper));
  const std::optional<Uuid> uuid = Uuid::parse(members.uuid);
  if (!uuid) return unusable("no uuid: " + excerpt(members.uuid));
  if (members.name.empty() && *oper != ChangeOper::kDelete) return unusable("fq_name is missing");
  return ChangeMessage{*oper, *uuid, std::move(members.type), std::move(members.name)};
}

}  // namespace signalbox::configdb
