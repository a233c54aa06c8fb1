#include <expat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/roofline/measures.hpp"

namespace signalbox::bench {
namespace {

/// The fields of a published route; views into the stanzas.
struct Fields {
  std::string_view publish_node, address, next_hop, mac, label, network, local_preference, med, sequence, collection_node, associate_node;
  std::array<std::string_view, 4> encapsulations, tags, groups;
  unsigned encapsulation_count = 0, tag_count = 0, group_count = 0;

  std::size_t size() const {
    std::size_t n = publish_node.size() + address.size() + next_hop.size() + mac.size() + label.size() + network.size() +
                    local_preference.size() + med.size() + sequence.size() + collection_node.size() + associate_node.size();
    for (const auto* list : {&encapsulations, &tags, &groups}) {
      for (const auto& v : *list) n += v.size();
    }
    return n;
  }
};

void replace(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at)) text.replace(at, from.size(), to);
}

/// The two stanzas of one route (spec/xmpp.md 7.3).
std::string publish_pair(std::size_t n) {
  static constexpr const char* kText =
      R"(<iq type="set" from="vr7.example.net" to="network-control@contrailsystems.com/bgp-peer" id="pubsub4">
<pubsub xmlns="http://jabber.org/protocol/pubsub">
<publish node="1/1/default-domain:demo:blue:blue/PREFIX">
<item>
<entry>
<nlri>
<af>1</af>
<safi>1</safi>
<address>PREFIX</address>
</nlri>
<next-hops>
<next-hop>
<af>1</af>
<address>192.0.2.17</address>
<mac>3c:fd:fe:00:00:17</mac>
<label>LABEL</label>
<vni>0</vni>
<tunnel-encapsulation-list>
<tunnel-encapsulation>gre</tunnel-encapsulation>
<tunnel-encapsulation>udp</tunnel-encapsulation>
</tunnel-encapsulation-list>
<virtual-network>default-domain:demo:blue</virtual-network>
<tag-list>
<tag>4294967301</tag>
</tag-list>
<is-new-tags-list>true</is-new-tags-list>
<local-sequence-number>0</local-sequence-number>
</next-hop>
</next-hops>
<version>1</version>
<virtual-network></virtual-network>
<mobility sticky="false" seqno="0" />
<peers />
<sequence-number>3</sequence-number>
<security-group-list>
<security-group>8000002</security-group>
</security-group-list>
<community-tag-list />
<local-preference>200</local-preference>
<med>0</med>
<load-balance>
<load-balance-fields />
<load-balance-decision>field-hash</load-balance-decision>
</load-balance>
<sub-protocol>interface</sub-protocol>
</entry>
</item>
</publish>
</pubsub>
</iq>
<iq type="set" from="vr7.example.net" to="network-control@contrailsystems.com/bgp-peer" id="collection4">
<pubsub xmlns="http://jabber.org/protocol/pubsub">
<collection node="default-domain:demo:blue:blue">
<associate node="1/1/default-domain:demo:blue:blue/PREFIX" />
</collection>
</pubsub>
</iq>
)";
  std::string text = kText;
  replace(text, "PREFIX",
          "10." + std::to_string(n >> 16 & 255) + "." + std::to_string(n >> 8 & 255) + "." + std::to_string(n & 255) + "/32");
  replace(text, "LABEL", std::to_string(16 + n));
  return text;
}

void keep(std::array<std::string_view, 4>& list, unsigned& count, std::string_view text) {
  if (count < list.size()) list[count++] = text;
}

std::string_view quoted(std::string_view tag) {
  const auto first = tag.find('"');
  if (first == std::string_view::npos) return {};
  return tag.substr(first + 1, tag.find('"', first + 1) - first - 1);
}

void take(Fields& f, std::string_view tag, std::string_view text, bool in_next_hop) {
  switch (tag[0]) {
    case 'a':
      if (tag == "address") (in_next_hop ? f.next_hop : f.address) = text;
      if (tag.substr(0, 9) == "associate") f.associate_node = quoted(tag);
      break;
    case 'c':
      if (tag.substr(0, 11) == "collection ") f.collection_node = quoted(tag);
      break;
    case 'l':
      if (tag == "label") f.label = text;
      if (tag == "local-preference") f.local_preference = text;
      break;
    case 'm':
      if (tag == "mac") f.mac = text;
      if (tag == "med") f.med = text;
      break;
    case 'p':
      if (tag.substr(0, 8) == "publish ") f.publish_node = quoted(tag);
      break;
    case 's':
      if (tag == "sequence-number") f.sequence = text;
      if (tag == "security-group") keep(f.groups, f.group_count, text);
      break;
    case 't':
      if (tag == "tag") keep(f.tags, f.tag_count, text);
      if (tag == "tunnel-encapsulation") keep(f.encapsulations, f.encapsulation_count, text);
      break;
    case 'v':
      if (tag == "virtual-network" && in_next_hop) f.network = text;
      break;
    default: break;
  }
}

/// From tag to tag by memchr; the text after a start tag is its value.
Fields extract(std::string_view text) {
  Fields f;
  bool in_next_hop = false;
  const char* p = text.data();
  const char* const end = p + text.size();
  while ((p = static_cast<const char*>(std::memchr(p, '<', static_cast<std::size_t>(end - p)))) != nullptr) {
    const char* const close = static_cast<const char*>(std::memchr(p, '>', static_cast<std::size_t>(end - p)));
    if (close == nullptr) break;
    const std::string_view tag(p + 1, static_cast<std::size_t>(close - p - 1));
    if (tag.size() >= 8 && tag.substr(tag.size() - 8) == "next-hop") {
      in_next_hop = tag[0] != '/';
    } else if (tag[0] != '/') {
      const char* const next = static_cast<const char*>(std::memchr(close, '<', static_cast<std::size_t>(end - close)));
      if (next == nullptr) break;
      take(f, tag, {close + 1, static_cast<std::size_t>(next - close - 1)}, in_next_hop);
    }
    p = close;
  }
  return f;
}

/// What expat's handlers gather: the same fields, as strings.
struct ExpatState {
  std::vector<std::pair<std::string, std::string>> values;
  std::string text;
};

void on_start(void* user, const XML_Char* name, const XML_Char** attributes) {
  auto& s = *static_cast<ExpatState*>(user);
  s.text.clear();
  for (; *attributes != nullptr; attributes += 2) {
    if (std::strcmp(attributes[0], "node") == 0) s.values.emplace_back(name, attributes[1]);
  }
}

void on_text(void* user, const XML_Char* text, int size) {
  static_cast<ExpatState*>(user)->text.append(text, static_cast<std::size_t>(size));
}

void on_end(void* user, const XML_Char* name) {
  auto& s = *static_cast<ExpatState*>(user);
  if (!s.text.empty() && s.text[0] != '\n') s.values.emplace_back(name, s.text);
  s.text.clear();
}

std::size_t expat_read(XML_Parser parser, ExpatState& state, std::string_view stanza) {
  XML_ParserReset(parser, nullptr);
  XML_SetUserData(parser, &state);
  XML_SetElementHandler(parser, on_start, on_end);
  XML_SetCharacterDataHandler(parser, on_text);
  state.values.clear();
  if (XML_Parse(parser, stanza.data(), static_cast<int>(stanza.size()), XML_TRUE) != XML_STATUS_OK)
    throw std::runtime_error("expat refuses the stanza");
  return state.values.size();
}

}  // namespace

ParseCost parse_cost(std::size_t routes, int repeats) {
  std::string text;
  std::vector<std::string_view> pairs, halves;
  std::vector<std::size_t> ends;
  for (std::size_t n = 0; n < routes; ++n) {
    text += publish_pair(n);
    ends.push_back(text.size());
  }
  for (std::size_t n = 0; n < routes; ++n) {
    const std::size_t begin = n == 0 ? 0 : ends[n - 1];
    pairs.push_back(std::string_view(text).substr(begin, ends[n] - begin));
    const auto cut = pairs.back().find("</iq>\n") + 6;
    halves.push_back(pairs.back().substr(0, cut));
    halves.push_back(pairs.back().substr(cut));
  }
  const Fields check = extract(pairs[routes - 1]);
  if (check.publish_node != check.associate_node || check.label != std::to_string(15 + routes) || check.encapsulation_count != 2 ||
      check.network.empty()) {
    throw std::logic_error("the extractor does not find the fields");
  }
  std::vector<double> extractor, expat;
  std::size_t sum = 0;
  XML_Parser parser = XML_ParserCreate(nullptr);
  ExpatState state;
  for (int i = 0; i < repeats; ++i) {
    double before = thread_cpu_seconds();
    for (const auto& p : pairs) sum += extract(p).size();
    extractor.push_back((thread_cpu_seconds() - before) * 1e6 / static_cast<double>(routes));
    before = thread_cpu_seconds();
    for (const auto& h : halves) sum += expat_read(parser, state, h);
    expat.push_back((thread_cpu_seconds() - before) * 1e6 / static_cast<double>(routes));
  }
  XML_ParserFree(parser);
  if (sum == 0) throw std::logic_error("nothing was read");
  return {median(extractor), median(expat), pairs.front().size()};
}

}  // namespace signalbox::bench
