// What a Cassandra may say, from any bytes: to a session that has just become ready and has four requests under way.
//
// The first byte says in which pieces it comes. Held: pieces make no difference (unless a statement is prepared in between); rows are only told to
// requests that are under way; a request is answered once; after a loss all unanswered requests are asked again on the next connection. And of each
// decoder: what it reads is written as the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "configdb/cql/session_machine.hpp"
#include "core/log.hpp"

namespace {

using namespace signalbox;
using namespace signalbox::configdb::cql;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Silent final : Wire {
  void connect(const Endpoint&) override { ++connects; }
  void write(std::string bytes) override { written += bytes; }
  void close() override {}
  unsigned connects = 0;
  std::string written;
};

struct Told final : Request {
  explicit Told(bool prepared) : prepare(prepared) {}
  Attempt attempt(std::uint64_t) override {
    require(!answered);
    ++attempts;
    Attempt a;
    a.statement = "SELECT";
    a.prepare = prepare;
    return a;
  }
  void row(std::span<const Value> cells, bool cut) override {
    require(!answered && attempts > 0);
    text += cut ? "cut" : "row";
    for (const Value& cell : cells) text += cell ? std::to_string(cell->size()) + std::string(cell->substr(0, 20)) : "null";
  }
  void done(std::string_view paging_state) override {
    require(!answered);
    answered = true;
    text += "done" + std::string(paging_state);
  }
  void failed(const ServerError& error) override {
    require(!answered);
    answered = true;
    text += "failed" + to_string(error);
  }
  bool prepare;
  bool answered = false;
  unsigned attempts = 0;
  std::string text;
};

const core::TimePoint kStart = core::TimePoint(core::seconds(1000));

std::string play(std::string_view bytes, std::size_t piece, bool prepared) {
  Silent wire;
  SessionSettings settings;
  settings.contact_points = {{"192.0.2.1", 9042}, {"192.0.2.2", 9042}};
  settings.max_in_flight = 4;
  SessionMachine machine(settings, wire);
  machine.start(kStart);
  machine.connected(kStart);
  const auto receive = [&](std::string_view text) {
    for (std::size_t at = 0; at < text.size() && wire.connects == 1;) {
      const std::span<char> room = machine.input_room();
      const std::size_t n = std::min({room.size(), text.size() - at, piece});
      std::memcpy(room.data(), text.data() + at, n);
      at += n;
      machine.received(n, kStart);
    }
  };
  receive({"\x84\0\0\0\x02\0\0\0\0", 9});
  std::vector<std::shared_ptr<Told>> all;
  for (int i = 0; i < 4; ++i) machine.submit(all.emplace_back(std::make_shared<Told>(prepared && i == 3)), kStart);
  receive(bytes);
  std::string said = machine.state().last_error;
  for (const auto& request : all) said += "\n" + request->text;
  if (wire.connects > 1) {
    const auto attempts = [&all] {
      std::size_t n = 0;
      for (const auto& request : all) n += request->answered ? 0 : request->attempts;
      return n;
    };
    const std::size_t before = attempts();
    const auto waiting = static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const auto& r) { return !r->answered; }));
    require(machine.state().waiting == waiting);
    machine.connected(kStart);
    const std::string ready("\x84\0\0\0\x02\0\0\0\0", 9);
    std::memcpy(machine.input_room().data(), ready.data(), ready.size());
    machine.received(ready.size(), kStart + core::seconds(60));
    require(attempts() == before + waiting);
  }
  return said;
}

void decode_all(std::string_view body) {
  const FrameStart start{4, 1, true};
  const auto body_of = [](const std::string& frame) { return std::string_view(frame).substr(FrameHeader::kSize); };
  std::string out;
  if (const auto error = decode_error(body)) {
    encode_error(start, *error, out);
    require(*decode_error(body_of(out)) == *error);
  }
  out.clear();
  ResultHead head;
  if (decode_result_head(body, head) == HeadOutcome::kWhole && head.kind == ResultKind::kRows) {
    require(head.size <= body.size());
    begin_rows(start, head, out);
    ResultHead again;
    require(decode_result_head(body_of(out), again) == HeadOutcome::kWhole);
    require(again.columns == head.columns && again.rows == head.rows && again.paging_state == head.paging_state);
  }
  for (const Opcode opcode : {Opcode::kQuery, Opcode::kExecute}) {
    out.clear();
    const auto query = decode_query(opcode, body);
    if (!query || query->parameters.page_size < 0) continue;
    opcode == Opcode::kQuery ? encode_query(start, query->what, query->parameters, out)
                             : encode_execute(start, query->what, query->parameters, out);
    require(decode_query(opcode, body_of(out))->parameters == query->parameters);
  }
  if (const auto batch = decode_batch(body)) require(batch->ids.size() == batch->rows.size());
  if (const auto preamble = decode_preamble(0x0e, body)) require(preamble->size <= body.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool quiet = [] {
    core::log::set({false, core::log::Level::kError, ""});
    return true;
  }();
  (void)quiet;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = play(bytes, SIZE_MAX, false);
  require(play(bytes, 1 + data[0] % 64u, false) == whole);
  play(bytes, 1 + data[0] % 64u, true);
  decode_all(bytes);
  return 0;
}
