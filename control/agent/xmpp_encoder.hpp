// What a partition's export groups write with: bodies of agents' messages (xmpp/item_encode.hpp).
// Threads: one partition's. Cost: a copy of the finished body into its chunk.
#pragma once

#include <vector>

#include "bgp/export/encoder.hpp"
#include "xmpp/item_encode.hpp"

namespace signalbox::control {

class XmppEncoder : public bgp::Encoder {
 public:
  void configure(const bgp::SelfConfig& self, const bgp::GlobalConfig& global) override;
  void open_body(core::Family family, std::string_view instance) override;
  void add_item(const core::Prefix& prefix, std::span<const bgp::ExportedPath> paths) override;
  void add_retract(const core::Prefix& prefix) override;
  core::ChunkPtr close_body() override;

 private:
  xmpp::ItemEncoder encoder_;
  xmpp::TextBuffer text_;
  core::Family family_ = core::Family::kInet;
  std::vector<xmpp::NextHopView> next_hops_;
};

}  // namespace signalbox::control
