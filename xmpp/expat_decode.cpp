#include "xmpp/expat_decode.hpp"

#include <expat.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>

namespace signalbox::xmpp {
namespace {

// Where in the document the reader is.
enum class Node : std::uint8_t {
  kDocument,
  kIq,
  kPubsub,
  kSubscribe,
  kUnsubscribe,
  kPublish,
  kCollection,
  kOptions,
  kItem,
  kEntry,
  kNlri,
  kNextHops,
  kNextHop,
  kEncaps,
  kTags,
  kSecurityGroups,
  kCommunities,
  kLoadBalance,
  kLoadBalanceFields,
  kUnknown,  // and all below it
  // Elements whose text counts.
  kInstanceId,
  kNoRibout,
  kNlriAf,
  kNlriSafi,
  kNlriAddress,
  kNextHopAf,
  kNextHopAddress,
  kMac,
  kLabel,
  kUnusedNumber,
  kEncap,
  kTag,
  kNewTags,
  kLocalSequence,
  kSequence,
  kSecurityGroup,
  kCommunity,
  kLocalPreference,
  kMed,
  kLoadBalanceField,
  kDecision,
  kSubProtocol,
};

constexpr std::size_t kMostBytes = std::numeric_limits<int>::max();  // expat counts in int

bool has_text(Node node) { return node > Node::kUnknown; }

struct Rule {
  Node parent;
  std::string_view name;
  Node node;
};

// The schema (spec/xmpp.md 2.2, 3.1). What is not here is unknown and ignored with all that is in it.
constexpr Rule kRules[] = {
    {Node::kOptions, "instance-id", Node::kInstanceId},
    {Node::kOptions, "no-ribout", Node::kNoRibout},
    {Node::kItem, "entry", Node::kEntry},
    {Node::kEntry, "nlri", Node::kNlri},
    {Node::kNlri, "af", Node::kNlriAf},
    {Node::kNlri, "safi", Node::kNlriSafi},
    {Node::kNlri, "address", Node::kNlriAddress},
    {Node::kEntry, "next-hops", Node::kNextHops},
    {Node::kNextHops, "next-hop", Node::kNextHop},
    {Node::kNextHop, "af", Node::kNextHopAf},
    {Node::kNextHop, "address", Node::kNextHopAddress},
    {Node::kNextHop, "mac", Node::kMac},
    {Node::kNextHop, "label", Node::kLabel},
    {Node::kNextHop, "vni", Node::kUnusedNumber},
    {Node::kNextHop, "tunnel-encapsulation-list", Node::kEncaps},
    {Node::kEncaps, "tunnel-encapsulation", Node::kEncap},
    {Node::kNextHop, "tag-list", Node::kTags},
    {Node::kTags, "tag", Node::kTag},
    {Node::kNextHop, "is-new-tags-list", Node::kNewTags},
    {Node::kNextHop, "local-sequence-number", Node::kLocalSequence},
    {Node::kEntry, "version", Node::kUnusedNumber},
    {Node::kEntry, "sequence-number", Node::kSequence},
    {Node::kEntry, "security-group-list", Node::kSecurityGroups},
    {Node::kSecurityGroups, "security-group", Node::kSecurityGroup},
    {Node::kEntry, "community-tag-list", Node::kCommunities},
    {Node::kCommunities, "community-tag", Node::kCommunity},
    {Node::kEntry, "local-preference", Node::kLocalPreference},
    {Node::kEntry, "med", Node::kMed},
    {Node::kEntry, "load-balance", Node::kLoadBalance},
    {Node::kLoadBalance, "load-balance-fields", Node::kLoadBalanceFields},
    {Node::kLoadBalanceFields, "load-balance-field-list", Node::kLoadBalanceField},
    {Node::kLoadBalance, "load-balance-decision", Node::kDecision},
    {Node::kEntry, "sub-protocol", Node::kSubProtocol},
};

// Attributes as expat gives them: name, value, name, value, null.
const char* attribute(const XML_Char** attributes, std::string_view name) {
  for (; *attributes != nullptr; attributes += 2) {
    if (name == attributes[0]) return attributes[1];
  }
  return nullptr;
}

std::string_view text_or_empty(const char* text) { return text == nullptr ? std::string_view() : std::string_view(text); }

// The text of one element: its first run of character data that is not only blanks, or its first CDATA section.
class FirstText {
 public:
  void begin() {
    text_.clear();
    done_ = false;
  }
  void add(std::string_view data) {
    if (!done_) text_ += data;
  }
  // Markup of any kind ends a run.
  void end_run() {
    if (done_) return;
    done_ = text_.find_first_not_of(" \t\r\n") != std::string::npos;
    if (!done_) text_.clear();
  }
  void begin_cdata() {
    end_run();
    in_cdata_ = !done_;
  }
  void end_cdata() {
    if (in_cdata_) done_ = true;
    in_cdata_ = false;
  }
  std::string_view text() const { return text_; }

 private:
  std::string text_;
  bool done_ = false;
  bool in_cdata_ = false;
};

class Reader {
 public:
  Reader(const DecodeContext& context, PubsubRequest& out)
      : parser_(XML_ParserCreate("UTF-8"), XML_ParserFree), context_(context), out_(out) {}

  void read(std::string_view stanza) {
    out_.clear();
    if (!parser_ || stanza.size() > kMostBytes || !parse(stanza)) {
      out_.clear();
      out_.kind = RequestKind::kMalformed;
    }
  }

 private:
  bool parse(std::string_view stanza) {
    XML_Parser p = parser_.get();
    XML_SetUserData(p, this);
    XML_SetElementHandler(
        p, [](void* r, const XML_Char* name, const XML_Char** attributes) { self(r).start(name, attributes); },
        [](void* r, const XML_Char*) { self(r).end(); });
    XML_SetCharacterDataHandler(p, [](void* r, const XML_Char* s, int n) { self(r).text({s, static_cast<std::size_t>(n)}); });
    XML_SetCommentHandler(p, [](void* r, const XML_Char*) { self(r).text_.end_run(); });
    XML_SetProcessingInstructionHandler(p, [](void* r, const XML_Char*, const XML_Char*) { self(r).text_.end_run(); });
    XML_SetCdataSectionHandler(
        p, [](void* r) { self(r).begin_cdata(); }, [](void* r) { self(r).text_.end_cdata(); });
    XML_SetStartDoctypeDeclHandler(
        p, [](void* r, const XML_Char*, const XML_Char*, const XML_Char*, int) { XML_StopParser(self(r).parser_.get(), XML_FALSE); });
    return XML_Parse(p, stanza.data(), static_cast<int>(stanza.size()), XML_TRUE) == XML_STATUS_OK;
  }

  // Text of an element itself, not of what is in it.
  void text(std::string_view data) {
    if (has_text(path_[depth_])) text_.add(data);
  }

  void begin_cdata() {
    if (has_text(path_[depth_])) text_.begin_cdata();
  }

  static Reader& self(void* reader) { return *static_cast<Reader*>(reader); }

  void start(std::string_view name, const XML_Char** attributes) {
    text_.end_run();
    if (depth_ + 1 == path_.size()) {
      XML_StopParser(parser_.get(), XML_FALSE);
      return;
    }
    const Node parent = path_[depth_];
    const Node node = enter(parent, name, attributes);
    path_[++depth_] = node;
    if (has_text(node)) text_.begin();
  }

  void end() {
    text_.end_run();
    const Node node = path_[depth_--];
    if (node == Node::kItem) {
      out_.items.emplace_back();
      item_.finish(out_.items.back(), out_.attribute_bytes);
    } else if (has_text(node)) {
      use(node, text_.text());
    }
  }

  // The node of a child of `parent`, with what its attributes and its mere presence say.
  Node enter(Node parent, std::string_view name, const XML_Char** attributes) {
    if (name == "options" && !options_seen_) {
      options_seen_ = true;
      action_seen_ = action_seen_ || parent == Node::kPubsub;
      return Node::kOptions;
    }
    switch (parent) {
      case Node::kDocument: return enter_document(name, attributes);
      case Node::kIq: return enter_iq(name);
      case Node::kPubsub: return enter_action(name, attributes);
      case Node::kPublish: return enter_publish(name);
      case Node::kCollection: return enter_collection(name, attributes);
      default: return enter_schema(parent, name, attributes);
    }
  }

  Node enter_document(std::string_view name, const XML_Char** attributes) {
    if (name == "message") out_.kind = RequestKind::kMessage;
    if (name != "iq" && name != "message") return Node::kUnknown;
    out_.channels = channels_of(text_or_empty(attribute(attributes, "to")));
    return name == "iq" && text_or_empty(attribute(attributes, "type")) == "set" ? Node::kIq : Node::kUnknown;
  }

  Node enter_iq(std::string_view name) {
    if (name != "pubsub" || pubsub_seen_) return Node::kUnknown;
    pubsub_seen_ = true;
    return Node::kPubsub;
  }

  Node enter_action(std::string_view name, const XML_Char** attributes) {
    struct Action {
      std::string_view name;
      RequestKind kind;
      Node node;
    };
    static constexpr std::array<Action, 4> kActions{{{"subscribe", RequestKind::kSubscribe, Node::kSubscribe},
                                                     {"unsubscribe", RequestKind::kUnsubscribe, Node::kUnsubscribe},
                                                     {"publish", RequestKind::kPublish, Node::kPublish},
                                                     {"collection", RequestKind::kCollection, Node::kCollection}}};
    if (action_seen_) return Node::kUnknown;
    action_seen_ = true;
    for (const Action& action : kActions) {
      if (action.name != name) continue;
      out_.kind = action.kind;
      out_.node = text_or_empty(attribute(attributes, "node"));
      if (out_.kind == RequestKind::kPublish) out_.classify_node();
      if (out_.family && out_.afi == 1) out_.read_primary_instance_id();
      return action.node;
    }
    return Node::kUnknown;
  }

  Node enter_publish(std::string_view name) {
    if (name != "item") return Node::kUnknown;
    out_.has_items = true;
    if (!out_.family) return Node::kUnknown;
    item_.begin(context_, out_.afi == 2);
    return Node::kItem;
  }

  // The first associate counts; without one the first dissociate.
  Node enter_collection(std::string_view name, const XML_Char** attributes) {
    const bool associate = name == "associate";
    if (!associate && name != "dissociate") return Node::kUnknown;
    if (!out_.has_association || (associate && out_.withdraw)) {
      out_.has_association = true;
      out_.withdraw = !associate;
      out_.association_node = text_or_empty(attribute(attributes, "node"));
    }
    return Node::kUnknown;
  }

  Node enter_schema(Node parent, std::string_view name, const XML_Char** attributes) {
    if (parent == Node::kUnknown || has_text(parent)) return Node::kUnknown;
    if (parent == Node::kEntry && name == "mobility") mobility(attributes);
    for (const Rule& rule : kRules) {
      if (rule.parent != parent || rule.name != name) continue;
      if (rule.node == Node::kNextHop) item_.begin_next_hop();
      return rule.node;
    }
    return Node::kUnknown;
  }

  void mobility(const XML_Char** attributes) {
    if (const char* sticky = attribute(attributes, "sticky")) item_.sticky = std::string_view(sticky) == "true";
    if (const char* sequence = attribute(attributes, "seqno")) number(sequence, item_.numbers.mobility_sequence);
  }

  void number(std::string_view text, std::int32_t& to) {
    if (!parse_field_int(text, to)) item_.number_failed();
  }

  void use(Node node, std::string_view text) {
    UnicastItem::Numbers& n = item_.numbers;
    switch (node) {
      case Node::kInstanceId: out_.instance_id = parse_option_int(text); break;
      case Node::kNoRibout: out_.no_ribout = parse_option_bool(text); break;
      case Node::kNlriAf: number(text, n.nlri_af); break;
      case Node::kNlriSafi: number(text, n.nlri_safi); break;
      case Node::kNlriAddress: item_.set_prefix(text); break;
      case Node::kNextHopAf: number(text, n.next_hop_af); break;
      case Node::kNextHopAddress: item_.set_next_hop_address(text); break;
      case Node::kMac: item_.set_mac(text); break;
      case Node::kLabel: number(text, n.label); break;
      case Node::kUnusedNumber: number(text, n.unused); break;
      case Node::kEncap: item_.add_encap(text); break;
      case Node::kTag: tag(text); break;
      case Node::kNewTags: item_.new_tags = text == "true"; break;
      case Node::kLocalSequence: number(text, n.local_sequence); break;
      case Node::kSequence: number(text, n.sequence); break;
      case Node::kSecurityGroup: security_group(text); break;
      case Node::kCommunity: item_.add_community(text); break;
      case Node::kLocalPreference: number(text, n.local_preference); break;
      case Node::kMed: number(text, n.med); break;
      case Node::kLoadBalanceField: item_.add_load_balance_field(text); break;
      case Node::kDecision: item_.set_load_balance_decision(text); break;
      case Node::kSubProtocol: item_.set_sub_protocol(text); break;
      default: break;
    }
  }

  void tag(std::string_view text) {
    const auto number = parse_field_number(text);
    if (number) {
      item_.add_tag(*number);
    } else {
      item_.number_failed();
    }
  }

  void security_group(std::string_view text) {
    std::int32_t id = 0;
    number(text, id);
    item_.add_security_group(id);
  }

  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  const DecodeContext& context_;
  PubsubRequest& out_;
  UnicastItem item_;
  std::array<Node, kMostDepth + 1> path_{Node::kDocument};
  std::size_t depth_ = 0;
  FirstText text_;
  bool options_seen_ = false;
  bool pubsub_seen_ = false;
  bool action_seen_ = false;
};

}  // namespace

void expat_decode(std::string_view stanza, const DecodeContext& context, PubsubRequest& out) { Reader(context, out).read(stanza); }

}  // namespace signalbox::xmpp
