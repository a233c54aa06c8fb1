#include "xmpp/receive_buffer.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace signalbox::xmpp {
namespace {

constexpr std::size_t kSmallest = 256;
constexpr std::size_t kGrowth = 64 * 1024;

}  // namespace

std::span<char> ReceiveBuffer::prepare(std::span<char> shared) {
  if (size_ <= kShortTail) {
    if (size_ > 0) std::memcpy(shared.data(), own_.get(), size_);
    shared_ = shared.data();
    return shared.subspan(size_);
  }
  shared_ = nullptr;
  if (capacity_ - size_ < kGrowth) reserve(std::max(capacity_ * 2, size_ + kGrowth));
  return {own_.get() + size_, capacity_ - size_};
}

std::string_view ReceiveBuffer::commit(std::size_t n) {
  if (shared_) {
    shared_view_ = {shared_, size_ + n};
    return shared_view_;
  }
  size_ += n;
  return tail();
}

void ReceiveBuffer::keep(std::size_t consumed) {
  if (shared_view_.data()) {
    store(shared_view_.substr(consumed));
    shared_view_ = {};
  } else if (consumed > 0) {
    const std::string_view rest = tail().substr(consumed);
    if (rest.size() <= kShortTail) {
      store(rest);
    } else {
      std::memmove(own_.get(), rest.data(), rest.size());
      size_ = rest.size();
    }
  }
}

void ReceiveBuffer::reserve(std::size_t capacity) {
  std::unique_ptr<char[]> larger(new char[capacity]);
  if (size_ > 0) std::memcpy(larger.get(), own_.get(), size_);
  own_ = std::move(larger);
  capacity_ = capacity;
}

// `rest` may lie in own_.
void ReceiveBuffer::store(std::string_view rest) {
  if (rest.empty()) {
    own_.reset();
    capacity_ = 0;
  } else if (rest.size() <= capacity_ && capacity_ <= kShortTail) {
    std::memmove(own_.get(), rest.data(), rest.size());
  } else {
    // Short ones get room to grow by trickles.
    const std::size_t capacity = rest.size() <= kShortTail ? std::bit_ceil(std::max(rest.size(), kSmallest)) : rest.size();
    std::unique_ptr<char[]> fitting(new char[capacity]);
    std::memcpy(fitting.get(), rest.data(), rest.size());
    own_ = std::move(fitting);
    capacity_ = capacity;
  }
  size_ = rest.size();
}

}  // namespace signalbox::xmpp
