// Site: everything under the HTTP port, from path to page.
//
//   /  /index.html        the live page, which also links the introspect modules
//   /<module>.xml         forms of a module's introspect requests
//   /Snh_<Request>        introspect (spec/introspect.md)
//   /metrics /healthz /readyz /api/v1/...
//
// Wiring: HttpServer server(config); Site site(source, server.post(), options); server.start(site.handler()).
// Threads: handle() on the HTTP server's. Lifetime: outlives the server's run; the source outlives the site.
#pragma once

#include <functional>
#include <string>

#include "control/http/http_server.hpp"
#include "control/http/page.hpp"
#include "control/http/page_registry.hpp"

namespace signalbox::control {

struct SiteOptions {
  PageLimits limits;
  std::function<HttpCounters()> http_counters = [] { return HttpCounters{}; };  // shown in /metrics
  std::function<Microseconds()> now;                                            // wall clock; empty: the system's
};

class Site {
 public:
  Site(ShowSource& source, Post post, SiteOptions options = {});

  void handle(const HttpRequest& request, HttpReply reply) const;
  HttpHandler handler() const;

 private:
  void get(const HttpRequest& request, HttpReply reply) const;

  PageContext context_;
  std::function<HttpCounters()> http_counters_;
  PageRegistry registry_;
  std::string web_page_;
};

}  // namespace signalbox::control
