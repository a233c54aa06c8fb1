// The other end of a SessionMachine: what it writes, cut into frames, and answers made of strings. Time is a number.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "configdb/cql/session_machine.hpp"

namespace signalbox::configdb::cql::test {

struct Frame {
  FrameHeader header;
  std::string body;
};

class Peer final : public Wire {
 public:
  void connect(const Endpoint& endpoint) override { events.push_back("connect " + to_string(endpoint)); }
  void write(std::string bytes) override {
    bytes_ += bytes;
    while (const auto header = decode_header(bytes_)) {
      if (bytes_.size() < FrameHeader::kSize + header->length) break;
      frames.push_back({*header, bytes_.substr(FrameHeader::kSize, header->length)});
      bytes_.erase(0, FrameHeader::kSize + header->length);
    }
  }
  void close() override {
    events.push_back("close");
    bytes_.clear();
    frames.clear();
  }

  // The oldest frame that was not taken yet.
  Frame take() {
    if (frames.empty()) return {};
    Frame frame = std::move(frames.front());
    frames.pop_front();
    return frame;
  }

  std::vector<std::string> events;
  std::deque<Frame> frames;

 private:
  std::string bytes_;
};

// Says what it is told; and what it does about refusals.
struct Asked final : Request {
  explicit Asked(std::string text, bool prepare = true) : statement(std::move(text)), prepared(prepare) {}

  Attempt attempt(std::uint64_t) override {
    ++attempts;
    Attempt a;
    a.statement = statement;
    a.prepare = prepared;
    return a;
  }
  void row(std::span<const Value> cells, bool) override {
    for (const Value& cell : cells) told += "[" + std::string(cell.value_or("null")) + "]";
    if (on_row) on_row();
  }
  void views_end() override { told += "|"; }
  void done(std::string_view paging_state) override { told += "done(" + std::string(paging_state) + ")"; }
  Verdict refused(const ServerError&) override { return verdict; }
  void failed(const ServerError& error) override {
    told += "failed(" + to_string(error) + ")";
    if (on_failed) on_failed();
  }

  std::string statement;
  bool prepared;
  unsigned attempts = 0;
  std::string told;
  Verdict verdict = Verdict::kFail;
  std::function<void()> on_row, on_failed;
};

class Talk {
 public:
  explicit Talk(std::size_t contact_points, std::string user = "", std::string password = "")
      : machine(settings(contact_points, std::move(user), std::move(password)), peer) {}

  static SessionSettings settings(std::size_t contact_points, std::string user, std::string password) {
    SessionSettings s;
    for (std::size_t i = 0; i < contact_points; ++i)
      s.contact_points.push_back({"10.0.0." + std::to_string(i + 1), static_cast<std::uint16_t>(9041 + i)});
    s.user = std::move(user);
    s.password = std::move(password);
    s.max_in_flight = 4;
    return s;
  }

  void receive(const std::string& bytes, std::size_t piece = SIZE_MAX) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::span<char> room = machine.input_room();
      const std::size_t n = std::min({room.size(), bytes.size() - at, piece});
      std::memcpy(room.data(), bytes.data() + at, n);
      at += n;
      machine.received(n, now);
    }
  }
  FrameStart answer_to(const Frame& frame) const { return {frame.header.version, frame.header.stream, true}; }

  void start() { machine.start(now); }
  // Up to READY.
  void come_up() {
    machine.connected(now);
    std::string out;
    encode_empty(answer_to(peer.take()), Opcode::kReady, out);
    receive(out);
  }
  void ready() {
    start();
    come_up();
  }
  void submit(const std::shared_ptr<Asked>& request) { machine.submit(request, now); }

  // Answers the oldest frame.
  void answer_prepared(const std::string& id) {
    std::string out;
    encode_prepared(answer_to(peer.take()), id, out);
    receive(out);
  }
  void answer_error(ErrorCode code, const std::string& message = "m") {
    std::string out;
    encode_error(answer_to(peer.take()), {code, message, "id"}, out);
    receive(out);
  }
  void answer_rows(const std::vector<std::string>& cells, const std::string& paging_state = "", std::size_t piece = SIZE_MAX) {
    receive(rows(peer.take(), cells, paging_state), piece);
  }
  // One column.
  std::string rows(const Frame& frame, const std::vector<std::string>& cells, const std::string& paging_state = "") const {
    std::string out;
    const std::size_t at =
        begin_rows(answer_to(frame), {ResultKind::kRows, 1, static_cast<std::uint32_t>(cells.size()), paging_state, 0}, out);
    for (const std::string& cell : cells) NotationWriter(out).bytes(std::string_view(cell));
    set_length(at, out);
    return out;
  }

  // Lets the time pass until the next thing to do, at most until `limit` from now; false: nothing was to be done.
  bool pass(core::Duration limit) {
    const core::TimePoint next = machine.next_deadline();
    if (next > now + limit) {
      now += limit;
      return false;
    }
    now = std::max(now, next);
    machine.tick(now);
    return true;
  }

  // Lets the time pass until a request is sent, answering heartbeats; false: none is within a minute.
  bool pass_until_sent() {
    const core::TimePoint end = now + core::seconds(60);
    while (now < end) {
      if (peer.frames.empty()) {
        pass(core::seconds(60));
      } else if (peer.frames.front().header.opcode == Opcode::kOptions) {
        std::string out;
        encode_empty(answer_to(peer.take()), Opcode::kSupported, out);
        receive(out);
      } else {
        return true;
      }
    }
    return false;
  }

  core::TimePoint now = core::TimePoint(core::seconds(1000));
  Peer peer;
  SessionMachine machine;
};

}  // namespace signalbox::configdb::cql::test
