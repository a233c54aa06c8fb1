// signalboxctl: asks a running node over its HTTP port and prints the answer; and writes and reads configuration databases
// (control/ctl/config_command.hpp).
//
// Exit status: 0 answered, 1 the node says no (not ready, no such route), 2 it could not be asked.
#include <CLI/CLI.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "control/ctl/config_command.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::chrono::seconds kPatience{30};

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Target {
  std::string host = "127.0.0.1";
  std::string port = "8083";
};

http::response<http::string_body> get(const Target& target, const std::string& path, const Parameters& parameters) {
  boost::urls::url url(path);
  for (const auto& [name, value] : parameters) {
    if (!value.empty()) url.params().append({name, value});
  }
  asio::io_context io;
  beast::tcp_stream stream(io);
  stream.expires_after(kPatience);
  stream.connect(asio::ip::tcp::resolver(io).resolve(target.host, target.port));
  http::request<http::empty_body> request(http::verb::get, std::string(url.encoded_target()), 11);
  request.set(http::field::host, target.host);
  http::write(stream, request);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(boost::none);
  http::read(stream, buffer, parser);
  return parser.release();
}

int ask(const Target& target, const std::string& path, const Parameters& parameters) {
  const auto response = get(target, path, parameters);
  std::fwrite(response.body().data(), 1, response.body().size(), stdout);
  if (!response.body().ends_with('\n')) std::fputc('\n', stdout);
  return response.result() == http::status::ok ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Asks a Signalbox node.");
  Target target;
  app.add_option("--host", target.host, "address of the node")->capture_default_str();
  app.add_option("--port", target.port, "its HTTP port")->capture_default_str();
  app.require_subcommand(1);
  std::string table, prefix, request;
  int status = 0;
  const auto command = [&](const char* name, const char* help, const char* path) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->callback([&, path] { status = ask(target, path, {{"table", table}, {"prefix", prefix}}); });
    return sub;
  };
  command("ready", "what keeps the node from serving, and what is wrong with its configuration", "/readyz");
  command("metrics", "all counters, in Prometheus' form", "/metrics");
  command("instances", "routing instances with their targets", "/api/v1/instances");
  command("sessions", "agents' sessions", "/api/v1/sessions");
  CLI::App* routes = command("routes", "routes of a table", "/api/v1/routes");
  routes->add_option("table", table, "such as default-domain:demo:blue:blue.inet.0")->required();
  routes->add_option("prefix", prefix, "only this one");
  CLI::App* why = command("why", "why a route is as it is: all its paths, where it is copied and to whom it goes", "/api/v1/why");
  why->add_option("table", table, "the table")->required();
  why->add_option("prefix", prefix, "the prefix; in VPN tables RD:prefix")->required();
  CLI::App* show = app.add_subcommand("introspect", "an introspect page, such as ShowRouteSummaryReq or 'ShowRouteReq?x=TABLE'");
  show->add_option("request", request, "name of the request")->required();
  show->callback([&] { status = ask(target, "/Snh_" + request, {}); });
  signalbox::control::add_config_command(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "signalboxctl: %s:%s: %s\n", target.host.c_str(), target.port.c_str(), error.what());
    return 2;
  }
  return status;
}
