#include "configdb/export_reader.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace signalbox::configdb {
namespace {

namespace json = boost::json;

// What the value being read is for.
enum class Place : std::uint8_t {
  kRoot,         // the whole text
  kDump,         // value of "cassandra"
  kKeyspace,     // value of "config_db_uuid"
  kUuidTable,    // value of "obj_uuid_table"
  kNameTable,    // value of "obj_fq_name_table"
  kRow,          // value in either table
  kColumn,       // [COLUMN, VALUE, TIME]
  kKeyedColumn,  // [VALUE, TIME] under its COLUMN
  kElsewhere,    // of no interest
};

// Turns pointers into the piece being read into lines and columns. Asked in growing order, so each byte is looked at once.
class LineCounter {
 public:
  void start(std::string_view piece) {
    begin_ = at_ = piece.data();
    end_ = begin_ + piece.size();
  }

  // Of a place in the piece; of the last place known for a pointer elsewhere (a text whose escapes were replaced).
  SourcePosition position(const char* where) {
    if (std::less<>()(where, at_) || std::less<>()(end_, where)) return here();
    while (at_ != where) {
      const auto* newline = static_cast<const char*>(std::memchr(at_, '\n', static_cast<std::size_t>(where - at_)));
      if (newline == nullptr) {
        column_ += static_cast<std::uint64_t>(where - at_);
        at_ = where;
      } else {
        ++line_;
        column_ = 1;
        at_ = newline + 1;
      }
    }
    return here();
  }

 private:
  SourcePosition here() const {
    constexpr std::uint64_t kMax = 0xffffffff;
    return {static_cast<std::uint32_t>(std::min(line_, kMax)), static_cast<std::uint32_t>(std::min(column_, kMax))};
  }

  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::uint64_t line_ = 1;
  std::uint64_t column_ = 1;
};

// The events of Boost.JSON's parser.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  explicit Handler(ExportSink& sink) : sink_(sink) {}

  LineCounter& lines() { return lines_; }
  const std::string& shape_error() const { return shape_error_; }
  bool saw_objects() const { return saw_objects_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code& ec) { return open(true, ec); }
  bool on_array_begin(json::error_code& ec) { return open(false, ec); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }

  bool on_key_part(json::string_view s, std::size_t n, json::error_code&) {
    if (n == s.size()) key_start_ = lines_.position(s.data());
    append(key_, s, n);
    return true;
  }
  bool on_key(json::string_view s, std::size_t n, json::error_code& ec) {
    on_key_part(s, n, ec);
    if (place() == Place::kRow) start_column(key_);
    return true;
  }

  bool on_string_part(json::string_view s, std::size_t n, json::error_code&) {
    if (collecting()) append(text_, s, n);
    return true;
  }
  bool on_string(json::string_view s, std::size_t n, json::error_code& ec) {
    if (collecting() && n == s.size()) return scalar(s, true, ec);  // the common case: no copy
    on_string_part(s, n, ec);
    return scalar(text_, true, ec);
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t i, json::string_view, json::error_code& ec) {
    if (element_ == 2) written_ = i;
    return scalar({}, false, ec);
  }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code& ec) { return scalar({}, false, ec); }
  bool on_double(double, json::string_view, json::error_code& ec) { return scalar({}, false, ec); }
  bool on_bool(bool, json::error_code& ec) { return scalar({}, false, ec); }
  bool on_null(json::error_code& ec) { return scalar({}, false, ec); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  Place place() const { return places_.empty() ? Place::kRoot : places_.back(); }
  bool in_column() const { return place() == Place::kColumn || place() == Place::kKeyedColumn; }

  static void append(std::string& to, json::string_view part, std::size_t total) {
    if (total == part.size()) to.clear();  // the first part
    if (to.size() <= RowParser::kMaxValueSize) to.append(part.data(), part.size());
  }

  // Whether the text being read is looked at: not when it is the value of a column that is not kept.
  bool collecting() const { return in_column() && (element_ == 0 || (element_ == 1 && column_wanted_)); }

  bool fail(std::string what, json::error_code& ec) {
    shape_error_ = std::move(what);
    ec = json::error::syntax;
    return false;
  }

  // What the value is for that begins now.
  Place next_place() {
    switch (place()) {
      case Place::kRoot: return places_.empty() ? Place::kRoot : key_ == "cassandra" ? Place::kDump : Place::kElsewhere;
      case Place::kDump: return key_ == "config_db_uuid" ? Place::kKeyspace : Place::kElsewhere;
      case Place::kKeyspace:
        if (key_ == "obj_uuid_table") return Place::kUuidTable;
        return key_ == "obj_fq_name_table" ? Place::kNameTable : Place::kElsewhere;
      case Place::kUuidTable:
      case Place::kNameTable: return Place::kRow;
      case Place::kRow: return row_is_keyed_ ? Place::kKeyedColumn : Place::kColumn;
      case Place::kColumn:
      case Place::kKeyedColumn:
      case Place::kElsewhere: break;
    }
    return Place::kElsewhere;
  }

  bool open(bool object, json::error_code& ec) {
    if (in_column()) {
      note_element(object ? "an object" : "a list");
      ++element_;
      places_.push_back(Place::kElsewhere);
      return true;
    }
    Place next = next_place();
    switch (next) {
      case Place::kRoot:
        if (!object) return fail("the text is a list, a database export is an object", ec);
        break;
      case Place::kDump:
      case Place::kKeyspace:
      case Place::kUuidTable:
      case Place::kNameTable:
        if (!object) return fail("\"" + key_ + "\" is a list, an object is expected", ec);
        saw_objects_ |= next == Place::kUuidTable;
        break;
      case Place::kRow: begin_row(object); break;
      case Place::kColumn: start_column({}); [[fallthrough]];
      case Place::kKeyedColumn:
        if (object) {
          shape_problem("a column is an object, [" + std::string(row_is_keyed_ ? "" : "column, ") + "value, time] is expected");
          next = Place::kElsewhere;
        }
        break;
      case Place::kElsewhere: break;
    }
    places_.push_back(next);
    return true;
  }

  bool close() {
    const Place left = place();
    places_.pop_back();
    if (left == Place::kRow && place() == Place::kUuidTable) sink_.row(row_, row_.finish(), row_start_);
    if (left == Place::kColumn || left == Place::kKeyedColumn) end_column();
    return true;
  }

  void begin_row(bool keyed) {
    row_is_keyed_ = keyed;
    in_uuid_table_ = place() == Place::kUuidTable;
    if (in_uuid_table_) {
      row_start_ = key_start_;
      row_.begin(key_, row_start_);
    } else {
      row_key_ = key_;
    }
  }

  // In a keyed row the name comes before the list, and the list holds the rest.
  void start_column(std::string_view name) {
    column_ = name;
    column_wanted_ = in_uuid_table_ && RowParser::wanted(column_);
    element_ = row_is_keyed_ ? 1 : 0;
    value_seen_ = false;
    written_ = 0;
  }

  void end_column() {
    if (!in_uuid_table_) {
      if (row_is_keyed_ || element_ > 0) sink_.name_entry(row_key_, column_);
      return;
    }
    if (element_ < 2) {
      shape_problem(row_is_keyed_ ? "the column is not [value, time]" : "the column is not [column, value, time]");
    } else if (value_seen_) {
      row_.column(column_, value_, written_);
    }
  }

  // A column that is not kept may look as it likes.
  void shape_problem(std::string reason) {
    const bool matters = element_ == 0 || column_wanted_;
    if (in_uuid_table_ && matters) row_.bad(column_, std::move(reason));
  }

  // An element of a column's list that is not what it should be.
  void note_element(const char* what) {
    if (element_ == 0) {
      shape_problem(std::string("a column's name is ") + what + ", a text is expected");
    } else if (element_ == 1) {
      shape_problem(std::string("the value is ") + what + ", a text is expected");
    }
  }

  bool scalar(std::string_view text, bool is_text, json::error_code& ec) {
    switch (place()) {
      case Place::kColumn:
      case Place::kKeyedColumn:
        if (!is_text) {
          note_element("no text");
        } else if (element_ == 0) {
          column_ = text;
          column_wanted_ = in_uuid_table_ && RowParser::wanted(column_);
        } else if (element_ == 1 && column_wanted_) {
          value_ = text;
          value_seen_ = true;
        }
        ++element_;
        return true;
      case Place::kRow:
        if (!row_is_keyed_) start_column({});
        shape_problem("a column is no list, [" + std::string(row_is_keyed_ ? "" : "column, ") + "value, time] is expected");
        return true;
      case Place::kUuidTable: {
        row_.begin(key_, key_start_);
        row_.bad("", "the row is neither a list nor an object of columns");
        sink_.row(row_, row_.finish(), key_start_);
        return true;
      }
      case Place::kRoot:
        if (places_.empty()) return fail("the text is no object, a database export is one", ec);
        return key_ != "cassandra" || fail("\"cassandra\" is no object", ec);
      case Place::kDump: return key_ != "config_db_uuid" || fail("\"config_db_uuid\" is no object", ec);
      case Place::kKeyspace: return key_ != "obj_uuid_table" || fail("\"obj_uuid_table\" is no object", ec);
      case Place::kNameTable:
      case Place::kElsewhere: break;
    }
    return true;
  }

  ExportSink& sink_;
  LineCounter lines_;
  RowParser row_;
  std::vector<Place> places_;
  std::string key_;
  std::string text_;
  std::string row_key_;
  std::string column_;
  std::string value_;
  std::string shape_error_;
  SourcePosition key_start_;
  SourcePosition row_start_;
  std::int64_t written_ = 0;
  unsigned element_ = 0;  // of the column's list: 0 name, 1 value, 2 write time
  bool row_is_keyed_ = false;
  bool in_uuid_table_ = false;
  bool column_wanted_ = false;
  bool value_seen_ = false;
  bool saw_objects_ = false;
};

json::parse_options options() {
  json::parse_options o;
  o.max_depth = 64;
  o.allow_invalid_utf8 = true;  // it costs its row, not the file
  return o;
}

std::string at(SourcePosition where) { return "line " + std::to_string(where.line) + " column " + std::to_string(where.column) + ": "; }

}  // namespace

class ExportReader::Impl {
 public:
  explicit Impl(ExportSink& sink) : parser_(options(), sink) {}

  core::Status feed(std::string_view piece, bool more) {
    LineCounter& lines = parser_.handler().lines();
    lines.start(piece);
    json::error_code ec;
    const std::size_t read = parser_.write_some(more, piece.data(), piece.size(), ec);
    const SourcePosition where = lines.position(piece.data() + read);
    if (!ec && read < piece.size()) return core::error(at(where) + "more text after the export");
    if (ec) {
      const std::string& shape = parser_.handler().shape_error();
      return core::error(at(where) + (shape.empty() ? ec.message() : shape));
    }
    return {};
  }

  core::Status finish() {
    if (auto status = feed("", false); !status.ok()) return status;
    if (!parser_.handler().saw_objects()) {
      return core::error("not a database export: it has no cassandra / config_db_uuid / obj_uuid_table");
    }
    return {};
  }

 private:
  json::basic_parser<Handler> parser_;
};

ExportReader::ExportReader(ExportSink& sink) : impl_(std::make_unique<Impl>(sink)) {}
ExportReader::~ExportReader() = default;

core::Status ExportReader::feed(std::string_view piece) { return impl_->feed(piece, true); }
core::Status ExportReader::finish() { return impl_->finish(); }

}  // namespace signalbox::configdb
