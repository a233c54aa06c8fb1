#include "bench/agentsim/config_rows.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <map>
#include <sstream>
#include <stdexcept>

namespace signalbox::bench {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kWriteTime = 1700000000000000;
const std::vector<std::string> kMaster{"default-domain", "default-project", "ip-fabric", "__default__"};

std::vector<std::string> split(const std::string& name) {
  std::vector<std::string> parts;
  std::stringstream stream(name);
  for (std::string part; std::getline(stream, part, ':');) parts.push_back(part);
  return parts;
}

std::string join(const std::vector<std::string>& parts) {
  std::string name;
  for (const std::string& p : parts) name += (name.empty() ? "" : ":") + p;
  return name;
}

std::uint64_t mix(const std::string& text, std::uint64_t seed) {
  std::uint64_t h = seed;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  h ^= h >> 32;
  h *= 0xD6E8FEB86659FD93ull;
  return h ^ h >> 32;
}

/// Collects rows; an object's uuid follows from its type and name.
class RowWriter {
 public:
  std::string add(const std::string& type, const std::vector<std::string>& name, json::object properties) {
    const std::uint64_t high = (mix(type + join(name), 0xCBF29CE484222325ull) & ~0xF000ull) | 0x5000;
    const std::uint64_t low = (mix(type + join(name), 0x84222325CBF29CE4ull) & ~(3ull << 62)) | (2ull << 62);
    char text[37];
    std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                  static_cast<unsigned>(high >> 16 & 0xFFFF), static_cast<unsigned>(high & 0xFFFF), static_cast<unsigned>(low >> 48),
                  static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFull));
    const std::string uuid = text;
    auto& row = rows_[uuid];
    row["type"] = json::serialize(json::value(type));
    row["fq_name"] = json::serialize(json::value_from(name));
    row["META:latest_col_ts"] = "null";
    row["prop:id_perms"] = json::serialize(json::object{
        {"enable", true},
        {"uuid", {{"uuid_mslong", high}, {"uuid_lslong", low}}},
        {"created", "2026-01-01T00:00:00.000000"},
        {"last_modified", "2026-01-01T00:00:00.000000"},
        {"user_visible", true},
        {"description", nullptr},
        {"creator", nullptr},
        {"permissions", {{"owner", "admin"}, {"owner_access", 7}, {"group", "admin"}, {"group_access", 7}, {"other_access", 7}}}});
    for (const auto& p : properties) row["prop:" + std::string(p.key())] = json::serialize(p.value());
    names_[type][join(name) + ":" + uuid] = "null";
    return uuid;
  }

  void parent(const std::string& child_type, const std::string& child, const std::string& type, const std::string& parent) {
    std::string with_hyphens = type;
    std::replace(with_hyphens.begin(), with_hyphens.end(), '_', '-');
    rows_[child]["parent_type"] = json::serialize(json::value(with_hyphens));
    rows_[child]["parent:" + type + ":" + parent] = "null";
    rows_[parent]["children:" + child_type + ":" + child] = "null";
  }

  void ref(const std::string& from_type, const std::string& from, const std::string& to_type, const std::string& to,
           const json::value& attribute) {
    const std::string value = json::serialize(json::object{{"attr", attribute}, {"is_weakref", false}});
    rows_[from]["ref:" + to_type + ":" + to] = value;
    rows_[to]["backref:" + from_type + ":" + from] = value;
  }

  std::string text() const {
    const json::object tables{{"obj_uuid_table", table(rows_)}, {"obj_fq_name_table", table(names_)}, {"obj_shared_table", json::object()}};
    return json::serialize(json::object{{"cassandra", {{"config_db_uuid", tables}}}, {"zookeeper", "[]"}}) + "\n";
  }

 private:
  using Rows = std::map<std::string, std::map<std::string, std::string>>;

  static json::object table(const Rows& rows) {
    json::object all;
    for (const auto& [key, columns] : rows) {
      json::array cells;
      for (const auto& [column, value] : columns) cells.push_back(json::array{column, value, kWriteTime});
      all[key] = std::move(cells);
    }
    return all;
  }

  Rows rows_;
  Rows names_;
};

json::object router_parameters(const Options& options) {
  return {{"autonomous_system", options.node_as},
          {"identifier", "127.0.0.1"},
          {"address", "127.0.0.1"},
          {"router_type", "control-node"},
          {"address_families", {{"family", {"inet-vpn", "inet6-vpn", "e-vpn", "erm-vpn", "route-target", "inet"}}}}};
}

/// An object of the database, as far as it matters here.
struct ReadObject {
  std::string type;
  std::vector<std::string> name;
  std::string parent_network;
  std::vector<std::pair<std::string, std::string>> targets;      // uuid, import-export
  std::vector<std::pair<std::string, std::string>> connections;  // uuid, destination-instance
};

std::string text_of(const json::value* v) { return v != nullptr && v->is_string() ? std::string(v->as_string()) : std::string(); }

const json::value* member(const json::value& v, std::string_view name) { return v.is_object() ? v.as_object().if_contains(name) : nullptr; }

std::string reference_attribute(const std::string& value, const char* name) {
  const json::value reference = json::parse(value);
  const json::value* attribute = member(reference, "attr");
  return attribute == nullptr ? std::string() : text_of(member(*attribute, name));
}

void read_column(const std::string& column, const std::string& value, ReadObject& object) {
  const auto starts = [&](const char* prefix) { return column.rfind(prefix, 0) == 0; };
  const std::string tail = column.substr(column.rfind(':') + 1);
  if (column == "type") {
    object.type = text_of(std::addressof(static_cast<const json::value&>(json::parse(value))));
  } else if (column == "fq_name") {
    object.name = json::value_to<std::vector<std::string>>(json::parse(value));
  } else if (starts("parent:virtual_network:")) {
    object.parent_network = tail;
  } else if (starts("ref:route_target:")) {
    object.targets.emplace_back(tail, reference_attribute(value, "import_export"));
  } else if (starts("ref:routing_instance:")) {
    object.connections.emplace_back(tail, reference_attribute(value, "destination_instance"));
  }
}

std::map<std::string, ReadObject> read_objects(const json::value& root) {
  const json::value* table = member(root, "cassandra");
  if (table != nullptr) table = member(*table, "config_db_uuid");
  if (table != nullptr) table = member(*table, "obj_uuid_table");
  if (table == nullptr || !table->is_object()) throw std::invalid_argument("no cassandra/config_db_uuid/obj_uuid_table");
  std::map<std::string, ReadObject> objects;
  for (const auto& row : table->as_object()) {
    ReadObject& object = objects[row.key()];
    if (row.value().is_array()) {  // CQL form
      for (const json::value& cell : row.value().as_array()) read_column(text_of(&cell.at(0)), text_of(&cell.at(1)), object);
    } else {  // Thrift form
      for (const auto& cell : row.value().as_object()) read_column(cell.key(), text_of(&cell.value().at(0)), object);
    }
  }
  return objects;
}

void add_unique(std::vector<std::string>& list, const std::string& target) {
  if (std::find(list.begin(), list.end(), target) == list.end()) list.push_back(target);
}

}  // namespace

std::string config_rows(const Options& options, const std::vector<Instance>& instances) {
  RowWriter rows;
  const std::string domain = rows.add("domain", {"default-domain"}, {});
  std::map<std::string, std::string> projects;
  const auto project = [&](const std::string& name) {
    auto& uuid = projects[name];
    if (uuid.empty()) {
      uuid = rows.add("project", {"default-domain", name}, {});
      rows.parent("project", uuid, "domain", domain);
    }
    return uuid;
  };
  rows.add("global_system_config", {"default-global-system-config"}, {{"autonomous_system", options.node_as}});
  const std::string fabric = rows.add("virtual_network", {"default-domain", "default-project", "ip-fabric"}, {});
  rows.parent("virtual_network", fabric, "project", project("default-project"));
  const std::string master = rows.add("routing_instance", kMaster, {{"routing_instance_is_default", false}});
  rows.parent("routing_instance", master, "virtual_network", fabric);
  std::vector<std::string> router = kMaster;
  router.push_back(options.node_name);
  const std::string self = rows.add("bgp_router", router, {{"bgp_router_parameters", router_parameters(options)}});
  rows.parent("bgp_router", self, "routing_instance", master);
  std::map<std::string, std::string> targets;
  std::int64_t network_id = 4;
  for (const Instance& i : instances) {
    const auto network_name = split(i.network);
    ++network_id;
    const std::string network =
        rows.add("virtual_network", network_name,
                 {{"virtual_network_network_id", network_id}, {"virtual_network_properties", {{"network_id", network_id}}}});
    rows.parent("virtual_network", network, "project", project(network_name.at(1)));
    const std::string instance = rows.add("routing_instance", split(i.name), {{"routing_instance_is_default", true}});
    rows.parent("routing_instance", instance, "virtual_network", network);
    std::map<std::string, json::value> links;
    for (const std::string& t : i.imports) links[t] = "import";
    for (const std::string& t : i.exports) links[t] = links.count(t) != 0 ? json::value(nullptr) : json::value("export");
    for (const auto& [t, sense] : links) {
      auto& uuid = targets[t];
      if (uuid.empty()) uuid = rows.add("route_target", {t}, {});
      rows.ref("routing_instance", instance, "route_target", uuid, json::object{{"import_export", sense}});
    }
  }
  return rows.text();
}

std::vector<Instance> read_instances(const std::string& rows_json) {
  boost::system::error_code error;
  const json::value root = json::parse(rows_json, error);
  if (error) throw std::invalid_argument("not JSON: " + error.message());
  const auto objects = read_objects(root);
  const auto target_name = [&](const std::string& uuid) {
    const auto found = objects.find(uuid);
    return found == objects.end() ? std::string() : join(found->second.name);
  };
  std::map<std::string, Instance> found;
  std::map<std::string, const ReadObject*> sources;
  for (const auto& [uuid, object] : objects) {
    if (object.type != "routing_instance" || object.name.size() < 2 || object.name[1] == "default-project") continue;
    const auto network = objects.find(object.parent_network);
    if (network == objects.end()) continue;
    Instance i{join(object.name), join(network->second.name), {}, {}};
    for (const auto& [target, sense] : object.targets) {
      const std::string name = target_name(target);
      if (sense != "export") add_unique(i.imports, name);
      if (sense != "import") add_unique(i.exports, name);
    }
    sources[i.name] = &object;
    found.emplace(i.name, std::move(i));
  }
  const auto import_common = [&](const std::string& into, const ReadObject& from) {
    for (const auto& [target, sense] : from.targets) {
      if (sense.empty()) add_unique(found.at(into).imports, target_name(target));
    }
  };
  for (const auto& [name, object] : sources) {
    for (const auto& [uuid, destination] : object->connections) {
      const std::string other = target_name(uuid);
      if (sources.count(other) == 0) continue;
      if (destination.empty() || destination == name) import_common(name, *sources.at(other));
      if (destination.empty() || destination == other) import_common(other, *object);
    }
  }
  std::vector<Instance> instances;
  for (auto& [name, instance] : found) instances.push_back(std::move(instance));
  return instances;
}

}  // namespace signalbox::bench
