#include "architecture/include_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace vpcp::testing {
namespace {

using ::testing::IsEmpty;

/// style: a file of more than 300 lines is asked about in review, one of more than 500 is not merged.
constexpr std::size_t kLongestFile = 500;

std::vector<SourceFile> read_tree(const std::vector<std::string>& folders) {
  const std::filesystem::path root = VPCP_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string suffix = entry.path().extension().string();
      if (suffix != ".h" && suffix != ".cpp") continue;
      std::ifstream in(entry.path());
      files.push_back({std::filesystem::relative(entry.path(), root).string(),
                       {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
    }
  }
  return files;
}

TEST(Architecture, EveryFolderIncludesOnlyWhatTheTableAllows) {
  const std::vector<SourceFile> files = read_tree({"include/vpcp", "src"});
  ASSERT_GT(files.size(), 20u);
  EXPECT_THAT(include_violations(files), IsEmpty());
}

TEST(Architecture, NoFileIsTooLong) {
  EXPECT_THAT(length_violations(read_tree({"include/vpcp", "src", "tests"}), kLongestFile), IsEmpty());
}

struct Row {
  std::string name;
  std::vector<SourceFile> files;
  bool allowed;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class IncludeRule : public ::testing::TestWithParam<Row> {};
TEST_P(IncludeRule, IsEnforced) {
  EXPECT_EQ(include_violations(GetParam().files).empty(), GetParam().allowed);
}

SourceFile file(const std::string& path, const std::string& include) {
  return {path, "#include " + include + "\n"};
}

const SourceFile kLeakyHeader = file("src/adapters/libssh/session.h", "<libssh/libssh.h>");

const std::vector<Row> kRows{
    {"DomainMayUseBase", {file("src/domain/a.cpp", "\"vpcp/base/ip.h\"")}, true},
    {"DomainMayNotUsePorts", {file("src/domain/a.cpp", "\"vpcp/ports/metrics.h\"")}, false},
    {"DomainMayNotLog", {file("src/domain/a.cpp", "\"vpcp/base/log.h\"")}, false},
    {"DomainHasNoThreads", {file("src/domain/a.cpp", "<thread>")}, false},
    {"DomainDoesNotTouchTheSystem", {file("src/domain/a.cpp", "<unistd.h>")}, false},
    {"DomainMayUseSodiumForKeys", {file("src/domain/keys.cpp", "<sodium.h>")}, true},
    {"DomainMayNotUseSodiumElsewhere", {file("src/domain/plan/a.cpp", "<sodium.h>")}, false},
    {"RuntimeMayNotUseDomain", {file("src/runtime/a.cpp", "\"domain/keys.h\"")}, false},
    {"ControllersMayUseDomain", {file("src/controllers/a.cpp", "\"domain/keys.h\"")}, true},
    {"ControllersMayNotUseAnAdapter", {file("src/controllers/a.cpp", "\"adapters/vultr/a.h\"")}, false},
    {"AnAdapterMayNotUseAnother", {file("src/adapters/vultr/a.cpp", "\"adapters/cpprest/a.h\"")}, false},
    {"AnAdapterMayUseItsOwnLibrary", {file("src/adapters/libssh/a.cpp", "<libssh/libssh.h>")}, true},
    {"AnAdapterMayNotUseTheLibraryOfAnother", {file("src/adapters/vultr/a.cpp", "<cpprest/json.h>")}, false},
    {"TheLabMayUseBase", {file("src/lab/a.cpp", "\"vpcp/base/ip.h\"")}, true},
    {"TheLabSharesNothingElse", {file("src/lab/a.cpp", "\"vpcp/api/cloud.h\"")}, false},
    {"TheVocabularyShowsNoThirdPartyType", {file("include/vpcp/api/a.h", "<nlohmann/json.hpp>")}, false},
    {"TheVocabularyIncludesOnlyVocabulary", {file("include/vpcp/api/a.h", "\"api/field.h\"")}, false},
    {"AHeaderOfTheDomainShowsNoThirdPartyType", {file("src/domain/a.h", "<nlohmann/json.hpp>")}, false},
    {"APrivateHeaderMayShowOne", {kLeakyHeader}, true},
    {"APrivateHeaderThatShowsOneStaysPrivate",
     {kLeakyHeader, file("src/adapters/libssh/b.h", "\"adapters/libssh/session.h\""),
      file("src/app/controller/main.cpp", "\"adapters/libssh/b.h\"")},
     false},
    {"TheAppMayUseEveryFolder", {file("src/app/controller/main.cpp", "\"adapters/vultr/a.h\"")}, true},
    {"TheAppMayUseOnlyTheCommandLineLibrary",
     {file("src/app/controller/main.cpp", "<nlohmann/json.hpp>")},
     false},
    {"ANewFolderNeedsARow", {file("src/helpers/a.cpp", "<string>")}, false},
};
INSTANTIATE_TEST_SUITE_P(All, IncludeRule, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace vpcp::testing
