#include "bgp/peer/peer.hpp"

#include <utility>

#include "bgp/wire/update.hpp"
#include "core/log.hpp"

namespace signalbox::bgp {
namespace log = core::log;

Peer::Peer(PeerContext& context, std::shared_ptr<const NeighborConfig> config, PeerFsm::Settings settings, std::uint32_t seed)
    : context_(context), config_(std::move(config)), settings_(settings), fsm_(std::move(settings), seed) {}

namespace {
void add(RouteIntake::Counters& sum, const RouteIntake::Counters& one) {
  sum.treated_as_withdraw += one.treated_as_withdraw;
  sum.attributes_discarded += one.attributes_discarded;
  sum.routes_skipped += one.routes_skipped;
}
}  // namespace

// The owner.

void Peer::apply(std::shared_ptr<const NeighborConfig> config, PeerFsm::Settings settings, bool run, bool renegotiate) {
  const core::TimePoint now = core::Clock::now();
  if (!run) {
    stop(Notification::of(settings.admin_down ? iana::CeaseReason::kAdministrativeShutdown : iana::CeaseReason::kOtherConfigurationChange));
  } else if (renegotiate) {
    perform(fsm_.reset(Notification::of(iana::CeaseReason::kOtherConfigurationChange), now));
  }
  config_ = std::move(config);
  settings_ = settings;
  fsm_.configure(std::move(settings));
  if (run) perform(fsm_.start(now));
}

void Peer::stop(const Notification& reason) { perform(fsm_.stop(reason, core::Clock::now())); }

void Peer::accept(std::unique_ptr<Connection> connection) { perform(fsm_.accepted(core::Clock::now()), std::move(connection)); }

void Peer::tick(core::TimePoint now) {
  bool unread = false;
  if (fsm_.hold_due(now)) {
    const auto& used = connection(fsm_.current());
    unread = used != nullptr && used->unread();
  }
  perform(fsm_.tick(now, unread));
  if (routes_) routes_->tick(now);
  send_end_of_rib(now);
}

void Peer::update_dscp() {
  for (const auto& connection : connections_) {
    if (connection == nullptr) continue;
    if (const auto status = connection->set_dscp(context_.dscp); !status) {
      log::warning("bgp", "traffic class not set", {{"peer", config_->name}, {"reason", status.error().text}});
    }
  }
}

NeighborInfo Peer::info() const {
  NeighborInfo info;
  info.config = config_;
  info.state = fsm_.state();
  info.last_state = fsm_.last_state();
  info.state_since = fsm_.state_since();
  info.last_event = fsm_.last_event();
  if (fsm_.last_error()) info.last_error = to_string(*fsm_.last_error());
  info.flaps = fsm_.flaps();
  info.last_flap = fsm_.last_flap();
  info.negotiated = fsm_.negotiated();
  info.offered_hold_time = settings_.terms.hold_time;
  if (const auto& used = connections_[static_cast<unsigned>(fsm_.current())]; used != nullptr && fsm_.negotiated()) {
    info.remote = used->remote();
    info.local = used->local();
  }
  info.rx = rx_;
  info.tx = tx_;
  info.rx_updates = rx_updates_;
  info.tx_updates = tx_updates_;
  info.socket = socket_;
  info.intake = intake_;
  if (routes_) {
    info.id = routes_->id();
    add(info.intake, routes_->counters());
  }
  return info;
}

// What the connections tell.

void Peer::on_connected(Side) { perform(fsm_.connected(core::Clock::now())); }

void Peer::on_connect_failed(Side side, const std::string& reason) {
  log::info("bgp", "cannot connect",
            {{"peer", config_->name}, {"address", config_->address.to_string()}, {"port", config_->port}, {"reason", reason}});
  connection(side).reset();
  perform(fsm_.connect_failed(core::Clock::now()));
}

void Peer::on_closed(Side side, const std::string& reason) {
  log::info("bgp", "connection closed", {{"peer", config_->name}, {"reason", reason}});
  ++rx_.close;
  connection(side).reset();
  perform(fsm_.closed(side, core::Clock::now()));
}

void Peer::on_bad_header(Side side, const Notification& answer) { perform(fsm_.undecodable(side, answer, core::Clock::now())); }

void Peer::on_message(Side side, const Message& message) {
  const core::TimePoint now = core::Clock::now();
  switch (message.type) {
    case iana::MessageType::kOpen: return perform(on_open(side, message.body, now));
    case iana::MessageType::kUpdate: return perform(on_update(side, message.body, now));
    case iana::MessageType::kNotification: return perform(on_notification(side, message.body, now));
    case iana::MessageType::kKeepalive: ++rx_.keepalive; return perform(fsm_.keepalive(side, now));
    case iana::MessageType::kRouteRefresh: return;  // first_message() lets none through
  }
}

FsmActions Peer::on_open(Side side, ByteView body, core::TimePoint now) {
  ++rx_.open;
  const auto open = decode_open(body);
  return open ? fsm_.open(side, *open, now) : fsm_.undecodable(side, open.error(), now);
}

FsmActions Peer::on_update(Side side, ByteView body, core::TimePoint now) {
  ++rx_.update;
  if (!fsm_.negotiated()) return fsm_.update(side, now);  // which says that it is too early
  AttributeTerms terms;
  terms.four_octet_as = fsm_.negotiated()->four_octet_as;
  terms.internal = config_->internal();
  terms.strict = context_.strict_errors;
  Notification answer;
  if (!decode_update(body, terms, fsm_.negotiated()->families, update_, answer)) return fsm_.undecodable(side, answer, now);
  rx_updates_.reach += update_.reaches() ? 1 : 0;
  rx_updates_.unreach += update_.withdraws() ? 1 : 0;
  rx_updates_.end_of_rib += update_.end_of_rib ? 1 : 0;
  if (routes_ && side == fsm_.current()) {
    if (!routes_->update(update_, answer)) return fsm_.undecodable(side, answer, now);
    if (update_.end_of_rib) routes_->end_of_rib(*update_.end_of_rib);
    if (!paused_ && routes_->congested()) {
      paused_ = true;
      connection(side)->pause();
    }
  }
  return fsm_.update(side, now);
}

FsmActions Peer::on_notification(Side side, ByteView body, core::TimePoint now) {
  ++rx_.notification;
  const auto notification = decode_notification(body);
  if (!notification) return fsm_.undecodable(side, Notification::of(iana::HeaderError::kBadLength), now);
  log::notice("bgp", "notification received", {{"peer", config_->name}, {"reason", to_string(*notification)}});
  return fsm_.notification(side, *notification, now);
}

// What the machine asks for.

void Peer::perform(const FsmActions& actions, std::unique_ptr<Connection> incoming) {
  for (const FsmAction& action : actions) perform(action, incoming);
}

void Peer::perform(const FsmAction& action, std::unique_ptr<Connection>& incoming) {
  switch (action.kind) {
    case FsmAction::Kind::kConnect: return connect();
    case FsmAction::Kind::kTake:
      connection(action.side) = std::move(incoming);
      connection(action.side)->count_in(socket_);
      return connection(action.side)->start(*this);
    case FsmAction::Kind::kRefuse: return refuse(*incoming, action.notification);
    case FsmAction::Kind::kOpen:
      ++tx_.open;
      return send(action.side, encode(make_open(settings_.terms, context_.node.starting_up(core::Clock::now()))));
    case FsmAction::Kind::kKeepalive: ++tx_.keepalive; return send(action.side, encode_keepalive());
    case FsmAction::Kind::kNotification:
      ++tx_.notification;
      log::notice("bgp", "notification sent", {{"peer", config_->name}, {"reason", to_string(*action.notification)}});
      return connection(action.side)->finish(encode(*action.notification));
    case FsmAction::Kind::kClose: ++tx_.close; return connection(action.side).reset();
    case FsmAction::Kind::kUp: return went_up();
    case FsmAction::Kind::kDown: return went_down();
  }
}

void Peer::send(Side side, const Bytes& message) { connection(side)->send(message); }

void Peer::connect() {
  Connection::ConnectOptions options;
  options.local = context_.local_address;
  options.remote = {config_->address, config_->port};
  options.md5_key = config_->md5_key;
  options.dscp = context_.dscp;
  connection(Side::kActive) = Connection::connect(context_.io, options, *this);
  connection(Side::kActive)->count_in(socket_);
}

void Peer::refuse(Connection& incoming, const std::optional<Notification>& reason) {
  log::info("bgp", "connection refused", {{"peer", config_->name}, {"state", to_string(fsm_.state())}});
  if (!reason) return;
  ++tx_.notification;
  incoming.finish(encode(*reason));
}

void Peer::went_up() {
  const auto& used = connection(fsm_.current());
  log::notice("bgp", "session up",
              {{"peer", config_->name},
               {"address", used->remote().address.to_string()},
               {"side", fsm_.current() == Side::kActive ? "active" : "passive"},
               {"hold_time", fsm_.negotiated()->hold_time}});
  const core::TimePoint now = core::Clock::now();
  end_of_rib_.begin(fsm_.negotiated()->families, now);
  if (context_.link == nullptr) return;
  routes_ = std::make_unique<PeerRoutes>(PeerRoutes::Session{*config_, context_.self, *fsm_.negotiated(), used->remote().address},
                                         *context_.link, *context_.feeds, *context_.owner, now);
  context_.by_id[routes_->id()] = this;
}

void Peer::went_down() {
  log::notice("bgp", "session down", {{"peer", config_->name}, {"event", to_string(fsm_.last_event())}});
  end_of_rib_.end();
  if (!routes_) return;
  context_.by_id.erase(routes_->id());
  add(intake_, routes_->counters());
  routes_.reset();
  paused_ = false;
}

void Peer::on_room(Side side) {
  if (routes_ && side == fsm_.current()) context_.owner->wants_turn(*routes_);
}

void Peer::turn() {
  if (!routes_) return;
  Connection& used = *connection(fsm_.current());
  if (paused_ && !routes_->congested()) {
    paused_ = false;
    used.resume();
    if (!routes_) return;  // what waited there ended the session
  }
  while (used.room() > 0) {
    core::ChunkPtr body = routes_->next();
    if (!body) return routes_->ask_for_missed();
    count_updates(body->bytes());
    used.send(std::move(body));
  }
}

// What a body of whole messages adds to the counters.
void Peer::count_updates(std::string_view bytes) {
  ByteView rest(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  while (rest.size() >= iana::kHeaderSize) {
    const std::size_t size = static_cast<std::size_t>(rest[iana::kMarkerSize]) << 8 | rest[iana::kMarkerSize + 1];
    ++tx_.update;
    // Withdrawals have MP_UNREACH_NLRI as their only attribute.
    const bool unreach = rest[iana::kHeaderSize + 5] == static_cast<std::uint8_t>(iana::AttributeType::kMpUnreachNlri);
    ++(unreach ? tx_updates_.unreach : tx_updates_.reach);
    rest = rest.subspan(size);
  }
}

core::TimePoint Peer::blocked_since() const {
  const auto& used = connections_[static_cast<unsigned>(fsm_.current())];
  return routes_ && used ? used->blocked_since() : core::TimePoint::max();
}

void Peer::reset(const Notification& reason) { perform(fsm_.reset(reason, core::Clock::now())); }

void Peer::send_end_of_rib(core::TimePoint now) {
  if (end_of_rib_.idle(now)) return;
  const FamilySet told = routes_ ? routes_->told() : fsm_.negotiated() ? fsm_.negotiated()->families : FamilySet();
  end_of_rib_.due(context_.node, told, now).for_each([this](AddressFamily family) {
    ++tx_.update;
    ++tx_updates_.end_of_rib;
    send(fsm_.current(), encode_end_of_rib(numbers_of(family)));
  });
}

}  // namespace signalbox::bgp
