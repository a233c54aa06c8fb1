#include "xmpp/pubsub_decode.hpp"

#include <cstdint>
#include <string>

#include "xmpp/byte_scan.hpp"
#include "xmpp/expat_decode.hpp"
#include "xmpp/xml_cursor.hpp"

namespace signalbox::xmpp {
namespace {

// The forms that agents and their simulators write: elements in schema order, each at most once except in lists, double quotes, any blanks
// between tags. Members return false when the stanza is something else; an element that is missing is none of that.
class KnownForms {
 public:
  KnownForms(std::string_view stanza, const DecodeContext& context, UnicastItem& item, AttributeMemo& memo, PubsubRequest& out)
      : in_(stanza), context_(context), item_(item), memo_(memo), out_(out) {}

  bool read() {
    if (!iq_start() || !pubsub_start() || !action()) return false;
    if (remembered_) return true;
    if (!in_.close<"pubsub">() || !in_.close<"iq">() || !in_.at_end()) return false;
    remember();
    return true;
  }

 private:
  bool iq_start() {
    if (!in_.take<"<iq">()) return false;
    std::string_view type, from, to, id;
    for (;;) {
      const bool blanks = in_.skip_blanks();
      if (in_.take<">">()) break;
      std::string_view* value = nullptr;
      if (!blanks) return false;
      if (in_.take<"type=\"">()) {
        value = &type;
      } else if (in_.take<"from=\"">()) {
        value = &from;
      } else if (in_.take<"to=\"">()) {
        value = &to;
      } else if (in_.take<"id=\"">()) {
        value = &id;
      }
      if (value == nullptr || value->data() != nullptr || !in_.value(*value)) return false;
    }
    out_.channels = channels_of(to);
    return type == "set";
  }

  bool pubsub_start() {
    std::string_view ignored;
    in_.skip_blanks();
    return in_.take<"<pubsub">() && (in_.take<">">() || (in_.take<" xmlns=\"">() && in_.value(ignored) && in_.take<">">()));
  }

  bool action() {
    in_.skip_blanks();
    if (in_.take<"<publish">()) return publish();
    if (in_.take<"<collection">()) return collection();
    if (in_.take<"<subscribe">()) return subscription<"subscribe">(RequestKind::kSubscribe);
    if (in_.take<"<unsubscribe">()) return subscription<"unsubscribe">(RequestKind::kUnsubscribe);
    return false;
  }

  bool node(std::string& to) {
    std::string_view value;
    if (!in_.take<" node=\"">() || !in_.value(value)) return false;
    to.assign(value);
    return true;
  }

  template <Literal kName>
  bool subscription(RequestKind kind) {
    out_.kind = kind;
    bool empty = false;
    if (!node(out_.node) || !in_.tag_end(empty)) return false;
    if (!empty && !(options() && in_.close<kName>())) return false;
    // Options inside come first in the document; a second element of them would be another form.
    return options_read_ || options();
  }

  bool options() {
    XmlCursor in = in_;
    const Found found = in.open<"options">();
    options_read_ = found != Found::kNo;
    const bool ok = found != Found::kOpen ||
                    (in.number<"instance-id">(out_.instance_id) &&
                     in.text<"no-ribout">([this](std::string_view t) { out_.no_ribout = parse_option_bool(t); }) && in.close<"options">());
    in_ = in;
    return ok;
  }

  bool collection() {
    out_.kind = RequestKind::kCollection;
    bool empty = false;
    if (!node(out_.node) || !in_.tag_end(empty) || empty) return false;
    in_.skip_blanks();
    out_.withdraw = in_.take<"<dissociate">();
    if (!out_.withdraw && !in_.take<"<associate">()) return false;
    out_.has_association = true;
    return node(out_.association_node) && in_.tag_end(empty) && empty && in_.close<"collection">();
  }

  bool publish() {
    out_.kind = RequestKind::kPublish;
    bool empty = false;
    if (!node(out_.node) || !in_.tag_end(empty) || empty) return false;
    out_.classify_node();
    if (!out_.family) return false;
    if (out_.afi == 1) out_.read_primary_instance_id();
    do {
      if (!unicast_item()) return false;
      out_.has_items = true;
      out_.items.emplace_back();
      if (remembered_ != nullptr) {
        item_.finish(out_.items.back(), out_.attribute_bytes, remembered_->attributes, remembered_->attributes_hash);
        return true;
      }
      item_.finish(out_.items.back(), out_.attribute_bytes);
    } while (!in_.close<"publish">());
    return true;
  }

  bool unicast_item() {
    item_.begin(context_, out_.afi == 2);
    if (in_.open<"item">() != Found::kOpen || in_.open<"entry">() != Found::kOpen || !nlri() || !next_hops()) return false;
    return remembered_ != nullptr || (entry_rest() && in_.close<"item">());
  }

  bool nlri() {
    XmlCursor in = in_;
    UnicastItem::Numbers& n = item_.numbers;
    const bool ok = in.open<"nlri">() == Found::kOpen && in.number<"af">(n.nlri_af) && in.number<"safi">(n.nlri_safi) &&
                    in.text<"address">([this](std::string_view t) { item_.set_prefix(t); }) && in.close<"nlri">();
    in_ = in;
    return ok;
  }

  bool next_hops() {
    if (in_.open<"next-hops">() != Found::kOpen) return true;
    const Found one = in_.open<"next-hop">();
    if (one == Found::kEmpty) return false;
    if (one == Found::kOpen) {
      if (!next_hop_start()) return false;
      if (out_.items.empty() && recall()) return true;
      if (!next_hop_rest()) return false;
    }
    return in_.close<"next-hops">();
  }

  bool next_hop_start() {
    XmlCursor in = in_;
    UnicastItem::Numbers& n = item_.numbers;
    item_.begin_next_hop();
    const bool ok = in.number<"af">(n.next_hop_af) && in.text<"address">([this](std::string_view t) { item_.set_next_hop_address(t); }) &&
                    in.text<"mac">([this](std::string_view t) { item_.set_mac(t); }) && in.number<"label">(n.label);
    in_ = in;
    return ok;
  }

  // Everything behind the first item's label has been met before, to the end of the stanza.
  bool recall() {
    tail_ = in_.rest();
    tail_key_ = AttributeMemo::key_of(tail_);
    remembered_ = memo_.find(tail_key_, tail_, item_.mac());
    return remembered_ != nullptr;
  }

  void remember() {
    if (tail_.empty() || out_.items.size() != 1 || out_.items.front().attributes_size == 0) return;
    memo_.store(tail_key_, tail_, item_.mac(), out_.attributes(out_.items.front()), out_.items.front().attributes_hash);
  }

  bool next_hop_rest() {
    XmlCursor in = in_;
    UnicastItem::Numbers& n = item_.numbers;
    const bool ok =
        in.number<"vni">(n.unused) &&
        in.list<"tunnel-encapsulation-list", "tunnel-encapsulation">([this](std::string_view t) { return item_.add_encap(t), true; }) &&
        in.text<"virtual-network">(ignore) && in.list<"tag-list", "tag">([this](std::string_view t) { return tag(t); }) &&
        in.text<"is-new-tags-list">([this](std::string_view t) { item_.new_tags = t == "true"; }) &&
        in.number<"local-sequence-number">(n.local_sequence) && in.close<"next-hop">();
    in_ = in;
    return ok;
  }

  bool entry_rest() {
    XmlCursor in = in_;
    UnicastItem::Numbers& n = item_.numbers;
    const bool ok = in.number<"version">(n.unused) && in.text<"virtual-network">(ignore) && mobility(in) &&
                    in.list<"peers", "peer">(ignore_member) && in.number<"sequence-number">(n.sequence) &&
                    in.list<"security-group-list", "security-group">([this](std::string_view t) { return security_group(t); }) &&
                    in.list<"community-tag-list", "community-tag">([this](std::string_view t) { return item_.add_community(t), true; }) &&
                    in.number<"local-preference">(n.local_preference) && in.number<"med">(n.med) && load_balance(in) &&
                    in.text<"sub-protocol">([this](std::string_view t) { item_.set_sub_protocol(t); }) && in.close<"entry">();
    in_ = in;
    return ok;
  }

  [[gnu::always_inline]] inline bool mobility(XmlCursor& in) {
    in.skip_blanks();
    if (!in.take<"<mobility">()) return true;
    std::string_view sticky, sequence;
    if (!in.take<" sticky=\"">() || !in.value(sticky) || !in.take<" seqno=\"">() || !in.value(sequence)) return false;
    bool empty = false;
    item_.sticky = sticky == "true";
    return parse_field_int(sequence, item_.numbers.mobility_sequence) && in.tag_end(empty) && empty;
  }

  [[gnu::always_inline]] inline bool load_balance(XmlCursor& in) {
    if (in.open<"load-balance">() != Found::kOpen) return true;
    return in.list<"load-balance-fields", "load-balance-field-list">([this](std::string_view t) {
      return item_.add_load_balance_field(t), true;
    }) && in.text<"load-balance-decision">([this](std::string_view t) { item_.set_load_balance_decision(t); }) &&
           in.close<"load-balance">();
  }

  static void ignore(std::string_view) {}
  static bool ignore_member(std::string_view) { return true; }

  bool tag(std::string_view t) {
    const auto number = parse_field_number(t);
    if (!number) return false;
    item_.add_tag(*number);
    return true;
  }

  bool security_group(std::string_view t) {
    std::int32_t id = 0;
    if (!parse_field_int(t, id)) return false;
    item_.add_security_group(id);
    return true;
  }

  XmlCursor in_;
  const DecodeContext& context_;
  UnicastItem& item_;
  AttributeMemo& memo_;
  PubsubRequest& out_;
  std::string_view tail_;
  std::uint64_t tail_key_ = 0;
  const AttributeMemo::Slot* remembered_ = nullptr;
  bool options_read_ = false;
};

}  // namespace

void PubsubDecoder::set_context(const DecodeContext& context) {
  if (context == context_) return;
  context_ = context;
  memo_.clear();
}

bool PubsubDecoder::decode_known(std::string_view stanza, PubsubRequest& out) {
  if (!plain(stanza.data(), stanza.data() + stanza.size())) return false;
  out.clear();
  return KnownForms(stanza, context_, item_, memo_, out).read();
}

void PubsubDecoder::decode(std::string_view stanza, PubsubRequest& out) {
  if (!decode_known(stanza, out)) expat_decode(stanza, context_, out);
}

void decode_pubsub(std::string_view stanza, const DecodeContext& context, PubsubRequest& out) {
  PubsubDecoder(context).decode(stanza, out);
}

}  // namespace signalbox::xmpp
