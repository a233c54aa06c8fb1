#include "configdb/live_rows.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <utility>

namespace signalbox::configdb {
namespace {

struct WriteTimes {
  std::uint64_t digest = 0;
  bool any = false;    // a column that is kept is there
  bool named = false;  // type or fq_name is there
};

WriteTimes write_times(std::span<const StoredColumn> columns) {
  WriteTimes times;
  Digester digester;
  for (const StoredColumn& column : columns) {
    if (!RowParser::wanted(column.name)) continue;
    digester.add(column.name);
    digester.add(static_cast<std::uint64_t>(column.written));
    times.any = true;
    times.named |= column.name == "type" || column.name == "fq_name";
  }
  times.digest = digester.digest().first;
  return times;
}

// Two objects of one content that were made at different times differ (Object::created()).
std::uint64_t content_of(const Object& object) {
  Digester digester;
  digester.add(object.digest().first);
  digester.add(object.digest().second);
  digester.add(static_cast<std::uint64_t>(object.created()));
  return digester.digest().first;
}

// Keys are in lower case; another spelling would be a second row of the same uuid.
std::optional<Uuid> uuid_of(std::string_view key) {
  if (std::any_of(key.begin(), key.end(), [](char c) { return c >= 'A' && c <= 'F'; })) return std::nullopt;
  return Uuid::parse(key);
}

}  // namespace

struct LiveRows::Entry {
  std::uint64_t content = 0;  // of the version in force
  std::uint64_t writes = 0;   // of the row read last: names and write times of its columns
  std::uint32_t seen = 0;     // number of the pass that met it last
  bool in_force = false;      // the sink has it
  bool quarantined = false;
  bool cut = false;      // too large to be read whole: `writes` does not compare with all of its columns
  bool audited = false;  // ... but now it is what an audit saw
};

class LiveRows::Table {
 public:
  boost::unordered_flat_map<Uuid, Entry, std::hash<Uuid>> by_uuid;
};

LiveRows::LiveRows(ObjectSink& sink) : sink_(sink), table_(std::make_unique<Table>()) {}
LiveRows::~LiveRows() = default;

void LiveRows::begin_pass() {
  ++pass_;
  bad_keys_.clear();
}

LiveRows::Verdict LiveRows::take(std::string_view key, std::span<const StoredColumn> columns, bool cut) {
  parser_.begin(key, {});
  const WriteTimes times = write_times(columns);
  const auto uuid = uuid_of(key);
  if (!uuid) return times.any ? take_bad_key(key) : Verdict::kUnchanged;
  if (!times.any && !cut) return remove(*uuid);
  for (const StoredColumn& column : columns) parser_.column(column.name, column.value, column.written);
  if (cut) parser_.bad("", "the row has more columns or bytes than an object may have");
  const RowOutcome outcome = parser_.finish();
  if (outcome == RowOutcome::kAbsent) return remove(*uuid);

  Entry& entry = table_->by_uuid[*uuid];
  entry.seen = pass_;
  if (!(cut && entry.cut && entry.audited)) {
    entry.writes = times.digest;
    entry.audited = false;
  }
  entry.cut = cut;
  switch (outcome) {
    case RowOutcome::kObject: return take_object(entry);
    case RowOutcome::kDraft: {
      release(entry, *uuid);
      return withdraw(entry, *uuid);
    }
    default: break;
  }
  if (!times.named && !cut) {
    const Verdict verdict = withdraw(entry, *uuid);
    quarantine(entry, *uuid, parser_.problem());
    return verdict == Verdict::kDeleted ? verdict : Verdict::kQuarantined;
  }
  quarantine(entry, *uuid, parser_.problem());
  return Verdict::kQuarantined;
}

LiveRows::Verdict LiveRows::take_object(Entry& entry) {
  const Object& object = parser_.object();
  release(entry, object.uuid());
  const std::uint64_t content = content_of(object);
  if (entry.in_force && entry.content == content) return Verdict::kUnchanged;
  entry.content = content;
  in_force_ += !entry.in_force;
  entry.in_force = true;
  sink_.object_changed(object);
  return Verdict::kChanged;
}

LiveRows::Verdict LiveRows::remove(const Uuid& uuid) {
  const auto at = table_->by_uuid.find(uuid);
  if (at == table_->by_uuid.end()) return Verdict::kUnchanged;
  Entry entry = at->second;
  table_->by_uuid.erase(at);
  release(entry, uuid);
  return withdraw(entry, uuid);
}

LiveRows::Verdict LiveRows::withdraw(Entry& entry, const Uuid& uuid) {
  if (!entry.in_force) return Verdict::kUnchanged;
  entry.in_force = false;
  --in_force_;
  sink_.object_deleted(uuid);
  return Verdict::kDeleted;
}

void LiveRows::quarantine(Entry& entry, const Uuid& uuid, const RowProblem& problem) {
  quarantined_count_ += !entry.quarantined;
  entry.quarantined = true;
  if (listed_.size() >= kMaxListed && !listed_.contains(uuid)) return;
  listed_[uuid] = {uuid.to_string(),
                   excerpt(parser_.problem_type()),
                   excerpt(parser_.problem_name(), 200),
                   problem.column,
                   problem.reason,
                   SourcePosition{},
                   entry.in_force};
}

void LiveRows::release(Entry& entry, const Uuid& uuid) {
  if (!entry.quarantined) return;
  entry.quarantined = false;
  --quarantined_count_;
  listed_.erase(uuid);
}

LiveRows::Verdict LiveRows::take_bad_key(std::string_view key) {
  std::string shown = excerpt(key, Uuid::kTextSize);
  if (bad_keys_.size() < kMaxListed) bad_keys_[shown] = {shown, "", "", "", "the key is no uuid in lower case", SourcePosition{}, false};
  return Verdict::kQuarantined;
}

void LiveRows::unreadable(const Uuid& uuid, std::string reason) {
  Entry& entry = table_->by_uuid[uuid];
  parser_.begin(uuid.to_string(), {});
  quarantine(entry, uuid, {"", "cannot be read: " + std::move(reason)});
  entry.seen = pass_;
}

bool LiveRows::differs(std::string_view key, std::span<const StoredColumn> columns, bool cut) {
  const WriteTimes times = write_times(columns);
  const auto uuid = uuid_of(key);
  if (!uuid) {
    if (times.any) take_bad_key(key);
    return false;
  }
  const auto at = table_->by_uuid.find(*uuid);
  if (at == table_->by_uuid.end()) return times.any || cut;
  Entry& entry = at->second;
  if (!times.any && !cut) return true;
  entry.seen = pass_;
  if (entry.writes == times.digest && (!entry.cut || entry.audited)) return false;
  if (entry.cut) {
    entry.writes = times.digest;
    entry.audited = true;
  }
  return true;
}

std::vector<Uuid> LiveRows::unseen() const {
  std::vector<Uuid> out;
  for (const auto& [uuid, entry] : table_->by_uuid) {
    if (entry.seen != pass_) out.push_back(uuid);
  }
  return out;
}

std::vector<Quarantined> LiveRows::quarantined() const {
  std::vector<Quarantined> out;
  for (const auto& [uuid, row] : listed_) out.push_back(row);
  for (const auto& [key, row] : bad_keys_) {
    if (out.size() < kMaxListed) out.push_back(row);
  }
  return out;
}

std::string LiveRows::last_name() const { return excerpt(parser_.problem_type()) + ":" + excerpt(parser_.problem_name(), 200); }

}  // namespace signalbox::configdb
