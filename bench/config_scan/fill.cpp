#include "bench/config_scan/fill.hpp"

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <utility>

#include "configdb/cql/execute.hpp"

namespace signalbox::bench {
namespace cql = configdb::cql;

namespace {

constexpr std::uint64_t kInFlight = 128;

class Filler {
 public:
  Filler(boost::asio::io_context& io, cql::Session& session, const std::string& keyspace, std::uint64_t objects)
      : io_(io), session_(session), keyspace_(keyspace), objects_(objects) {}

  bool run() {
    const std::string tail =
        " (key blob, column1 blob, value text, PRIMARY KEY (key, column1)) WITH COMPACT STORAGE AND CLUSTERING ORDER BY (column1 ASC)";
    for (const std::string& text :
         {"DROP KEYSPACE IF EXISTS " + keyspace_,
          "CREATE KEYSPACE " + keyspace_ + " WITH replication = {'class':'SimpleStrategy','replication_factor':'1'}",
          "CREATE TABLE " + keyspace_ + ".obj_uuid_table" + tail, "CREATE TABLE " + keyspace_ + ".obj_fq_name_table" + tail}) {
      cql::execute_text(session_, text,
                        [this](const core::Result<cql::Rows>& answer) { answered(answer.ok() ? "" : answer.error().text); });
      io_.restart();
      io_.run();
      if (failed_) return false;
    }
    while (next_ < objects_ && under_way_ < kInFlight) write_next();
    io_.restart();
    io_.run();
    return !failed_;
  }

 private:
  void answered(const std::string& error) {
    if (!error.empty()) std::fprintf(stderr, "%s\n", error.c_str());
    failed_ |= !error.empty();
    if (under_way_ > 0 && --under_way_ == 0) io_.stop();
    if (next_ == 0 || failed_) io_.stop();
    if (next_ > 0 && next_ < objects_ && !failed_) write_next();
  }

  void write_next() {
    const std::uint64_t i = next_++;
    char key[37];
    std::snprintf(key, sizeof key, "%08llx-0000-4000-8000-%012llx", static_cast<unsigned long long>(i * 2654435761u & 0xffffffff),
                  static_cast<unsigned long long>(i));
    const std::string name = "object-" + std::to_string(i);
    std::vector<cql::Values> row;
    const auto column = [&](std::string column1, std::string value) { row.push_back({key, std::move(column1), std::move(value)}); };
    column("fq_name", "[\"default-domain\",\"demo\",\"" + name + "\"]");
    column("parent_type", "\"project\"");
    column("prop:display_name", "\"" + name + "\"");
    column("prop:id_perms", "{\"enable\":true,\"description\":null,\"creator\":null,\"text\":\"" + std::string(200, 'x') + "\"}");
    column("prop:properties", "{\"text\":\"" + std::string(150, 'y') + "\"}");
    column("ref:virtual_network:00000000-0000-4000-8000-000000000001", "{\"attr\":null,\"is_weakref\":false}");
    column("ref:virtual_machine:00000000-0000-4000-8000-000000000002", "{\"attr\":null,\"is_weakref\":false}");
    column("type", "\"virtual_machine_interface\"");
    const std::string into = "INSERT INTO " + keyspace_;
    const auto done = [this](const core::Result<cql::Rows>& answer) { answered(answer.ok() ? "" : answer.error().text); };
    under_way_ += 2;
    cql::execute_batch(session_, into + ".obj_uuid_table (key, column1, value) VALUES (?, ?, ?)", std::move(row), done);
    cql::execute(session_, into + ".obj_fq_name_table (key, column1, value) VALUES (?, ?, ?)",
                 {"virtual_machine_interface", "default-domain:demo:" + name + ":" + key, "null"}, done);
  }

  boost::asio::io_context& io_;
  cql::Session& session_;
  const std::string keyspace_;
  const std::uint64_t objects_;
  std::uint64_t next_ = 0;
  std::uint64_t under_way_ = 0;
  bool failed_ = false;
};

}  // namespace

bool fill(boost::asio::io_context& io, cql::Session& session, const std::string& keyspace, std::uint64_t objects) {
  return Filler(io, session, keyspace, objects).run();
}

}  // namespace signalbox::bench
