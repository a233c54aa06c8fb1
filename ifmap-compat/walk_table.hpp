// The white list of the walk: which links lead from an object to others that an agent needs as well.
//
// A link with an attribute is two links with a middle node between them. Whether an agent has the middle node, and whether the walk comes out
// of it at the other end, follows from the ends alone, so the table says it per link.
// Threads: constants. Source: spec/agent-config-ifmap-discovery.md 1.6.
#pragma once

#include "ifmap-compat/schema.hpp"

namespace signalbox::ifmap {

// Of one link; `from` and `to` as in its LinkRow.
struct WalkRule {
  bool to_to = false;        // an agent that has `from` needs `to`
  bool to_from = false;      // one that has `to` needs `from`
  bool middle_from = false;  // an agent that has `from` needs the middle node (never without attribute)
  bool middle_to = false;

  // Whether the link can mean anything to an agent.
  bool used() const { return to_to || to_from || middle_from || middle_to; }
  // Whether an agent that has the end (0 `from`, 1 `to`) may need what is behind the link.
  bool leads_on(unsigned end) const { return end == 0 ? to_to || middle_from : to_from || middle_to; }
  bool leads_across(unsigned end) const { return end == 0 ? to_to : to_from; }
  bool leads_to_middle(unsigned end) const { return end == 0 ? middle_from : middle_to; }
};

const WalkRule& walk_rule(LinkRowId link);
// Whether objects of this type are told to agents at all.
bool reaches_agents(NodeType type);

}  // namespace signalbox::ifmap
