// All introspect pages: looks up requests, and writes the forms that list them (spec/introspect.md 1.9).
//
// Threads: built once, then const.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "control/http/page.hpp"

namespace signalbox::control {

class PageRegistry {
 public:
  // Every page of the node.
  PageRegistry();

  // By request name without "Snh_"; null if there is none.
  const Page* find(std::string_view request) const;
  // Names of the modules that have a form page, sorted: "bgp_peer" for /bgp_peer.xml. Some have no request yet.
  const std::vector<std::string>& modules() const { return modules_; }
  // The form page of a module; nullopt if there is no such module.
  std::optional<std::string> module_page(std::string_view module) const;

 private:
  std::vector<Page> pages_;
  std::unordered_map<std::string_view, const Page*> by_request_;
  std::vector<std::string> modules_;
};

// One function for each file of pages: appends its rows.
void add_route_pages(std::vector<Page>& pages);
void add_instance_pages(std::vector<Page>& pages);
void add_neighbor_pages(std::vector<Page>& pages);
void add_xmpp_pages(std::vector<Page>& pages);
void add_uve_pages(std::vector<Page>& pages);
void add_process_pages(std::vector<Page>& pages);

}  // namespace signalbox::control
