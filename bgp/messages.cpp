#include "bgp/messages.hpp"

namespace signalbox::bgp {

bool is_for_peer(const FromPartition& message) {
  if (const auto* joined = std::get_if<Joined>(&message)) return is_peer_feed(joined->instance);
  if (const auto* chunk = std::get_if<FeedChunk>(&message)) return is_peer_feed(chunk->instance);
  if (const auto* missed = std::get_if<CatchUpChunk>(&message)) return is_peer_feed(missed->instance);
  return std::holds_alternative<DumpDone>(message);
}

}  // namespace signalbox::bgp
