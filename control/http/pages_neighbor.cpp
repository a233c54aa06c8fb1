// Pages about BGP and XMPP neighbours (spec/introspect.md 2.2).
#include "control/http/page_registry.hpp"

namespace signalbox::control {
namespace {

void ask_counts(ShowSource& source, const PageParameters&, Answer<NeighborCounts> answer) { source.neighbor_counts(std::move(answer)); }

// "bgp" or "xmpp", "up" or "down" narrow the count; any other word counts both.
void write_statistics(SandeshXml& xml, const PageParameters& parameters, const NeighborCounts& counts) {
  const std::string& kind = parameters.text(0);
  const std::string& state = parameters.text(1);
  const auto sum = [&state](std::uint32_t up, std::uint32_t down) { return (state == "down" ? 0 : up) + (state == "up" ? 0 : down); };
  std::uint32_t count = 0;
  if (kind != "xmpp") count += sum(counts.bgp_up, counts.bgp_down);
  if (kind != "bgp") count += sum(counts.xmpp_up, counts.xmpp_down);
  xml.reply("ShowNeighborStatisticsResp", [&] {
    xml.string("bgp_or_xmpp", 1, kind);
    xml.string("up_or_down", 2, state);
    xml.string("domain", 3, parameters.text(2));
    xml.u32("count", 4, count);
  });
}

}  // namespace

void add_neighbor_pages(std::vector<Page>& pages) {
  pages.push_back({"ShowNeighborStatisticsReq",
                   "bgp_peer",
                   {{"bgp_or_xmpp"}, {"up_or_down"}, {"domain"}},
                   page<NeighborCounts>(ask_counts, write_statistics)});
}

}  // namespace signalbox::control
