#include "control/agent/xmpp_encoder.hpp"

namespace signalbox::control {

void XmppEncoder::configure(const bgp::SelfConfig& self, const bgp::GlobalConfig& global) {
  encoder_.set_context(xmpp::EncodeContext{self.autonomous_system, global.all_tags_are_global});
}

void XmppEncoder::open_body(core::Family family, std::string_view instance) {
  text_.clear();
  family_ = family;
  xmpp::open_items(text_, family, instance);
}

void XmppEncoder::add_item(const core::Prefix& prefix, std::span<const bgp::ExportedPath> paths) {
  next_hops_.clear();
  for (const bgp::ExportedPath& path : paths) {
    next_hops_.push_back({path.next_hop, path.label, path.attribute_serial, path.attributes.bytes(), path.origin_vn});
  }
  encoder_.add_item(text_, xmpp::ItemView{family_, prefix, next_hops_});
}

void XmppEncoder::add_retract(const core::Prefix& prefix) { xmpp::add_retract(text_, prefix); }

core::ChunkPtr XmppEncoder::close_body() {
  xmpp::close_items(text_);
  return core::ChunkPtr::copy_of(text_.view());
}

}  // namespace signalbox::control
