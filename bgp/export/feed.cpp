#include "bgp/export/feed.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace signalbox::bgp {
namespace {
std::uint64_t feed_key(unsigned partition, core::InstanceId instance) {
  return static_cast<std::uint64_t>(instance.value) << 8 | partition;
}
}  // namespace

void Feed::attach(FeedReader& reader, std::uint64_t ticket) {
  CN_ASSERT(reader.feed == nullptr);
  reader.feed = this;
  reader.ticket = ticket;
  reader.next = end();
  readers_.push_back(&reader);
}

std::uint64_t Feed::detach(FeedReader& reader) {
  skip(reader);
  const std::uint64_t first_unread = reader.next < end() ? at(reader.next).number : last_number_ + 1;
  for (std::uint64_t s = reader.next; s < end(); ++s) {
    if (at(s).is_for(reader)) --at(s).readers;
  }
  reader.feed = nullptr;
  const auto found = std::find(readers_.begin(), readers_.end(), &reader);
  *found = readers_.back();
  readers_.pop_back();
  drop_read();
  return first_unread;
}

// Moves the cursor over bodies that are gone or not for this reader.
void Feed::skip(FeedReader& reader) const {
  reader.next = std::max(reader.next, first_);
  while (reader.next < end() && !entries_[reader.next - first_].is_for(reader)) ++reader.next;
}

bool Feed::has_more(const FeedReader& reader) const {
  FeedReader probe = reader;
  skip(probe);
  return probe.next < end();
}

core::ChunkPtr Feed::take(FeedReader& reader) {
  skip(reader);
  if (reader.next >= end()) return {};
  Entry& entry = at(reader.next++);
  core::ChunkPtr body = entry.body;
  --entry.readers;
  drop_read();
  return body;
}

void Feed::drop_read() {
  if ((!entries_.empty() && entries_.front().readers == 0) || unused()) set_.touch(*this);
  while (!entries_.empty() && entries_.front().readers == 0) {
    const Entry& entry = entries_.front();
    acknowledge_through_ = entry.number;
    acknowledge_bytes_ += entry.body->size();
    bytes_ -= entry.body->size();
    entries_.pop_front();
    ++first_;
  }
}

void Feed::overdue(core::TimePoint since, std::vector<FeedReader*>& out) const {
  if (entries_.empty() || entries_.front().at >= since) return;
  for (FeedReader* reader : readers_) {
    skip(*reader);
    if (reader->next < end() && entries_[reader->next - first_].at < since) out.push_back(reader);
  }
}

void Feed::stragglers(core::TimePoint since, std::vector<FeedReader*>& out) const {
  overdue(since, out);
  const std::size_t few = std::max<std::size_t>(readers_.size() / 2, 1);
  std::erase_if(out, [&](const FeedReader* reader) { return entries_[reader->next - first_].readers > few; });
}

bool Feed::take_acknowledgement(FeedAck& ack) {
  if (acknowledge_through_ == 0) return false;
  ack.instance = instance_;
  ack.through = std::exchange(acknowledge_through_, 0);
  ack.bytes = std::exchange(acknowledge_bytes_, 0);
  return true;
}

Feed& FeedSet::feed(unsigned partition, core::InstanceId instance) {
  auto& feed = feeds_[feed_key(partition, instance)];
  if (!feed) feed = std::make_unique<Feed>(*this, partition, instance);
  return *feed;
}

void FeedSet::touch(Feed& feed) {
  if (feed.touched_) return;
  feed.touched_ = true;
  touched_.push_back(feed_key(feed.partition(), feed.instance()));
}

Feed* FeedSet::find(unsigned partition, core::InstanceId instance) {
  const auto found = feeds_.find(feed_key(partition, instance));
  return found == feeds_.end() ? nullptr : found->second.get();
}

std::size_t FeedSet::bytes() const {
  std::size_t n = 0;
  for (const auto& [key, feed] : feeds_) n += feed->bytes();
  return n;
}

}  // namespace signalbox::bgp
