#include "adapters/directory/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vpcp::directory {
namespace {

using Kinds = std::vector<std::pair<ChangeKind, std::string>>;

PeeringSpec spec(int interval) {
  PeeringSpec out;
  out.verification_interval = seconds{interval};
  return out;
}

Record record(const std::string& name, const std::string& file, int interval = 10, bool deleting = false) {
  Record out;
  out.object.meta.ns = "n";
  out.object.meta.name = name;
  out.object.meta.uid = "uid-" + name;
  out.object.spec = spec(interval);
  if (deleting) out.object.meta.deletion_timestamp = SystemTime{};
  out.file = file;
  return out;
}

/// A file in few words: "a" declares a; "a=20" with that interval; "!a" is refused; "?" is unreadable.
std::shared_ptr<const ReadManifests> file(const std::vector<std::string>& words) {
  auto out = std::make_shared<ReadManifests>();
  for (const std::string& word : words) {
    if (word == "?" || word.starts_with('!')) out->errors.push_back({"", 0, 0, "", "", word, ""});
    if (word == "?") {
      out->unreadable = true;
    } else if (word.starts_with('!')) {
      out->refused.push_back({"n", word.substr(1)});
    } else {
      const auto equals = word.find('=');
      VpcPeering object;
      object.meta.ns = "n";
      object.meta.name = word.substr(0, equals);
      object.spec = spec(equals == std::string::npos ? 10 : std::stoi(word.substr(equals + 1)));
      out->peerings.push_back({object, {}});
    }
  }
  return out;
}

struct Row {
  const char* name;
  std::vector<Record> records;
  std::map<std::string, std::vector<std::string>> files;
  Kinds expected;
  std::size_t errors{0};
  bool directory_readable{true};
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class Changes : public testing::TestWithParam<Row> {};

TEST_P(Changes, MakeTheRecordsWhatTheManifestsSay) {
  ManifestScan scan;
  if (!GetParam().directory_readable) scan.problem = FieldError{"dir", 0, 0, "", "", "cannot be listed", ""};
  for (const auto& [name, words] : GetParam().files) scan.files[name] = file(words);
  Records records;
  for (const Record& known : GetParam().records) records[known.object.meta.key()] = known;
  const Survey found = survey(scan, records, {});
  Kinds kinds;
  for (const Change& change : changes(found, records)) kinds.emplace_back(change.kind, change.key.name);
  EXPECT_EQ(kinds, GetParam().expected);
  EXPECT_EQ(found.errors.size(), GetParam().errors);
}

const Row kRows[] = {
    {"NewObject", {}, {{"1.yaml", {"a"}}}, {{ChangeKind::Create, "a"}}},
    {"Same", {record("a", "1.yaml")}, {{"1.yaml", {"a"}}}, {}},
    {"OtherSpec", {record("a", "1.yaml")}, {{"1.yaml", {"a=20"}}}, {{ChangeKind::Update, "a"}}},
    {"MovedToAnotherFile", {record("a", "1.yaml")}, {{"2.yaml", {"a"}}}, {{ChangeKind::Move, "a"}}},
    {"FileGone", {record("a", "1.yaml")}, {}, {{ChangeKind::Remove, "a"}}},
    {"DocumentGone",
     {record("a", "1.yaml"), record("b", "1.yaml")},
     {{"1.yaml", {"b"}}},
     {{ChangeKind::Remove, "a"}}},
    {"DirectoryUnreadable", {record("a", "1.yaml")}, {}, {}, 1, false},
    {"RefusedWordsKeepTheLastGood", {record("a", "1.yaml")}, {{"1.yaml", {"!a"}}}, {}, 1},
    {"UnreadableFileKeepsTheLastGood", {record("a", "1.yaml")}, {{"1.yaml", {"?"}}}, {}, 1},
    {"UnreadableFileHidesWhatWasMovedIntoIt", {record("a", "1.yaml")}, {{"2.yaml", {"?"}}}, {}, 1},
    {"UnreadableFileElsewhereDoesNotKeepADroppedDocument",
     {record("a", "1.yaml")},
     {{"1.yaml", {"b"}}, {"2.yaml", {"?"}}},
     {{ChangeKind::Create, "b"}, {ChangeKind::Remove, "a"}},
     1},
    {"RefusedNeighbourDoesNotKeepADroppedDocument",
     {record("a", "1.yaml"), record("b", "1.yaml")},
     {{"1.yaml", {"!b"}}},
     {{ChangeKind::Remove, "a"}},
     1},
    {"GoodDocumentOfABrokenFileCounts",
     {record("a", "1.yaml")},
     {{"1.yaml", {"a=20", "!b"}}},
     {{ChangeKind::Update, "a"}},
     1},
    {"DeclaredTwiceFirstFileWins",
     {},
     {{"1.yaml", {"a=20"}}, {"2.yaml", {"a=30"}}},
     {{ChangeKind::Create, "a"}},
     1},
    {"DeclaredTwiceTheOneBeforeWins",
     {record("a", "2.yaml")},
     {{"1.yaml", {"a=20"}}, {"2.yaml", {"a"}}},
     {},
     1},
    {"DeclaredTwiceTheOneBeforeWinsAlsoWhenRefused",
     {record("a", "2.yaml")},
     {{"1.yaml", {"a=20"}}, {"2.yaml", {"!a"}}},
     {},
     2},
    {"DeclaredTwiceInOneFile", {}, {{"1.yaml", {"a=20", "a=30"}}}, {{ChangeKind::Create, "a"}}, 1},
    {"RefusedAndNew", {}, {{"1.yaml", {"!a"}}}, {}, 1},
    {"DeletingStaysDeleting", {record("a", "1.yaml", 10, true)}, {{"1.yaml", {"a=20"}}}, {}},
    {"DeletingIsNotRemovedTwice", {record("a", "1.yaml", 10, true)}, {}, {}},
};

INSTANTIATE_TEST_SUITE_P(Rows, Changes, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace vpcp::directory
