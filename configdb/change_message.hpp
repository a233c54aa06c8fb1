// ChangeMessage: what an API server announces on the message bus when it has written an object.
//
//   {"request-id": TEXT, "oper": "CREATE"|"UPDATE"|"DELETE"|"UPDATE-IMPLICIT", "type": TEXT, "uuid": TEXT, "fq_name": [TEXT, ...],
//    "obj_dict": ANY, "extra_dict": ANY}                                              only oper, type, uuid and fq_name matter
//
// A message is a hint to read the row, whatever it says; so a message that is not understood costs nothing but what it announced, and that
// the next audit finds.
// Threads: plain value. Cost: one pass over the text. Source: spec/config.md 3.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "configdb/uuid.hpp"
#include "core/result.hpp"

namespace signalbox::configdb {

enum class ChangeOper : std::uint8_t { kCreate, kUpdate, kUpdateImplicit, kDelete };

std::string_view to_string(ChangeOper oper);

struct ChangeMessage {
  ChangeOper oper = ChangeOper::kUpdate;
  Uuid uuid;
  std::string type;  // with underscores
  std::string name;  // components joined by ':'; of a DELETE it may be empty
};

struct ChangeProblem {
  // kMalformed: no message of this form; kUnusable: the form is right, what it says is nothing to act upon.
  enum class Kind : std::uint8_t { kMalformed, kUnusable };

  Kind kind = Kind::kMalformed;
  std::string text;
};

// `text` is any bytes.
core::Result<ChangeMessage, ChangeProblem> parse_change_message(std::string_view text);

}  // namespace signalbox::configdb
