#include "bench/agentsim/receive_scanner.hpp"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace signalbox::bench {
namespace {

constexpr std::string_view kMessageStart = "<message";
constexpr std::string_view kMessageEnd = "</message";
constexpr std::string_view kIqStart = "<iq";
constexpr std::string_view kIqEnd = "</iq";

std::uint64_t load64(const char* p) {
  std::uint64_t v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

/// 64x64 -> 128 multiplication, folded: every input bit reaches every output bit.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

bool is_filler(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u == ' ' || u == '\n' || u == '\r' || u == '\t' || u == 0xC8 || u == 0x80;
}

#if defined(__x86_64__)
/// Looks for "</message" thirty-two places at a time, by two of its bytes: '/' and, six further on, 'g', which no other end tag
/// has there. Returns where it found it, or where the rest is too short for this; `found` tells which.
__attribute__((target("avx2"))) std::size_t find_message_end_avx2(std::string_view data, std::size_t from, bool& found) {
  const __m256i slash = _mm256_set1_epi8('/');
  const __m256i letter = _mm256_set1_epi8('g');
  for (; from + 32 + kMessageEnd.size() <= data.size(); from += 32) {
    const char* p = data.data() + from;
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 1));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 7));
    const __m256i both = _mm256_and_si256(_mm256_cmpeq_epi8(a, slash), _mm256_cmpeq_epi8(b, letter));
    for (auto hits = static_cast<unsigned>(_mm256_movemask_epi8(both)); hits != 0; hits &= hits - 1) {
      const std::size_t at = from + static_cast<std::size_t>(__builtin_ctz(hits));
      found = std::memcmp(data.data() + at, kMessageEnd.data(), kMessageEnd.size()) == 0;
      if (found) return at;
    }
  }
  return from;
}
#endif

/// First "</message" at or after `from`; npos when there is none.
std::size_t find_message_end(std::string_view data, std::size_t from) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  if (has_avx2) {
    bool found = false;
    from = find_message_end_avx2(data, from, found);
    if (found) return from;
  }
#endif
  return data.find(kMessageEnd, from);
}

/// Completes `frame` with the stanza that starts at `begin`, if its end tag is there.
void find_end(std::string_view data, std::size_t begin, std::size_t& searched, std::string_view end_tag, FrameKind kind, Frame& frame) {
  const std::size_t from = begin + searched;
  const std::size_t at = kind == FrameKind::kMessage ? find_message_end(data, from) : data.find(end_tag, from);
  if (at == std::string_view::npos) {
    const std::size_t have = data.size() - begin;
    searched = have > end_tag.size() ? have - end_tag.size() : 0;
    return;
  }
  std::size_t close = at + end_tag.size();
  while (close < data.size() && (data[close] == ' ' || data[close] == '\n' || data[close] == '\r' || data[close] == '\t')) ++close;
  if (close == data.size()) {
    searched = at - begin;
    return;
  }
  frame.kind = data[close] == '>' ? kind : FrameKind::kBad;
  frame.stanza = data.substr(begin, close + 1 - begin);
  frame.consumed = close + 1;
  searched = 0;
}

bool starts_like(std::string_view data, std::string_view start) { return data.substr(0, start.size()) == start.substr(0, data.size()); }

}  // namespace

BodyKey body_key(std::string_view bytes) {
  constexpr std::uint64_t k0 = 0xA0761D6478BD642Full, k1 = 0xE7037ED1A0B428DBull, k2 = 0x8EBC6AF09C88C6E3ull, k3 = 0x589965CC75374CC3ull;
  std::uint64_t a = k0, b = k1, c = k2, d = k3;
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 64; left -= 64, p += 64) {
    a = fold(load64(p) ^ k1, load64(p + 8) ^ a);
    b = fold(load64(p + 16) ^ k2, load64(p + 24) ^ b);
    c = fold(load64(p + 32) ^ k3, load64(p + 40) ^ c);
    d = fold(load64(p + 48) ^ k0, load64(p + 56) ^ d);
  }
  char tail[64] = {};
  std::memcpy(tail, p, left);
  a = fold(load64(tail) ^ k1, load64(tail + 8) ^ a);
  b = fold(load64(tail + 16) ^ k2, load64(tail + 24) ^ b);
  c = fold(load64(tail + 32) ^ k3, load64(tail + 40) ^ c);
  d = fold(load64(tail + 48) ^ k0, load64(tail + 56) ^ d);
  const std::uint64_t size = bytes.size();
  return {fold(a ^ k2, c ^ size) ^ fold(b ^ k3, d ^ k0), fold(a ^ d ^ k1, b + c) ^ fold(c ^ k0, d ^ size) ^ a};
}

Frame next_frame(std::string_view data, std::size_t& searched) {
  Frame frame{FrameKind::kIncomplete, 0, 0, {}};
  std::size_t begin = 0;
  while (begin < data.size() && is_filler(data[begin])) {
    frame.keepalives += static_cast<unsigned char>(data[begin]) == 0x80;
    ++begin;
  }
  if (begin > 0) searched = 0;
  frame.consumed = begin;
  const std::string_view rest = data.substr(begin);
  if (rest.empty()) return frame;
  if (starts_like(rest, kMessageStart)) {
    if (rest.size() >= kMessageStart.size()) find_end(data, begin, searched, kMessageEnd, FrameKind::kMessage, frame);
  } else if (starts_like(rest, kIqStart)) {
    if (rest.size() >= kIqStart.size()) find_end(data, begin, searched, kIqEnd, FrameKind::kIq, frame);
  } else {
    frame.kind = FrameKind::kBad;
  }
  return frame;
}

MessageParts split_message(std::string_view stanza) {
  const auto close = stanza.find('>');
  return {stanza.substr(0, close + 1), stanza.substr(close + 1)};
}

std::string_view attribute(std::string_view tag, std::string_view name) {
  const auto at = tag.find(name);
  if (at == std::string_view::npos || at + name.size() >= tag.size()) return {};
  const char quote = tag[at + name.size()];
  if (quote != '"' && quote != '\'') return {};
  const auto first = at + name.size() + 1;
  const auto last = tag.find(quote, first);
  return last == std::string_view::npos ? std::string_view{} : tag.substr(first, last - first);
}

}  // namespace signalbox::bench
