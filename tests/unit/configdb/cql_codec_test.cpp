// CQL frames and messages, both ways; the bytes are those of a Cassandra 5.0.7 and a client. native_protocol_v4.spec
#include <gtest/gtest.h>

#include "configdb/cql/messages.hpp"
#include "tests/unit/configdb/cql_bytes.hpp"

namespace signalbox::configdb::cql::test {
namespace {

constexpr FrameStart kRequest{4, 0, false};
constexpr FrameStart kResponse{4, 3, true};

std::string body_of(const std::string& frame) { return frame.substr(FrameHeader::kSize); }

template <class Encode>
std::string encoded(Encode encode) {
  std::string out = "before";
  encode(out);
  return out.substr(6);
}

TEST(CqlCodec, Header) {
  const std::string bytes = bytes_of("84 0a fffe 08 00012345");
  const FrameHeader header{4, true, 0x0a, -2, Opcode::kResult, 0x12345};
  EXPECT_EQ(decode_header(bytes), header);
  EXPECT_EQ(encoded([&](std::string& out) { encode_header(header, out); }), bytes);
  EXPECT_EQ(decode_header(bytes.substr(0, 8)), std::nullopt);
}

TEST(CqlCodec, Startup) {
  EXPECT_EQ(encoded([](std::string& out) { encode_startup(kRequest, out); }),
            bytes_of("04 00 0000 01 00000016 0001 000b 'CQL_VERSION' 0005 '3.0.0'"));
  EXPECT_EQ(encoded([](std::string& out) {
              encode_startup({3, 0, false}, out);
            }),
            bytes_of("03 00 0000 01 00000016 0001 000b 'CQL_VERSION' 0005 '3.0.0'"));
  EXPECT_EQ(encoded([](std::string& out) { encode_empty({4, 0, true}, Opcode::kReady, out); }), bytes_of("84 00 0000 02 00000000"));
  EXPECT_EQ(encoded([](std::string& out) { encode_empty({4, 1, false}, Opcode::kOptions, out); }), bytes_of("04 00 0001 05 00000000"));
}

TEST(CqlCodec, Authentication) {
  const std::string asked = bytes_of("84 00 0003 03 00000031 002f 'org.apache.cassandra.auth.PasswordAuthenticator'");
  EXPECT_EQ(encoded([](std::string& out) { encode_authenticate(kResponse, "org.apache.cassandra.auth.PasswordAuthenticator", out); }),
            asked);
  EXPECT_EQ(*decode_authenticate(body_of(asked)), "org.apache.cassandra.auth.PasswordAuthenticator");
  const std::string token = plain_token("user", "secret");
  const std::string said = bytes_of("04 00 0000 0f 00000010 0000000c 00 'user' 00 'secret'");
  EXPECT_EQ(encoded([&](std::string& out) { encode_token(kRequest, Opcode::kAuthResponse, std::string_view(token), out); }), said);
  const std::string said_body = body_of(said);
  EXPECT_EQ(*decode_token(said_body), Value(token));
  const std::string nothing = bytes_of("84 00 0003 10 00000004 ffffffff");
  EXPECT_EQ(encoded([&](std::string& out) { encode_token(kResponse, Opcode::kAuthSuccess, std::nullopt, out); }), nothing);
  EXPECT_EQ(*decode_token(body_of(nothing)), Value());
}

TEST(CqlCodec, Prepare) {
  const std::string_view text = "SELECT key FROM t WHERE key = ?";
  const std::string bytes = bytes_of("04 00 0002 09 00000023 0000001f 'SELECT key FROM t WHERE key = ?'");
  EXPECT_EQ(encoded([&](std::string& out) { encode_prepare({4, 2, false}, text, out); }), bytes);
  const std::string body = body_of(bytes);
  EXPECT_EQ(*decode_prepare(body), text);
}

TEST(CqlCodec, PreparedOfBothVersions) {
  // Version 4 adds where the partition key stands among the bound values; of neither the metadata is read.
  const std::string v4 = bytes_of(
      "00000004 0010 19f9e656c3ba14355ad80c7dda03fda7 00000001 00000001 00000001 0000 000e 'config_db_uuid' 000e 'obj_uuid_table' 0003 "
      "'key' 0003"
      "00000001 00000003 000e 'config_db_uuid' 000e 'obj_uuid_table' 0003 'key' 0003 0007 'column1' 0003 0010 'writetime(value)' 0002");
  EXPECT_EQ(*decode_prepared(v4), bytes_of("19f9e656c3ba14355ad80c7dda03fda7"));
  const std::string v3 = bytes_of(
      "00000004 0010 19f9e656c3ba14355ad80c7dda03fda7 00000001 00000001 000e 'config_db_uuid' 000e 'obj_uuid_table' 0003 'key' 0003"
      "00000001 00000001 000e 'config_db_uuid' 000e 'obj_uuid_table' 0003 'key' 0003");
  EXPECT_EQ(*decode_prepared(v3), bytes_of("19f9e656c3ba14355ad80c7dda03fda7"));
  const std::string bare = bytes_of("84 00 0003 08 00000008 00000004 0002 abcd");
  EXPECT_EQ(encoded([](std::string& out) { encode_prepared(kResponse, bytes_of("abcd"), out); }), bare);
  const std::string body = body_of(bare);
  EXPECT_EQ(*decode_prepared(body), bytes_of("abcd"));
  EXPECT_FALSE(decode_prepared(bytes_of("00000001")).ok()) << "another kind of result";
  EXPECT_FALSE(decode_prepared(bytes_of("00000004 0010 abcd")).ok()) << "an id beyond the end";
}

TEST(CqlCodec, Execute) {
  const std::string bytes = bytes_of(
      "04 00 0003 0a 00000043 0010 19f9e656c3ba14355ad80c7dda03fda7 0004 07 0001 00000024 '00000000-0000-0000-0000-000000000001' 00000002");
  const std::string id = bytes_of("19f9e656c3ba14355ad80c7dda03fda7");
  QueryParameters parameters;
  parameters.values = {"00000000-0000-0000-0000-000000000001"};
  parameters.skip_metadata = true;
  parameters.page_size = 2;
  EXPECT_EQ(encoded([&](std::string& out) { encode_execute({4, 3, false}, id, parameters, out); }), bytes);
  const std::string body = body_of(bytes);
  const auto decoded = decode_query(Opcode::kExecute, body);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->what, id);
  EXPECT_EQ(decoded->parameters, parameters);
}

TEST(CqlCodec, Query) {
  const std::string plain = bytes_of("04 00 0004 07 00000027 00000020 'SELECT nothing FROM system.local' 0001 00");
  QueryParameters parameters;
  parameters.consistency = Consistency::kOne;
  EXPECT_EQ(encoded([&](std::string& out) { encode_query({4, 4, false}, "SELECT nothing FROM system.local", parameters, out); }), plain);
  parameters.values = {std::nullopt, "", "ab"};
  parameters.paging_state = "more";
  const std::string full = bytes_of("04 00 0000 07 00000020 00000001 'Q' 0001 09 0003 ffffffff 00000000 00000002 'ab' 00000004 'more'");
  EXPECT_EQ(to_hex(encoded([&](std::string& out) { encode_query(kRequest, "Q", parameters, out); })), to_hex(full));
  const std::string body = body_of(full);
  const auto decoded = decode_query(Opcode::kQuery, body);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->what, "Q");
  EXPECT_EQ(decoded->parameters, parameters);
  EXPECT_FALSE(decode_query(Opcode::kQuery, std::string_view(body).substr(0, body.size() - 1)).ok());
}

TEST(CqlCodec, Batch) {
  const std::string bytes =
      bytes_of("04 00 0000 0d 00000023 01 0002 01 0002 'id' 0002 00000001 'a' ffffffff 01 0002 'id' 0001 00000002 'bc' 0004 00");
  EXPECT_EQ(to_hex(encoded([](std::string& out) {
              encode_batch(kRequest, "id", {{"a", std::nullopt}, {"bc"}}, Consistency::kQuorum, out);
            })),
            to_hex(bytes));
  const std::string body = body_of(bytes);
  const auto decoded = decode_batch(body);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->ids, (std::vector<std::string_view>{"id", "id"}));
  EXPECT_EQ(decoded->rows, (std::vector<std::vector<Value>>{{"a", std::nullopt}, {"bc"}}));
  EXPECT_EQ(decoded->consistency, Consistency::kQuorum);
  for (std::size_t n = 0; n < body.size(); ++n) EXPECT_FALSE(decode_batch(std::string_view(body).substr(0, n)).ok()) << n;
}

TEST(CqlCodec, Errors) {
  const std::string invalid = bytes_of("84 00 0003 00 00000039 00002200 0033 'Undefined column name nothing in table system.local'");
  const ServerError error{ErrorCode::kInvalid, "Undefined column name nothing in table system.local", {}};
  EXPECT_EQ(encoded([&](std::string& out) { encode_error(kResponse, error, out); }), invalid);
  EXPECT_EQ(*decode_error(body_of(invalid)), error);
  EXPECT_EQ(to_string(error), "invalid: Undefined column name nothing in table system.local");
  const std::string unprepared = bytes_of("84 00 0003 00 0000001f 00002500 0007 'unknown' 0010 '0123456789abcdef'");
  const ServerError again{ErrorCode::kUnprepared, "unknown", "0123456789abcdef"};
  EXPECT_EQ(encoded([&](std::string& out) { encode_error(kResponse, again, out); }), unprepared);
  EXPECT_EQ(*decode_error(body_of(unprepared)), again);
  // What a code adds is passed over: here consistency, received, block for, data present.
  EXPECT_EQ(decode_error(bytes_of("00001200 0004 'late' 0004 00000001 00000002 00"))->code, ErrorCode::kReadTimeout);
  EXPECT_FALSE(decode_error(bytes_of("00001200 0004 'la'")).ok());
  EXPECT_EQ(to_string({static_cast<ErrorCode>(0x7777), "odd", {}}), "error 30583: odd");
}

TEST(CqlCodec, ResultHead) {
  ResultHead head;
  const std::string named = bytes_of(
      "00000002 00000001 00000001 0006 'system' 0005 'local' 000b 'partitioner' 000d 00000001 0000002b "
      "'org.apache.cassandra.dht.Murmur3Partitioner'");
  ASSERT_EQ(decode_result_head(named, head), HeadOutcome::kWhole);
  EXPECT_EQ(head.kind, ResultKind::kRows);
  EXPECT_EQ(head.columns, 1u);
  EXPECT_EQ(head.rows, 1u);
  EXPECT_EQ(head.paging_state, "");
  EXPECT_EQ(named.substr(head.size, 4), bytes_of("0000002b"));
  const std::size_t size = head.size;
  for (std::size_t n = 0; n < size; ++n) EXPECT_EQ(decode_result_head(named.substr(0, n), head), HeadOutcome::kNeedMore) << n;
  // What Cassandra answers when the metadata is not wanted; the flag of a global table may be set.
  ASSERT_EQ(decode_result_head(bytes_of("00000002 00000005 00000003 00000000"), head), HeadOutcome::kWhole);
  EXPECT_EQ(head.columns, 3u);
  EXPECT_EQ(head.rows, 0u);
  const ResultHead more{ResultKind::kRows, 2, 7, "state", 25};
  const std::string bytes = encoded([&](std::string& out) { begin_rows(kResponse, more, out); });
  EXPECT_EQ(bytes, bytes_of("84 00 0003 08 00000019 00000002 00000006 00000002 00000005 'state' 00000007"));
  const std::string body = body_of(bytes);
  ASSERT_EQ(decode_result_head(body, head), HeadOutcome::kWhole);
  EXPECT_EQ(head, more);
}

TEST(CqlCodec, ResultHeadOfEveryType) {
  // A list of maps, a tuple, a user's type with two fields, a custom type; each column says where it is from.
  const std::string bytes = bytes_of(
      "00000002 00000000 00000004 0001 'k' 0001 't' 0001 'a' 0020 0021 000d 0009"
      "0001 'k' 0001 't' 0001 'b' 0031 0002 000d 0002   0001 'k' 0001 't' 0001 'c' 0030 0001 'k' 0002 'ty' 0002 0001 'x' 0009 0001 'y' "
      "0022 000d"
      "0001 'k' 0001 't' 0001 'd' 0000 0003 'cls' 00000000");
  ResultHead head;
  ASSERT_EQ(decode_result_head(bytes, head), HeadOutcome::kWhole);
  EXPECT_EQ(head.size, bytes.size());
  std::string deep = bytes_of("00000002 00000001 00000001 0001 'k' 0001 't' 0001 'a'");
  for (int i = 0; i < 1000; ++i) deep += bytes_of("0020");
  EXPECT_EQ(decode_result_head(deep, head), HeadOutcome::kMalformed);
}

TEST(CqlCodec, ResultHeadsThatAreNone) {
  ResultHead head;
  EXPECT_EQ(decode_result_head(bytes_of("00000001"), head), HeadOutcome::kWhole) << "void";
  EXPECT_EQ(decode_result_head(bytes_of("00000009"), head), HeadOutcome::kMalformed) << "an unknown kind";
  EXPECT_EQ(decode_result_head(bytes_of("00000002 00000004 ffffffff 00000001"), head), HeadOutcome::kMalformed);
  EXPECT_EQ(decode_result_head(bytes_of("00000002 00000004 00000041 00000001"), head), HeadOutcome::kMalformed) << "too many columns";
  EXPECT_EQ(decode_result_head(bytes_of("00000002 00000004 00000001 ffffffff"), head), HeadOutcome::kMalformed);
  EXPECT_EQ(decode_result_head(bytes_of("00000002 00000004 00000000 00000001"), head), HeadOutcome::kMalformed) << "rows of nothing";
}

TEST(CqlCodec, Preamble) {
  EXPECT_EQ(decode_preamble(0, "body")->size, 0u);
  const std::string all =
      bytes_of("000102030405060708090a0b0c0d0e0f 0002 0005 'first' 0006 'second' 0001 0003 'key' 00000005 'value'") + "body";
  const auto preamble = decode_preamble(frame_flag::kTracing | frame_flag::kWarning | frame_flag::kCustomPayload, all);
  ASSERT_TRUE(preamble);
  EXPECT_EQ(all.substr(preamble->size), "body");
  EXPECT_EQ(preamble->warning, "first");
  EXPECT_FALSE(decode_preamble(frame_flag::kWarning, bytes_of("ffff 0001")).has_value());
}

}  // namespace
}  // namespace signalbox::configdb::cql::test
