// Result<T>: a value or an Error that says what went wrong and where.
//
// Used by everything that reads bytes, options or configuration objects from outside. An Error carries text for people; a decoder that has
// to answer its peer with a code has an error type of its own and uses Result<T, ThatError>.
// Threads: plain values. Cost: no allocation on success.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace signalbox::core {

struct Error {
  std::string text;
};

inline Error error(std::string text) { return Error{std::move(text)}; }

template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor): `return value;`
  Result(E e) : state_(std::in_place_index<1>, std::move(e)) {}          // NOLINT(google-explicit-constructor): `return error(...);`

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition: ok().
  T& value() { return *std::get_if<0>(&state_); }
  const T& value() const { return *std::get_if<0>(&state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Precondition: !ok().
  const E& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, E> state_;
};

// A step that yields nothing but may fail.
template <class E = Error>
class [[nodiscard]] StatusOf {
 public:
  StatusOf() = default;
  StatusOf(E e) : error_(std::move(e)) {}  // NOLINT(google-explicit-constructor): `return error(...);`

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const E& error() const { return *error_; }

 private:
  std::optional<E> error_;
};

using Status = StatusOf<Error>;

}  // namespace signalbox::core
