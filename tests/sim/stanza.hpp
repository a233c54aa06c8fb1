// What a virtual agent sends: the request as it is meant, for the models, and its text, for the decoder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::sim {

// Tables as agents name them: "1/1" inet, "1/4" inet-labeled, "2/1" inet6; "25/242" (EVPN) is published but holds no routes here.
using FamilyText = std::string;

// A published path, field by field as it stands in the item.
struct PathSpec {
  std::string next_hop;
  std::uint32_t label = 0;
  std::uint32_t local_preference = 0;
  std::uint32_t med = 0;
  std::uint32_t sequence = 0;           // sequence-number
  std::uint32_t mobility_sequence = 0;  // mobility seqno: wins when not zero
  bool sticky = false;
  std::string mac;
  std::vector<std::string> encaps;
  std::vector<std::uint64_t> tags;  // new format
  std::vector<std::uint32_t> security_groups;
  std::vector<std::string> communities;
  std::vector<std::string> load_balance_fields;
  bool source_bias = false;
};

struct Stanza {
  enum class Kind { kSubscribe, kUnsubscribe, kPublish, kCollection, kConfigChannel, kMalformed };

  Kind kind = Kind::kSubscribe;
  std::string instance;
  // Subscribe. A subscription without options has no instance id.
  bool has_options = true;
  unsigned instance_id = 1;
  bool no_ribout = false;
  // Publish and collection.
  FamilyText family = "1/1";
  std::string prefix;
  bool withdraw = false;     // collection
  std::string node;          // node id of publish, association of collection
  bool bad_prefix = false;   // publish: the nlri does not parse
  bool has_next_hop = true;  // publish
  PathSpec path;             // publish

  // Layout variants that mean the same: as real agents write it, on one line, or with a comment, which the fast decoder leaves to expat.
  enum class Layout { kLines, kOneLine, kComment };
  std::string text(const std::string& agent, Layout layout) const;
  // For the trace.
  std::string brief() const;
};

std::string node_id(const FamilyText& family, const std::string& instance, const std::string& prefix);
std::string escaped(const std::string& text);
std::string unescaped(std::string_view text);

}  // namespace signalbox::sim
