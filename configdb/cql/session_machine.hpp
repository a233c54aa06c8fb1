// SessionMachine: the protocol of a CQL session, without sockets and clocks.
//
// A session has one connection at a time, to one of its contact points, which are tried in their order and round and round. On it, requests go
// side by side, each on a stream of its own. What passes by itself is waited out: a request is sent again when its connection is lost, when no
// answer comes in time, or when the server says that it cannot serve it now. Statements are prepared on first use of a connection.
//
//   connection   begins -> connected() -> STARTUP (-> AUTHENTICATE, AUTH_RESPONSE) -> ready; any step that fails, or all of them within
//                connect_timeout: the next contact point; once round without success: a pause, doubled each time up to max_pause
//   silence      nothing received for heartbeat_interval: OPTIONS; nothing for heartbeat_timeout then: lost
//   version      4; a server that refuses it is asked again with 3
//   errors       unprepared: prepare and send again | unavailable, overloaded, timeouts: pause, and after kMaxStrikes pauses in a row another
//                contact point | bootstrapping: another contact point | server error, read and write failure: the same, at most kMaxTries times
//                a request | others: the request decides (Request::refused)
//
// Threads: one. Calls to requests come from within connected(), received(), closed(), connect_failed(), tick(); and attempt() from submit(). Within
// those calls submit() and cancel() are allowed. Lifetime: `wire` outlives it. Memory: kInputSize, and while a row is larger, up to
// RowsReader::kMaxRow. Source: native_protocol_v4.spec; spec/config.md 2.5.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "configdb/cql/request.hpp"
#include "core/clock.hpp"
#include "core/log_limit.hpp"

namespace signalbox::configdb::cql {

struct Endpoint {
  std::string host;  // address or name
  std::uint16_t port = 9042;

  bool operator==(const Endpoint&) const = default;
};
std::string to_string(const Endpoint& endpoint);

struct SessionSettings {
  std::vector<Endpoint> contact_points;  // at least one
  std::string user;                      // sent when both are given and the server asks
  std::string password;
  std::uint8_t newest_version = kNewestVersion;  // of the protocol, that is tried first
  core::Duration connect_timeout = core::seconds(5);
  core::Duration request_timeout = core::seconds(15);  // without a byte of the answer
  core::Duration heartbeat_interval = core::seconds(5);
  core::Duration heartbeat_timeout = core::seconds(5);
  core::Duration min_pause = core::milliseconds(100);
  core::Duration max_pause = core::seconds(5);
  std::size_t max_in_flight = 512;  // of requests; others wait their turn
};

// For readiness and show pages.
struct SessionState {
  enum class Phase : std::uint8_t { kStopped, kConnecting, kReady, kPausing };
  Phase phase = Phase::kStopped;
  Endpoint contact_point;      // connected to, tried, or to be tried next
  core::TimePoint since{};     // of the phase
  std::uint8_t version = 0;    // of the protocol
  std::uint64_t attempts = 0;  // to connect, since the session was last ready
  std::uint64_t links = 0;     // connections that became ready
  std::string last_error;      // of a connection or a request, with its contact point; kept when all is well again
  core::TimePoint last_error_at{};
  std::size_t in_flight = 0;
  std::size_t waiting = 0;
};

// The connection's bytes. Nothing calls back from within these.
class Wire {
 public:
  virtual ~Wire() = default;
  // Ends in connected() or connect_failed().
  virtual void connect(const Endpoint& endpoint) = 0;
  virtual void write(std::string bytes) = 0;
  // After this nothing is told of the connection, or of the attempt to make one.
  virtual void close() = 0;
};

class SessionMachine {
 public:
  static constexpr std::size_t kInputSize = 256u << 10;
  static constexpr std::size_t kMaxPlainBody = 4u << 20;  // of what is no rows
  static constexpr unsigned kMaxTries = 10;
  static constexpr unsigned kMaxStrikes = 3;

  SessionMachine(SessionSettings settings, Wire& wire);

  void start(core::TimePoint now);
  // Closes; requests are forgotten without an answer.
  void stop();

  void submit(std::shared_ptr<Request> request, core::TimePoint now);
  // The request hears nothing more.
  void cancel(const Request& request);

  // From the wire. received(): so many bytes of input_room() were filled.
  void connected(core::TimePoint now);
  void connect_failed(const std::string& reason, core::TimePoint now);
  void closed(const std::string& reason, core::TimePoint now);
  std::span<char> input_room();
  void received(std::size_t size, core::TimePoint now);

  // Something is to be done at that time, unless another call comes before.
  core::TimePoint next_deadline() const;
  void tick(core::TimePoint now);

  SessionState state() const;

 private:
  static constexpr core::TimePoint kNever = core::TimePoint::max();

  enum class LinkPhase : std::uint8_t { kNone, kConnecting, kStartup, kReady };
  enum class BodyPhase : std::uint8_t { kWhole, kHead, kRows, kRest };

  struct Pending {
    std::shared_ptr<Request> request;
    unsigned tries = 0;
    std::uint64_t order = 0;
  };
  struct Statement {
    std::string id;  // empty: not prepared
    bool preparing = false;
    std::vector<Pending> waiting;
  };
  struct Stream {
    enum class Use : std::uint8_t { kFree, kRequest, kPrepare, kHeartbeat };
    Use use = Use::kFree;
    Pending pending;                 // kRequest; without a request: nobody waits for the answer any more
    Statement* statement = nullptr;  // kRequest, unless sent as text; kPrepare
    core::TimePoint deadline = kNever;
  };

  // Connections.
  void connect(core::TimePoint now);
  void lose(const std::string& reason, core::TimePoint now);
  void try_next(const std::string& reason, core::TimePoint now);
  void forget_link();
  void requeue_streams();
  void ready(core::TimePoint now);
  void set_phase(SessionState::Phase phase, core::TimePoint now);
  void note_error(const std::string& reason, core::TimePoint now);
  // Starting up.
  void startup_answer(const FrameHeader& header, std::string_view body, core::TimePoint now);
  void authenticate(std::string_view body, core::TimePoint now);
  bool fall_back(core::TimePoint now);
  // Frames.
  bool next_frame(core::TimePoint now);
  bool frame_wrong(const FrameHeader& header, core::TimePoint now);
  bool body_bytes(core::TimePoint now);
  bool whole_body(std::string_view available, core::TimePoint now);
  bool result_head(std::string_view available, core::TimePoint now);
  bool result_rows(std::string_view available, core::TimePoint now);
  void consume(std::size_t size);
  void end_of_result();
  void plain_answer(std::string_view body, core::TimePoint now);
  void warn(std::string_view text);
  // Requests.
  void pump(core::TimePoint now);
  void send(Pending pending, core::TimePoint now);
  void prepare(std::string_view text, Statement& statement, core::TimePoint now);
  void prepared(Statement& statement, std::string_view body, core::TimePoint now);
  void request_error(Pending pending, Statement* statement, const ServerError& error, core::TimePoint now);
  void refused(Pending pending, const ServerError& error, core::TimePoint now);
  void again(Pending pending);
  void pause(const ServerError& error, core::TimePoint now);
  std::int16_t take_stream(Stream::Use use, core::TimePoint now);
  void release(std::int16_t stream);
  FrameStart frame_start(std::int16_t stream) const { return {version_, stream, false}; }
  void flush();
  // Time.
  void expire_streams(core::TimePoint now);
  void heartbeat(core::TimePoint now);

  const SessionSettings settings_;
  Wire& wire_;

  LinkPhase link_phase_ = LinkPhase::kNone;
  std::uint64_t link_ = 0;  // counts connections and attempts; another number: what was under way is gone
  std::uint8_t version_;
  std::size_t contact_ = 0;
  unsigned failures_ = 0;  // in a row
  bool leave_ = false;     // for another contact point, when the call under way is through
  core::TimePoint connect_at_ = kNever;
  core::TimePoint startup_until_ = kNever;
  core::TimePoint last_received_{};
  core::TimePoint heartbeat_sent_ = kNever;  // and not answered
  SessionState state_;
  core::log::RateLimit warnings_{5, core::seconds(60)};

  std::deque<Pending> queue_;
  std::uint64_t next_order_ = 0;
  std::map<std::string, Statement, std::less<>> statements_;
  std::vector<Stream> streams_;
  std::vector<std::int16_t> free_streams_;
  core::TimePoint hold_until_{};
  unsigned strikes_ = 0;

  std::vector<char> input_;
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  std::string output_;

  std::optional<FrameHeader> frame_;  // whose body is being read
  std::size_t body_left_ = 0;
  BodyPhase body_phase_ = BodyPhase::kWhole;
  RowsReader rows_;
  std::string paging_state_;
};

}  // namespace signalbox::configdb::cql
