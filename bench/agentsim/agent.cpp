#include "bench/agentsim/agent.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bench/agentsim/clock.hpp"

namespace signalbox::bench {
namespace {

constexpr std::int64_t kKeepaliveEvery = 30 * kSecond;  // spec/xmpp.md 1.7
constexpr std::int64_t kHoldTime = 90 * kSecond;
constexpr std::int64_t kOpenTime = 20 * kSecond;
constexpr std::size_t kEncodeBytes = 64 * 1024;
constexpr std::size_t kSendBurst = 256 * 1024;  // then it is another agent's turn
constexpr std::size_t kMaxStanza = 64 * 1024 * 1024;
constexpr std::size_t kKeptBuffer = 16 * 1024;  // buffers above this are given back once empty
constexpr std::size_t kComplaints = 20;

template <typename Buffer>
void release_if_large(Buffer& buffer) {
  if (buffer.capacity() * sizeof(typename Buffer::value_type) > kKeptBuffer) Buffer().swap(buffer);
}

}  // namespace

Agent::Agent(WorkerContext& context, AgentListener& listener, std::uint32_t number)
    : context_(context), listener_(listener), number_(number) {
  expected_tag_ = "<message from=\"network-control@contrailsystems.com\" to=\"" + plan().name + "/bgp-peer\">";
  for (const std::uint32_t i : plan().instances) {
    for (const Family f : {Family::kInet, Family::kInet6}) {
      TableView v;
      v.table = table_of(i, f);
      v.values.assign(context_.shared.topology.slot_count(v.table), kAbsent);
      views_.push_back(std::move(v));
    }
  }
  std::sort(views_.begin(), views_.end(), [](const TableView& a, const TableView& b) { return a.table < b.table; });
  encoders_.resize(plan().publications.size());
}

Agent::~Agent() {
  tls_.reset();
  if (socket_ >= 0) ::close(socket_);
}

const AgentPlan& Agent::plan() const { return context_.shared.topology.agents()[number_]; }

Agent::TableView* Agent::view(std::uint32_t table) {
  const auto at = std::lower_bound(views_.begin(), views_.end(), table, [](const TableView& v, std::uint32_t t) { return v.table < t; });
  return at != views_.end() && at->table == table ? &*at : nullptr;
}

// ---- opening and closing

bool Agent::open_socket() {
  const Options& options = context_.shared.options;
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return false;
  const int on = 1;
  setsockopt(socket_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &context_.socket_buffer, sizeof context_.socket_buffer);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(plan().address);
  sockaddr_in remote{};
  remote.sin_family = AF_INET;
  remote.sin_port = htons(options.port);
  if (inet_pton(AF_INET, options.host.c_str(), &remote.sin_addr) != 1) return false;
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0) return false;
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&remote), sizeof remote) != 0 && errno != EINPROGRESS) return false;
  epoll_event event{};
  event.events = interest_ = EPOLLIN | EPOLLOUT;
  event.data.ptr = this;
  want_write_ = true;
  return epoll_ctl(context_.epoll, EPOLL_CTL_ADD, socket_, &event) == 0;
}

void Agent::connect() {
  ++session_;
  state_ = State::kConnecting;
  heard_at_ = now_ns();
  if (!open_socket()) close(std::strerror(errno));
}

void Agent::close(const char* reason) {
  if (state_ == State::kClosed) return;
  const bool was_up = state_ == State::kUp;
  state_ = State::kClosed;
  tls_.reset();
  opening_.reset();
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  stalled_ = want_write_ = false;
  searched_ = out_sent_ = ops_done_ = 0;
  std::string().swap(pending_);
  std::string().swap(out_);
  std::vector<RouteOp>().swap(ops_);
  strays_.clear();
  for (TableView& v : views_) {
    std::fill(v.values.begin(), v.values.end(), kAbsent);
    v.subscribed = false;
  }
  listener_.on_down(*this, was_up, reason);
}

void Agent::on_connected() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return close(std::strerror(error));
  const TlsMode mode = context_.shared.options.tls;
  opening_ = std::make_unique<StreamOpening>(plan().name, mode == TlsMode::kStartTls);
  if (mode == TlsMode::kDirect) {
    tls_ = std::make_unique<TlsSession>(*context_.shared.tls, socket_);
    state_ = State::kTlsHandshake;
    return on_tls_step();
  }
  state_ = State::kOpening;
  out_ = opening_->start();
  flush();
}

void Agent::on_tls_step() {
  switch (tls_->handshake()) {
    case TlsSession::Handshake::kWaitRead: return want_write(false);
    case TlsSession::Handshake::kWaitWrite: return want_write(true);
    case TlsSession::Handshake::kFailed: return close("TLS handshake failed");
    case TlsSession::Handshake::kDone: break;
  }
  state_ = State::kOpening;
  out_ = opening_->tls_ready();
  flush();
}

void Agent::on_session_up() {
  state_ = State::kUp;
  opening_.reset();
  heard_at_ = now_ns();
  // Spread over the period, as agents that did not start together are.
  keepalive_at_ = heard_at_ - kKeepaliveEvery * (number_ % 64) / 64;
  for (const std::uint32_t i : plan().instances) send_subscription(i, true);
  listener_.on_up(*this);
  flush();
}

void Agent::on_tick(std::int64_t now) {
  if (state_ == State::kClosed) return;
  if (state_ != State::kUp && now - heard_at_ > kOpenTime) return close("no answer while opening");
  if (!stalled_ && now - heard_at_ > kHoldTime) return close("hold time expired");
  if (state_ == State::kUp && now - keepalive_at_ >= kKeepaliveEvery) {
    keepalive_at_ = now;
    // Not into the middle of a stanza: between them it is all the same.
    if (out_.empty()) out_.append(kKeepalive);
    flush();
  }
}

// ---- socket

void Agent::on_socket(std::uint32_t events) {
  if (state_ == State::kConnecting) {
    if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) on_connected();
    return;
  }
  if (state_ == State::kTlsHandshake) return on_tls_step();
  if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
    if (stalled_ && events & (EPOLLERR | EPOLLHUP)) return close("connection lost while not reading");
    while (!stalled_ && read_some()) {}
  }
  if (events & EPOLLOUT && state_ != State::kClosed && state_ != State::kTlsHandshake) flush();
}

ssize_t Agent::receive(char* buffer, std::size_t size) { return tls_ ? tls_->read(buffer, size) : ::recv(socket_, buffer, size, 0); }

/// Receives and takes in what there is; true when it must be called again although epoll may not say so.
bool Agent::read_some() {
  if (pending_.size() * 2 > context_.receive_buffer.size()) context_.receive_buffer.resize(context_.receive_buffer.size() * 2);
  char* const buffer = context_.receive_buffer.data();
  const std::size_t capacity = context_.receive_buffer.size();
  const std::size_t kept = pending_.size();
  if (kept > kMaxStanza) {
    close("stanza without end");
    return false;
  }
  std::memcpy(buffer, pending_.data(), kept);
  std::size_t filled = kept;
  ssize_t got = 0;
  do {  // TLS gives one record at a time
    got = receive(buffer + filled, capacity - filled);
    if (got > 0) filled += static_cast<std::size_t>(got);
  } while (tls_ && got > 0 && filled < capacity);
  const int error = errno;
  if (filled > kept) {
    bump(context_.counters.bytes, std::uint64_t{filled - kept});
    heard_at_ = now_ns();
    const std::size_t used = take({buffer, filled});
    if (state_ == State::kClosed) return false;
    pending_.assign(buffer + used, filled - used);
    if (pending_.empty()) release_if_large(pending_);
  }
  if (got == 0) close("closed by the node");
  if (got < 0 && error != EAGAIN && error != EINTR) close(std::strerror(error));
  // OpenSSL may hold bytes that the socket no longer shows.
  return tls_ && got > 0;
}

/// Uses up what it can of the received bytes, in whatever state the session is; returns how many.
std::size_t Agent::take(std::string_view data) {
  std::size_t used = 0;
  while (state_ == State::kOpening && used < data.size()) {
    const std::size_t step = opening_->feed(data.substr(used), out_);
    used += step;
    switch (opening_->step()) {
      case StreamOpening::Step::kFailed: close("no stream reply that an agent understands"); return used;
      case StreamOpening::Step::kUp: on_session_up(); break;
      case StreamOpening::Step::kStartTls:
        tls_ = std::make_unique<TlsSession>(*context_.shared.tls, socket_);
        state_ = State::kTlsHandshake;
        on_tls_step();
        return used;
      default:
        if (step == 0) return used;
        flush();
    }
  }
  return state_ == State::kUp ? used + take_frames(data.substr(used)) : used;
}

std::size_t Agent::take_frames(std::string_view data) {
  std::size_t used = 0;
  while (state_ == State::kUp) {
    const Frame frame = next_frame(data.substr(used), searched_);
    used += frame.consumed;
    if (frame.keepalives > 0) bump(context_.counters.keepalives, std::uint64_t{frame.keepalives});
    switch (frame.kind) {
      case FrameKind::kIncomplete: return used;
      case FrameKind::kIq: break;  // configuration, which is not this program's concern
      case FrameKind::kMessage: on_message(frame.stanza); break;
      case FrameKind::kBad:
        violation("bytes that are no stanza: " + std::string(data.substr(used, 60)));
        close("broken stream");
        return used;
    }
  }
  return used;
}

// ---- what is received

void Agent::on_message(std::string_view stanza) {
  bump(context_.counters.messages);
  const MessageParts parts = split_message(stanza);
  if (parts.start_tag != expected_tag_ && attribute(parts.start_tag, " to=") != plan().name + "/bgp-peer") {
    violation("message to somebody else: " + std::string(parts.start_tag));
  }
  const auto body = context_.shared.cache.decode(parts.body);
  if (!body->violation.empty()) violation(body->violation);
  if (body->kind == BodyKind::kEndOfRib) return bump(context_.counters.ends_of_rib);
  if (body->table == kNoIndex) return;
  bump(body->kind == BodyKind::kItems ? context_.counters.items : context_.counters.retracts, std::uint64_t{body->entries.size()});
  context_.shared.table_items[body->table].fetch_add(body->entries.size(), std::memory_order_relaxed);
  TableView* v = view(body->table);
  if (v == nullptr) return violation("table that it never subscribed to");
  if (!v->subscribed) return bump(context_.counters.ignored, std::uint64_t{body->entries.size()});
  apply(*body, *v);
}

void Agent::apply(const DecodedBody& body, TableView& view) {
  const SlotState* const slots = context_.shared.model.slots(view.table);
  const std::int64_t now = now_ns();
  std::uint64_t redundant = 0;
  for (const DecodedBody::Entry& e : body.entries) {
    if (e.slot == kNoIndex) {
      apply_stray(body, e);
      continue;
    }
    std::uint32_t& held = view.values[e.slot];
    if (held == e.value) {
      ++redundant;
      continue;
    }
    held = e.value;
    const SlotState& slot = slots[e.slot];
    if (slot.expected.load(std::memory_order_relaxed) == e.value) on_expected_value(view, slot, now);
  }
  if (redundant > 0) bump(context_.counters.redundant, redundant);
  if (redundant < body.entries.size()) context_.counters.last_change_at.store(now, std::memory_order_relaxed);
}

void Agent::on_expected_value(const TableView& view, const SlotState& slot, std::int64_t now) {
  const std::int64_t sent = slot.changed_at.load(std::memory_order_relaxed);
  // What was sent before this agent subscribed came with the dump, whenever the node got to it.
  if (sent <= view.since || lagging_ || slot.changer.load(std::memory_order_relaxed) == number_) return;
  context_.latency.add(now - sent);
  context_.recent_latency.add(now - sent);
  if (context_.probe_left == 0) return;
  context_.probe_latencies.push_back(now - sent);
  if (--context_.probe_left == 0) listener_.on_probe_done();
}

void Agent::apply_stray(const DecodedBody& body, const DecodedBody::Entry& entry) {
  const std::string key = std::to_string(body.table) + ' ' + body.strays[entry.value >> 1];
  if (entry.value & 1) {
    strays_.insert(key);
  } else {
    strays_.erase(key);
  }
}

void Agent::violation(std::string what) {
  bump(context_.counters.violations);
  if (context_.complaints.size() < kComplaints) context_.complaints.push_back(plan().name + ": " + std::move(what));
}

// ---- what is sent

void Agent::send_subscription(std::uint32_t instance, bool subscribe) {
  // The id is the agent's VRF index; the node puts its low 16 bits into route distinguishers.
  append_subscribe(out_, plan().name, context_.shared.topology.instances()[instance].name, instance % 65535 + 1, subscribe);
  for (const Family f : {Family::kInet, Family::kInet6}) {
    TableView& v = *view(table_of(instance, f));
    v.subscribed = subscribe;
    v.since = now_ns();
    std::fill(v.values.begin(), v.values.end(), kAbsent);
  }
}

void Agent::set_subscribed(std::uint32_t instance, bool subscribed) {
  if (state_ != State::kUp) return;
  send_subscription(instance, subscribed);
  flush();
}

void Agent::publish(const std::vector<RouteOp>& ops) {
  ops_.insert(ops_.end(), ops.begin(), ops.end());
  flush();
}

void Agent::set_stalled(bool stalled) {
  if (state_ != State::kUp) return;
  stalled_ = stalled;
  lagging_ = true;
  heard_at_ = now_ns();
  update_interest();
}

void Agent::encode_more() {
  std::string& text = context_.encode_buffer;
  text.clear();
  while (ops_done_ < ops_.size() && text.size() < kEncodeBytes) {
    const RouteOp& op = ops_[ops_done_++];
    auto& encoder = encoders_[op.publication - plan().publications.front()];
    if (!encoder) encoder = std::make_unique<PublishEncoder>(context_.shared.topology, op.publication);
    encoder->append(text, op.index, op.state, next_iq_++);
    if (op.visible) context_.shared.model.stamp(op.publication, op.index, now_ns());
    bump(context_.counters.published);
  }
  if (ops_done_ == ops_.size()) {
    ops_.clear();
    ops_done_ = 0;
    release_if_large(ops_);
  }
  // The bytes change places, so that both buffers keep their capacity while there is more to encode.
  out_.swap(text);
  out_sent_ = 0;
}

/// Hands bytes to the socket; true when none are left.
bool Agent::send_out() {
  while (out_sent_ < out_.size()) {
    const char* const data = out_.data() + out_sent_;
    const std::size_t size = out_.size() - out_sent_;
    const ssize_t sent = tls_ ? tls_->write(data, size) : ::send(socket_, data, size, MSG_NOSIGNAL);
    if (sent > 0) {
      out_sent_ += static_cast<std::size_t>(sent);
    } else if (sent < 0 && errno == EAGAIN) {
      return false;
    } else if (sent == 0 || errno != EINTR) {
      close(std::strerror(errno));
      return false;
    }
  }
  out_.clear();
  out_sent_ = 0;
  return true;
}

void Agent::flush() {
  for (std::size_t burst = 0; burst < kSendBurst; burst += out_.size()) {
    if (!send_out()) {
      if (state_ != State::kClosed) want_write(true);
      return;
    }
    if (state_ != State::kUp || ops_.empty()) {
      release_if_large(out_);
      return want_write(false);
    }
    encode_more();
  }
  want_write(true);
}

void Agent::want_write(bool wanted) {
  want_write_ = wanted;
  update_interest();
}

void Agent::update_interest() {
  const std::uint32_t wanted = (stalled_ ? 0u : std::uint32_t{EPOLLIN}) | (want_write_ ? std::uint32_t{EPOLLOUT} : 0u);
  if (wanted == interest_ || socket_ < 0) return;
  epoll_event event{};
  event.events = interest_ = wanted;
  event.data.ptr = this;
  epoll_ctl(context_.epoll, EPOLL_CTL_MOD, socket_, &event);
}

// ---- checking

void CheckResult::merge(CheckResult&& other) {
  agents += other.agents;
  not_up += other.not_up;
  wrong_agents += other.wrong_agents;
  wrong_entries += other.wrong_entries;
  compared += other.compared;
  std::move(other.examples.begin(), other.examples.end(), std::back_inserter(examples));
}

void Agent::check(bool quick, std::size_t examples, CheckResult& result) {
  ++result.agents;
  if (state_ != State::kUp) {
    ++result.not_up;
    return;
  }
  std::uint64_t wrong = strays_.size();
  for (const std::string& s : strays_) {
    if (result.examples.size() < examples) result.examples.push_back({number_, kNoIndex, kNoIndex, 0, 0, s});
  }
  for (TableView& v : views_) {
    if (!v.subscribed || (quick && wrong > 0)) continue;
    const SlotState* const slots = context_.shared.model.slots(v.table);
    const auto count = static_cast<std::uint32_t>(v.values.size());
    result.compared += count;
    // What was missing last time is the likeliest to be missing still.
    for (std::uint32_t n = 0; n < count; ++n) {
      const std::uint32_t slot = n + v.hint < count ? n + v.hint : n + v.hint - count;
      const std::uint32_t expected = slots[slot].expected.load(std::memory_order_relaxed);
      if (v.values[slot] == expected) continue;
      if (result.examples.size() < examples) result.examples.push_back({number_, v.table, slot, v.values[slot], expected, {}});
      ++wrong;
      if (quick) {
        v.hint = slot;
        break;
      }
    }
  }
  result.wrong_entries += wrong;
  result.wrong_agents += wrong > 0;
}

}  // namespace signalbox::bench
