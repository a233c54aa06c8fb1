#include "configdb/cql/messages.hpp"

namespace signalbox::configdb::cql {
namespace {

// Of BATCH, section 4.1.7
constexpr unsigned kUnlogged = 1;
constexpr unsigned kPrepared = 1;

core::Error malformed(const char* what) { return core::error(std::string("malformed ") + what); }

// Appends a frame of which `body` writes the body.
template <class Body>
void frame(const FrameStart& start, Opcode opcode, std::string& out, Body body) {
  const std::size_t at = out.size();
  encode_header({start.version, start.response, 0, start.stream, opcode, 0}, out);
  NotationWriter w(out);
  body(w);
  set_length(at, out);
}

void write_parameters(const QueryParameters& p, NotationWriter& w) {
  w.int16(static_cast<unsigned>(p.consistency));
  w.byte((p.values.empty() ? 0u : query_flag::kValues) | (p.skip_metadata ? query_flag::kSkipMetadata : 0u) |
         (p.page_size > 0 ? query_flag::kPageSize : 0u) | (p.paging_state.empty() ? 0u : query_flag::kPagingState));
  if (!p.values.empty()) w.int16(static_cast<unsigned>(p.values.size()));
  for (const Value& value : p.values) w.bytes(value);
  if (p.page_size > 0) w.int32(p.page_size);
  if (!p.paging_state.empty()) w.bytes(p.paging_state);
}

QueryParameters read_parameters(NotationReader& in) {
  QueryParameters p;
  p.consistency = static_cast<Consistency>(in.int16());
  const std::uint8_t flags = in.byte();
  p.skip_metadata = (flags & query_flag::kSkipMetadata) != 0;
  if ((flags & query_flag::kValues) != 0) {
    const unsigned count = in.int16();
    for (unsigned i = 0; i < count && !in.failed(); ++i) p.values.push_back(in.bytes());
  }
  if ((flags & query_flag::kPageSize) != 0) p.page_size = in.int32();
  if ((flags & query_flag::kPagingState) != 0) p.paging_state = in.bytes().value_or(std::string_view());
  return p;
}

// [option]: [short] id, and for collections, tuples and user types what they are made of. Section 4.2.5.2; false: nested too deep.
bool skip_type(NotationReader& in, int depth) {
  if (depth > 8) return false;
  constexpr unsigned kCustom = 0x00, kList = 0x20, kMap = 0x21, kSet = 0x22, kUserType = 0x30, kTuple = 0x31;
  switch (in.int16()) {
    case kCustom: in.string(); return true;
    case kMap: {
      const bool key = skip_type(in, depth + 1);
      return key && skip_type(in, depth + 1);
    }
    case kList:
    case kSet: return skip_type(in, depth + 1);
    case kUserType: {
      in.string();
      in.string();
      for (unsigned n = in.int16(); n > 0 && !in.failed(); --n) {
        in.string();
        if (!skip_type(in, depth + 1)) return false;
      }
      return true;
    }
    case kTuple: {
      for (unsigned n = in.int16(); n > 0 && !in.failed(); --n)
        if (!skip_type(in, depth + 1)) return false;
      return true;
    }
    default: return true;
  }
}

bool skip_columns(NotationReader& in, std::int32_t flags, std::size_t columns) {
  const bool global = (flags & metadata_flag::kGlobalTable) != 0;
  for (int i = 0; global && i < 2; ++i) in.string();
  for (std::size_t c = 0; c < columns && !in.failed(); ++c) {
    for (int i = 0; !global && i < 2; ++i) in.string();
    in.string();
    if (!skip_type(in, 0)) return false;
  }
  return true;
}

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kServerError: return "server error";
    case ErrorCode::kProtocolError: return "protocol error";
    case ErrorCode::kBadCredentials: return "bad credentials";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kOverloaded: return "overloaded";
    case ErrorCode::kBootstrapping: return "bootstrapping";
    case ErrorCode::kTruncateError: return "truncate error";
    case ErrorCode::kWriteTimeout: return "write timeout";
    case ErrorCode::kReadTimeout: return "read timeout";
    case ErrorCode::kReadFailure: return "read failure";
    case ErrorCode::kFunctionFailure: return "function failure";
    case ErrorCode::kWriteFailure: return "write failure";
    case ErrorCode::kSyntaxError: return "syntax error";
    case ErrorCode::kUnauthorized: return "unauthorized";
    case ErrorCode::kInvalid: return "invalid";
    case ErrorCode::kConfigError: return "configuration error";
    case ErrorCode::kAlreadyExists: return "already exists";
    case ErrorCode::kUnprepared: return "unprepared";
  }
  return nullptr;
}

}  // namespace

void set_length(std::size_t frame_at, std::string& out) {
  const auto length = static_cast<std::uint32_t>(out.size() - frame_at - FrameHeader::kSize);
  for (unsigned i = 0; i < 4; ++i) out[frame_at + 5 + i] = static_cast<char>(length >> (24 - 8 * i));
}

void encode_empty(const FrameStart& start, Opcode opcode, std::string& out) {
  frame(start, opcode, out, [opcode](NotationWriter& w) {
    if (opcode == Opcode::kResult) w.int32(static_cast<std::int32_t>(ResultKind::kVoid));
  });
}

void encode_startup(const FrameStart& start, std::string& out) {
  frame(start, Opcode::kStartup, out, [](NotationWriter& w) {
    w.int16(1);
    w.string("CQL_VERSION");
    w.string(kCqlVersion);
  });
}

void encode_authenticate(const FrameStart& start, std::string_view authenticator, std::string& out) {
  frame(start, Opcode::kAuthenticate, out, [&](NotationWriter& w) { w.string(authenticator); });
}

core::Result<std::string_view> decode_authenticate(std::string_view body) {
  NotationReader in(body);
  const std::string_view authenticator = in.string();
  if (in.failed()) return malformed("AUTHENTICATE");
  return authenticator;
}

void encode_token(const FrameStart& start, Opcode opcode, const Value& token, std::string& out) {
  frame(start, opcode, out, [&](NotationWriter& w) { w.bytes(token); });
}

core::Result<Value> decode_token(std::string_view body) {
  NotationReader in(body);
  const Value token = in.bytes();
  if (in.failed()) return malformed("token");
  return token;
}

std::string plain_token(std::string_view user, std::string_view password) {
  std::string token(1, '\0');
  token.append(user).append(1, '\0').append(password);
  return token;
}

void encode_prepare(const FrameStart& start, std::string_view query, std::string& out) {
  frame(start, Opcode::kPrepare, out, [&](NotationWriter& w) { w.long_string(query); });
}

core::Result<std::string_view> decode_prepare(std::string_view body) {
  NotationReader in(body);
  const std::string_view query = in.long_string();
  if (in.failed()) return malformed("PREPARE");
  return query;
}

void encode_query(const FrameStart& start, std::string_view query, const QueryParameters& parameters, std::string& out) {
  frame(start, Opcode::kQuery, out, [&](NotationWriter& w) {
    w.long_string(query);
    write_parameters(parameters, w);
  });
}

void encode_execute(const FrameStart& start, std::string_view id, const QueryParameters& parameters, std::string& out) {
  frame(start, Opcode::kExecute, out, [&](NotationWriter& w) {
    w.string(id);
    write_parameters(parameters, w);
  });
}

core::Result<QueryMessage> decode_query(Opcode opcode, std::string_view body) {
  NotationReader in(body);
  QueryMessage message;
  message.what = opcode == Opcode::kQuery ? in.long_string() : in.short_bytes();
  message.parameters = read_parameters(in);
  if (in.failed()) return malformed(opcode == Opcode::kQuery ? "QUERY" : "EXECUTE");
  return message;
}

void encode_batch(const FrameStart& start, std::string_view id, const std::vector<std::vector<Value>>& rows, Consistency consistency,
                  std::string& out) {
  frame(start, Opcode::kBatch, out, [&](NotationWriter& w) {
    w.byte(kUnlogged);
    w.int16(static_cast<unsigned>(rows.size()));
    for (const std::vector<Value>& row : rows) {
      w.byte(kPrepared);
      w.string(id);
      w.int16(static_cast<unsigned>(row.size()));
      for (const Value& value : row) w.bytes(value);
    }
    w.int16(static_cast<unsigned>(consistency));
    w.byte(0);
  });
}

core::Result<BatchMessage> decode_batch(std::string_view body) {
  NotationReader in(body);
  BatchMessage message;
  bool good = in.byte() == kUnlogged;
  const unsigned count = in.int16();
  for (unsigned i = 0; i < count && good && !in.failed(); ++i) {
    good = in.byte() == kPrepared;
    message.ids.push_back(in.short_bytes());
    std::vector<Value>& row = message.rows.emplace_back();
    const unsigned values = in.int16();
    for (unsigned v = 0; v < values && !in.failed(); ++v) row.push_back(in.bytes());
  }
  message.consistency = static_cast<Consistency>(in.int16());
  in.byte();
  if (!good || in.failed()) return malformed("BATCH");
  return message;
}

void encode_error(const FrameStart& start, const ServerError& error, std::string& out) {
  frame(start, Opcode::kError, out, [&](NotationWriter& w) {
    w.int32(static_cast<std::int32_t>(error.code));
    w.string(error.message);
    if (error.code == ErrorCode::kUnprepared) w.string(error.unprepared_id);
  });
}

core::Result<ServerError> decode_error(std::string_view body) {
  NotationReader in(body);
  ServerError error;
  error.code = static_cast<ErrorCode>(in.int32());
  error.message = in.string();
  if (error.code == ErrorCode::kUnprepared) error.unprepared_id = in.short_bytes();
  if (in.failed()) return malformed("ERROR");
  return error;
}

std::string to_string(const ServerError& error) {
  const char* name = name_of(error.code);
  return (name != nullptr ? name : "error " + std::to_string(static_cast<std::int32_t>(error.code))) + ": " + error.message;
}

void encode_prepared(const FrameStart& start, std::string_view id, std::string& out) {
  frame(start, Opcode::kResult, out, [&](NotationWriter& w) {
    w.int32(static_cast<std::int32_t>(ResultKind::kPrepared));
    w.string(id);
  });
}

core::Result<std::string_view> decode_prepared(std::string_view body) {
  NotationReader in(body);
  const auto kind = static_cast<ResultKind>(in.int32());
  const std::string_view id = in.short_bytes();
  if (in.failed() || kind != ResultKind::kPrepared || id.empty()) return malformed("answer to PREPARE");
  return id;
}

std::size_t begin_rows(const FrameStart& start, const ResultHead& head, std::string& out) {
  const std::size_t at = out.size();
  frame(start, Opcode::kResult, out, [&](NotationWriter& w) {
    w.int32(static_cast<std::int32_t>(ResultKind::kRows));
    w.int32(metadata_flag::kNoMetadata | (head.paging_state.empty() ? 0 : metadata_flag::kMorePages));
    w.int32(static_cast<std::int32_t>(head.columns));
    if (!head.paging_state.empty()) w.bytes(head.paging_state);
    w.int32(static_cast<std::int32_t>(head.rows));
  });
  return at;
}

HeadOutcome decode_result_head(std::string_view body, ResultHead& head) {
  NotationReader in(body);
  head = {};
  head.kind = static_cast<ResultKind>(in.int32());
  if (in.failed()) return HeadOutcome::kNeedMore;
  if (head.kind != ResultKind::kRows) {
    head.size = body.size() - in.rest().size();
    return head.kind >= ResultKind::kVoid && head.kind <= ResultKind::kSchemaChange ? HeadOutcome::kWhole : HeadOutcome::kMalformed;
  }
  const std::int32_t flags = in.int32();
  const std::int32_t columns = in.int32();
  if (columns < 0 || columns > static_cast<std::int32_t>(kMaxColumns)) return HeadOutcome::kMalformed;
  head.columns = static_cast<std::size_t>(columns);
  if ((flags & metadata_flag::kMorePages) != 0) head.paging_state = in.bytes().value_or(std::string_view());
  if ((flags & metadata_flag::kNoMetadata) == 0 && !skip_columns(in, flags, head.columns)) return HeadOutcome::kMalformed;
  const std::int32_t rows = in.int32();
  if (in.failed()) return HeadOutcome::kNeedMore;
  // Rows without columns have no end that bytes could tell.
  if (rows < 0 || (rows > 0 && columns == 0)) return HeadOutcome::kMalformed;
  head.rows = static_cast<std::uint32_t>(rows);
  head.size = body.size() - in.rest().size();
  return HeadOutcome::kWhole;
}

}  // namespace signalbox::configdb::cql
