// AgentFilter: what each agent is told, and the XML that says it.
#include <utility>

#include "ifmap-compat/agent_filter_impl.hpp"
#include "xmpp/escape.hpp"

namespace signalbox::ifmap {

core::ChunkPtr AgentFilter::Impl::next_message(ClientId id) {
  Client& c = client(id);
  if (!select(c)) return {};
  if (!last_message_ || statements_ != last_statements_) {
    render();
    last_message_ = core::ChunkPtr::copy_of(text_.view());
    std::swap(last_statements_, statements_);
  }
  for (const VertexId vertex : std::exchange(gone_nodes_, {})) unwatch(id, vertex);
  for (const EdgeKey& key : std::exchange(gone_edges_, {})) forget_if_unused(c, key);
  ++c.counters.messages;
  c.counters.bytes += last_message_->size();
  return last_message_;
}

// Takes what comes next from the client's queues, and notes that it is told.
bool AgentFilter::Impl::select(Client& c) {
  statements_.clear();
  unsigned units = 0;
  while (units < kUnits) {
    if (!c.link_deletes.empty()) {
      select_edge(c, c.link_deletes.pop(), false, units);
    } else if (!c.node_deletes.empty()) {
      select_node(c, c.node_deletes.pop(), false, units);
    } else if (!c.node_updates.empty()) {
      select_node(c, c.node_updates.pop(), true, units);
    } else if (!c.link_updates.empty()) {
      select_edge(c, c.link_updates.pop(), true, units);
    } else {
      break;
    }
  }
  return !statements_.empty();
}

namespace {

// Whether there is anything to say of the item; if so it is said from now on.
bool tell(Told& told, bool update) {
  if (update) {
    told.update_queued = false;
  } else {
    told.delete_queued = false;
  }
  if (update ? !told.to_update() : !told.to_delete()) return false;
  told.sent = update;
  told.dirty = false;
  return true;
}

}  // namespace

void AgentFilter::Impl::select_node(Client& c, const Pending& item, bool update, unsigned& units) {
  if (item.part == Part::kMiddle) return select_edge(c, item, update, units);
  const auto at = c.vertices.find(item.key.from);
  if (at == c.vertices.end() || !tell(at->second.told, update)) return;
  statements_.push_back({update, item});
  ++units;
  ++(update ? c.counters.nodes_updated : c.counters.nodes_deleted);
  if (at->second.told.used()) return;
  c.vertices.erase(at);
  gone_nodes_.push_back(item.key.from);
}

void AgentFilter::Impl::select_edge(Client& c, const Pending& item, bool update, unsigned& units) {
  const auto at = c.edges.find(item.key);
  if (at == c.edges.end() || !tell(at->second.part(item.part), update)) return;
  statements_.push_back({update, item});
  const bool middle = item.part == Part::kMiddle;
  units += middle ? 1 : 2;
  if (middle) {
    ++(update ? c.counters.nodes_updated : c.counters.nodes_deleted);
  } else {
    ++(update ? c.counters.links_updated : c.counters.links_deleted);
  }
  if (!at->second.used()) gone_edges_.push_back(item.key);
}

void AgentFilter::Impl::forget_if_unused(Client& c, const EdgeKey& key) {
  const auto at = c.edges.find(key);
  if (at == c.edges.end() || at->second.used()) return;
  c.edges.erase(at);
  if (link_rows()[key.row].attribute == nullptr) return;
  graph_.unpin(key.from);
  graph_.unpin(key.to);
}

// Rendering.

void AgentFilter::Impl::render() {
  text_.clear();
  text_.append("<config>");
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    const bool update = statements_[i].update;
    if (i == 0 || statements_[i - 1].update != update) text_.append(update ? "<update>" : "<delete>");
    render_item(statements_[i]);
    if (i + 1 == statements_.size() || statements_[i + 1].update != update) text_.append(update ? "</update>\n" : "</delete>\n");
  }
  text_.append("</config></iq>\n");
}

void AgentFilter::Impl::render_item(const Statement& s) {
  switch (s.item.part) {
    case Part::kNode: return append_node(s.item.key.from, s.update);
    case Part::kMiddle: return append_middle(s.item.key, s.update);
    case Part::kLink:
    case Part::kLinkToSide: return append_link(s.item.key, s.item.part);
  }
}

void AgentFilter::Impl::append_node(VertexId vertex, bool update) {
  if (!update) return append_end(type_row(graph_.type(vertex)).name, vertex);
  if (watchers(vertex).size() < 2) return append_node_content(vertex);
  core::ChunkPtr& kept = xml_[vertex];
  if (!kept) {
    std::swap(text_, node_text_);
    text_.clear();
    append_node_content(vertex);
    kept = core::ChunkPtr::copy_of(text_.view());
    std::swap(text_, node_text_);
  }
  text_.append(kept->bytes());
}

void AgentFilter::Impl::append_node_content(VertexId vertex) {
  const NodeType type = graph_.type(vertex);
  text_.append("<node type=\"");
  text_.append(type_row(type).name);
  text_.append("\"><name>");
  append_escaped(graph_.name(vertex));
  text_.append("</name>");
  const auto properties = properties_of(type);
  PackedReader in(graph_.content(vertex));
  while (!in.at_end()) {
    const Member& schema = properties[in.byte()]->value;
    append_xml(schema, in, text_);
  }
  text_.append("</node>");
}

void AgentFilter::Impl::append_middle(const EdgeKey& key, bool update) {
  const LinkRow& row = link_rows()[key.row];
  text_.append("<node type=\"");
  text_.append(row.metadata);
  text_.append("\"><name>");
  append_middle_name(key);
  text_.append("</name>");
  if (update) {
    text_.append("<value>");
    const LinkId link = graph_.find_edge(row, key.from, key.to);
    PackedReader in(graph_.attribute(link));
    append_members_xml(*row.attribute, in, text_);
    text_.append("</value>");
  }
  text_.append("</node>");
}

// The names of both ends, in byte order.
void AgentFilter::Impl::append_middle_name(const EdgeKey& key) {
  const std::string* first = &graph_.name(key.from);
  const std::string* second = &graph_.name(key.to);
  if (*second < *first) std::swap(first, second);
  text_.append("attr(");
  append_escaped(*first);
  text_.append(",");
  append_escaped(*second);
  text_.append(")");
}

void AgentFilter::Impl::append_end(std::string_view type, VertexId vertex) {
  text_.append("<node type=\"");
  text_.append(type);
  text_.append("\"><name>");
  append_escaped(graph_.name(vertex));
  text_.append("</name></node>");
}

void AgentFilter::Impl::append_link(const EdgeKey& key, Part part) {
  const LinkRow& row = link_rows()[key.row];
  text_.append("<link>");
  if (part == Part::kLink) append_end(type_row(row.from).name, key.from);
  if (row.attribute != nullptr) append_middle(key, false);
  if (part == Part::kLinkToSide || row.attribute == nullptr) append_end(type_row(row.to).name, key.to);
  text_.append("<metadata type=\"");
  text_.append(row.metadata);
  text_.append("\" /></link>");
}

void AgentFilter::Impl::append_escaped(std::string_view text) {
  text_.written(xmpp::write_escaped(text_.room(xmpp::kMostEscaped * text.size()), text));
}

}  // namespace signalbox::ifmap
