#include "tests/sim/stanza.hpp"

#include <string_view>
#include <utility>

namespace signalbox::sim {
namespace {

std::string element(const std::string& name, const std::string& text) { return "<" + name + ">" + text + "</" + name + ">"; }
std::string number(const std::string& name, std::uint64_t value) { return element(name, std::to_string(value)); }

template <class T>
std::string list(const std::string& name, const std::string& member, const std::vector<T>& values) {
  if (values.empty()) return "<" + name + " />";
  std::string text;
  for (const T& value : values) {
    if constexpr (std::is_same_v<T, std::string>) {
      text += element(member, value);
    } else {
      text += number(member, value);
    }
  }
  return element(name, text);
}

std::string next_hops(const Stanza& s) {
  if (!s.has_next_hop) return {};
  const PathSpec& p = s.path;
  return element(
      "next-hops",
      element("next-hop", number("af", p.next_hop.find(':') == std::string::npos ? 1 : 2) + element("address", p.next_hop) +
                              element("mac", p.mac) + number("label", p.label) + number("vni", 0) +
                              list("tunnel-encapsulation-list", "tunnel-encapsulation", p.encaps) + element("virtual-network", "") +
                              list("tag-list", "tag", p.tags) + element("is-new-tags-list", "true") + number("local-sequence-number", 0)));
}

std::string item(const Stanza& s) {
  const PathSpec& p = s.path;
  const std::string af = s.family.substr(0, s.family.find('/')), safi = s.family.substr(s.family.find('/') + 1);
  std::string text =
      element("nlri", element("af", af) + element("safi", safi) + element("address", s.bad_prefix ? "10.1.2.300/32" : s.prefix));
  text += next_hops(s);
  text += number("version", 1) + element("virtual-network", "");
  text += std::string("<mobility sticky=\"") + (p.sticky ? "true" : "false") + "\" seqno=\"" + std::to_string(p.mobility_sequence) +
          "\" /><peers />";
  text += number("sequence-number", p.sequence) + list("security-group-list", "security-group", p.security_groups);
  text +=
      list("community-tag-list", "community-tag", p.communities) + number("local-preference", p.local_preference) + number("med", p.med);
  text += element("load-balance", list("load-balance-fields", "load-balance-field-list", p.load_balance_fields) +
                                      element("load-balance-decision", p.source_bias ? "source-bias" : "field-hash"));
  text += element("sub-protocol", "interface");
  return element("item", element("entry", text));
}

std::string action(const Stanza& s) {
  const std::string instance = escaped(s.instance);
  switch (s.kind) {
    case Stanza::Kind::kSubscribe: {
      if (!s.has_options) return "<subscribe node=\"" + instance + "\" />";
      std::string options = number("instance-id", s.instance_id);
      if (s.no_ribout) options += element("no-ribout", "true");
      return "<subscribe node=\"" + instance + "\">" + element("options", options) + "</subscribe>";
    }
    case Stanza::Kind::kUnsubscribe:
      return "<unsubscribe node=\"" + instance + "\">" + element("options", number("instance-id", s.instance_id)) + "</unsubscribe>";
    case Stanza::Kind::kPublish: return "<publish node=\"" + escaped(s.node) + "\">" + item(s) + "</publish>";
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
