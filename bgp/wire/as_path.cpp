#include "bgp/wire/as_path.hpp"

#include <algorithm>

#include "bgp/wire/iana.hpp"

namespace signalbox::bgp {
namespace {

constexpr unsigned kMostInSegment = 255;

bool is_private(std::uint32_t as) { return (as >= 64512 && as <= 65534) || (as >= 4200000000u && as <= 4294967294u); }

// Writes segments; an empty one leaves no trace.
class SegmentWriter {
 public:
  explicit SegmentWriter(Bytes& out) : out_(out) {}
  void begin(std::uint8_t type) {
    type_ = type;
    count_at_ = 0;
  }
  void add(std::uint32_t as) {
    if (count_at_ == 0 || out_[count_at_] == kMostInSegment) {
      ByteWriter(out_).u8(type_);
      count_at_ = out_.size();
      ByteWriter(out_).u8(0);
    }
    ByteWriter(out_).u32(as);
    ++out_[count_at_];
  }

 private:
  Bytes& out_;
  std::uint8_t type_ = iana::kAsSequence;
  std::size_t count_at_ = 0;
};

// Calls f(segment type, numbers as bytes of four each).
template <class F>
void for_each_segment(ByteView path, F&& f) {
  ByteReader in(path);
  while (!in.empty()) {
    const std::uint8_t type = in.u8();
    const std::size_t count = in.u8();
    f(type, in.take(4 * count));
  }
}

// The path with `edit(type, as)` -> number to write, or 0 to leave it out.
template <class F>
Bytes rewritten(ByteView path, F&& edit) {
  Bytes out;
  SegmentWriter write(out);
  for_each_segment(path, [&](std::uint8_t type, ByteView numbers) {
    write.begin(type);
    for (ByteReader in(numbers); !in.empty();) {
      if (const std::uint32_t as = edit(type, in.u32())) write.add(as);
    }
  });
  return out;
}

}  // namespace

std::optional<Bytes> parse_as_path(ByteView wire, bool four_octet) {
  Bytes path;
  ByteWriter write(path);
  ByteReader in(wire);
  while (!in.empty()) {
    const std::uint8_t type = in.u8();
    const std::uint8_t count = in.u8();
    if (in.failed() || count == 0 || (type != iana::kAsSet && type != iana::kAsSequence)) return std::nullopt;
    write.u8(type);
    write.u8(count);
    for (unsigned n = 0; n < count; ++n) write.u32(four_octet ? in.u32() : in.u16());
  }
  if (in.failed()) return std::nullopt;
  return path;
}

// Keeps as many leading numbers of `path` as it is longer than the AS4_PATH.
Bytes merge_as4_path(ByteView path, ByteView as4_path) {
  const unsigned length = as_path_length(path), as4_length = as_path_length(as4_path);
  if (length < as4_length) return Bytes(path.begin(), path.end());
  unsigned keep = length - as4_length;
  Bytes out;
  SegmentWriter write(out);
  for_each_segment(path, [&](std::uint8_t type, ByteView numbers) {
    if (keep == 0) return;
    write.begin(type);
    for (ByteReader in(numbers); !in.empty() && keep > 0;) {
      write.add(in.u32());
      if (type == iana::kAsSequence) --keep;
    }
    if (type == iana::kAsSet) --keep;
  });
  out.insert(out.end(), as4_path.begin(), as4_path.end());
  return out;
}

unsigned as_path_length(ByteView path) {
  unsigned length = 0;
  for_each_segment(
      path, [&](std::uint8_t type, ByteView numbers) { length += type == iana::kAsSet ? 1 : static_cast<unsigned>(numbers.size() / 4); });
  return length;
}

std::uint32_t leftmost_as(ByteView path) {
  ByteReader in(path);
  if (in.empty() || in.u8() != iana::kAsSequence) return 0;
  in.u8();
  return in.u32();
}

unsigned count_as(ByteView path, std::uint32_t as) {
  unsigned count = 0;
  for_each_as(path, [&](std::uint8_t, std::uint32_t a) { count += a == as; });
  return count;
}

Bytes prepend_as(ByteView path, std::uint32_t as) {
  Bytes out;
  ByteWriter write(out);
  const bool extends = path.size() >= 2 && path[0] == iana::kAsSequence && path[1] < kMostInSegment;
  write.u8(iana::kAsSequence);
  write.u8(extends ? path[1] + 1u : 1u);
  write.u32(as);
  write.bytes(extends ? path.subspan(2) : path);
  return out;
}

Bytes replace_as(ByteView path, std::uint32_t from, std::uint32_t to) {
  return rewritten(path, [&](std::uint8_t, std::uint32_t as) { return as == from ? to : as; });
}

Bytes edit_private_as(ByteView path, PrivateAsAction action, std::uint32_t keep, std::uint32_t substitute) {
  if (action == PrivateAsAction::kNone) return Bytes(path.begin(), path.end());
  std::uint32_t nearest = substitute;
  if (action == PrivateAsAction::kReplaceAll && nearest == 0) {
    for_each_as(path, [&](std::uint8_t, std::uint32_t as) {
      if (nearest == 0 && !is_private(as)) nearest = as;
    });
  }
  bool stopped = false;
  return rewritten(path, [&](std::uint8_t, std::uint32_t as) -> std::uint32_t {
    if (stopped) return as;
    if (!is_private(as) || as == keep) {
      if (action == PrivateAsAction::kRemove) stopped = true;
      if (!is_private(as)) nearest = as;
      return as;
    }
    return action == PrivateAsAction::kReplaceAll ? nearest : 0;
  });
}

Bytes two_octet_path(ByteView path, bool& lossy) {
  Bytes out;
  ByteWriter write(out);
  for_each_segment(path, [&](std::uint8_t type, ByteView numbers) {
    write.u8(type);
    write.u8(static_cast<unsigned>(numbers.size() / 4));
    for (ByteReader in(numbers); !in.empty();) {
      const std::uint32_t as = in.u32();
      lossy |= as > 0xffff;
      write.u16(as > 0xffff ? iana::kAsTrans : as);
    }
  });
  return out;
}

}  // namespace signalbox::bgp
