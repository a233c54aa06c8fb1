// XMPP server and connections (spec/introspect.md 2.3).
#include "control/http/page_registry.hpp"
#include "control/http/route_text.hpp"
#include "control/http/time_text.hpp"

namespace signalbox::control {
namespace {

void write_socket_stats(SandeshXml& xml, const char* name, int id, const SocketStats& stats) {
  const auto micros = static_cast<Microseconds>(stats.blocked_microseconds);
  const std::uint64_t average = stats.calls == 0 ? 0 : stats.bytes / stats.calls;  // whole bytes, as the incumbent counts
  xml.structure(name, id, "SocketIOStats", [&] {
    xml.u64("bytes", 1, stats.bytes);
    xml.u64("calls", 2, stats.calls);
    xml.real("average_bytes", 3, static_cast<double>(average));
    xml.string("blocked_duration", 4, duration_text(micros));
    xml.u64("blocked_count", 5, stats.blocked_count);
    xml.string("average_blocked_duration", 6,
               stats.blocked_count == 0 ? "" : duration_text(micros / static_cast<Microseconds>(stats.blocked_count)));
    xml.u64("errors", 7, stats.errors);
  });
}

void ask_server(ShowSource& source, const PageParameters&, Answer<XmppServerInfo> answer) { source.xmpp_server(std::move(answer)); }

void write_server(SandeshXml& xml, const PageParameters&, const XmppServerInfo& server) {
  xml.reply("ShowXmppServerResp", [&] {
    xml.u32("current_connections", 3, server.current_connections);
    xml.u32("max_connections", 4, server.max_connections);
    write_socket_stats(xml, "rx_socket_stats", 1, server.rx);
    write_socket_stats(xml, "tx_socket_stats", 2, server.tx);
  });
}

void ask_connections(ShowSource& source, const PageParameters&, Answer<ListPage<XmppSessionInfo>> answer) {
  source.xmpp_sessions({nullptr, "", 0}, std::move(answer));
}

void write_connections(SandeshXml& xml, const PageParameters&, const ListPage<XmppSessionInfo>& sessions) {
  xml.reply("ShowXmppConnectionResp", [&] {
    xml.structs("connections", 1, "ShowXmppConnection", sessions.items, [&](const XmppSessionInfo& session) {
      xml.string("name", 1, session.name);
      xml.boolean("deleted", 2, session.deleted);
      xml.string("remote_endpoint", 3, endpoint_text(session.remote));
      xml.string("local_endpoint", 4, endpoint_text(session.local));
      xml.string("state", 5, session.state);
      xml.string("last_event", 6, session.last_event);
      xml.string("last_state", 7, session.last_state);
      xml.string("last_state_at", 8, time_text_or_epoch(session.last_state_at));
      xml.strings("receivers", 9, session.receivers);
      xml.string("server_auth_type", 10, session.tls ? "TLS" : "NIL");
      xml.u16("dscp_value", 11, session.dscp);
    });
  });
}

void ask_clear(ShowSource& source, const PageParameters& parameters, Answer<bool> answer) {
  source.clear_xmpp(parameters.text(0), std::move(answer));
}

void write_clear(SandeshXml& xml, const PageParameters&, const bool& done) {
  xml.reply("ClearXmppConnectionResp", [&] { xml.boolean("success", 1, done); });
}

}  // namespace

void add_xmpp_pages(std::vector<Page>& pages) {
  pages.push_back({"ShowXmppServerReq", "xmpp_server", {}, page<XmppServerInfo>(ask_server, write_server)});
  pages.push_back({"ShowXmppConnectionReq", "xmpp_server", {}, page<ListPage<XmppSessionInfo>>(ask_connections, write_connections)});
  pages.push_back({"ClearXmppConnectionReq", "xmpp_server", {{"hostname_or_all"}}, page<bool>(ask_clear, write_clear)});
}

}  // namespace signalbox::control
