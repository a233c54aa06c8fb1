#include "control/node/config_exchange.hpp"

#include <chrono>
#include <utility>

namespace signalbox::control {

void ConfigExchange::run() {
  for (const ToConfig& message : inbox_.take()) {
    std::visit([this](const auto& m) { on(m); }, message);
  }
  for (const core::PeerId peer : std::exchange(can_take_, {})) {
    if (const auto at = clients_.find(peer); at != clients_.end()) pump(at->second);
  }
  for (const ifmap::ClientId id : filter_.take_news()) pump(clients_.at(peers_[id.value]));
  for (std::size_t shard = 0; shard < out_.size(); ++shard) {
    if (out_[shard].bodies.empty()) continue;
    send_(core::ShardId(static_cast<std::uint32_t>(shard)), std::exchange(out_[shard], {}));
  }
}

const ConfigExchange::Client* ConfigExchange::client_of(ifmap::ClientId id) const {
  if (id.value >= peers_.size()) return nullptr;
  const auto at = clients_.find(peers_[id.value]);
  return at == clients_.end() ? nullptr : &at->second;
}

void ConfigExchange::on(const JoinConfig& join) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  Client client{
      join.peer, join.shard, filter_.join(join.router), join.router, std::chrono::duration_cast<std::chrono::microseconds>(now).count(), 0};
  if (client.id.value >= peers_.size()) peers_.resize(client.id.value + 1);
  peers_[client.id.value] = join.peer;
  if (join.shard.value >= out_.size()) out_.resize(join.shard.value + 1);
  clients_.emplace(join.peer, std::move(client));
}

void ConfigExchange::on(const SubscribeMachine& machine) {
  const ifmap::ClientId id = clients_.at(machine.peer).id;
  if (machine.subscribe) {
    filter_.subscribe(id, machine.machine);
  } else {
    filter_.unsubscribe(id, machine.machine);
  }
}

void ConfigExchange::on(const TookConfig& took) {
  Client& client = clients_.at(took.peer);
  client.under_way -= took.bytes;
  can_take_.push_back(took.peer);
}

void ConfigExchange::on(const LeaveConfig& leave) {
  const auto at = clients_.find(leave.peer);
  filter_.leave(at->second.id);
  peers_[at->second.id.value] = {};
  clients_.erase(at);
}

void ConfigExchange::pump(Client& client) {
  while (client.under_way < kWindow) {
    core::ChunkPtr body = filter_.next_message(client.id);
    if (!body) return;
    client.under_way += body->size();
    out_[client.shard.value].bodies.push_back({client.peer, std::move(body)});
  }
}

}  // namespace signalbox::control
