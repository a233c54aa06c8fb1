// One simulated vRouter agent: its session, its subscriptions, what it has received and what it still has to say.
// Owned and used by one worker thread. An idle agent costs about 1 KB and 4 bytes for each prefix of its tables.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "bench/agentsim/publish_encoder.hpp"
#include "bench/agentsim/shared.hpp"
#include "bench/agentsim/stream_opening.hpp"

namespace signalbox::bench {

class Agent;

/// One route to publish, or to withdraw when `state.present` is 0.
struct RouteOp {
  std::uint32_t publication;
  std::uint32_t index;
  PathState state;
  bool visible;  // some table must change by it, so its delivery can be timed
};

/// What agents of one worker share.
struct WorkerContext {
  Shared& shared;
  int epoll;
  int socket_buffer;  // bytes of each session's receive buffer
  std::vector<char> receive_buffer;
  std::string encode_buffer;
  Counters counters;
  LatencyHistogram latency;
  LatencyHistogram recent_latency;  // since the last tick, for the progress line
  std::uint32_t probe_left = 0;     // receipts of the probe that are still to come
  std::vector<std::int64_t> probe_latencies;
  std::vector<std::string> complaints;  // the first violations, readable
};

/// Called by an agent, on its worker's thread.
class AgentListener {
 public:
  virtual void on_up(Agent& agent) = 0;
  virtual void on_down(Agent& agent, bool was_up, const char* reason) = 0;
  virtual void on_probe_done() = 0;

 protected:
  ~AgentListener() = default;
};

class Agent {
 public:
  Agent(WorkerContext& context, AgentListener& listener, std::uint32_t number);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  std::uint32_t number() const { return number_; }
  std::uint32_t session() const { return session_; }
  bool up() const { return state_ == State::kUp; }
  bool closed() const { return state_ == State::kClosed; }
  bool stalled() const { return stalled_; }
  /// Has stalled since the last forget_stall().
  bool lagging() const { return lagging_; }

  /// Starts a session; on_up or on_down follows, from here or later.
  void connect();
  /// Ends it; on_down follows, from here.
  void close(const char* reason);
  /// To be called with what epoll reports for this agent.
  void on_socket(std::uint32_t events);
  /// Keepalive and hold timer; to be called about once a second.
  void on_tick(std::int64_t now);

  void publish(const std::vector<RouteOp>& ops);
  void set_stalled(bool stalled);
  /// From here on its latencies count again.
  void forget_stall() { lagging_ = stalled_; }
  void set_subscribed(std::uint32_t instance, bool subscribed);

  /// Compares what it holds with the model. `quick`: only until the first difference. Appends at most `examples` mismatches.
  void check(bool quick, std::size_t examples, CheckResult& result);

 private:
  enum class State : std::uint8_t { kClosed, kConnecting, kTlsHandshake, kOpening, kUp };

  struct TableView {
    std::uint32_t table;
    bool subscribed = false;
    std::uint32_t hint = 0;  // slot that differed last time
    std::int64_t since = 0;  // when the subscription was sent
    std::vector<std::uint32_t> values;
  };

  const AgentPlan& plan() const;
  bool open_socket();
  void on_connected();
  void on_tls_step();
  void on_session_up();
  bool read_some();
  std::size_t take(std::string_view data);
  std::size_t take_frames(std::string_view data);
  void on_message(std::string_view stanza);
  void apply(const DecodedBody& body, TableView& view);
  void apply_stray(const DecodedBody& body, const DecodedBody::Entry& entry);
  void on_expected_value(const TableView& view, const SlotState& slot, std::int64_t now);
  void send_subscription(std::uint32_t instance, bool subscribe);
  void flush();
  bool send_out();
  void encode_more();
  void want_write(bool wanted);
  void update_interest();
  void violation(std::string what);
  TableView* view(std::uint32_t table);
  ssize_t receive(char* buffer, std::size_t size);

  WorkerContext& context_;
  AgentListener& listener_;
  const std::uint32_t number_;
  State state_ = State::kClosed;
  bool stalled_ = false;
  bool lagging_ = false;  // has stalled: its latencies say nothing about the node
  bool want_write_ = false;
  int socket_ = -1;
  std::uint32_t session_ = 0;
  std::uint32_t interest_ = 0;
  std::uint64_t next_iq_ = 1;
  std::int64_t heard_at_ = 0;
  std::int64_t keepalive_at_ = 0;
  std::unique_ptr<StreamOpening> opening_;
  std::unique_ptr<TlsSession> tls_;
  std::string expected_tag_;  // the first tag of every message to this agent
  std::string pending_;       // received, but not a whole stanza yet
  std::size_t searched_ = 0;
  std::string out_;
  std::size_t out_sent_ = 0;
  std::vector<RouteOp> ops_;
  std::size_t ops_done_ = 0;
  std::vector<TableView> views_;  // ascending table
  std::vector<std::unique_ptr<PublishEncoder>> encoders_;
  std::unordered_set<std::string> strays_;  // "table prefix" that it holds and must not
};

}  // namespace signalbox::bench
