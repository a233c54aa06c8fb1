// Members of complex types, written by the name of their XML element; for the tables of schema.cpp alone.
//
// From that one name come the JSON name ('-' is '_' there) and both tags, all made at compile time.
// Threads: constants. Source: spec/config.md 5.2.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "ifmap-compat/schema.hpp"

namespace signalbox::ifmap {

template <std::size_t N>
struct ElementName {
  char text[N]{};
  static constexpr std::size_t kSize = N - 1;

  // Implicit, so that a literal can be a template argument.
  constexpr ElementName(const char (&name)[N]) { std::copy_n(name, N, text); }  // NOLINT(google-explicit-constructor)
};

template <ElementName N>
struct MemberNames {
  static constexpr auto kJson = [] {
    std::array<char, N.kSize> text{};
    for (std::size_t i = 0; i < N.kSize; ++i) text[i] = N.text[i] == '-' ? '_' : N.text[i];
    return text;
  }();
  static constexpr auto kClose = [] {
    std::array<char, N.kSize + 3> text{'<', '/'};
    for (std::size_t i = 0; i < N.kSize; ++i) text[i + 2] = N.text[i];
    text[N.kSize + 2] = '>';
    return text;
  }();
  static constexpr auto kOpen = [] {
    std::array<char, N.kSize + 2> text{'<'};
    for (std::size_t i = 0; i < N.kSize; ++i) text[i + 1] = N.text[i];
    text[N.kSize + 1] = '>';
    return text;
  }();
};

template <ElementName N>
constexpr Member member(ValueKind kind, bool list = false, const ComplexType* complex = nullptr) {
  using Names = MemberNames<N>;
  Member m;
  m.name = {Names::kJson.data(), Names::kJson.size()};
  m.open = {Names::kOpen.data(), Names::kOpen.size()};
  m.close = {Names::kClose.data(), Names::kClose.size()};
  m.kind = kind;
  m.list = list;
  m.complex = complex;
  return m;
}

template <ElementName N>
constexpr Member text(std::string_view value = {}) {
  Member m = member<N>(ValueKind::kString);
  m.default_text = value;
  return m;
}

template <ElementName N>
constexpr Member integer(std::int64_t value = 0) {
  Member m = member<N>(ValueKind::kInteger);
  m.default_number = value;
  return m;
}

template <ElementName N>
constexpr Member boolean(bool value = false) {
  Member m = member<N>(ValueKind::kBoolean);
  m.default_number = value;
  return m;
}

template <ElementName N>
constexpr Member texts() {
  return member<N>(ValueKind::kString, true);
}
template <ElementName N>
constexpr Member integers() {
  return member<N>(ValueKind::kInteger, true);
}
template <ElementName N>
constexpr Member unsigned_long() {
  return member<N>(ValueKind::kUnsigned);
}
template <ElementName N>
constexpr Member unsigned_longs() {
  return member<N>(ValueKind::kUnsigned, true);
}
template <ElementName N>
constexpr Member date_time() {
  return member<N>(ValueKind::kDateTime);
}
template <ElementName N>
constexpr Member time_of_day() {
  return member<N>(ValueKind::kTime);
}
template <ElementName N>
constexpr Member zero() {
  return member<N>(ValueKind::kZero);
}
template <ElementName N>
constexpr Member complex(const ComplexType& type) {
  return member<N>(ValueKind::kComplex, false, &type);
}
template <ElementName N>
constexpr Member complexes(const ComplexType& type) {
  return member<N>(ValueKind::kComplex, true, &type);
}

}  // namespace signalbox::ifmap
