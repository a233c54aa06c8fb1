#include "control/http/site.hpp"

#include <utility>

#include "control/http/api.hpp"
#include "control/http/health_page.hpp"
#include "control/http/metrics_page.hpp"
#include "control/http/stylesheet.hpp"
#include "control/http/time_text.hpp"
#include "control/http/web_page.hpp"

namespace signalbox::control {
namespace {

constexpr std::string_view kIntrospectPrefix = "/Snh_";
constexpr std::string_view kModuleSuffix = ".xml";

HttpResponse static_response(std::string content_type, std::string body) {
  HttpResponse response;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

// spec/introspect.md 1.2, without the NUL byte behind it.
HttpResponse not_found() {
  HttpResponse response = static_response("text/html; charset=UTF-8", "<html>\n<title>404 Not Found</title>\n</html>\r\n");
  response.status = 404;
  return response;
}

HttpResponse web_response(const std::string& page) {
  HttpResponse response = static_response("text/html; charset=UTF-8", page);
  response.headers = {{"Content-Security-Policy", std::string(kWebPagePolicy)}, {"X-Content-Type-Options", "nosniff"}};
  return response;
}

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

Site::Site(ShowSource& source, Post post, SiteOptions options)
    : context_{source, std::move(post), options.limits, options.now ? std::move(options.now) : wall_clock},
      http_counters_(std::move(options.http_counters)),
      web_page_(web_page(registry_.modules())) {}

HttpHandler Site::handler() const {
  return [this](const HttpRequest& request, HttpReply reply) { handle(request, std::move(reply)); };
}

void Site::handle(const HttpRequest& request, HttpReply reply) const {
  // Introspect clients use GET; POST is let through because the incumbent looks at no method.
  if (request.method == "GET" || request.method == "HEAD" || request.method == "POST") return get(request, std::move(reply));
  HttpResponse response;
  response.status = 405;
  response.headers.emplace_back("Allow", "GET, HEAD, POST");
  reply(std::move(response));
}

void Site::get(const HttpRequest& request, HttpReply reply) const {
  const std::string_view path = request.path;
  if (starts_with(path, kIntrospectPrefix)) {
    const Page* page = registry_.find(path.substr(kIntrospectPrefix.size()));
    if (!page) return reply(not_found());
    return page->handler(context_, PageParameters(page->parameters, request.query), std::move(reply));
  }
  if (starts_with(path, kApiPrefix)) return handle_api(context_, path.substr(kApiPrefix.size()), Query(request.query), std::move(reply));
  if (path == "/" || path == "/index.html") return reply(web_response(web_page_));
  if (path == "/metrics") return handle_metrics(context_, http_counters_(), std::move(reply));
  if (path == "/healthz") return reply(health_response(context_.source.shard_turns(), context_.now()));
  if (path == "/readyz") return handle_ready(context_, std::move(reply));
  if (path == "/universal_parse.xsl") return reply(static_response("text/xsl", std::string(kStylesheetText)));
  if (ends_with(path, kModuleSuffix)) {
    auto module = registry_.module_page(path.substr(1, path.size() - 1 - kModuleSuffix.size()));
    if (module) return reply(static_response("text/xml", std::move(*module)));
  }
  reply(not_found());
}

}  // namespace signalbox::control
