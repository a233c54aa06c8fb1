// The bodies of CQL messages: what a client says, and what a server answers, but for rows (rows_reader.hpp).
//
// Each has an encoder and a decoder beside each other, so that tests can play either end. Encoders append a whole frame; decoders take the body
// behind the preamble. Threads: plain values. Lifetime: decoded views are of the body given. Errors: a body that is not what its opcode
// says is an Error. Source: native_protocol_v4.spec sections 4 and 9; what is not in version 3 is said where it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "configdb/cql/frame.hpp"
#include "configdb/cql/notation.hpp"
#include "configdb/cql/protocol.hpp"
#include "core/result.hpp"

namespace signalbox::configdb::cql {

// The start of every frame that is written.
struct FrameStart {
  std::uint8_t version = kNewestVersion;
  std::int16_t stream = 0;
  bool response = false;
};

// A message without a body: OPTIONS, READY, and a RESULT's void.
void encode_empty(const FrameStart& start, Opcode opcode, std::string& out);

// STARTUP: [string map], here of one: ("CQL_VERSION", "3.0.0"). Section 4.1.1
void encode_startup(const FrameStart& start, std::string& out);

// AUTHENTICATE: [string] class of the authenticator. AUTH_RESPONSE, AUTH_CHALLENGE, AUTH_SUCCESS: [bytes] token. Sections 4.1.2, 4.2.3, 4.2.7
void encode_authenticate(const FrameStart& start, std::string_view authenticator, std::string& out);
core::Result<std::string_view> decode_authenticate(std::string_view body);
void encode_token(const FrameStart& start, Opcode opcode, const Value& token, std::string& out);
core::Result<Value> decode_token(std::string_view body);
// The token of SASL PLAIN (RFC 4616): an empty authorization identity, 0, user, 0, password.
std::string plain_token(std::string_view user, std::string_view password);

// PREPARE: [long string] query. Section 4.1.5
void encode_prepare(const FrameStart& start, std::string_view query, std::string& out);
core::Result<std::string_view> decode_prepare(std::string_view body);

// QUERY:   [long string] query, parameters      EXECUTE: [short bytes] id, parameters      Sections 4.1.4, 4.1.6
//
//   parameters: [short] consistency | [byte] flags | if kValues: [short] n, n [bytes] | if kPageSize: [int] | if kPagingState: [bytes]
struct QueryParameters {
  Consistency consistency = Consistency::kQuorum;
  std::vector<Value> values;
  bool skip_metadata = false;
  std::int32_t page_size = 0;     // 0: the whole result in one page
  std::string_view paging_state;  // empty: from the beginning

  bool operator==(const QueryParameters&) const = default;
};
void encode_query(const FrameStart& start, std::string_view query, const QueryParameters& parameters, std::string& out);
void encode_execute(const FrameStart& start, std::string_view id, const QueryParameters& parameters, std::string& out);
struct QueryMessage {
  std::string_view what;  // the text or the id
  QueryParameters parameters;
};
// `opcode`: kQuery or kExecute.
core::Result<QueryMessage> decode_query(Opcode opcode, std::string_view body);

// BATCH of one prepared statement with different values; unlogged, so only for one partition. Section 4.1.7
//
//   [byte] type, 1: unlogged | [short] n, n x ( [byte] kind, 1: prepared | [short bytes] id | [short] m, m [bytes] ) | [short] consistency | [byte] flags
void encode_batch(const FrameStart& start, std::string_view id, const std::vector<std::vector<Value>>& rows, Consistency consistency,
                  std::string& out);
struct BatchMessage {
  std::vector<std::string_view> ids;
  std::vector<std::vector<Value>> rows;
  Consistency consistency = Consistency::kQuorum;
};
core::Result<BatchMessage> decode_batch(std::string_view body);

// ERROR: [int] code | [string] message | what the code adds, of which only the id of kUnprepared ([short bytes]) is read. Section 9
struct ServerError {
  ErrorCode code = ErrorCode::kServerError;
  std::string message;
  std::string unprepared_id;

  bool operator==(const ServerError&) const = default;
};
void encode_error(const FrameStart& start, const ServerError& error, std::string& out);
core::Result<ServerError> decode_error(std::string_view body);
// "unavailable: Cannot achieve consistency level QUORUM"
std::string to_string(const ServerError& error);

// RESULT of kind kPrepared: [int] kind | [short bytes] id | metadata that is not read. Section 4.2.5.4
void encode_prepared(const FrameStart& start, std::string_view id, std::string& out);
core::Result<std::string_view> decode_prepared(std::string_view body);

// RESULT of kind kRows, up to the first row: [int] kind | [int] flags | [int] columns | if kMorePages: [bytes] paging state |
// unless kNoMetadata: if kGlobalTable: [string] [string], then for each column: if not kGlobalTable: [string] [string]; [string] name, [option] type |
// [int] rows. Section 4.2.5.2. Other kinds have no rows.
struct ResultHead {
  ResultKind kind = ResultKind::kVoid;
  std::size_t columns = 0;
  std::uint32_t rows = 0;
  std::string_view paging_state;  // empty: the last page
  std::size_t size = 0;           // bytes of the head

  bool operator==(const ResultHead&) const = default;
};
// kNoMetadata is always set; the rows are to be written behind it, and set_length() closes the frame.
std::size_t begin_rows(const FrameStart& start, const ResultHead& head, std::string& out);
void set_length(std::size_t frame_at, std::string& out);
enum class HeadOutcome : std::uint8_t { kWhole, kNeedMore, kMalformed };
// kNeedMore is said of a head that ends behind `body`.
HeadOutcome decode_result_head(std::string_view body, ResultHead& head);

}  // namespace signalbox::configdb::cql
