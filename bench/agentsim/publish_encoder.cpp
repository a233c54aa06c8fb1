#include "bench/agentsim/publish_encoder.hpp"

#include <cstdio>

namespace signalbox::bench {
namespace {

constexpr std::string_view kControlNode = "network-control@contrailsystems.com";
constexpr std::string_view kPubsub = "<pubsub xmlns=\"http://jabber.org/protocol/pubsub\">\n";

std::string iq_start(std::string_view agent, std::string_view id) {
  std::string s = "<iq type=\"set\" from=\"";
  return s.append(agent).append("\" to=\"").append(kControlNode).append("/bgp-peer\" id=\"").append(id);
}

std::string dotted(std::uint32_t a) {
  char text[16];
  std::snprintf(text, sizeof text, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
  return text;
}

std::string mac_of(std::uint32_t a) {
  char text[18];
  std::snprintf(text, sizeof text, "02:00:%02x:%02x:%02x:%02x", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
  return text;
}

}  // namespace

void append_subscribe(std::string& out, std::string_view agent, std::string_view instance, std::uint32_t instance_id, bool subscribe) {
  const std::string_view verb = subscribe ? "subscribe" : "unsubscribe";
  const std::string number = std::to_string(instance_id);
  out.append(iq_start(agent, verb)).append(number).append("\">\n").append(kPubsub);
  out.append("<").append(verb).append(" node=\"").append(instance).append("\">\n<options>\n<instance-id>").append(number);
  out.append("</instance-id>\n</options>\n</").append(verb).append(">\n</pubsub>\n</iq>\n");
}

PublishEncoder::PublishEncoder(const Topology& topology, std::uint32_t publication) : topology_(topology), publication_(publication) {
  const Publication& p = topology.publications()[publication];
  const AgentPlan& agent = topology.agents()[p.agent];
  const Instance& instance = topology.instances()[instance_of(p.table)];
  const std::string af = family_of(p.table) == Family::kInet ? "1" : "2";
  to_number_ = iq_start(agent.name, "pubsub");
  to_node_.append("\">\n").append(kPubsub).append("<publish node=\"").append(af).append("/1/").append(instance.name).append("/");
  to_address_ = "\">\n<item>\n<entry>\n<nlri>\n<af>" + af + "</af>\n<safi>1</safi>\n<address>";
  to_label_ = "</address>\n</nlri>\n<next-hops>\n<next-hop>\n<af>1</af>\n<address>" + dotted(agent.address) + "</address>\n<mac>" +
              mac_of(agent.address) + "</mac>\n<label>";
  to_preference_ =
      "</label>\n<vni>0</vni>\n<tunnel-encapsulation-list>\n<tunnel-encapsulation>gre</tunnel-encapsulation>\n"
      "<tunnel-encapsulation>udp</tunnel-encapsulation>\n</tunnel-encapsulation-list>\n<virtual-network>" +
      instance.network + "</virtual-network>\n<tag-list>\n<tag>" + std::to_string(kTag) +
      "</tag>\n</tag-list>\n<is-new-tags-list>true</is-new-tags-list>\n<local-sequence-number>0</local-sequence-number>\n"
      "</next-hop>\n</next-hops>\n<version>1</version>\n<virtual-network></virtual-network>\n"
      "<mobility sticky=\"false\" seqno=\"0\" />\n<peers "
      "/>\n<sequence-number>0</sequence-number>\n<security-group-list>\n<security-group>" +
      std::to_string(security_group(p.agent)) + "</security-group>\n</security-group-list>\n<community-tag-list />\n<local-preference>";
  to_collection_ =
      "</local-preference>\n<med>0</med>\n<load-balance>\n<load-balance-fields />\n"
      "<load-balance-decision>field-hash</load-balance-decision>\n</load-balance>\n<sub-protocol>interface</sub-protocol>\n"
      "</entry>\n</item>\n</publish>\n</pubsub>\n</iq>\n" +
      iq_start(agent.name, "collection");
  to_sense_.append("\">\n").append(kPubsub).append("<collection node=\"").append(instance.name).append("\">\n<");
  to_last_node_ = " node=\"" + af + "/1/" + instance.name + "/";
  to_end_ = "\" />\n</collection>\n</pubsub>\n</iq>\n";
}

void PublishEncoder::append(std::string& out, std::uint32_t index, PathState state, std::uint64_t number) const {
  const Publication& p = topology_.publications()[publication_];
  const std::string prefix = prefix_text(family_of(p.table), topology_.base(p.table) + p.first + index);
  const std::string id = std::to_string(number);
  out.append(to_number_).append(id).append(to_node_).append(prefix).append(to_address_).append(prefix);
  out.append(to_label_).append(std::to_string(route_label(p.label_base + index, state)));
  out.append(to_preference_).append(std::to_string(local_preference(state)));
  out.append(to_collection_).append(id).append(to_sense_).append(state.present ? "associate" : "dissociate");
  out.append(to_last_node_).append(prefix).append(to_end_);
}

}  // namespace signalbox::bench
