// A decoded request as text, for golden files and for messages of failing tests.
#pragma once

#include <ostream>
#include <sstream>
#include <string>

#include "core/attributes.hpp"
#include "xmpp/pubsub.hpp"

namespace signalbox::xmpp {

template <class Bytes>
std::string hex(const Bytes& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t b : bytes) {
    text += kDigits[b >> 4];
    text += kDigits[b & 15];
  }
  return text;
}

inline void write_attributes(std::ostream& out, const core::AttributeView& a) {
  const core::AttributeHeader& h = a.header();
  out << "  local_pref " << h.local_pref << " med " << (h.has_med ? std::to_string(h.med) : "none") << " origin "
      << static_cast<int>(h.origin) << " sub_protocol " << static_cast<int>(h.sub_protocol) << (h.infeasible_encap ? " infeasible" : "")
      << '\n';
  for (std::size_t i = 0; i < a.communities(); ++i)
    out << "  community " << (a.community(i) >> 16) << ':' << (a.community(i) & 0xffff) << '\n';
  for (std::size_t i = 0; i < a.ext_communities(); ++i) out << "  ext " << hex(a.ext_community(i).bytes) << '\n';
  for (std::size_t i = 0; i < a.large_communities(); ++i) out << "  large " << hex(a.large_community(i).bytes) << '\n';
}

inline void write_item(std::ostream& out, const PubsubRequest& r, const PublishedItem& item) {
  out << "item " << item.prefix.to_string() << ' ' << core::info(item.family).name;
  if (item.key_fault != ItemFault::kNone) out << " key_fault \"" << to_string(item.key_fault) << '"';
  if (item.add_fault != ItemFault::kNone) out << " add_fault \"" << to_string(item.add_fault) << '"';
  if (item.attributes_size == 0) {
    out << '\n';
    return;
  }
  out << " next_hop " << item.next_hop.to_string() << " label " << item.label << '\n';
  write_attributes(out, core::AttributeView(r.attributes(item)));
}

inline std::string request_text(const PubsubRequest& r) {
  std::ostringstream out;
  out << "kind " << to_string(r.kind) << "\nchannels " << static_cast<int>(r.channels) << "\nnode " << r.node << '\n';
  if (r.kind == RequestKind::kSubscribe || r.kind == RequestKind::kUnsubscribe) {
    out << "instance_id " << r.instance_id << " no_ribout " << r.no_ribout << '\n';
  }
  if (r.kind == RequestKind::kCollection) {
    out << (!r.has_association ? "no association" : r.withdraw ? "dissociate " : "associate ") << r.association_node << '\n';
  }
  if (r.kind == RequestKind::kPublish) {
    out << "family " << (r.family ? core::info(*r.family).name : "unknown") << ' ' << r.afi << '/' << static_cast<int>(r.safi)
        << " primary_instance_id " << r.primary_instance_id << (r.has_items ? "" : " no items") << '\n';
    for (const PublishedItem& item : r.items) write_item(out, r, item);
  }
  return out.str();
}

inline std::ostream& operator<<(std::ostream& out, const PubsubRequest& r) { return out << '\n' << request_text(r); }

}  // namespace signalbox::xmpp
