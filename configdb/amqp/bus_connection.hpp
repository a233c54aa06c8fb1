// BusConnection: one connection to a RabbitMQ server, with the queue of this control node bound to the exchange that announces changes.
//
// A thin layer over librabbitmq that knows the topology of spec/config.md 3.1 and turns every failure into a text. After an error the
// connection is of no further use.
// Threads: one, but for interrupt(), which any thread may call. open() blocks for as long as resolving the name takes and kConnectTime for each
// address, the other calls for the replies of the server, next() not at all. `options` must outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "configdb/amqp/bus_options.hpp"
#include "core/result.hpp"

namespace signalbox::configdb {

inline constexpr const char* kBusExchange = "vnc_config.object-update";

class BusConnection {
 public:
  static constexpr std::chrono::seconds kConnectTime{3};

  struct Message {
    std::string text;
    std::uint64_t tag = 0;  // for acknowledge()
  };

  BusConnection(const BusServer& server, const BusOptions& options);
  ~BusConnection();
  BusConnection(const BusConnection&) = delete;
  BusConnection& operator=(const BusConnection&) = delete;

  // Connects and logs in.
  core::Status open();
  // Declares exchange and queue, binds, and starts to consume. `fresh`: a queue that is there is deleted first, with what waits in it.
  core::Status consume(bool fresh);
  // Declares the exchange only, to publish.
  core::Status declare_exchange();
  core::Status publish(const std::string& text);

  // After consume(): the queue was there already, with what was announced meanwhile.
  bool queue_was_kept() const;

  // Readable when next() may have something.
  int fd() const;
  // How often next() must be called at least, for heartbeats to go out and silence to be noticed.
  std::chrono::milliseconds period() const;
  // A message, if one is there; fails when the connection or the queue is lost.
  core::Result<std::optional<Message>> next();
  core::Status acknowledge(std::uint64_t tag);

  // Says goodbye, when the connection is still good.
  void close();
  // Makes calls in progress and later ones fail soon.
  void interrupt();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::configdb
