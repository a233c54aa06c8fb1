// Introspect pages against the incumbent's recorded ones, paging, forms.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "control/http/url_query.hpp"
#include "tests/unit/control/site_fixture.hpp"
#include "tests/unit/control/xml_tree.hpp"

namespace signalbox::control::test {
namespace {

const std::string kBlue = "default-domain:demo:blue:blue";

// A recorded page; empty when the recordings are not there.
std::string recorded(const std::string& request) {
  const std::string name = std::regex_replace(request, std::regex("[^A-Za-z0-9_.=-]"), "_");
  std::ifstream in("../shared/recorded/introspect/" + name + ".xml");
  return {std::istreambuf_iterator<char>(in), {}};
}

class RecordedPage : public testing::TestWithParam<const char*> {};

TEST_P(RecordedPage, HasTheSameShape) {
  const std::string page = recorded(GetParam());
  if (page.empty()) GTEST_SKIP() << "no recording";
  SiteFixture site;
  fill_recorded_state(site.source);
  EXPECT_EQ(shape_of(parse_xml(site.body(std::string("/") + GetParam()))), shape_of(parse_xml(page)));
}

INSTANTIATE_TEST_SUITE_P(Introspect, RecordedPage,
                         testing::Values("Snh_ShowRouteReq?x=default-domain:demo:blue:blue.inet.0", "Snh_ShowRouteReq?x=bgp.l3vpn.0",
                                         "Snh_ShowRouteReq?x=nowhere.inet.0",
                                         "Snh_ShowRouteReq?routing_table=&routing_instance=default-domain:demo:red:red&prefix=",
                                         "Snh_ShowRouteVrfReq?vrf=default-domain:demo:blue:blue&prefix=10.1.0.1/32",
                                         "Snh_ShowRouteSummaryReq", "Snh_ShowRoutingInstanceReq",
                                         "Snh_ShowRoutingInstanceReq?x=default-domain:demo:blue:blue", "Snh_ShowRoutingInstanceSummaryReq",
                                         "Snh_ShowXmppServerReq", "Snh_ShowXmppConnectionReq", "Snh_ClearXmppConnectionReq?x=all",
                                         "Snh_SandeshUVECacheReq?x=NodeStatus",
                                         "Snh_ShowNeighborStatisticsReq?bgp_or_xmpp=xmpp&up_or_down=up&domain=", "Snh_CpuLoadInfoReq"));

// Everything but times and listeners, whose names are the node's own.
std::string comparable(const std::string& page) {
  std::string text = std::regex_replace(page, std::regex("(<last_modified[^>]*>)[^<]*"), "$1");
  const auto listeners = text.find("<listeners"), end = text.rfind("</listeners>");
  if (listeners != std::string::npos) text.erase(listeners, end - listeners);
  return text;
}

TEST(ShowRoute, WholeTableReadsLikeTheRecordedOne) {
  const std::string request = "Snh_ShowRouteReq?x=" + kBlue + ".inet.0";
  const std::string page = recorded(request);
  if (page.empty()) GTEST_SKIP() << "no recording";
  SiteFixture site;
  fill_recorded_state(site.source);
  const std::string body = site.body("/" + request);
  EXPECT_EQ(comparable(body), comparable(page));
  EXPECT_NE(body.find("<last_modified type=\"string\" identifier=\"2\">2023-Nov-14 22:13:20.123456</last_modified>"), std::string::npos);
}

TEST(ShowRoute, InstanceSummaryReadsLikeTheRecordedOne) {
  const std::string page = recorded("Snh_ShowRoutingInstanceSummaryReq");
  if (page.empty()) GTEST_SKIP() << "no recording";
  SiteFixture site;
  fill_recorded_state(site.source);
  EXPECT_EQ(site.body("/Snh_ShowRoutingInstanceSummaryReq"), page);
}

// ---- Selection and paging

std::vector<std::string> prefixes(const XmlElement& reply) {
  std::vector<std::string> found;
  for (const auto& table : reply.at("tables/list").children) {
    for (const auto& route : table.at("routes/list").children)
      found.push_back(table.at("routing_table_name").text + " " + route.at("prefix").text);
  }
  return found;
}

XmlElement read(SiteFixture& site, const std::string& target) { return parse_xml(site.body(target)); }

using Found = std::vector<std::string>;

TEST(ShowRoute, SelectsByInstanceFamilyPrefixSourceAndProtocol) {
  SiteFixture site;
  fill_recorded_state(site.source);
  const std::string base = "/Snh_ShowRouteReq?";
  const std::string blue = kBlue + ".inet.0 ", red = "default-domain:demo:red:red.inet.0 ";
  EXPECT_EQ(prefixes(read(site, base + "routing_table=&routing_instance=default-domain:demo:red:red&prefix=")),
            (Found{red + "10.1.0.1/32"}));
  EXPECT_EQ(prefixes(read(site, base + "family=l3vpn")),
            (Found{"bgp.l3vpn.0 127.0.0.11:1:10.1.0.1/32", "bgp.l3vpn.0 127.0.0.100:5:10.50.0.0/16"}));
  EXPECT_EQ(prefixes(read(site, base + "prefix=0.1.0.[29]&family=inet")), (Found{blue + "10.1.0.9/32", blue + "10.1.0.200/32"}));
  EXPECT_EQ(prefixes(read(site, base + "prefix=10.1.0.0/16&longer_match=1&family=inet")),
            (Found{blue + "10.1.0.1/32", blue + "10.1.0.9/32", blue + "10.1.0.200/32", red + "10.1.0.1/32"}));
  EXPECT_EQ(prefixes(read(site, base + "prefix=10.50.3.0/24&shorter_match=1&family=inet")), (Found{blue + "10.50.0.0/16"}));
  EXPECT_EQ(prefixes(read(site, base + "protocol=BGP&family=inet")), (Found{blue + "10.50.0.0/16"}));
  EXPECT_EQ(prefixes(read(site, base + "source=127.0.0.100&family=inet")), (Found{blue + "10.50.0.0/16"}));
  EXPECT_EQ(prefixes(read(site, base + "protocol=Local")), Found{});
}

TEST(ShowRoute, SourceLeavesOtherPathsOut) {
  SiteFixture site;
  fill_recorded_state(site.source);
  const auto reply = read(site, "/Snh_ShowRouteReq?routing_table=" + kBlue + ".inet.0&source=vr3.example.net");
  const auto& routes = reply.at("tables/list/ShowRouteTable/routes/list").children;
  ASSERT_EQ(routes.size(), 1u);
  ASSERT_EQ(routes[0].at("paths/list").children.size(), 1u);
  EXPECT_EQ(routes[0].at("paths/list").children[0].at("label").text, "23");
}

// Follows next_batch as clients do; returns the pages.
std::vector<Found> follow(SiteFixture& site, const std::string& first) {
  std::vector<Found> pages;
  std::string target = first;
  for (int i = 0; i < 1000; ++i) {
    const auto reply = read(site, target);
    pages.push_back(prefixes(reply));
    const XmlElement& next = reply.at("next_batch");
    EXPECT_EQ(next.attributes.at("link"), "ShowRouteReqIterate");
    if (next.text.empty()) return pages;
    target = "/Snh_" + next.attributes.at("link") + "?x=" + percent_encode(next.text);
  }
  ADD_FAILURE() << "endless paging from " << first;
  return pages;
}

// 60 routes in each of two instances.
void fill_many(HandMadeSource& source) {
  for (const char* name : {"d:p:a:a", "d:p:b:b"}) {
    const std::string table = std::string(name) + ".inet.0";
    source.add_table(name, table, core::Family::kInet);
    for (int i = 0; i < 60; ++i) {
      source.add_route(table, make_route(("10.0.0." + std::to_string(i) + "/32").c_str(), {make_path({"vr1", "192.0.2.1", 16})}));
    }
  }
  source.add_table("d:p:c:c", "d:p:c:c.inet.0", core::Family::kInet);
}

Found joined(const std::vector<Found>& pages) {
  Found all;
  for (const Found& page : pages) all.insert(all.end(), page.begin(), page.end());
  return all;
}

TEST(ShowRoute, PagesAcrossTablesWithoutGapOrRepetition) {
  for (const unsigned examine : {1u, 3u, 1000u}) {
    SiteOptions options;
    options.limits.routes = 25;
    options.limits.examine = examine;
    SiteFixture site(options);
    fill_many(site.source);
    Found expected;
    for (const char* table : {"d:p:a:a.inet.0", "d:p:b:b.inet.0"}) {
      for (int i = 0; i < 60; ++i) expected.push_back(std::string(table) + " 10.0.0." + std::to_string(i) + "/32");
    }
    const auto pages = follow(site, "/Snh_ShowRouteReq");
    EXPECT_EQ(pages.size(), 5u);
    for (const Found& page : pages) EXPECT_LE(page.size(), 25u);
    EXPECT_EQ(joined(pages), expected) << "examine " << examine;
  }
}

TEST(ShowRoute, ManyNextHopsMakeAPageShorter) {
  SiteOptions options;
  options.limits.paths = 10;
  options.limits.piece = 4;
  SiteFixture site(options);
  fill_many(site.source);
  const auto pages = follow(site, "/Snh_ShowRouteReq");
  EXPECT_EQ(pages.front().size(), 12u);  // three pieces
  EXPECT_EQ(joined(pages).size(), 120u);
}

TEST(ShowRoute, LastPageThatIsJustFullHasNoSuccessor) {
  SiteOptions options;
  options.limits.routes = 30;
  SiteFixture site(options);
  fill_many(site.source);
  EXPECT_EQ(follow(site, "/Snh_ShowRouteReq").size(), 4u);
}

TEST(ShowRoute, CountIsSpentOverThePages) {
  SiteOptions options;
  options.limits.routes = 25;
  SiteFixture site(options);
  fill_many(site.source);
  const auto first = read(site, "/Snh_ShowRouteReq?x=d:p:a:a.inet.0&count=40");
  EXPECT_EQ(first.at("next_batch").text, "||d:p:a:a.inet.0||||d:p:a:a||d:p:a:a.inet.0||10.0.0.25/32||15||||||||false||false");
  const auto pages = follow(site, "/Snh_ShowRouteReq?x=d:p:a:a.inet.0&count=40");
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_EQ(pages[1].size(), 15u);
  EXPECT_EQ(read(site, "/Snh_ShowRouteReq?count=7").at("next_batch").text, "");
}

TEST(ShowRoute, FiltersAreCarriedAlong) {
  SiteOptions options;
  options.limits.routes = 4;
  SiteFixture site(options);
  fill_many(site.source);
  const auto pages = follow(site, "/Snh_ShowRouteReq?prefix=0.(7|8||19)/&family=inet");
  EXPECT_EQ(joined(pages).size(), 2u * 3u);  // .7, .8 and .19; the bars inside the expression do not break the cursor
  const auto some = follow(site, "/Snh_ShowRouteReq?prefix=10.0.0.32/28&longer_match=1");
  EXPECT_EQ(joined(some).size(), 2u * 16u);
  EXPECT_EQ(some.size(), 8u);
}

TEST(ShowRoute, StartsWhereItIsTold) {
  SiteFixture site;
  fill_many(site.source);
  const auto found =
      prefixes(read(site, "/Snh_ShowRouteReq?start_routing_instance=d:p:b:b&start_routing_table=d:p:b:b.inet.0&start_prefix=10.0.0.58/32"));
  EXPECT_EQ(found, (Found{"d:p:b:b.inet.0 10.0.0.58/32", "d:p:b:b.inet.0 10.0.0.59/32"}));
  EXPECT_EQ(prefixes(read(site, "/Snh_ShowRouteReq?routing_table=d:p:a:a.inet.0&start_prefix=10.0.0.59/32")),
            (Found{"d:p:a:a.inet.0 10.0.0.59/32"}));
}

TEST(ShowRoute, UnreadableCursorGivesAnEmptyReply) {
  SiteFixture site;
  fill_many(site.source);
  for (const char* cursor : {"", "nonsense", "||||||||||||||||||||||", "a||b||c||d||e||f||x||h||i||j||k||l"}) {
    const auto reply = read(site, std::string("/Snh_ShowRouteReqIterate?x=") + percent_encode(cursor));
    EXPECT_EQ(reply.name, "ShowRouteResp");
    EXPECT_TRUE(prefixes(reply).empty()) << cursor;
  }
}

TEST(ShowRoute, SearchThatFindsNothingEndsInTimeWithACursor) {
  SiteOptions options;
  options.limits.examine = 1;
  options.limits.walk_time = std::chrono::milliseconds(0);
  SiteFixture site(options);
  fill_many(site.source);
  const auto reply = read(site, "/Snh_ShowRouteReq?prefix=no-such");
  EXPECT_TRUE(prefixes(reply).empty());
  EXPECT_NE(reply.at("next_batch").text, "");
  EXPECT_TRUE(joined(follow(site, "/Snh_ShowRouteReq?prefix=no-such")).empty());
}

TEST(ShowRoute, DeletedTableIsListedWithoutRoutes) {
  SiteFixture site;
  TableInfo& table = site.source.add_table("d:p:a:a", "d:p:a:a.inet.0", core::Family::kInet);
  table.deleted = true;
  table.deleted_at = 1'704'164'645'000'000;
  const auto shown = read(site, "/Snh_ShowRouteReq").at("tables/list/ShowRouteTable");
  EXPECT_EQ(shown.at("deleted").text, "true");
  EXPECT_EQ(shown.at("deleted_at").text, "2024-Jan-02 03:04:05");
}

TEST(ShowRouteVrf, ExactRouteInOneQuestionAndDurations) {
  SiteOptions options;
  options.now = [] { return Microseconds{1'700'000'004'123'456}; };
  SiteFixture site(options);
  fill_recorded_state(site.source);
  const auto reply = read(site, "/Snh_ShowRouteVrfReq?vrf=" + kBlue + "&prefix=10.1.0.200/32");
  EXPECT_EQ(reply.at("route/ShowRoute/prefix").text, "10.1.0.200/32");
  EXPECT_EQ(reply.at("route/ShowRoute/last_modified").text, "00:00:04");
  EXPECT_EQ(site.source.route_questions, 1u);
  const auto none = read(site, "/Snh_ShowRouteVrfReq?vrf=" + kBlue + "&prefix=10.1.0.0/24");
  EXPECT_EQ(none.at("route/ShowRoute/prefix").text, "");
}

std::vector<std::string> names(const XmlElement& list) {
  std::vector<std::string> found;
  for (const auto& item : list.children) found.push_back(item.at("name").text);
  return found;
}

TEST(SearchPage, SixtyFourAtATimeWithCursorOnlyWhenThereIsMore) {
  SiteFixture site;
  for (int i = 0; i < 100; ++i) site.source.instance("d:p:net" + std::to_string(100 + i));
  const auto first = read(site, "/Snh_ShowRoutingInstanceSummaryReq?search_string=net1");
  EXPECT_EQ(first.at("instances/list").children.size(), 64u);
  const XmlElement& next = first.at("next_batch");
  EXPECT_EQ(next.text, "d:p:net164||net1");
  EXPECT_EQ(next.attributes.at("link"), "ShowRoutingInstanceSummaryReqIterate");
  EXPECT_EQ(next.attributes.at("link_title"), "next_batch");
  const auto second = read(site, "/Snh_ShowRoutingInstanceSummaryReqIterate?x=" + percent_encode(next.text));
  EXPECT_EQ(names(second.at("instances/list")).size(), 36u);
  EXPECT_EQ(names(second.at("instances/list")).front(), "d:p:net164");
  EXPECT_EQ(second.at("next_batch").name, "");
}

TEST(SearchPage, SearchIsAnUnanchoredExpressionAndBadCursorsAreEmpty) {
  SiteFixture site;
  for (const char* name : {"d:p:net1", "d:p:net10", "d:p:net2"}) site.source.instance(name);
  EXPECT_EQ(names(read(site, "/Snh_ShowRoutingInstanceReq?name=net1").at("instances/list")), (Found{"d:p:net1", "d:p:net10"}));
  EXPECT_EQ(names(read(site, "/Snh_ShowRoutingInstanceReq?x=net1$").at("instances/list")), (Found{"d:p:net1"}));
  EXPECT_EQ(names(read(site, "/Snh_ShowRoutingInstanceReq?x=(").at("instances/list")), Found{});
  EXPECT_EQ(names(read(site, "/Snh_ShowRoutingInstanceReqIterate?x=nobars").at("instances/list")), Found{});
}

TEST(ShowRouteSummary, WholeInstancesCanMakeAPageLonger) {
  SiteOptions options;
  options.limits.entries = 3;
  SiteFixture site(options);
  fill_recorded_state(site.source);
  const auto first = read(site, "/Snh_ShowRouteSummaryReq");
  EXPECT_EQ(names(first.at("tables/list")), (Found{"bgp.l3vpn-inet6.0", "bgp.l3vpn.0", "inet.0", "inet.3", "inet6.0"}));
  EXPECT_EQ(first.at("next_batch").text, kBlue + "||");
  EXPECT_EQ(names(read(site, "/Snh_ShowRouteSummaryReqIterate?x=" + percent_encode(kBlue + "||")).at("tables/list")).size(), 4u);
}

// ---- XMPP, UVEs

TEST(ClearXmpp, OnlyInTestMode) {
  SiteFixture site;
  EXPECT_EQ(read(site, "/Snh_ClearXmppConnectionReq?x=all").at("success").text, "false");
  site.source.test_mode = true;
  EXPECT_EQ(read(site, "/Snh_ClearXmppConnectionReq?x=vr1").at("success").text, "true");
  EXPECT_EQ(site.source.cleared, (Found{"vr1"}));
}

TEST(NeighborStatistics, Counts) {
  SiteFixture site;
  site.source.neighbors = {1, 2, 30, 4};
  const auto count = [&](const std::string& query) { return read(site, "/Snh_ShowNeighborStatisticsReq?" + query).at("count").text; };
  EXPECT_EQ(count("bgp_or_xmpp=xmpp&up_or_down=up"), "30");
  EXPECT_EQ(count("bgp_or_xmpp=xmpp&up_or_down=down"), "4");
  EXPECT_EQ(count("bgp_or_xmpp=bgp"), "3");
  EXPECT_EQ(count(""), "37");
}

TEST(UveCache, NodeStatusAsChunks) {
  SiteFixture site;
  site.source.status.host = "ctl1";
  site.source.status.description = "No BGP configuration for self";
  site.source.status.connections = {{"Database", "Cassandra", {"10.0.0.7:9041"}, "Up", "Established Cassandra connection"}};
  const HttpResponse response = site.get("/Snh_SandeshUVECacheReq?x=NodeStatus");
  ASSERT_EQ(response.chunks.size(), 4u);
  const XmlElement process = parse_xml(response.chunks[1]).at("data/NodeStatus/process_status/list/ProcessStatus");
  EXPECT_EQ(process.at("state").text, "Non-Functional");
  EXPECT_EQ(process.at("description").text, "No BGP configuration for self");
  EXPECT_EQ(process.at("connection_infos/list/ConnectionInfo/server_addrs/list/element").text, "10.0.0.7:9041");
  EXPECT_EQ(parse_xml(response.chunks[2]).at("returned").text, "1");
}

TEST(UveCache, NothingCachedOtherKeyAndUnknownType) {
  SiteFixture site;
  site.source.status.host = "ctl1";
  EXPECT_EQ(read(site, "/Snh_SandeshUVECacheReq?tname=NodeStatus&key=ctl1").name, "__NodeStatusUVE_list");
  EXPECT_EQ(read(site, "/Snh_SandeshUVECacheReq?tname=NodeStatus&key=other").at("returned").text, "0");
  site.source.status.present = false;
  const HttpResponse response = site.get("/Snh_SandeshUVECacheReq?x=NodeStatus");
  EXPECT_TRUE(response.chunks.empty());
  EXPECT_EQ(parse_xml(response.body).at("period").text, "0");
  const auto unknown = read(site, "/Snh_SandeshUVECacheReq?x=Nothing");
  EXPECT_EQ(unknown.at("returned").text, "0");
  EXPECT_EQ(unknown.at("period").name, "");
}

// ---- Pages for browsers

TEST(Site, UnknownPathsAre404) {
  SiteFixture site;
  for (const char* path : {"/Snh_NoSuchReq", "/nothing", "/no_module.xml", "/Snh_", "", "/.xml"}) {
    const HttpResponse response = site.get(path);
    EXPECT_EQ(response.status, 404u) << path;
    EXPECT_EQ(response.content_type, "text/html; charset=UTF-8");
    EXPECT_EQ(response.body, "<html>\n<title>404 Not Found</title>\n</html>\r\n");
  }
}

TEST(Site, IndexLinksTheModulesAndFormsListTheRequests) {
  SiteFixture site;
  for (const char* path : {"/", "/index.html"}) {
    const std::string index = site.body(path);
    for (const char* module : {"bgp_peer", "ifmap_server_show", "sandesh_uve", "xmpp_server"}) {
      EXPECT_NE(index.find("href=\"" + std::string(module) + ".xml\""), std::string::npos) << module;
    }
  }
  const auto forms = parse_xml(site.body("/bgp_peer.xml"));
  EXPECT_EQ(forms.name, "bgp_peer");
  EXPECT_EQ(forms.attributes.at("type"), "rlist");
  const XmlElement& form = forms.at("ShowRouteReq");
  EXPECT_EQ(form.attributes.at("type"), "sandesh");
  ASSERT_EQ(form.children.size(), 12u);
  EXPECT_EQ(form.children[0].name, "routing_table");
  EXPECT_EQ(form.children[3].attributes.at("type"), "bool");
  EXPECT_EQ(parse_xml(site.body("/task.xml")).children.size(), 0u);
  EXPECT_EQ(parse_xml(site.body("/universal_parse.xsl")).name, "xsl:stylesheet");
}

TEST(Site, TheWebPageNeedsNothingFromOutside) {
  SiteFixture site;
  const std::string page = site.body("/");
  for (const char* outside : {"http://www", "https://", "src=", "@import", "url("}) {
    const auto at = page.find(outside);
    const bool namespace_only = at != std::string::npos && page.compare(at, 26, "http://www.w3.org/2000/svg") == 0;
    EXPECT_TRUE(at == std::string::npos || namespace_only) << outside;
  }
}

TEST(Site, Methods) {
  SiteFixture site;
  EXPECT_EQ(site.request("POST", "/Snh_ShowXmppServerReq").status, 200u);
  EXPECT_EQ(site.request("HEAD", "/").status, 200u);
  EXPECT_EQ(site.request("DELETE", "/Snh_ShowXmppServerReq").status, 405u);
}

}  // namespace
}  // namespace signalbox::control::test
