// Graph: what is wrong with objects and links.
#include "configdb/row_parser.hpp"
#include "ifmap-compat/graph_index.hpp"

namespace signalbox::ifmap {

Diagnostic Graph::diagnostic(NodeId id, Severity severity, std::string text) const {
  return {severity, configdb::excerpt(label(id), 300), uuid(id).to_string(), {}, std::move(text)};
}

void Graph::diagnose(std::vector<Diagnostic>& out) const {
  for (const auto& [id, texts] : index_->problems) {
    for (const std::string& text : texts) out.push_back(diagnostic(id, Severity::kError, text));
  }
  for (const auto& [uuid, rejected] : index_->rejected) out.push_back(rejected);
  for (const auto& [id, node] : index_->by_uuid) {
    if (!present(node)) continue;
    if (const NodeId first = spokesman(node); first != node) {
      out.push_back(diagnostic(node, Severity::kWarning,
                               "object " + uuid(first).to_string() + " has the same name and was made later; its properties count"));
    }
    diagnose_links(node, out);
  }
}

void Graph::diagnose_links(NodeId id, std::vector<Diagnostic>& out) const {
  for (const auto& list : nodes_.at(id.value).links) {
    for (const LinkId link_id : list) diagnose_link(id, links_.at(link_id.value), out);
  }
}

void Graph::diagnose_link(NodeId id, const Link& link, std::vector<Diagnostic>& out) const {
  const std::size_t own = side(id, link.from);
  if (!link.asserted[own]) return;
  const NodeId other = other_end(link, id);
  const std::string_view expected = type_row(own == 0 ? row_of(link).to : row_of(link).from).name;
  const std::string target = std::string(expected) + " " + uuid(other).to_string() + " (" + std::string(row_of(link).metadata) + ")";
  if (!present(other)) {
    out.push_back(diagnostic(id, Severity::kWarning, "refers to " + target + ", which is not there; without effect until it is"));
  } else if (!types_match(link)) {
    out.push_back(diagnostic(id, Severity::kError,
                             "refers to " + target + ", which is a " + std::string(type_row(type(other)).name) + "; without effect"));
  }
}

}  // namespace signalbox::ifmap
