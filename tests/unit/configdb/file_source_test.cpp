#include "configdb/file_source.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/configdb/rows.hpp"

namespace signalbox::configdb {
namespace {

using test::export_text;
using test::Form;
using test::row;
using test::Row;
using test::uuid;
using test::uuid_text;

// What a consumer would have: by uuid the name and digest.
class Mirror : public ObjectSink {
 public:
  void object_changed(const Object& object) override {
    objects[object.uuid()] = {std::string(object.name()), object.digest()};
    told.push_back("+" + std::string(object.name()));
  }
  void object_deleted(const Uuid& id) override {
    told.push_back("-" + (objects.contains(id) ? objects[id].first : id.to_string()));
    objects.erase(id);
  }
  std::vector<std::string> take() { return std::exchange(told, {}); }

  std::map<Uuid, std::pair<std::string, Digest>> objects;
  std::vector<std::string> told;
};

class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() {
    std::filesystem::create_directories(directory_);
    source_ = std::make_unique<FileSource>(path());
  }
  ~FileSourceTest() override { std::filesystem::remove_all(directory_); }

  std::string path() const { return directory_ + "/config.json"; }
  void write(const std::string& text) const { std::ofstream(path(), std::ios::binary) << text; }
  void write(const std::vector<Row>& rows, Form form = Form::kCql, const std::vector<Row>& names = {}) const {
    write(export_text(rows, form, names));
  }
  Load load() {
    const core::Result<Load> result = source_->load(mirror_);
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().text);
    return result.ok() ? *result : Load{};
  }
  std::string load_error() {
    const core::Result<Load> result = source_->load(mirror_);
    EXPECT_FALSE(result.ok());
    return result.ok() ? "" : result.error().text;
  }

  const std::string directory_ = testing::TempDir() + "signalbox_file_source_" + std::to_string(::getpid());
  std::unique_ptr<FileSource> source_;
  Mirror mirror_;
};

using Told = std::vector<std::string>;

Row network(unsigned n, const std::string& name) {
  return row(n, "virtual_network", name).set("prop:virtual_network_network_id", std::to_string(n));
}

TEST_F(FileSourceTest, TellsDifferencesOnly) {
  write({network(1, "a"), network(2, "b"), network(3, "c")});
  Load found = load();
  EXPECT_EQ(found.objects, 3u);
  EXPECT_EQ(found.changed, 3u);
  EXPECT_EQ(mirror_.take(), (Told{"+a", "+b", "+c"}));

  found = load();
  EXPECT_EQ(found.objects, 3u);
  EXPECT_EQ(found.changed, 0u);
  EXPECT_EQ(mirror_.take(), Told{});

  write({network(1, "a"), network(2, "b").set("prop:virtual_network_network_id", "9"), network(4, "d")});
  found = load();
  EXPECT_EQ(found.changed, 2u);
  EXPECT_EQ(found.deleted, 1u);
  EXPECT_EQ(mirror_.take(), (Told{"+b", "+d", "-c"}));
}

TEST_F(FileSourceTest, FormAndWriteTimesAreNoDifference) {
  write({network(1, "a"), network(2, "b")});
  load();
  mirror_.take();
  Row later = network(2, "b");
  later.written += 5;
  write({network(1, "a"), later}, Form::kThrift);
  EXPECT_EQ(load().changed, 0u);
  EXPECT_EQ(mirror_.take(), Told{});
}

TEST_F(FileSourceTest, ABadRowIsKeptOutAndTheRestIsUnharmed) {
  write({network(1, "a"), network(2, "d:p:b").set("prop:x", "{"), network(3, "c")});
  const Load found = load();
  EXPECT_EQ(found.objects, 2u);
  EXPECT_EQ(found.quarantined, 1u);
  EXPECT_EQ(mirror_.take(), (Told{"+a", "+c"}));
  ASSERT_EQ(source_->quarantined().size(), 1u);
  const Quarantined& q = source_->quarantined()[0];
  EXPECT_EQ(q.uuid, uuid_text(2));
  EXPECT_EQ(q.type, "virtual_network");
  EXPECT_EQ(q.name, "d:p:b");
  EXPECT_EQ(q.column, "prop:x");
  EXPECT_EQ(q.where.line, 1u);
  EXPECT_FALSE(q.last_good_in_force);
}

TEST_F(FileSourceTest, TheLastGoodVersionStays) {
  write({network(1, "a"), network(2, "b")});
  load();
  const auto before = mirror_.objects;
  mirror_.take();

  write({network(1, "a"), network(2, "b").drop("fq_name").set("prop:new", "1")});
  Load found = load();
  EXPECT_EQ(found.quarantined, 1u);
  EXPECT_EQ(found.deleted, 0u);
  EXPECT_EQ(mirror_.take(), Told{});
  EXPECT_EQ(mirror_.objects, before);
  ASSERT_EQ(source_->quarantined().size(), 1u);
  EXPECT_TRUE(source_->quarantined()[0].last_good_in_force);

  // Still bad, still there.
  found = load();
  EXPECT_EQ(found.quarantined, 1u);
  EXPECT_EQ(mirror_.objects, before);

  write({network(1, "a"), network(2, "b").set("prop:new", "1")});
  found = load();
  EXPECT_EQ(found.quarantined, 0u);
  EXPECT_EQ(mirror_.take(), Told{"+b"});
  EXPECT_TRUE(source_->quarantined().empty());

  write({network(1, "a")});
  load();
  EXPECT_EQ(mirror_.take(), Told{"-b"});
}

TEST_F(FileSourceTest, AFileThatIsNoExportChangesNothing) {
  write({network(1, "a"), network(2, "b")});
  load();
  const auto before = mirror_.objects;
  mirror_.take();

  write("{\n  \"cassandra\": oops}");
  EXPECT_EQ(load_error(), path() + ": line 2 column 16: syntax error");
  write("{}");
  load_error();
  const std::string text = export_text({network(1, "other"), network(3, "c")});
  write(text.substr(0, text.size() - 3));
  load_error();
  std::filesystem::remove(path());
  EXPECT_EQ(load_error(), path() + ": No such file or directory");
  EXPECT_EQ(mirror_.take(), Told{});
  EXPECT_EQ(mirror_.objects, before);

  write({network(1, "a"), network(3, "c")});
  load();
  EXPECT_EQ(mirror_.take(), (Told{"+c", "-b"}));
}

TEST_F(FileSourceTest, AFirstLoadThatFailsIsTakenBack) {
  const std::string text = export_text({network(1, "a"), network(2, "b")});
  write(text.substr(0, text.size() - 1));
  load_error();
  EXPECT_TRUE(mirror_.objects.empty());
  mirror_.take();
  write(text);
  EXPECT_EQ(load().changed, 2u);
  EXPECT_EQ(mirror_.take(), (Told{"+a", "+b"}));
}

TEST_F(FileSourceTest, ADirectoryIsNoFile) {
  std::filesystem::create_directories(path());
  EXPECT_EQ(load_error(), path() + ": Is a directory");
}

TEST_F(FileSourceTest, TwoRowsOfOneKey) {
  const std::string text = R"({"cassandra":{"config_db_uuid":{"obj_uuid_table":{)"
                           "\n\"" +
                           uuid_text(1) +
                           R"(":[["type","\"tag\"",1],["fq_name","[\"a\"]",1]],)"
                           "\n\"" +
                           uuid_text(1) + R"(":[["type","\"tag\"",1],["fq_name","[\"b\"]",1]]}}}})";
  write(text);
  const Load found = load();
  EXPECT_EQ(found.objects, 1u);
  EXPECT_EQ(found.quarantined, 1u);
  EXPECT_EQ(mirror_.take(), Told{"+a"});
  EXPECT_EQ(source_->quarantined()[0].reason, "another row has the same key, at line 2 column 2");
  EXPECT_EQ(source_->quarantined()[0].where, (SourcePosition{3, 2}));
  EXPECT_EQ(source_->where(uuid(1)), (SourcePosition{2, 2}));
}

TEST_F(FileSourceTest, DraftsAndLeftoversAreLeftOut) {
  Row leftover{uuid_text(3), {{"backref:tag:" + uuid_text(1), "null"}}};
  write({row(1, "firewall_rule", "a").set("prop:draft_mode_state", R"("created")"), network(2, "b"), leftover});
  const Load found = load();
  EXPECT_EQ(found.drafts, 1u);
  EXPECT_EQ(found.quarantined, 0u);
  EXPECT_EQ(found.objects, 1u);
  EXPECT_EQ(mirror_.take(), Told{"+b"});
  // An object that becomes a draft is gone.
  write({network(2, "b").set("prop:draft_mode_state", R"("deleted")")});
  load();
  EXPECT_EQ(mirror_.take(), Told{"-b"});
}

TEST_F(FileSourceTest, ComparesTheNameTable) {
  const Row names{"virtual_network", {{"a:" + uuid_text(1), "null"}, {"gone:" + uuid_text(7), "null"}}};
  write({network(1, "a"), network(2, "b"), network(3, "c")}, Form::kCql, {names});
  const Load found = load();
  EXPECT_EQ(found.objects, 3u);
  EXPECT_EQ(found.names_without_row, 1u);
  EXPECT_EQ(found.rows_without_name, 2u);
}

TEST_F(FileSourceTest, ListsAThousandAndCountsAll) {
  std::vector<Row> rows;
  for (unsigned i = 1; i <= FileSource::kMaxListed + 5; ++i) rows.push_back(row(i, "tag", "a").drop("type"));
  write(rows);
  EXPECT_EQ(load().quarantined, FileSource::kMaxListed + 5);
  EXPECT_EQ(source_->quarantined().size(), FileSource::kMaxListed);
}

TEST_F(FileSourceTest, RowsOfARealApiServer) {
  const std::string recorded = "../shared/recorded/api_server/rows.json";
  if (!std::filesystem::exists(recorded)) GTEST_SKIP() << recorded << " is not here";
  FileSource source(recorded);
  const core::Result<Load> found = source.load(mirror_);
  ASSERT_TRUE(found.ok()) << found.error().text;
  EXPECT_EQ(found->objects, 90u);
  EXPECT_EQ(found->quarantined, 0u);
  EXPECT_EQ(found->drafts, 0u);
  EXPECT_EQ(found->names_without_row, 0u);
  EXPECT_EQ(found->rows_without_name, 0u);
  EXPECT_EQ(mirror_.objects.size(), 90u);
  mirror_.take();
  EXPECT_EQ(source.load(mirror_)->changed, 0u);
  EXPECT_EQ(mirror_.take(), Told{});
}

}  // namespace
}  // namespace signalbox::configdb
