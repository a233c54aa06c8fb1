#include "control/http/http_connection.hpp"

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_suffix.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <optional>
#include <type_traits>
#include <utility>

#include "control/http/http_head.hpp"

namespace signalbox::control {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr std::size_t kReadPiece = 4096;
constexpr std::size_t kWritePiece = 64 * 1024;
constexpr std::size_t kLingerBytes = 64 * 1024;
constexpr std::chrono::seconds kLingerTime{2};

HttpRequest to_request(const http::request<http::string_body>& message) {
  HttpRequest request;
  request.method = std::string(message.method_string());
  const std::string target(message.target());
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = target.substr(mark + 1);
  return request;
}

template <class Stream>
class Connection final : public HttpConnection, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  template <class... Args>
  explicit Connection(Owner& owner, Args&&... args)
      : owner_(owner), stream_(std::forward<Args>(args)...), handler_timer_(stream_.get_executor()) {}

  void start() override {
    if constexpr (kTls) {
      tcp().expires_after(owner_.config().request_timeout);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = self()](error_code ec) {
        if (ec) return self->end(ec);
        self->await_request();
      });
    } else {
      await_request();
    }
  }

  void close() override {
    handler_timer_.cancel();
    tcp().close();
  }

 private:
  std::shared_ptr<Connection> self() { return this->shared_from_this(); }

  beast::tcp_stream& tcp() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  // Waits for the first byte of a request; it may already be there.
  void await_request() {
    if (buffer_.size() > 0) return read_request();
    idle_ = true;
    idle_since_ = std::chrono::steady_clock::now();
    tcp().expires_after(owner_.config().idle_timeout);
    stream_.async_read_some(buffer_.prepare(kReadPiece), [self = self()](error_code ec, std::size_t n) {
      self->idle_ = false;
      if (ec) return self->end(ec);
      self->buffer_.commit(n);
      self->read_request();
    });
  }

  void read_request() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(owner_.config().max_header_bytes));
    parser_->body_limit(owner_.config().max_body_bytes);
    tcp().expires_after(owner_.config().request_timeout);
    http::async_read(stream_, buffer_, *parser_, [self = self()](error_code ec, std::size_t) {
      if (ec) return self->refuse(ec);
      self->dispatch();
    });
  }

  // A request that cannot be read to its end.
  void refuse(error_code ec) {
    const bool malformed = ec.category() == http::make_error_code(http::error::bad_method).category();
    if (!malformed || ec == http::error::end_of_stream || ec == http::error::partial_message) return end(ec);
    const unsigned status = ec == http::error::header_limit ? 431 : ec == http::error::body_limit ? 413 : 400;
    form_ = {.head = false, .keep_alive = false, .may_chunk = false};
    reply(text_response(status, ec.message() + "\n"));
  }

  void dispatch() {
    const auto& message = parser_->get();
    form_ = {.head = message.method() == http::verb::head, .keep_alive = message.keep_alive(), .may_chunk = message.version() >= 11};
    owner_.count_request();
    const std::uint64_t serial = ++serial_;
    waiting_ = true;
    handler_timer_.expires_after(owner_.config().handler_timeout);
    handler_timer_.async_wait([self = self(), serial](error_code ec) {
      if (!ec) self->reply_to(serial, text_response(504, "no answer in time\n"));
    });
    owner_.handle(to_request(message), [weak = this->weak_from_this(), serial, post = owner_.post()](HttpResponse response) {
      post([weak, serial, shared = std::make_shared<HttpResponse>(std::move(response))] {
        if (const auto connection = weak.lock()) connection->reply_to(serial, std::move(*shared));
      });
    });
  }

  void reply_to(std::uint64_t serial, HttpResponse response) {
    if (!waiting_ || serial != serial_) return;
    waiting_ = false;
    handler_timer_.cancel();
    reply(std::move(response));
  }

  void reply(HttpResponse response) {
    response_ = std::move(response);
    std::vector<asio::const_buffer> buffers;
    for (const std::string_view piece : reply_pieces(response_, form_, storage_)) buffers.emplace_back(piece.data(), piece.size());
    owner_.count_reply(response_.status, asio::buffer_size(buffers));
    unsent_.emplace(std::move(buffers));
    deadline_ = std::chrono::steady_clock::now() + owner_.config().response_timeout;
    write();
  }

  void write() {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline_) {
      owner_.count_timeout();
      return end({});
    }
    tcp().expires_at(std::min(now + std::chrono::steady_clock::duration(owner_.config().write_timeout), deadline_));
    stream_.async_write_some(beast::buffers_prefix(kWritePiece, *unsent_), [self = self()](error_code ec, std::size_t n) {
      if (ec) return self->end(ec);
      self->unsent_->consume(n);
      if (asio::buffer_size(*self->unsent_) > 0) return self->write();
      self->written();
    });
  }

  void written() {
    unsent_.reset();
    response_ = {};
    if (form_.keep_alive) return await_request();
    if constexpr (kTls) {
      tcp().expires_after(kLingerTime);
      stream_.async_shutdown([self = self()](error_code) { self->end({}); });
    } else {
      error_code ignored;
      tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
      tcp().expires_after(kLingerTime);
      linger(0);
    }
  }

  // Reads what the client still sends, so that closing does not reset the connection under the reply.
  void linger(std::size_t seen) {
    if (seen > kLingerBytes) return end({});
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kReadPiece), [self = self(), seen](error_code ec, std::size_t n) {
      if (ec) return self->end({});
      self->linger(seen + n);
    });
  }

  void end(error_code ec) {
    if (ec == beast::error::timeout) owner_.count_timeout();
    close();
    owner_.ended(*this);
  }

  Owner& owner_;
  Stream stream_;
  asio::steady_timer handler_timer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  ReplyForm form_;
  std::uint64_t serial_ = 0;  // of the request under way
  bool waiting_ = false;      // for its handler
  HttpResponse response_;
  std::vector<std::string> storage_;
  std::optional<beast::buffers_suffix<std::vector<asio::const_buffer>>> unsent_;
  Time deadline_{};
};

}  // namespace

std::shared_ptr<HttpConnection> make_http_connection(HttpConnection::Owner& owner, asio::ip::tcp::socket socket, asio::ssl::context* tls) {
  if (tls) return std::make_shared<Connection<TlsStream>>(owner, beast::tcp_stream(std::move(socket)), *tls);
  return std::make_shared<Connection<PlainStream>>(owner, std::move(socket));
}

}  // namespace signalbox::control
