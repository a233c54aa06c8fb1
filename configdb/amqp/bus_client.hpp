// BusClient: keeps a connection to the message bus on a thread of its own, and hands over what happens there.
//
// Servers are tried in their order; a failure, a loss or silence leads to the next one, and a round without success to a pause. Each
// connection is announced with whether the queue outlived the time without one; where that is not certain, messages may be missing.
// A message is acknowledged when it lies ready for take().
//
// Threads: `wake` is called on the client's own thread, when events become ready for take(); take() on one thread; status() on any.
// Lifetime: the destructor stops; see stop().
// Source: spec/config.md 3.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "configdb/amqp/bus_options.hpp"

namespace signalbox::configdb {

struct BusEvent {
  enum class Kind : std::uint8_t { kConnected, kLost, kMessage };

  Kind kind = Kind::kMessage;
  bool may_have_lost = false;  // kConnected: what was announced since the last connection, if there was one, may be missing
  std::string text;            // kMessage: its body; kLost: why
};

class BusClient {
 public:
  // `fresh_queue`: the first connection deletes the queue; what an earlier life of this node left in it is of no use.
  BusClient(BusOptions options, bool fresh_queue, std::function<void()> wake);
  ~BusClient();
  BusClient(const BusClient&) = delete;
  BusClient& operator=(const BusClient&) = delete;

  // Starts the thread: block signals first.
  void start();
  // Ends the thread. Takes no longer than a step of a connection that is being made (BusConnection::kConnectTime).
  void stop();

  // Moves all that happened to the end of `out`, in order.
  void take(std::vector<BusEvent>& out);
  BusStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::configdb
