#include "control/http/api.hpp"

#include <array>
#include <boost/json.hpp>

#include "control/http/api_path.hpp"
#include "control/http/json_response.hpp"
#include "control/http/route_text.hpp"

namespace signalbox::control {

namespace json = boost::json;

namespace {

ListQuery list_query(const Query& query) { return {TextPattern::compile(query.text("search")), query.text("cursor"), api_limit(query)}; }

// {name: [items], "next": cursor or null}
template <class List, class F>
HttpResponse list_response(const char* name, const List& items, const std::string& next, F&& to_json) {
  json::array array;
  for (const auto& item : items) array.push_back(to_json(item));
  return json_response(json::object{{name, std::move(array)}, {"next", next.empty() ? json::value(nullptr) : json::value(next)}});
}

void api_tables(const PageContext& context, const Query& query, HttpReply reply) {
  TablesQuery ask;
  ask.instance = query.text("instance");
  ask.search = TextPattern::compile(query.text("search"));
  ask.start_instance = query.text("cursor");
  ask.limit = api_limit(query);
  context.source.tables(std::move(ask), on_http_thread<TablesPage>(context.post, [reply = std::move(reply)](const TablesPage& page) {
                          reply(list_response("tables", page.tables, page.next_instance, json_table));
                        }));
}

json::object json_instance(const InstanceInfo& instance) {
  json::array tables;
  for (const TableInfo& table : instance.tables) {
    json::object row = json_table(table);
    json::array members;
    for (const TableMember& member : table.members) members.push_back(json::value(member.peer));
    row["members"] = std::move(members);
    tables.push_back(std::move(row));
  }
  return {{"name", instance.name},
          {"virtual_network", instance.virtual_network},
          {"vn_index", instance.vn_index},
          {"vxlan_id", instance.vxlan_id},
          {"imports", json_strings(target_texts(instance.imports))},
          {"exports", json_strings(target_texts(instance.exports))},
          {"deleted", instance.deleted},
          {"tables", std::move(tables)}};
}

void api_instances(const PageContext& context, const Query& query, HttpReply reply) {
  const bool with_tables = query.text("tables") == "1" || query.text("tables") == "true";
  context.source.instances(
      {list_query(query), with_tables},
      on_http_thread<ListPage<InstanceInfo>>(context.post, [reply = std::move(reply)](const ListPage<InstanceInfo>& page) {
        reply(list_response("instances", page.items, page.next, json_instance));
      }));
}

json::object json_session(const XmppSessionInfo& session) {
  return {{"name", session.name},
          {"state", session.state},
          {"remote", endpoint_text(session.remote)},
          {"local", endpoint_text(session.local)},
          {"tls", session.tls},
          {"since", json_time(session.last_state_at)},
          {"last_event", session.last_event},
          {"shard", session.shard},
          {"instances", session.instances},
          {"paths", session.paths},
          {"items_received", session.items_received},
          {"items_sent", session.items_sent},
          {"bytes_received", session.bytes_received},
          {"bytes_sent", session.bytes_sent},
          {"bytes_behind", session.bytes_behind},
          {"resyncs", session.resyncs},
          {"flaps", session.flaps}};
}

void api_sessions(const PageContext& context, const Query& query, HttpReply reply) {
  context.source.xmpp_sessions(list_query(query), on_http_thread<ListPage<XmppSessionInfo>>(
                                                      context.post, [reply = std::move(reply)](const ListPage<XmppSessionInfo>& page) {
                                                        reply(list_response("sessions", page.items, page.next, json_session));
                                                      }));
}

void api_problems(const PageContext& context, const Query& query, HttpReply reply) {
  context.source.config_problems(list_query(query), on_http_thread<ListPage<ConfigProblem>>(
                                                        context.post, [reply = std::move(reply)](const ListPage<ConfigProblem>& page) {
                                                          reply(list_response("problems", page.items, page.next, json_problem));
                                                        }));
}

json::object json_family(const MetricFamily& family) {
  json::array samples;
  for (const MetricSample& sample : family.samples) {
    json::object labels;
    for (const auto& [name, value] : sample.labels) labels[name] = value;
    samples.push_back({{"suffix", sample.suffix}, {"labels", std::move(labels)}, {"value", sample.value}});
  }
  const char* type = family.type == MetricType::kCounter ? "counter" : family.type == MetricType::kGauge ? "gauge" : "histogram";
  return {{"name", family.name}, {"help", family.help}, {"type", type}, {"samples", std::move(samples)}};
}

void api_counters(const PageContext& context, const Query&, HttpReply reply) {
  context.source.counters(on_http_thread<Counters>(context.post, [now = context.now, reply = std::move(reply)](const Counters& counters) {
    json::array families;
    for (const MetricFamily& family : counters) families.push_back(json_family(family));
    reply(json_response(json::object{{"time", static_cast<double>(now()) / 1e6}, {"counters", std::move(families)}}));
  }));
}

struct ApiPage {
  std::string_view name;
  void (*handle)(const PageContext&, const Query&, HttpReply);
};

constexpr std::array kEndpoints{ApiPage{"status", api_status},     ApiPage{"tables", api_tables},
                                ApiPage{"routes", api_routes},     ApiPage{"instances", api_instances},
                                ApiPage{"sessions", api_sessions}, ApiPage{"problems", api_problems},
                                ApiPage{"counters", api_counters}, ApiPage{"why", api_why}};

}  // namespace

void handle_api(const PageContext& context, std::string_view name, const Query& query, HttpReply reply) {
  for (const ApiPage& endpoint : kEndpoints) {
    if (endpoint.name == name) return endpoint.handle(context, query, std::move(reply));
  }
  std::string known;
  for (const ApiPage& endpoint : kEndpoints) known += " " + std::string(endpoint.name);
  reply(json_error(404, "no such endpoint; there are:" + known));
}

}  // namespace signalbox::control
