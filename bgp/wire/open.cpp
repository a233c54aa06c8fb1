#include "bgp/wire/open.hpp"

#include "bgp/wire/header.hpp"

namespace signalbox::bgp {
namespace {

void write_numbers(ByteWriter& write, FamilyNumbers family) {
  write.u16(family.afi);
  write.u8(family.safi);
}

FamilyNumbers read_numbers(ByteReader& in) {
  FamilyNumbers family;
  family.afi = in.u16();
  family.safi = in.u8();
  return family;
}

// One capability: encode and decode side by side. A decoder returns false when the value has another form.

template <class F>
void write_capability(ByteWriter& write, iana::Capability code, F value) {
  write.u8(static_cast<unsigned>(code));
  const std::size_t length = write.reserve_u8();
  value();
  write.fill_u8(length);
}

void encode_multiprotocol(ByteWriter& write, FamilyNumbers family) {
  write.u16(family.afi);
  write.u8(0);
  write.u8(family.safi);
}

bool decode_multiprotocol(ByteReader in, Open& open) {
  FamilyNumbers family;
  family.afi = in.u16();
  in.u8();
  family.safi = in.u8();
  if (in.failed() || !in.empty()) return false;
  open.multiprotocol.push_back(family);
  return true;
}

bool decode_four_octet_as(ByteReader in, Open& open) {
  open.four_octet_as = in.u32();
  return !in.failed() && in.empty();
}

void encode_graceful_restart(ByteWriter& write, const GracefulRestart& gr) {
  write.u16((gr.restarting ? iana::kRestartState : 0u) | (gr.notification ? iana::kNotificationSupport : 0u) |
            (gr.time & iana::kRestartTimeMask));
  for (const GracefulRestart::Family& f : gr.families) {
    write_numbers(write, f.family);
    write.u8(f.flags);
  }
}

bool decode_graceful_restart(ByteReader in, Open& open) {
  GracefulRestart gr;
  const std::uint16_t head = in.u16();
  gr.restarting = (head & iana::kRestartState) != 0;
  gr.notification = (head & iana::kNotificationSupport) != 0;
  gr.time = head & iana::kRestartTimeMask;
  while (!in.empty()) {
    GracefulRestart::Family f;
    f.family = read_numbers(in);
    f.flags = in.u8();
    gr.families.push_back(f);
  }
  open.graceful_restart = std::move(gr);
  return !in.failed();
}

void encode_long_lived_restart(ByteWriter& write, const LongLivedRestart& llgr) {
  for (const LongLivedRestart::Family& f : llgr.families) {
    write_numbers(write, f.family);
    write.u8(f.flags);
    write.u24(f.time);
  }
}

bool decode_long_lived_restart(ByteReader in, Open& open) {
  LongLivedRestart llgr;
  while (!in.empty()) {
    LongLivedRestart::Family f;
    f.family = read_numbers(in);
    f.flags = in.u8();
    f.time = in.u24();
    llgr.families.push_back(f);
  }
  open.long_lived_restart = std::move(llgr);
  return !in.failed();
}

bool decode_capability(std::uint8_t code, ByteView value, Open& open) {
  switch (static_cast<iana::Capability>(code)) {
    case iana::Capability::kMultiprotocol: return decode_multiprotocol(ByteReader(value), open);
    case iana::Capability::kFourOctetAs: return decode_four_octet_as(ByteReader(value), open);
    case iana::Capability::kGracefulRestart: return decode_graceful_restart(ByteReader(value), open);
    case iana::Capability::kLongLivedGracefulRestart: return decode_long_lived_restart(ByteReader(value), open);
  }
  return true;
}

void encode_capabilities(ByteWriter& write, const Open& open) {
  for (const FamilyNumbers& family : open.multiprotocol) {
    write_capability(write, iana::Capability::kMultiprotocol, [&] { encode_multiprotocol(write, family); });
  }
  if (open.four_octet_as) write_capability(write, iana::Capability::kFourOctetAs, [&] { write.u32(*open.four_octet_as); });
  if (open.graceful_restart) {
    write_capability(write, iana::Capability::kGracefulRestart, [&] { encode_graceful_restart(write, *open.graceful_restart); });
  }
  if (open.long_lived_restart) {
    write_capability(write, iana::Capability::kLongLivedGracefulRestart,
                     [&] { encode_long_lived_restart(write, *open.long_lived_restart); });
  }
}

bool decode_capabilities(ByteReader in, Open& open) {
  while (!in.empty()) {
    const std::uint8_t code = in.u8();
    const ByteView value = in.take(in.u8());
    if (in.failed() || !decode_capability(code, value, open)) return false;
  }
  return true;
}

}  // namespace

Bytes encode(const Open& open) {
  Bytes out;
  begin_message(out, iana::MessageType::kOpen);
  ByteWriter write(out);
  write.u8(open.version);
  write.u16(open.autonomous_system);
  write.u16(open.hold_time);
  write.u32(open.identifier);
  const std::size_t parameters = write.reserve_u8();
  write.u8(iana::kCapabilitiesParameter);
  const std::size_t capabilities = write.reserve_u8();
  encode_capabilities(write, open);
  write.fill_u8(capabilities);
  write.fill_u8(parameters);
  finish_message(out);
  return out;
}

Decoded<Open> decode_open(ByteView body) {
  ByteReader in(body);
  Open open;
  open.version = in.u8();
  // The data is the version we speak, in one byte as the incumbent has it.
  if (open.version != iana::kVersion) return Notification::of(iana::OpenError::kUnsupportedVersion, {iana::kVersion});
  open.autonomous_system = in.u16();
  open.hold_time = in.u16();
  open.identifier = in.u32();
  ByteReader parameters(in.take(in.u8()));
  if (in.failed() || !in.empty()) return Notification::of(iana::OpenError::kUnspecific);
  while (!parameters.empty()) {
    const std::uint8_t type = parameters.u8();
    const ByteView value = parameters.take(parameters.u8());
    if (parameters.failed()) return Notification::of(iana::OpenError::kUnspecific);
    if (type != iana::kCapabilitiesParameter) return Notification::of(iana::OpenError::kUnsupportedParameter);
    if (!decode_capabilities(ByteReader(value), open)) return Notification::of(iana::OpenError::kUnspecific);
  }
  return open;
}

}  // namespace signalbox::bgp
