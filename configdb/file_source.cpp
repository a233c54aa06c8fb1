#include "configdb/file_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cerrno>
#include <cstring>

#include "configdb/export_reader.hpp"

namespace signalbox::configdb {
namespace {

constexpr std::size_t kPieceSize = 256 * 1024;

// The uuid at the end of "COMPONENT:...:UUID".
std::optional<Uuid> uuid_of_name_entry(std::string_view column) {
  if (column.size() <= Uuid::kTextSize || column[column.size() - Uuid::kTextSize - 1] != ':') return std::nullopt;
  return Uuid::parse(column.substr(column.size() - Uuid::kTextSize));
}

class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return fd_ >= 0; }
  // Bytes read, 0 at the end, -1 with errno.
  ssize_t read(char* out, std::size_t size) const {
    for (;;) {
      const ssize_t n = ::read(fd_, out, size);
      if (n >= 0 || errno != EINTR) return n;
    }
  }

 private:
  int fd_;
};

}  // namespace

// What was told to the sink, by uuid.
class FileSource::Versions {
 public:
  struct Version {
    Digest digest;
    SourcePosition where;
    std::uint32_t seen = 0;  // number of the load that saw it last
    bool in_force = false;   // the sink has it
  };

  boost::unordered_flat_map<Uuid, Version, std::hash<Uuid>> by_uuid;
  std::uint32_t load = 0;  // number of the last load
  bool any_loaded = false;
};

// One run of load().
class FileSource::Loading : public ExportSink {
 public:
  Loading(Versions& versions, ObjectSink& sink) : versions_(versions), sink_(sink), streaming_(!versions.any_loaded) { ++versions_.load; }

  void row(const RowParser& row, RowOutcome outcome, SourcePosition where) override {
    switch (outcome) {
      case RowOutcome::kAbsent: return;
      case RowOutcome::kDraft: ++load_.drafts; return;
      case RowOutcome::kBad: return quarantine(row, row.problem(), where);
      case RowOutcome::kObject: break;
    }
    const Object& object = row.object();
    const auto [at, is_new] = versions_.by_uuid.try_emplace(object.uuid());
    Versions::Version& version = at->second;
    if (!is_new && version.seen == versions_.load) {
      return quarantine(row,
                        {"", "another row has the same key, at line " + std::to_string(version.where.line) + " column " +
                                 std::to_string(version.where.column)},
                        where);
    }
    version.seen = versions_.load;
    version.where = where;
    ++load_.objects;
    if (version.in_force && version.digest == object.digest()) return;
    ++load_.changed;
    if (streaming_) {
      tell(object, version);
    } else {
      staged_.push_back(object);
    }
  }

  void name_entry(std::string_view, std::string_view column) override {
    if (const auto uuid = uuid_of_name_entry(column)) named_.push_back(*uuid);
    names_listed_ = true;
  }

  // The file was read to its end: the rest of the differences goes to the sink.
  Load commit() {
    for (const Object& object : staged_) tell(object, versions_.by_uuid[object.uuid()]);
    staged_.clear();
    compare_names();
    boost::unordered::erase_if(versions_.by_uuid, [this](const auto& entry) {
      if (entry.second.seen == versions_.load) return false;
      if (entry.second.in_force) {
        sink_.object_deleted(entry.first);
        ++load_.deleted;
      }
      return true;
    });
    versions_.any_loaded = true;
    return load_;
  }

  // The file is no export: what was told in this load is taken back. Only the first load tells before its end.
  void roll_back() {
    boost::unordered::erase_if(versions_.by_uuid, [this](const auto& entry) {
      if (streaming_ && entry.second.in_force) sink_.object_deleted(entry.first);
      return streaming_ || !entry.second.in_force;
    });
  }

  std::vector<Quarantined> take_quarantined() { return std::move(quarantined_); }

 private:
  void tell(const Object& object, Versions::Version& version) {
    version.digest = object.digest();
    version.in_force = true;
    sink_.object_changed(object);
  }

  void quarantine(const RowParser& row, const RowProblem& problem, SourcePosition where) {
    ++load_.quarantined;
    bool in_force = false;
    if (row.key_is_uuid()) {
      if (const auto at = versions_.by_uuid.find(row.uuid()); at != versions_.by_uuid.end()) {
        at->second.seen = versions_.load;
        in_force = at->second.in_force;
      }
    }
    if (quarantined_.size() == kMaxListed) return;
    quarantined_.push_back(
        {row.key(), excerpt(row.problem_type()), excerpt(row.problem_name(), 200), problem.column, problem.reason, where, in_force});
  }

  // The two tables of the database should tell of the same objects; the rows are what counts.
  void compare_names() {
    if (!names_listed_) return;
    std::sort(named_.begin(), named_.end());
    named_.erase(std::unique(named_.begin(), named_.end()), named_.end());
    std::size_t both = 0;
    for (const Uuid& uuid : named_) {
      const auto at = versions_.by_uuid.find(uuid);
      const bool has_row = at != versions_.by_uuid.end() && at->second.seen == versions_.load;
      both += has_row;
    }
    load_.names_without_row = named_.size() - both;
    load_.rows_without_name = load_.objects - std::min(both, load_.objects);
    std::vector<Uuid>().swap(named_);
  }

  Versions& versions_;
  ObjectSink& sink_;
  const bool streaming_;
  Load load_;
  std::vector<Object> staged_;
  std::vector<Quarantined> quarantined_;
  std::vector<Uuid> named_;
  bool names_listed_ = false;
};

FileSource::FileSource(std::string path) : path_(std::move(path)), versions_(std::make_unique<Versions>()) {}
FileSource::~FileSource() = default;

core::Status FileSource::read_into(Loading& loading) {
  const File file(path_);
  if (!file.is_open()) return core::error(path_ + ": " + std::strerror(errno));
  ExportReader reader(loading);
  std::string piece(kPieceSize, '\0');
  for (;;) {
    const ssize_t n = file.read(piece.data(), piece.size());
    if (n < 0) return core::error(path_ + ": " + std::strerror(errno));
    const core::Status status = n == 0 ? reader.finish() : reader.feed({piece.data(), static_cast<std::size_t>(n)});
    if (!status.ok()) return core::error(path_ + ": " + status.error().text);
    if (n == 0) return {};
  }
}

core::Result<Load> FileSource::load(ObjectSink& sink) {
  Loading loading(*versions_, sink);
  if (const core::Status status = read_into(loading); !status.ok()) {
    loading.roll_back();
    return status.error();
  }
  const Load load = loading.commit();
  quarantined_ = loading.take_quarantined();
  return load;
}

SourcePosition FileSource::where(const Uuid& uuid) const {
  const auto at = versions_->by_uuid.find(uuid);
  return at == versions_->by_uuid.end() || !at->second.in_force ? SourcePosition{} : at->second.where;
}

}  // namespace signalbox::configdb
