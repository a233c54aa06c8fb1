// Session: requests to a Cassandra over TCP or TLS. What it does about servers, errors and time: session_machine.hpp.
//
// Threads: one, that runs `io`; all calls and all calls back. Lifetime: requests that are not answered are dropped with the session, which must not
// be destroyed from within a call to a request. Errors: none are thrown; state() says what is wrong.
// Source: native_protocol_v4.spec; spec/config.md 1.3, 2.5.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "configdb/cql/session_machine.hpp"

namespace boost::asio {
class io_context;
}

namespace signalbox::configdb::cql {

struct TlsSettings {
  bool enabled = false;
  // PEM bundle. The server's chain is verified against it, its name is not; without one, or with one that cannot be read (this is logged),
  // nothing is verified.
  std::string ca_file;
};

class Session {
 public:
  Session(boost::asio::io_context& io, SessionSettings settings, TlsSettings tls);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  // Closes the connection and forgets all requests, without an answer.
  void stop();

  void submit(std::shared_ptr<Request> request);
  void cancel(const Request& request);
  // Calls from the event loop, soon; not after the session is gone.
  void post(std::function<void()> call);

  SessionState state() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace signalbox::configdb::cql
