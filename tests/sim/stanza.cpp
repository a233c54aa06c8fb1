#include "tests/sim/stanza.hpp"

#include <string_view>
#include <utility>

namespace signalbox::sim {
namespace {

void add(std::string& to, const char* name, std::string_view text) {
  (((((((to += '<') += name) += '>') += text) += "</") += name) += '>');
}
void add(std::string& to, const char* name, std::uint64_t value) { add(to, name, std::string_view(std::to_string(value))); }

template <class T>
void add_list(std::string& to, const char* name, const char* member, const std::vector<T>& values) {
  if (values.empty()) {
    ((to += '<') += name) += " />";
    return;
  }
  ((to += '<') += name) += '>';
  for (const T& value : values) add(to, member, value);
  ((to += "</") += name) += '>';
}

void add_next_hop(std::string& to, const PathSpec& p) {
  to += "<next-hops><next-hop>";
  add(to, "af", p.next_hop.find(':') == std::string::npos ? 1u : 2u);
  add(to, "address", p.next_hop);
  add(to, "mac", p.mac);
  add(to, "label", p.label);
  add(to, "vni", 0u);
  add_list(to, "tunnel-encapsulation-list", "tunnel-encapsulation", p.encaps);
  add(to, "virtual-network", "");
  add_list(to, "tag-list", "tag", p.tags);
  add(to, "is-new-tags-list", "true");
  add(to, "local-sequence-number", 0u);
  to += "</next-hop></next-hops>";
}

void add_item(std::string& to, const Stanza& s) {
  const PathSpec& p = s.path;
  const std::string_view family = s.family;
  to += "<item><entry><nlri>";
  add(to, "af", family.substr(0, family.find('/')));
  add(to, "safi", family.substr(family.find('/') + 1));
  add(to, "address", s.bad_prefix ? std::string_view("10.1.2.300/32") : std::string_view(s.prefix));
  to += "</nlri>";
  if (s.has_next_hop) add_next_hop(to, p);
  add(to, "version", 1u);
  add(to, "virtual-network", "");
  ((((to += "<mobility sticky=\"") += p.sticky ? "true" : "false") += "\" seqno=\"") += std::to_string(p.mobility_sequence)) +=
      "\" /><peers />";
  add(to, "sequence-number", p.sequence);
  add_list(to, "security-group-list", "security-group", p.security_groups);
  add_list(to, "community-tag-list", "community-tag", p.communities);
  add(to, "local-preference", p.local_preference);
  add(to, "med", p.med);
  to += "<load-balance>";
  add_list(to, "load-balance-fields", "load-balance-field-list", p.load_balance_fields);
  add(to, "load-balance-decision", p.source_bias ? "source-bias" : "field-hash");
  to += "</load-balance>";
  add(to, "sub-protocol", "interface");
  to += "</entry></item>";
}

std::string action(const Stanza& s) {
  const std::string instance = escaped(s.instance);
  switch (s.kind) {
    case Stanza::Kind::kSubscribe: {
      if (!s.has_options) return "<subscribe node=\"" + instance + "\" />";
      std::string text = "<subscribe node=\"" + instance + "\"><options>";
      add(text, "instance-id", s.instance_id);
      if (s.no_ribout) add(text, "no-ribout", "true");
      return text + "</options></subscribe>";
    }
    case Stanza::Kind::kUnsubscribe:
      return "<unsubscribe node=\"" + instance + "\"><options><instance-id>" + std::to_string(s.instance_id) +
             "</instance-id></options></unsubscribe>";
    case Stanza::Kind::kPublish: {
      std::string text = "<publish node=\"" + escaped(s.node) + "\">";
      add_item(text, s);
      return text + "</publish>";
    }
    case Stanza::Kind::kCollection:
      return "<collection node=\"" + instance + "\"><" + (s.withdraw ? "dissociate" : "associate") + " node=\"" + escaped(s.node) +
             "\" /></collection>";
    case Stanza::Kind::kConfigChannel: return "<subscribe node=\"virtual-router:default-global-system-config:x\" />";
    case Stanza::Kind::kMalformed: return "<subscribe node=\"x\"></unsubscribe>";
  }
  return {};
}

constexpr std::pair<const char*, const char*> kEntities[] = {
    {"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&apos;"}};

}  // namespace

std::string node_id(const FamilyText& family, const std::string& instance, const std::string& prefix) {
  if (family == "25/242") return family + "/02:aa:00:00:00:05," + prefix;
  return family + "/" + instance + "/" + prefix;
}

std::string escaped(const std::string& text) {
  if (text.find_first_of("&<>\"'") == std::string::npos) return text;
  std::string out;
  for (const char c : text) {
    const char* entity = nullptr;
    for (const auto& [plain, e] : kEntities) {
      if (c == *plain) entity = e;
    }
    if (entity) {
      out += entity;
    } else {
      out += c;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  if (text.find('&') == std::string_view::npos) return std::string(text);
  std::string out;
  while (!text.empty()) {
    bool found = false;
    for (const auto& [plain, entity] : kEntities) {
      if (!text.starts_with(entity)) continue;
      out += plain;
      text.remove_prefix(std::string_view(entity).size());
      found = true;
      break;
    }
    if (found) continue;
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

std::string Stanza::text(const std::string& agent, Layout layout) const {
  const std::string channel = kind == Kind::kConfigChannel ? "config" : "bgp-peer";
  std::string xml = "<iq type=\"set\" from=\"" + escaped(agent) + "\" to=\"network-control@contrailsystems.com/" + channel +
                    "\" id=\"pubsub1\"><pubsub xmlns=\"http://jabber.org/protocol/pubsub\">";
  if (layout == Layout::kComment) xml += "<!-- same -->";
  xml += action(*this) + "</pubsub></iq>";
  if (layout != Layout::kLines) return xml;
  std::string lines;
  for (std::size_t i = 0; i < xml.size(); ++i) {
    lines += xml[i];
    // Within elements that hold text no line may be broken: only behind the tags that hold elements.
    if (xml[i] == '>' && i + 1 < xml.size() && xml[i + 1] == '<' && xml[i + 2] != '/') lines += '\n';
  }
  return lines;
}

std::string Stanza::brief() const {
  switch (kind) {
    case Kind::kSubscribe:
      return "subscribe " + instance + (no_ribout ? " no-ribout" : "") +
             (has_options ? " id " + std::to_string(instance_id) : " without options");
    case Kind::kUnsubscribe: return "unsubscribe " + instance;
    case Kind::kPublish:
      return "publish " + node + (bad_prefix ? " (bad prefix)" : "") +
             (has_next_hop
                  ? " nh " + path.next_hop + " label " + std::to_string(path.label) + " lp " + std::to_string(path.local_preference) +
                        " seq " + std::to_string(path.mobility_sequence ? path.mobility_sequence : path.sequence)
                  : " without next hop");
    case Kind::kCollection: return std::string(withdraw ? "withdraw " : "add ") + node + " in " + instance;
    case Kind::kConfigChannel: return "(configuration channel)";
    case Kind::kMalformed: return "(malformed)";
  }
  return {};
}

}  // namespace signalbox::sim
