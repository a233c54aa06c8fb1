// Feeds: what a shard keeps of the bodies that partitions encoded, until its last reader has passed.
//
// There is one Feed per (instance, partition) with readers on this shard; a subscription is a reader, that is a cursor. take() hands the next
// body that is for the reader (dumps are for a range of tickets only). Bodies all readers are past are dropped and acknowledged to the
// partition, which sends more only then. A reader that holds bodies back too long is made to fall out: it keeps no cursor any more and
// asks the partition for what it missed (export_group.hpp).
//
// Threads: one shard's. Cost: per body and reader a few instructions; bodies themselves are shared, never copied.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "bgp/messages.hpp"
#include "core/clock.hpp"

namespace signalbox::bgp {

class Feed;
class FeedSet;

// A subscription's cursor into one feed. Owned by the subscription, which detaches it before it goes.
struct FeedReader {
  Feed* feed = nullptr;  // null: not attached (joining, fallen out, or publish-only)
  void* owner = nullptr;
  std::uint64_t next = 0;  // sequence in the feed
  std::uint64_t ticket = 0;
};

class Feed {
 public:
  Feed(FeedSet& set, unsigned partition, core::InstanceId instance) : set_(set), partition_(partition), instance_(instance) {}

  void attach(FeedReader& reader, std::uint64_t ticket);
  // What is unread counts as read. Returns the number of the first body the reader had not read (for FallOut::next).
  std::uint64_t detach(FeedReader& reader);
  // Adds a body; calls `ready` for each reader it is for.
  template <class F>
  void push(FeedChunk&& chunk, core::TimePoint now, F&& ready) {
    Entry entry{chunk.number, chunk.first_ticket, chunk.last_ticket, std::move(chunk.body), 0, now};
    for (FeedReader* reader : readers_) {
      if (!entry.is_for(*reader)) continue;
      ++entry.readers;
      ready(*reader);
    }
    last_number_ = entry.number;
    bytes_ += entry.body->size();
    entries_.push_back(std::move(entry));
    drop_read();
  }
  // The next body for this reader, or nothing.
  core::ChunkPtr take(FeedReader& reader);
  bool has_more(const FeedReader& reader) const;

  // Readers whose next body has been waiting since before `since`.
  void overdue(core::TimePoint since, std::vector<FeedReader*>& out) const;
  // Those of them that most others have left behind: where half the readers or more want the same body, it is the machine that is slow.
  void stragglers(core::TimePoint since, std::vector<FeedReader*>& out) const;

  unsigned partition() const { return partition_; }
  core::InstanceId instance() const { return instance_; }
  std::size_t bytes() const { return bytes_; }
  std::size_t entries() const { return entries_.size(); }
  bool unused() const { return readers_.empty() && entries_.empty(); }
  // The acknowledgement that is due, if any; clears it.
  bool take_acknowledgement(FeedAck& ack);

 private:
  struct Entry {
    std::uint64_t number;
    std::uint64_t first_ticket;
    std::uint64_t last_ticket;
    core::ChunkPtr body;
    std::uint32_t readers;  // that still need it
    core::TimePoint at;
    bool is_for(const FeedReader& r) const { return first_ticket <= r.ticket && r.ticket <= last_ticket; }
  };
  std::uint64_t end() const { return first_ + entries_.size(); }
  Entry& at(std::uint64_t sequence) { return entries_[sequence - first_]; }
  void skip(FeedReader& reader) const;
  void drop_read();

  friend class FeedSet;
  FeedSet& set_;
  bool touched_ = false;  // in FeedSet::touched_
  const unsigned partition_;
  const core::InstanceId instance_;
  std::deque<Entry> entries_;
  std::uint64_t first_ = 0;  // sequence of entries_.front()
  std::uint64_t last_number_ = 0;
  std::uint64_t acknowledge_through_ = 0;
  std::uint64_t acknowledge_bytes_ = 0;
  std::size_t bytes_ = 0;
  std::vector<FeedReader*> readers_;
};

// All feeds of a shard.
class FeedSet {
 public:
  explicit FeedSet(core::ShardId shard) : shard_(shard) {}

  Feed& feed(unsigned partition, core::InstanceId instance);
  Feed* find(unsigned partition, core::InstanceId instance);
  // Calls send(partition, FeedAck) for all that is due, and forgets feeds without readers.
  template <class F>
  void acknowledge(F&& send) {
    for (const std::uint64_t key : touched_) {
      Feed& feed = *feeds_.at(key);
      feed.touched_ = false;
      FeedAck ack;
      if (feed.take_acknowledgement(ack)) {
        ack.shard = shard_;
        send(feed.partition(), ack);
      }
      if (feed.unused()) feeds_.erase(key);
    }
    touched_.clear();
  }
  template <class F>
  void for_each(F&& f) {
    for (auto& [key, feed] : feeds_) f(*feed);
  }
  std::size_t bytes() const;
  // The feed has something to acknowledge or lost its last reader.
  void touch(Feed& feed);

 private:
  const core::ShardId shard_;
  std::vector<std::uint64_t> touched_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Feed>> feeds_;
};

}  // namespace signalbox::bgp
