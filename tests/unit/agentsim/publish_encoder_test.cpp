#include "bench/agentsim/publish_encoder.hpp"

#include <gtest/gtest.h>

namespace signalbox::bench {
namespace {

Options options(FamilyMix family) {
  Options o;
  o.agents = 1;
  o.publishers = 1;
  o.routes = 3;
  o.family = family;
  return o;
}

TEST(PublishEncoder, WritesTheRealAgentsStanzas) {
  const Options o = options(FamilyMix::kInet);
  const Topology t(o, make_instances(o));
  std::string out;
  PublishEncoder(t, 0).append(out, 2, {1, 1, 5}, 4);
  EXPECT_EQ(out, R"(<iq type="set" from="vr0.sim.example.net" to="network-control@contrailsystems.com/bgp-peer" id="pubsub4">
<pubsub xmlns="http://jabber.org/protocol/pubsub">
<publish node="1/1/default-domain:demo:net0:net0/10.0.0.3/32">
<item>
<entry>
<nlri>
<af>1</af>
<safi>1</safi>
<address>10.0.0.3/32</address>
</nlri>
<next-hops>
<next-hop>
<af>1</af>
<address>127.16.0.1</address>
<mac>02:00:7f:10:00:01</mac>
<label>37</label>
<vni>0</vni>
<tunnel-encapsulation-list>
<tunnel-encapsulation>gre</tunnel-encapsulation>
<tunnel-encapsulation>udp</tunnel-encapsulation>
</tunnel-encapsulation-list>
<virtual-network>default-domain:demo:net0</virtual-network>
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
<sequence-number>0</sequence-number>
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
<iq type="set" from="vr0.sim.example.net" to="network-control@contrailsystems.com/bgp-peer" id="collection4">
<pubsub xmlns="http://jabber.org/protocol/pubsub">
<collection node="default-domain:demo:net0:net0">
<associate node="1/1/default-domain:demo:net0:net0/10.0.0.3/32" />
</collection>
</pubsub>
</iq>
)");
}

TEST(PublishEncoder, WithdrawsAndSpeaksInet6) {
  const Options o = options(FamilyMix::kInet6);
  const Topology t(o, make_instances(o));
  std::string out;
  PublishEncoder(t, 0).append(out, 0, {0, 0, 0}, 9);
  EXPECT_NE(out.find("<publish node=\"2/1/default-domain:demo:net0:net0/2001:db8::1/128\">"), std::string::npos);
  EXPECT_NE(out.find("<af>2</af>\n<safi>1</safi>\n<address>2001:db8::1/128</address>"), std::string::npos);
  EXPECT_NE(out.find("<next-hop>\n<af>1</af>"), std::string::npos);
  EXPECT_NE(out.find("<dissociate node=\"2/1/default-domain:demo:net0:net0/2001:db8::1/128\" />"), std::string::npos);
}

TEST(Subscribe, IsWrittenAsTheSpecShows) {
  std::string out;
  append_subscribe(out, "vr7.example.net", "default-domain:demo:blue:blue", 12, true);
  EXPECT_EQ(out, R"(<iq type="set" from="vr7.example.net" to="network-control@contrailsystems.com/bgp-peer" id="subscribe12">
<pubsub xmlns="http://jabber.org/protocol/pubsub">
<subscribe node="default-domain:demo:blue:blue">
<options>
<instance-id>12</instance-id>
</options>
</subscribe>
</pubsub>
</iq>
)");
}

}  // namespace
}  // namespace signalbox::bench
