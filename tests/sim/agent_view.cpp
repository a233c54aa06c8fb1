#include "tests/sim/agent_view.hpp"

#include "tests/sim/stanza.hpp"
#include "tests/sim/trace.hpp"

namespace signalbox::sim {
namespace {

constexpr std::string_view kEnd = "</message>\n";
constexpr unsigned kMostItems = 32, kMostRetracts = 256;

// The text between the first `open` and the `close` behind it; moves `text` behind that. Fails when there is none.
std::string_view cut(std::string_view& text, std::string_view open, std::string_view close) {
  const auto from = text.find(open);
  if (from == std::string_view::npos) fail("no " + std::string(open) + " in: " + std::string(text));
  const auto to = text.find(close, from + open.size());
  if (to == std::string_view::npos) fail("no " + std::string(close) + " in: " + std::string(text));
  const std::string_view found = text.substr(from + open.size(), to - from - open.size());
  text.remove_prefix(to + close.size());
  return found;
}

std::string_view element(std::string_view text, const std::string& name) { return cut(text, "<" + name + ">", "</" + name + ">"); }

// The members of a list, joined by commas.
std::string members(std::string_view text, const std::string& list, const std::string& member) {
  if (text.find("<" + list + " />") != std::string_view::npos) return {};
  std::string_view rest = element(text, list);
  std::string joined;
  while (!rest.empty()) {
    if (!joined.empty()) joined += ',';
    joined += cut(rest, "<" + member + ">", "</" + member + ">");
  }
  return joined;
}

std::string_view node_of(std::string_view body) { return cut(body, "<items node=\"", "\">"); }

}  // namespace

std::string AgentView::instance_of(std::string_view body) {
  const std::string node = unescaped(node_of(body));
  if (node == "0/0/EndOfRib") return {};
  return node.substr(node.find('/', node.find('/') + 1) + 1);
}

std::string AgentView::brief(std::string_view body) {
  std::string text = unescaped(node_of(body));
  while (body.find("<item ") != std::string_view::npos) text += " +" + std::string(cut(body, "<item id=\"", "\""));
  while (body.find("<retract ") != std::string_view::npos) text += " -" + std::string(cut(body, "<retract id=\"", "\""));
  return text;
}

void AgentView::receive(std::string_view bytes) {
  // What is there already holds no end, but may hold the beginning of one.
  std::size_t at = buffer_.size() < kEnd.size() ? 0 : buffer_.size() - kEnd.size();
  buffer_ += bytes;
  std::size_t begin = 0;
  while ((at = buffer_.find(kEnd, at)) != std::string::npos) {
    at += kEnd.size();
    take_message(std::string_view(buffer_).substr(begin, at - begin));
    begin = at;
  }
  buffer_.erase(0, begin);
}

void AgentView::forget(const std::string& instance) {
  for (const char* family : {"1/1/", "1/4/", "2/1/"}) tables_.erase(family + instance);
}

void AgentView::take_message(std::string_view message) {
  ++messages_;
  const std::string start = "\n<message from=\"network-control@contrailsystems.com\" to=\"" + escaped(name_) + "/bgp-peer\">";
  if (!message.starts_with(start)) fail("a message begins wrongly: " + std::string(message));
  const std::string_view body = message.substr(start.size());
  const std::string node = unescaped(node_of(body));
  const bool items = body.find("<item ") != std::string_view::npos, retracts = body.find("<retract ") != std::string_view::npos;
  if (node == "0/0/EndOfRib") {
    if (items || retracts) fail("End-of-RIB with routes");
    ++ends_of_rib_;
    return;
  }
  if (items == retracts) fail(items ? "items and retracts mixed" : "neither items nor retracts: " + std::string(message));
  if (items) {
    take_items(node, body);
  } else {
    take_retracts(node, body);
  }
}

void AgentView::take_items(const std::string& node, std::string_view body) {
  unsigned n = 0;
  Table& table = tables_[node];
  while (body.find("<item ") != std::string_view::npos) {
    std::string_view item = cut(body, "<item id=\"", "</item>");
    const auto quote = item.find('"');
    table[std::string(item.substr(0, quote))] = item.substr(quote);
    ++n;
  }
  if (n > kMostItems) fail(std::to_string(n) + " items in a message");
}

void AgentView::take_retracts(const std::string& node, std::string_view body) {
  unsigned n = 0;
  Table& table = tables_[node];
  while (body.find("<retract ") != std::string_view::npos) {
    const std::string_view id = cut(body, "<retract id=\"", "\" />");
    if (const auto found = table.find(id); found != table.end()) table.erase(found);
    ++n;
  }
  if (n > kMostRetracts) fail(std::to_string(n) + " retracts in a message");
}

SeenRoute AgentView::read(const std::string& node, const std::string& prefix, const std::string& item) {
  const std::string_view text = item;
  const std::string_view nlri = element(text, "nlri");
  const std::string family = std::string(element(nlri, "af")) + "/" + std::string(element(nlri, "safi"));
  if (!node.starts_with(family + "/")) fail("nlri of " + family + " in " + node);
  if (element(nlri, "address") != prefix) fail("nlri of another prefix in the item " + prefix);
  SeenRoute route;
  std::string_view hops = element(text, "next-hops");
  while (!hops.empty()) {
    const std::string_view hop = cut(hops, "<next-hop>", "</next-hop>");
    const std::string address(element(hop, "address")), vn = unescaped(element(hop, "virtual-network"));
    const bool v6 = address.find(':') != std::string::npos;
    if (element(hop, "af") != (v6 ? "2" : "1")) fail("af of the next hop " + address);
    route.next_hops.push_back({address,
                               address + " label " + std::string(element(hop, "label")) + " encaps " +
                                   members(hop, "tunnel-encapsulation-list", "tunnel-encapsulation") + " tags " +
                                   members(hop, "tag-list", "tag"),
                               vn});
  }
  if (route.next_hops.empty()) fail("an item without next hops");
  const std::string_view entry = text.substr(text.find("</next-hops>"));
  std::string_view sticky = entry, sequence = entry;
  route.virtual_network = unescaped(element(entry, "virtual-network"));
  route.entry = "sticky " + std::string(cut(sticky, "<mobility sticky=\"", "\"")) + " seqno " +
                std::string(cut(sequence, "seqno=\"", "\"")) + " sequence " + std::string(element(entry, "sequence-number")) + " sg " +
                members(entry, "security-group-list", "security-group") + " communities " +
                members(entry, "community-tag-list", "community-tag") + " lp " + std::string(element(entry, "local-preference")) + " med " +
                std::string(element(entry, "med")) + " lb " + members(entry, "load-balance-fields", "load-balance-field-list") + " " +
                std::string(element(entry, "load-balance-decision"));
  return route;
}

}  // namespace signalbox::sim
