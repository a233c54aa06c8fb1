#include "bgp/peer/peer.hpp"

#include <utility>

#include "bgp/wire/update.hpp"
#include "core/log.hpp"

namespace signalbox::bgp {
namespace log = core::log;

Peer::Peer(PeerContext& context, std::shared_ptr<const NeighborConfig> config, PeerFsm::Settings settings, std::uint32_t seed)
    : context_(context), config_(std::move(config)), settings_(settings), fsm_(std::move(settings), seed) {}

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
  Notification answer;
  if (!decode_update(body, terms, fsm_.negotiated()->families, update_, answer)) return fsm_.undecodable(side, answer, now);
  rx_updates_.reach += update_.reaches() ? 1 : 0;
  rx_updates_.unreach += update_.withdraws() ? 1 : 0;
  rx_updates_.end_of_rib += update_.end_of_rib ? 1 : 0;
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
  end_of_rib_.begin(fsm_.negotiated()->families, core::Clock::now());
}

void Peer::went_down() {
  log::notice("bgp", "session down", {{"peer", config_->name}, {"event", to_string(fsm_.last_event())}});
  end_of_rib_.end();
}

void Peer::send_end_of_rib(core::TimePoint now) {
  end_of_rib_.due(context_.node, now).for_each([this](AddressFamily family) {
    ++tx_.update;
    ++tx_updates_.end_of_rib;
    send(fsm_.current(), encode_end_of_rib(numbers_of(family)));
  });
}

}  // namespace signalbox::bgp
