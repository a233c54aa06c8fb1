// The numbers of the CQL native protocol, versions 3 and 4, that a client of tables needs.
//
// Source: Apache Cassandra, native_protocol_v4.spec and native_protocol_v3.spec; the section is named at each.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signalbox::configdb::cql {

inline constexpr std::uint8_t kNewestVersion = 4;
inline constexpr std::uint8_t kOldestVersion = 3;
inline constexpr std::uint8_t kResponseBit = 0x80;       // of the version byte. Section 2.1
inline constexpr std::size_t kMaxBodySize = 256u << 20;  // Section 2.5
inline constexpr std::int16_t kMaxStream = 32767;        // Section 2.3; negative ones are the server's own
inline constexpr const char* kCqlVersion = "3.0.0";      // of STARTUP: any 3.x. Section 4.1.1
inline constexpr std::size_t kMaxValues = 65535;         // of one statement
inline constexpr std::size_t kMaxColumns = 64;           // of a result; we ask for five

// Section 2.2
namespace frame_flag {
inline constexpr std::uint8_t kCompressed = 0x01;
inline constexpr std::uint8_t kTracing = 0x02;
inline constexpr std::uint8_t kCustomPayload = 0x04;
inline constexpr std::uint8_t kWarning = 0x08;
}  // namespace frame_flag

// Section 2.4
enum class Opcode : std::uint8_t {
  kError = 0x00,
  kStartup = 0x01,
  kReady = 0x02,
  kAuthenticate = 0x03,
  kOptions = 0x05,
  kSupported = 0x06,
  kQuery = 0x07,
  kResult = 0x08,
  kPrepare = 0x09,
  kExecute = 0x0a,
  kRegister = 0x0b,
  kEvent = 0x0c,
  kBatch = 0x0d,
  kAuthChallenge = 0x0e,
  kAuthResponse = 0x0f,
  kAuthSuccess = 0x10,
};

// Section 3, [consistency]
enum class Consistency : std::uint16_t { kOne = 0x0001, kQuorum = 0x0004 };

// Section 4.1.4, <flags> of the query parameters
namespace query_flag {
inline constexpr std::uint8_t kValues = 0x01;
inline constexpr std::uint8_t kSkipMetadata = 0x02;
inline constexpr std::uint8_t kPageSize = 0x04;
inline constexpr std::uint8_t kPagingState = 0x08;
}  // namespace query_flag

// Section 4.2.5, <kind>
enum class ResultKind : std::int32_t { kVoid = 1, kRows = 2, kSetKeyspace = 3, kPrepared = 4, kSchemaChange = 5 };

// Section 4.2.5.2, <flags> of the metadata
namespace metadata_flag {
inline constexpr std::int32_t kGlobalTable = 0x01;
inline constexpr std::int32_t kMorePages = 0x02;
inline constexpr std::int32_t kNoMetadata = 0x04;
}  // namespace metadata_flag

// Section 9
enum class ErrorCode : std::int32_t {
  kServerError = 0x0000,
  kProtocolError = 0x000a,
  kBadCredentials = 0x0100,
  kUnavailable = 0x1000,
  kOverloaded = 0x1001,
  kBootstrapping = 0x1002,
  kTruncateError = 0x1003,
  kWriteTimeout = 0x1100,
  kReadTimeout = 0x1200,
  kReadFailure = 0x1300,
  kFunctionFailure = 0x1400,
  kWriteFailure = 0x1500,
  kSyntaxError = 0x2000,
  kUnauthorized = 0x2100,
  kInvalid = 0x2200,
  kConfigError = 0x2300,
  kAlreadyExists = 0x2400,
  kUnprepared = 0x2500,
};

}  // namespace signalbox::configdb::cql
