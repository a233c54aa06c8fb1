#include "xmpp/send_queue.hpp"

namespace signalbox::xmpp {

int SendQueue::gather(iovec* pieces, int max_pieces, std::size_t max_bytes) const {
  int count = 0;
  std::size_t gathered = 0;
  std::size_t offset = offset_;
  for (std::size_t i = head_; i < chunks_.size() && count < max_pieces && gathered < max_bytes; ++i) {
    const std::string_view rest = chunks_[i]->bytes().substr(offset);
    pieces[count++] = {const_cast<char*>(rest.data()), rest.size()};
    gathered += rest.size();
    offset = 0;
  }
  return count;
}

void SendQueue::consume(std::size_t bytes) {
  bytes_ -= bytes;
  offset_ += bytes;
  while (head_ < chunks_.size() && offset_ >= chunks_[head_]->size()) {
    offset_ -= chunks_[head_]->size();
    chunks_[head_++] = {};
  }
  if (bytes_ == 0) {
    clear();
  } else if (head_ >= kKeptCapacity && head_ * 2 >= chunks_.size()) {
    // Half of it is gone: moving the rest costs no more than what was written already.
    chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void SendQueue::clear() {
  chunks_.clear();
  if (chunks_.capacity() > kKeptCapacity) chunks_.shrink_to_fit();
  head_ = offset_ = bytes_ = 0;
}

}  // namespace signalbox::xmpp
