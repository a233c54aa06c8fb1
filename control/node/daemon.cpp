#include "control/node/daemon.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdio>
#include <memory>
#include <span>

#include "control/http/http_server.hpp"
#include "control/http/site.hpp"
#include "control/node/config_exchange.hpp"
#include "control/node/config_keeper.hpp"
#include "control/node/node.hpp"
#include "control/node/node_show.hpp"
#include "control/options/host_facts.hpp"
#include "control/options/option_loader.hpp"
#include "control/options/print_config.hpp"
#include "control/signals.hpp"
#include "core/log.hpp"
#include "ifmap-compat/file_config.hpp"

namespace signalbox::control {
namespace {

void print_to_stderr(const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& d : diagnostics) std::fprintf(stderr, "%s\n", d.to_string().c_str());
}

void log_diagnostics(const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& d : diagnostics) {
    if (d.error) {
      core::log::error("options", d.text, {{"place", d.place}});
    } else {
      core::log::warning("options", d.text, {{"place", d.place}});
    }
  }
}

// --check: reads all there is, says what is wrong. 0: nothing is.
int check(const Options& options, const std::vector<Diagnostic>& diagnostics) {
  print_to_stderr(diagnostics);
  bool clean = true;
  if (!options.configdb.config_file.empty()) {
    ifmap::FileConfig file(options.configdb.config_file, options.hostname);
    const auto loaded = file.reload();
    if (!loaded) {
      std::fprintf(stderr, "%s\n", loaded.error().text.c_str());
      return 1;
    }
    file.snapshot();
    for (const ifmap::Diagnostic& d : file.diagnostics()) {
      std::fprintf(stderr, "%s\n", ifmap::to_text(d, file.path()).c_str());
      clean &= d.severity != ifmap::Severity::kError;
    }
    std::printf("%s: %zu objects\n", file.path().c_str(), loaded->objects);
  }
  if (options.xmpp.auth_enable) {
    const XmppOptions& x = options.xmpp;
    const auto tls = xmpp::TlsContext::load({x.server_cert, x.server_key, x.ca_cert, x.require_client_cert});
    if (!tls) {
      std::fprintf(stderr, "%s\n", tls.error().text.c_str());
      clean = false;
    }
  }
  return clean ? 0 : 1;
}

HttpConfig http_config(const Options& options) {
  HttpConfig config;
  config.address = options.http.address.to_string();
  config.port = options.http.port;
  if (options.sandesh.introspect_ssl_enable) {
    config.tls = HttpTls{options.sandesh.server_certfile, options.sandesh.server_keyfile, options.sandesh.ca_cert,
                         !options.sandesh.introspect_ssl_insecure};
  }
  return config;
}

class Daemon {
 public:
  Daemon(OptionLoader& loader, Signals signals)
      : loader_(loader),
        signals_(std::move(signals)),
        node_(loader.options()),
        keeper_(make_config_keeper(
            io_, *loader.options(),
            {[this](std::shared_ptr<const bgp::Config> config) { node_.apply(std::move(config)); }, [this] { exchange_->run(); }})),
        show_(node_, *keeper_),
        http_(http_config(*loader.options())),
        site_(show_, http_.post(), site_options()) {
    exchange_.emplace(node_.config_inbox(), keeper_->graph(),
                      [this](core::ShardId shard, ConfigBodies bodies) { node_.send_configuration(shard, std::move(bodies)); });
  }

  int run() {
    const Options& options = *loader_.options();
    if (const core::Status started = node_.start(); !started) {
      core::log::critical("node", "cannot start", {{"reason", started.error().text}});
      std::fprintf(stderr, "signalbox: cannot start: %s\n", started.error().text.c_str());
      return 1;
    }
    if (const core::Status started = http_.start(site_.handler()); !started) {
      core::log::critical("http", "cannot start", {{"reason", started.error().text}});
      std::fprintf(stderr, "signalbox: cannot start: %s\n", started.error().text.c_str());
      return 1;
    }
    core::log::notice("http", "listening", {{"address", options.http.address.to_string()}, {"port", http_.port()}});
    keeper_->start();
    boost::asio::posix::stream_descriptor signals(io_, signals_.fd()), agents(io_, node_.config_inbox().fd());
    wait_for_signals(signals);
    wait_for_agents(agents);
    io_.run();
    signals.release();
    agents.release();
    http_.stop();
    keeper_->stop();
    node_.stop();
    return 0;
  }

 private:
  void wait_for_signals(boost::asio::posix::stream_descriptor& signals) {
    signals.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this, &signals](const boost::system::error_code& ec) {
      if (ec) {
        core::log::critical("node", "cannot wait for signals", {{"reason", ec.message()}});
        io_.stop();
        return;
      }
      while (const auto signal = signals_.next()) on_signal(*signal);
      if (!io_.stopped()) wait_for_signals(signals);
    });
  }

  void wait_for_agents(boost::asio::posix::stream_descriptor& agents) {
    agents.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this, &agents](const boost::system::error_code& ec) {
      if (ec) return;
      exchange_->run();
      wait_for_agents(agents);
    });
  }

  void on_signal(Signal signal) {
    core::log::notice("node", "signal", {{"signal", to_string(signal)}});
    if (signal == Signal::kTerminate || signal == Signal::kInterrupt) {
      io_.stop();
      return;
    }
    const LoadReport report = loader_.reload();
    log_diagnostics(report.diagnostics);
    if (!report.ok()) core::log::error("options", "the options stay as they are: the configuration file is refused");
    if (const core::Status tls = node_.reload_tls(); !tls)
      core::log::error("xmpp", "the certificates stay as they are", {{"reason", tls.error().text}});
    keeper_->reload(*loader_.options(), signal == Signal::kReinitialize);
  }

  SiteOptions site_options() {
    SiteOptions options;
    options.http_counters = [this] { return http_.counters(); };
    return options;
  }

  OptionLoader& loader_;
  Signals signals_;
  Node node_;
  boost::asio::io_context io_;
  std::unique_ptr<ConfigKeeper> keeper_;
  std::optional<ConfigExchange> exchange_;
  NodeShow show_;
  HttpServer http_;
  Site site_;
};

}  // namespace

int run_daemon(int argc, char** argv) {
  const auto words = parse_command_line(std::span<const char* const>(argv + 1, static_cast<std::size_t>(argc - 1)));
  if (!words) {
    std::fprintf(stderr, "signalbox: %s\n", words.error().text.c_str());
    return 2;
  }
  if (words->help) return std::fputs(print_help().c_str(), stdout) < 0;
  if (words->version) return std::puts("signalbox " SIGNALBOX_VERSION) < 0;
  OptionLoader loader(*words, this_host());
  const LoadReport report = loader.load();
  if (!report.ok()) {
    print_to_stderr(report.diagnostics);
    return 1;
  }
  if (words->print_config) {
    print_to_stderr(report.diagnostics);
    return std::fputs(print_config(loader).c_str(), stdout) < 0;
  }
  if (words->check) return check(*report.options, report.diagnostics);
  // Before the first thread: they inherit the mask.
  auto signals = Signals::open();
  if (!signals) {
    std::fprintf(stderr, "signalbox: %s\n", signals.error().text.c_str());
    return 1;
  }
  core::log::start(report.options->log);
  log_diagnostics(report.diagnostics);
  const int status = Daemon(loader, std::move(*signals)).run();
  core::log::notice("node", "ended", {{"status", status}});
  core::log::stop();
  return status;
}

}  // namespace signalbox::control
