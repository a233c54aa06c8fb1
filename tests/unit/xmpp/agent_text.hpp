// Stanzas as agents write them, with places to change, for the tests of the codecs.
#pragma once

#include <string>
#include <string_view>

namespace signalbox::xmpp::agent_text {

inline constexpr std::string_view kToBgp = "network-control@contrailsystems.com/bgp-peer";

// `body` goes into <pubsub>.
inline std::string iq(std::string_view body, std::string_view to = kToBgp) {
  return "<iq type=\"set\" from=\"vr7.example.net\" to=\"" + std::string(to) +
         "\" id=\"pubsub4\">\n<pubsub xmlns=\"http://jabber.org/protocol/pubsub\">\n" + std::string(body) + "\n</pubsub>\n</iq>";
}

inline std::string publish(std::string_view node, std::string_view items) {
  return iq("<publish node=\"" + std::string(node) + "\">\n" + std::string(items) + "\n</publish>");
}

inline std::string item(std::string_view entry) { return "<item>\n<entry>\n" + std::string(entry) + "\n</entry>\n</item>"; }

inline std::string nlri(int af = 1, int safi = 1, std::string_view address = "10.7.0.5/32") {
  return "<nlri>\n<af>" + std::to_string(af) + "</af>\n<safi>" + std::to_string(safi) + "</safi>\n<address>" + std::string(address) +
         "</address>\n</nlri>\n";
}

// One next hop; `rest` is what follows the label.
inline std::string next_hops(std::string_view address = "192.0.2.17", std::string_view label = "29", std::string_view rest = "") {
  return "<next-hops>\n<next-hop>\n<af>1</af>\n<address>" + std::string(address) + "</address>\n<mac></mac>\n<label>" + std::string(label) +
         "</label>\n" + std::string(rest) + "</next-hop>\n</next-hops>\n";
}

inline constexpr std::string_view kNode = "1/1/default-domain:demo:blue:blue/10.7.0.5/32";

// What a real agent sends for a route, every element there (spec/xmpp.md 7.3).
inline std::string full_entry() {
  return nlri() +
         "<next-hops>\n<next-hop>\n<af>1</af>\n<address>192.0.2.17</address>\n<mac>3c:fd:fe:00:00:17</mac>\n<label>29</label>\n<vni>0</"
         "vni>\n"
         "<tunnel-encapsulation-list>\n<tunnel-encapsulation>gre</tunnel-encapsulation>\n<tunnel-encapsulation>udp</tunnel-encapsulation>\n"
         "</tunnel-encapsulation-list>\n<virtual-network>default-domain:demo:blue</virtual-network>\n<tag-list>\n<tag>4294967301</tag>\n"
         "</tag-list>\n<is-new-tags-list>true</is-new-tags-list>\n<local-sequence-number>0</local-sequence-number>\n</next-hop>\n</"
         "next-hops>\n"
         "<version>1</version>\n<virtual-network></virtual-network>\n<mobility sticky=\"false\" seqno=\"0\" />\n<peers />\n"
         "<sequence-number>3</sequence-number>\n<security-group-list>\n<security-group>8000002</security-group>\n</security-group-list>\n"
         "<community-tag-list />\n<local-preference>200</local-preference>\n<med>0</med>\n<load-balance>\n<load-balance-fields />\n"
         "<load-balance-decision>field-hash</load-balance-decision>\n</load-balance>\n<sub-protocol>interface</sub-protocol>";
}

inline std::string subscribe(std::string_view options = "<options>\n<instance-id>9</instance-id>\n</options>") {
  return iq("<subscribe node=\"default-domain:demo:blue:blue\">\n" + std::string(options) + "\n</subscribe>");
}

inline std::string collection(std::string_view association = "associate", std::string_view node = kNode) {
  return iq("<collection node=\"default-domain:demo:blue:blue\">\n<" + std::string(association) + " node=\"" + std::string(node) +
            "\" />\n</collection>");
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  return at == std::string::npos ? "NOT FOUND: " + std::string(from) : text.replace(at, from.size(), to);
}

}  // namespace signalbox::xmpp::agent_text
