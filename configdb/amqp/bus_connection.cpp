#include "configdb/amqp/bus_connection.hpp"

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <mutex>
#include <string_view>
#include <utility>

namespace signalbox::configdb {
namespace {

constexpr timeval kStepTime{BusConnection::kConnectTime.count(), 0};
constexpr timeval kReplyTime{10, 0};
constexpr timeval kGoodbyeTime{1, 0};
constexpr timeval kNoTime{0, 0};

amqp_bytes_t bytes(std::string_view text) { return {text.size(), const_cast<char*>(text.data())}; }
std::string_view view(amqp_bytes_t b) { return {static_cast<const char*>(b.bytes), b.len}; }

std::string library_error(int code) { return amqp_error_string2(code); }

// "404 NOT_FOUND - no queue ...", as the server put it.
std::string server_error(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* m = static_cast<const amqp_channel_close_t*>(method.decoded);
    return std::to_string(m->reply_code) + " " + std::string(view(m->reply_text));
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* m = static_cast<const amqp_connection_close_t*>(method.decoded);
    return std::to_string(m->reply_code) + " " + std::string(view(m->reply_text));
  }
  if (method.id == AMQP_BASIC_CANCEL_METHOD) return "the server ended the consumer: its queue is gone";
  const char* name = amqp_method_name(method.id);
  return std::string("the server says ") + (name ? name : "something unexpected");
}

std::string reply_error(const amqp_rpc_reply_t& reply) {
  switch (reply.reply_type) {
    case AMQP_RESPONSE_LIBRARY_EXCEPTION: return library_error(reply.library_error);
    case AMQP_RESPONSE_SERVER_EXCEPTION: return server_error(reply.reply);
    default: return "no reply";
  }
}

}  // namespace

std::string BusServer::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

class BusConnection::Impl {
 public:
  Impl(BusServer server, const BusOptions& options) : server_(std::move(server)), options_(options), connection_(amqp_new_connection()) {}
  ~Impl() {
    set_fd(-1);
    if (connection_) amqp_destroy_connection(connection_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  core::Status open() {
    if (!connection_) return core::error("out of memory");
    amqp_socket_t* socket = nullptr;
    if (const core::Status made = options_.tls ? make_tls_socket(socket) : make_socket(socket); !made) return made;
    amqp_set_handshake_timeout(connection_, &kReplyTime);
    amqp_set_rpc_timeout(connection_, &kReplyTime);
    if (const int s = amqp_socket_open_noblock(socket, server_.host.c_str(), server_.port, &kStepTime); s != AMQP_STATUS_OK) {
      return core::error("cannot connect: " + library_error(s));
    }
    set_fd(amqp_get_sockfd(connection_));
    set_user_timeout();
    const std::string vhost = options_.vhost.empty() ? "/" : options_.vhost;
    const amqp_rpc_reply_t reply =
        amqp_login(connection_, vhost.c_str(), AMQP_DEFAULT_MAX_CHANNELS, AMQP_DEFAULT_FRAME_SIZE,
                   static_cast<int>(options_.heartbeat.count()), AMQP_SASL_METHOD_PLAIN, options_.user.c_str(), options_.password.c_str());
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) return core::error("cannot log in: " + reply_error(reply));
    return open_channel();
  }

  core::Status consume(bool fresh) {
    if (const core::Status s = declare_exchange(); !s) return s;
    if (fresh) {
      amqp_queue_delete(connection_, channel_, bytes(options_.queue), 0, 0);
      if (const core::Status s = done("delete the queue of an earlier life"); !s) return s;
    }
    // A passive declaration tells whether the queue is there, and takes it as it is.
    amqp_queue_declare(connection_, channel_, bytes(options_.queue), 1, 0, 0, 0, amqp_empty_table);
    const amqp_rpc_reply_t looked = amqp_get_rpc_reply(connection_);
    kept_ = looked.reply_type == AMQP_RESPONSE_NORMAL;
    if (!kept_) {
      if (const core::Status s = reopen_channel(looked); !s) return s;
      amqp_queue_declare(connection_, channel_, bytes(options_.queue), 0, 0, 0, 0, amqp_empty_table);
      if (const core::Status s = done("declare the queue"); !s) return s;
    }
    amqp_queue_bind(connection_, channel_, bytes(options_.queue), bytes(kBusExchange), amqp_empty_bytes, amqp_empty_table);
    if (const core::Status s = done("bind the queue"); !s) return s;
    amqp_basic_consume(connection_, channel_, bytes(options_.queue), bytes(options_.queue), 1, 0, 0, amqp_empty_table);
    return done("consume");
  }

  // One that is there with other properties serves as well.
  core::Status declare_exchange() {
    amqp_exchange_declare(connection_, channel_, bytes(kBusExchange), bytes("fanout"), 0, 0, 0, 0, amqp_empty_table);
    const amqp_rpc_reply_t reply = amqp_get_rpc_reply(connection_);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return {};
    if (const core::Status s = reopen_channel(reply); !s) return s;
    amqp_exchange_declare(connection_, channel_, bytes(kBusExchange), bytes("fanout"), 1, 0, 0, 0, amqp_empty_table);
    return done("declare the exchange");
  }

  core::Status publish(const std::string& text) {
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_CONTENT_ENCODING_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties.content_type = bytes("application/json");
    properties.content_encoding = bytes("utf-8");
    properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
    const int s = amqp_basic_publish(connection_, channel_, bytes(kBusExchange), amqp_empty_bytes, 0, 0, &properties, bytes(text));
    if (s != AMQP_STATUS_OK) return core::error("cannot publish: " + library_error(s));
    return {};
  }

  core::Result<std::optional<Message>> next() {
    amqp_maybe_release_buffers(connection_);
    amqp_envelope_t envelope;
    const amqp_rpc_reply_t reply = amqp_consume_message(connection_, &envelope, &kNoTime, 0);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
      Message message{std::string(view(envelope.message.body)), envelope.delivery_tag};
      amqp_destroy_envelope(&envelope);
      return std::optional<Message>(std::move(message));
    }
    if (reply.reply_type != AMQP_RESPONSE_LIBRARY_EXCEPTION) return core::error(reply_error(reply));
    if (reply.library_error == AMQP_STATUS_TIMEOUT) return std::optional<Message>();
    if (reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) return core::error(unexpected());
    return core::error(library_error(reply.library_error));
  }

  core::Status acknowledge(std::uint64_t tag) {
    if (const int s = amqp_basic_ack(connection_, channel_, tag, 0); s != AMQP_STATUS_OK) return core::error(library_error(s));
    return {};
  }

  void close() {
    amqp_set_rpc_timeout(connection_, &kGoodbyeTime);
    amqp_connection_close(connection_, AMQP_REPLY_SUCCESS);
  }

  void interrupt() {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
  }

  bool kept() const { return kept_; }
  int fd() const { return fd_; }
  std::chrono::milliseconds period() const {
    const int heartbeat = amqp_get_heartbeat(connection_);
    return heartbeat > 0 ? std::chrono::milliseconds(heartbeat * 500) : std::chrono::milliseconds(5000);
  }

 private:
  core::Status make_socket(amqp_socket_t*& socket) {
    socket = amqp_tcp_socket_new(connection_);
    return socket ? core::Status{} : core::error("out of memory");
  }

  core::Status make_tls_socket(amqp_socket_t*& socket) {
    socket = amqp_ssl_socket_new(connection_);
    if (!socket) return core::error("TLS cannot be set up");
    amqp_ssl_socket_set_verify_hostname(socket, 0);
    amqp_ssl_socket_set_verify_peer(socket, options_.ca_certs.empty() ? 0 : 1);
    if (!options_.ca_certs.empty() && amqp_ssl_socket_set_cacert(socket, options_.ca_certs.c_str()) != AMQP_STATUS_OK) {
      return core::error("cannot read the CA certificates in " + options_.ca_certs);
    }
    if (!options_.cert_file.empty() &&
        amqp_ssl_socket_set_key(socket, options_.cert_file.c_str(), options_.key_file.c_str()) != AMQP_STATUS_OK) {
      return core::error("cannot use the certificate " + options_.cert_file + " with the key " + options_.key_file);
    }
    return {};
  }

  core::Status open_channel() {
    ++channel_;
    amqp_channel_open(connection_, channel_);
    return done("open a channel");
  }

  // The server closes a channel to say that something on it failed; the connection goes on.
  core::Status reopen_channel(const amqp_rpc_reply_t& failed) {
    if (failed.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION || failed.reply.id != AMQP_CHANNEL_CLOSE_METHOD) {
      return core::error(reply_error(failed));
    }
    amqp_channel_close_ok_t ok{};
    if (const int s = amqp_send_method(connection_, channel_, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok); s != AMQP_STATUS_OK) {
      return core::error(library_error(s));
    }
    return open_channel();
  }

  core::Status done(const char* what) {
    const amqp_rpc_reply_t reply = amqp_get_rpc_reply(connection_);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return {};
    return core::error(std::string("cannot ") + what + ": " + reply_error(reply));
  }

  // What came instead of a message: all of it means that no more messages will.
  std::string unexpected() {
    amqp_frame_t frame;
    const timeval now = kNoTime;
    if (amqp_simple_wait_frame_noblock(connection_, &frame, &now) != AMQP_STATUS_OK) return "the server broke the protocol";
    if (frame.frame_type != AMQP_FRAME_METHOD) return "the server broke the protocol";
    return server_error(frame.payload.method);
  }

  // Bytes that the server does not confirm end the connection, as its silence does.
  void set_user_timeout() const {
    const auto milliseconds = static_cast<unsigned>(options_.heartbeat.count() * 2000);
    if (milliseconds > 0) ::setsockopt(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  }

  void set_fd(int fd) {
    const std::lock_guard lock(mutex_);
    fd_ = fd;
    if (fd_ >= 0 && interrupted_) ::shutdown(fd_, SHUT_RDWR);
  }

  const BusServer server_;
  const BusOptions& options_;
  amqp_connection_state_t connection_;
  amqp_channel_t channel_ = 0;
  bool kept_ = false;
  std::mutex mutex_;  // guards what interrupt() touches
  int fd_ = -1;
  bool interrupted_ = false;
};

BusConnection::BusConnection(const BusServer& server, const BusOptions& options) : impl_(std::make_unique<Impl>(server, options)) {}
BusConnection::~BusConnection() = default;
core::Status BusConnection::open() { return impl_->open(); }
core::Status BusConnection::consume(bool fresh) { return impl_->consume(fresh); }
core::Status BusConnection::declare_exchange() { return impl_->declare_exchange(); }
core::Status BusConnection::publish(const std::string& text) { return impl_->publish(text); }
bool BusConnection::queue_was_kept() const { return impl_->kept(); }
int BusConnection::fd() const { return impl_->fd(); }
std::chrono::milliseconds BusConnection::period() const { return impl_->period(); }
core::Result<std::optional<BusConnection::Message>> BusConnection::next() { return impl_->next(); }
core::Status BusConnection::acknowledge(std::uint64_t tag) { return impl_->acknowledge(tag); }
void BusConnection::close() { impl_->close(); }
void BusConnection::interrupt() { impl_->interrupt(); }

}  // namespace signalbox::configdb
