#include "control/http/page_registry.hpp"

#include <algorithm>
#include <array>

namespace signalbox::control {
namespace {

// The schema modules of a control node (spec/introspect.md 1.9), sorted.
constexpr std::array kModules{"bgp_peer",
                              "cpuinfo",
                              "ifmap_log",
                              "ifmap_server_show",
                              "nodeinfo",
                              "process_info",
                              "route_aggregate",
                              "routing_instance_analytics",
                              "routing_policy",
                              "routing_table",
                              "sandesh_trace",
                              "sandesh_uve",
                              "service_chaining",
                              "static_route",
                              "task",
                              "version",
                              "xmpp_server"};

std::string_view type_name(ParameterType type) {
  switch (type) {
    case ParameterType::kBool: return "bool";
    case ParameterType::kI32: return "i32";
    case ParameterType::kU32: return "u32";
    default: return "string";
  }
}

}  // namespace

PageRegistry::PageRegistry() : modules_(kModules.begin(), kModules.end()) {
  add_route_pages(pages_);
  add_instance_pages(pages_);
  add_neighbor_pages(pages_);
  add_xmpp_pages(pages_);
  add_uve_pages(pages_);
  add_process_pages(pages_);
  for (const Page& page : pages_) by_request_.emplace(page.request, &page);
}

const Page* PageRegistry::find(std::string_view request) const {
  const auto found = by_request_.find(request);
  return found == by_request_.end() ? nullptr : found->second;
}

std::optional<std::string> PageRegistry::module_page(std::string_view module) const {
  if (!std::binary_search(modules_.begin(), modules_.end(), module)) return std::nullopt;
  const std::string root(module);
  std::string text = "<?xml-stylesheet type=\"text/xsl\" href=\"/universal_parse.xsl\"?>\n<" + root + " type=\"rlist\">\n";
  for (const Page& page : pages_) {
    if (page.module != module) continue;
    text += "<" + page.request + " type=\"sandesh\">\n";
    for (const PageParameter& parameter : page.parameters) {
      text.append("<").append(parameter.name).append(" type=\"").append(type_name(parameter.type));
      text.append("\">0</").append(parameter.name).append(">\n");
    }
    text += "</" + page.request + ">\n";
  }
  return text + "</" + root + ">\n";
}

}  // namespace signalbox::control
