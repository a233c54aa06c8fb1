#include "tests/sim/connection.hpp"

#include "tests/sim/trace.hpp"

namespace signalbox::sim {

using xmpp::CloseReason;

void Connection::deliver(std::size_t most, Random& random, const bgp::Config& config) {
  std::vector<std::string> texts;
  CloseReason must_close = CloseReason::kNone;
  while (texts.size() < most && !outgoing.empty() && must_close == CloseReason::kNone) {
    const Stanza& stanza = outgoing.front();
    texts.push_back(stanza.text(name, random.pick<Stanza::Layout>({Stanza::Layout::kLines, Stanza::Layout::kOneLine,
                                                                   Stanza::Layout::kOneLine, Stanza::Layout::kComment})));
    if (model.judge(stanza, config)) {
      must_close = stanza.kind == Stanza::Kind::kMalformed ? CloseReason::kUndecodable : CloseReason::kProtocolError;
    } else if (stanza.kind == Stanza::Kind::kUnsubscribe) {
      session->mark_forgotten(stanza.instance);
    }
    outgoing.pop_front();
  }
  allow(must_close);
  const std::size_t taken = session->deliver(texts);
  allow_nothing();
  if (taken != texts.size()) fail(name + ": closed before it had to be");
  if (session->ended() != (must_close != CloseReason::kNone))
    fail(name + ": must be closed for the last request and is not: " + texts.back());
}

void Connection::on_queued(std::string_view bytes) {
  if (bytes.starts_with("\n<message ")) return;
  const std::string instance = AgentView::instance_of(bytes);
  if (instance.empty()) return;
  const auto found = model.subscriptions().find(instance);
  if (found == model.subscriptions().end()) fail(name + ": is sent routes of " + instance + " without subscription");
  if (found->second.pending) fail(name + ": is sent routes of " + instance + ", which did not exist");
  if (!found->second.wants_routes) fail(name + ": is sent routes of " + instance + " against its wish");
}

void Connection::on_closed_by_node(CloseReason reason, const std::string& detail) {
  if (reason == allowed_) return;
  fail(name + ": closed for no reason known: " + std::string(xmpp::to_string(reason)) + " " + detail);
}

}  // namespace signalbox::sim
