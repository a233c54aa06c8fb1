// What an agent writes for one route, as spec/xmpp.md 7.3 has it: the input of the codec benchmarks.
#pragma once

#include <string>

namespace signalbox::bench {

inline std::string publish_stanza(const std::string& prefix = "10.7.0.5/32") {
  return "<iq type=\"set\" from=\"vr7.example.net\" to=\"network-control@contrailsystems.com/bgp-peer\" id=\"pubsub4\">\n"
         "<pubsub xmlns=\"http://jabber.org/protocol/pubsub\">\n<publish node=\"1/1/default-domain:demo:blue:blue/" +
         prefix + "\">\n<item>\n<entry>\n<nlri>\n<af>1</af>\n<safi>1</safi>\n<address>" + prefix +
         "</address>\n</nlri>\n<next-hops>\n<next-hop>\n<af>1</af>\n<address>192.0.2.17</address>\n<mac>3c:fd:fe:00:00:17</"
         "mac>\n<label>29</label>\n"
         "<vni>0</vni>\n<tunnel-encapsulation-list>\n<tunnel-encapsulation>gre</tunnel-encapsulation>\n<tunnel-encapsulation>udp</"
         "tunnel-encapsulation>\n"
         "</tunnel-encapsulation-list>\n<virtual-network>default-domain:demo:blue</virtual-network>\n<tag-list>\n<tag>4294967301</tag>\n</"
         "tag-list>\n"
         "<is-new-tags-list>true</is-new-tags-list>\n<local-sequence-number>0</local-sequence-number>\n</next-hop>\n</"
         "next-hops>\n<version>1</version>\n"
         "<virtual-network></virtual-network>\n<mobility sticky=\"false\" seqno=\"0\" />\n<peers />\n<sequence-number>3</sequence-number>\n"
         "<security-group-list>\n<security-group>8000002</security-group>\n</security-group-list>\n<community-tag-list />\n"
         "<local-preference>200</local-preference>\n<med>0</med>\n<load-balance>\n<load-balance-fields />\n"
         "<load-balance-decision>field-hash</load-balance-decision>\n</load-balance>\n<sub-protocol>interface</sub-protocol>\n</entry>\n</"
         "item>\n"
         "</publish>\n</pubsub>\n</iq>\n";
}

inline std::string collection_stanza(const std::string& prefix = "10.7.0.5/32") {
  return "<iq type=\"set\" from=\"vr7.example.net\" to=\"network-control@contrailsystems.com/bgp-peer\" id=\"collection4\">\n"
         "<pubsub xmlns=\"http://jabber.org/protocol/pubsub\">\n<collection node=\"default-domain:demo:blue:blue\">\n"
         "<associate node=\"1/1/default-domain:demo:blue:blue/" +
         prefix + "\" />\n</collection>\n</pubsub>\n</iq>\n";
}

}  // namespace signalbox::bench
