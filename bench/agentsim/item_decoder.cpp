#include "bench/agentsim/item_decoder.hpp"

#include <algorithm>
#include <charconv>

#include "bench/agentsim/receive_scanner.hpp"

namespace signalbox::bench {
namespace {

constexpr std::size_t kMaxItems = 32;  // spec/xmpp.md 4.1
constexpr std::size_t kMaxRetracts = 256;

struct Tag {
  std::string_view whole;  // between '<' and '>'
  std::string_view name;
  std::string_view text;  // up to the next '<', trimmed
  bool closes = false;    // </name>
  bool empty = false;     // <name/>
};

std::string_view trim(std::string_view s) {
  const auto first = s.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(" \t\r\n") + 1 - first);
}

std::string unescape(std::string_view s) {
  static constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string out;
  while (!s.empty()) {
    const auto known =
        std::find_if(std::begin(kEntities), std::end(kEntities), [&](const auto& e) { return s.substr(0, e.first.size()) == e.first; });
    if (known != std::end(kEntities)) {
      out += known->second;
      s.remove_prefix(known->first.size());
    } else {
      out += s.front();
      s.remove_prefix(1);
    }
  }
  return out;
}

/// Walks the tags of a text, in order.
class TagReader {
 public:
  explicit TagReader(std::string_view text) : text_(text) {}

  bool next(Tag& tag) {
    const auto open = text_.find('<', at_);
    if (open == std::string_view::npos) return false;
    const auto close = text_.find('>', open);
    if (close == std::string_view::npos) return false;
    const auto after = std::min(text_.find('<', close), text_.size());
    tag.whole = text_.substr(open + 1, close - open - 1);
    tag.closes = !tag.whole.empty() && tag.whole.front() == '/';
    tag.empty = !tag.whole.empty() && tag.whole.back() == '/';
    const auto first = tag.closes ? 1u : 0u;
    tag.name = tag.whole.substr(first, tag.whole.find_first_of(" \t\r\n/", first) - first);
    tag.text = trim(text_.substr(close + 1, after - close - 1));
    at_ = after;
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Reads the items of one message; keeps its buffers from item to item.
class ItemReader {
 public:
  ItemReader(DecodedBody& body, Family family, const Topology& topology, ValueStore& values)
      : body_(body), family_(family), topology_(topology), values_(values) {}

  void start(std::string_view id) {
    id_.assign(id);
    hops_.clear();
    attributes_ = ItemAttributes{};
    attributes_.sequence = -1;
    entry_network_.clear();
    first_network_.clear();
    af_ = safi_ = 0;
    in_hop_ = in_nlri_ = false;
    nlri_address_.clear();
  }

  void tag(const Tag& t) {
    if (t.name == "nlri") {
      in_nlri_ = !t.closes;
    } else if (t.name == "next-hop") {
      if (t.closes) finish_hop();
      in_hop_ = !t.closes;
    } else if (t.closes) {
      return;
    } else if (in_nlri_) {
      nlri_tag(t);
    } else if (in_hop_) {
      hop_tag(t);
    } else {
      entry_tag(t);
    }
  }

  void finish() {
    attributes_.nlri_agrees = af_ == (family_ == Family::kInet ? 1 : 2) && safi_ == 1 && nlri_address_ == id_;
    attributes_.network_of_best = entry_network_ == first_network_;
    if (hops_.empty()) return violation("item without next hop");
    const NextHop first = hops_.front();
    std::sort(hops_.begin(), hops_.end());
    attributes_.best_first = hops_.front().address == first.address;
    add(values_.intern(hops_, values_.intern_text(attributes_.text())));
  }

  void retract(std::string_view id) {
    id_.assign(id);
    add(kAbsent);
  }

  void violation(std::string what) {
    if (body_.violation.empty()) body_.violation = std::move(what) + " (" + id_ + ")";
  }

 private:
  static std::int64_t number(std::string_view text) {
    std::int64_t value = -1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  void nlri_tag(const Tag& t) {
    if (t.name == "af") {
      af_ = number(t.text);
    } else if (t.name == "safi") {
      safi_ = number(t.text);
    } else if (t.name == "address") {
      nlri_address_.assign(t.text);
    }
  }

  void hop_tag(const Tag& t) {
    if (t.name == "address") {
      hop_address_.assign(t.text);
    } else if (t.name == "label") {
      hop_label_ = number(t.text);
    } else if (t.name == "tunnel-encapsulation") {
      append(hop_encapsulations_, t.text);
    } else if (t.name == "virtual-network") {
      hop_network_ = unescape(t.text);
    } else if (t.name == "tag") {
      append(hop_tags_, t.text);
    }
  }

  void entry_tag(const Tag& t) {
    if (t.name == "virtual-network") {
      entry_network_ = unescape(t.text);
    } else if (t.name == "mobility") {
      attributes_.mobility.assign(attribute(t.whole, " sticky=")).append("/").append(attribute(t.whole, " seqno="));
    } else if (t.name == "sequence-number") {
      attributes_.sequence = number(t.text);
    } else if (t.name == "security-group") {
      append(attributes_.security_groups, t.text);
    } else if (t.name == "community-tag") {
      append(attributes_.communities, t.text);
    } else if (t.name == "local-preference") {
      attributes_.local_preference = number(t.text);
    } else if (t.name == "med") {
      attributes_.med = number(t.text);
    } else if (t.name == "load-balance-field-list") {
      append(attributes_.load_balance_fields, t.text);
    } else if (t.name == "load-balance-decision") {
      attributes_.load_balance_decision.assign(t.text);
    } else if (t.name == "sub-protocol") {
      attributes_.sub_protocol.assign(t.text);
    }
  }

  void finish_hop() {
    std::uint32_t address = 0;
    const char* p = hop_address_.data();
    const char* const end = p + hop_address_.size();
    bool good = true;
    for (int octet = 0; octet < 4 && good; ++octet) {
      unsigned value = 256;
      const auto r = std::from_chars(p, end, value);
      good = r.ec == std::errc() && value < 256 && (octet == 3 ? r.ptr == end : r.ptr != end && *r.ptr == '.');
      address = address << 8 | (value & 255);
      p = r.ptr + (octet < 3 ? 1 : 0);
    }
    if (!good) violation("next hop that is no IPv4 address: " + hop_address_);
    if (hops_.empty()) first_network_ = hop_network_;
    hops_.push_back(
        {address, static_cast<std::uint32_t>(hop_label_), values_.intern_text(hop_detail(hop_network_, hop_encapsulations_, hop_tags_))});
    hop_address_.clear();
    hop_network_.clear();
    hop_encapsulations_.clear();
    hop_tags_.clear();
    hop_label_ = 0;
  }

  static void append(std::string& list, std::string_view text) { list.append(text).append(","); }

  void add(std::uint32_t value) {
    const auto prefix = prefix_number(family_, id_);
    const std::uint32_t slot = prefix && body_.table != kNoIndex ? topology_.slot_of(body_.table, *prefix) : kNoIndex;
    if (slot != kNoIndex) {
      body_.entries.push_back({slot, value});
      return;
    }
    body_.entries.push_back({kNoIndex, static_cast<std::uint32_t>(body_.strays.size()) << 1 | (value != kAbsent ? 1u : 0u)});
    body_.strays.push_back(id_);
  }

  DecodedBody& body_;
  const Family family_;
  const Topology& topology_;
  ValueStore& values_;
  std::string id_, nlri_address_, entry_network_, first_network_;
  std::string hop_address_, hop_network_, hop_encapsulations_, hop_tags_;
  std::int64_t hop_label_ = 0, af_ = 0, safi_ = 0;
  std::vector<NextHop> hops_;
  ItemAttributes attributes_;
  bool in_hop_ = false, in_nlri_ = false;
};

void read_entries(TagReader& tags, DecodedBody& body, const std::string& node, const Topology& topology, ValueStore& values) {
  ItemReader reader(body, node.rfind("2/", 0) == 0 ? Family::kInet6 : Family::kInet, topology, values);
  std::size_t items = 0, retracts = 0;
  bool in_item = false;
  for (Tag t; tags.next(t) && !(t.closes && t.name == "items");) {
    if (t.name == "item") {
      if (t.closes || t.empty) {
        reader.finish();
        in_item = false;
      } else {
        reader.start(unescape(attribute(t.whole, " id=")));
        in_item = true;
        ++items;
      }
    } else if (t.name == "retract" && !t.closes) {
      reader.retract(unescape(attribute(t.whole, " id=")));
      ++retracts;
    } else if (in_item) {
      reader.tag(t);
    }
  }
  if (in_item) reader.violation("item without end");
  if (items > 0 && retracts > 0) reader.violation("items and retracts in one message");
  if (items > kMaxItems || retracts > kMaxRetracts) reader.violation("more than 32 items or 256 retracts in one message");
  body.kind = retracts > 0 ? BodyKind::kRetracts : items > 0 ? BodyKind::kItems : BodyKind::kEmpty;
}

}  // namespace

DecodedBody decode_body(std::string_view text, const Topology& topology, ValueStore& values) {
  DecodedBody body;
  TagReader tags(text);
  for (Tag t; tags.next(t);) {
    if (t.name != "items" || t.closes) continue;
    const std::string node = unescape(attribute(t.whole, " node="));
    if (node == "0/0/EndOfRib") {
      body.kind = BodyKind::kEndOfRib;
      return body;
    }
    body.table = topology.find_table(node);
    read_entries(tags, body, node, topology, values);
    if (body.table == kNoIndex && body.violation.empty()) body.violation = "table of no known instance: " + node;
    return body;
  }
  body.violation = "message without items";
  return body;
}

}  // namespace signalbox::bench
