// docs/reference/conditions.md is made from the table of reasons; the table is held against the words in the
// code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "views/reasons.h"

namespace vpcp {
namespace {

namespace fs = std::filesystem;

const std::string kRoot = VPCP_SOURCE_DIR;
const std::string kDoc = kRoot + "/docs/reference/conditions.md";

constexpr const char* kHead =
    R"(# Conditions and reasons

Made from the table of reasons in `src/views`; after a change there: `docs/reference.sh`. `vpcpctl explain NAME` prints the advice for
what it finds, with the host or edge that it is about.

A condition has the form of Kubernetes' own: `type`, `status` (`True`, `False`, `Unknown`), `reason`, `message`, `observedGeneration`,
`lastTransitionTime`. *Unknown* means that it could not be looked at; nothing is replaced or deleted because of it. The message names the
object, host or edge, and the value.

## Conditions

| condition | what it says | True | False | Unknown |
| --- | --- | --- | --- | --- |
| `Accepted` | the spec makes sense | `Accepted` | `InvalidSpec`, `SpecUnreadable` | |
| `NetworksReady` | every site has its VPC | `NetworksReady` | reasons of networks, `Changing` | reasons of the cloud, `CloudInconsistent` |
| `GatewaysReady` | every gateway is as declared | `GatewaysReady` | reasons of hosts, `Changing` | reasons of hosts |
| `TunnelsUp` | packets cross every edge | `Verified` | reasons of edges | `NotProbedYet`, `GatewayNotReachable`, `NotVerified` |
| `ServersRouted` | every server reaches the other sites | `ServersRouted` | reasons of hosts, `NoTraffic` | reasons of hosts |
| `HostIdentityChanged` | an alarm: a host has shown another key than the pinned one | `HostIdentityChanged` | `AsPinned` | |
| `Fighting` | an alarm, only there while it is True: somebody else changes what is repaired | `Fighting` | | |
| `Ready` | all of it | `Ready`, `ReadySuspended` | the first reason above that is False; `Deleting` | the first reason above that is Unknown; `PassOverdue` |
)";

std::string file_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string rendered() {
  std::ostringstream out;
  out << kHead;
  for (const ReasonGroup& group : reason_groups()) {
    out << "\n## " << group.title << "\n\n" << group.intro << "\n\n";
    out << "| reason | what it means | what you do |\n| --- | --- | --- |\n";
    for (const Reason& reason : group.reasons)
      out << "| `" << reason.name << "` | " << reason.means << " | " << reason.advice << " |\n";
  }
  return out.str();
}

std::set<std::string> reasons() {
  std::set<std::string> out;
  for (const ReasonGroup& group : reason_groups()) {
    for (const Reason& reason : group.reasons) out.insert(reason.name);
  }
  return out;
}

/// Capitalised words in the code that are no reasons.
const std::set<std::string> kOtherWords{
    // statuses, health, types of events
    "True", "False", "Unknown", "Up", "Degraded", "Down", "Warning", "Normal",
    // values of the spec
    "FullMesh", "HubAndSpoke", "Custom", "Reconcile", "Plan", "Delete", "Retain", "Repair", "Warn", "None",
    // condition types that are no reasons as well
    "TunnelsUp",
    // kinds, headers and values of the Kubernetes API and of HTTP
    "Secret", "Event", "Lease", "List", "Status", "DeleteOptions", "ExecCredential", "Always", "Opaque",
    "Authorization", "Kubernetes", "Authorization",
    // WireGuard's configuration
    "PrivateKey", "PublicKey", "PresharedKey", "Endpoint", "PersistentKeepalive", "ListenPort", "AllowedIPs",
    // lines of the log, states of a connection, headings
    "Started", "Stopping", "Leading", "Answer", "Accept", "Connected", "Null"};

/// Where reasons are set: not the views, which only show them, and not the simulated cloud.
bool sets_reasons(const std::string& path) {
  const bool is_code = path.ends_with(".cpp") || path.ends_with(".h");
  return is_code && path.find("/src/views/") == std::string::npos &&
         path.find("/src/lab/") == std::string::npos && path.find("/vultr-lab/") == std::string::npos;
}

std::string without_comments(const std::string& text) {
  return std::regex_replace(text, std::regex("(^|[ \n])//[^\n]*"), "$1");
}

/// Every string that is one capitalised word.
std::set<std::string> words_of(const fs::path& path) {
  static const std::regex kWord("\"([A-Z][a-z]+(?:[A-Z][A-Za-z]*)*)\"");
  const std::string text = without_comments(file_text(path));
  std::set<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), kWord), end; at != end; ++at) out.insert((*at)[1]);
  return out;
}

const fs::path kDriftKinds = kRoot + "/src/domain/plan/step.cpp";

TEST(Reasons, StandInOneGroupEach) {
  std::set<std::string> seen;
  for (const ReasonGroup& group : reason_groups()) {
    for (const Reason& reason : group.reasons)
      EXPECT_TRUE(seen.insert(reason.name).second) << reason.name << " is there twice";
  }
}

TEST(Reasons, HaveAdviceUnlessAllIsWell) {
  for (const ReasonGroup& group : reason_groups()) {
    const bool well = group.title == std::string("All is well");
    for (const Reason& reason : group.reasons) {
      EXPECT_STRNE(reason.means, "") << reason.name;
      EXPECT_EQ(std::string(reason.advice).empty(), well) << reason.name;
      EXPECT_EQ(advice_for(reason.name), reason.advice);
    }
  }
}

TEST(Reasons, OfTheCodeAllHaveARow) {
  const std::set<std::string> known = reasons();
  std::size_t found = 0;
  for (const char* folder : {"/src", "/include"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot + folder)) {
      if (!sets_reasons(entry.path().string()) || entry.path() == kDriftKinds) continue;
      for (const std::string& word : words_of(entry.path())) {
        const bool is_reason = known.contains(word);
        found += is_reason ? 1 : 0;
        EXPECT_TRUE(is_reason || kOtherWords.contains(word))
            << entry.path() << ": give " << word
            << " a row in src/views/reasons_of_*.cpp, or, if it is no reason, "
            << "a place in kOtherWords";
      }
    }
  }
  EXPECT_GT(found, known.size()) << "the search for words finds too few of them";
}

TEST(Reasons, OfTheTableAllAreInTheCode) {
  std::set<std::string> words;
  for (const char* folder : {"/src", "/include"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot + folder)) {
      if (sets_reasons(entry.path().string())) words.merge(words_of(entry.path()));
    }
  }
  EXPECT_THAT(words, ::testing::IsSupersetOf(reasons())) << "take out of the table what is no longer set";
}

/// What the controller may not repair can break a host's way: then the kind of drift is the reason of the
/// host.
TEST(Reasons, OfDriftThatIsOnlyReportedHaveARow) {
  static const std::regex kReport("report\\(DriftKind::(\\w+)");
  const std::set<std::string> known = reasons();
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot + "/src/domain/host")) {
    const std::string text = file_text(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), kReport), end; at != end; ++at, ++count)
      EXPECT_THAT(known, ::testing::Contains((*at)[1].str())) << entry.path();
  }
  EXPECT_GT(count, 0U);
}

TEST(Reasons, KindsOfDriftAreExplainedOnTheirPage) {
  const std::string page = file_text(kRoot + "/docs/drift.md");
  for (const std::string& kind : words_of(kDriftKinds)) {
    if (kind == "Unknown") continue;  // behind a switch that names every case
    EXPECT_THAT(page, ::testing::HasSubstr("`" + kind + "`")) << "explain it in docs/drift.md";
  }
}

TEST(Reasons, ConditionsAllHaveARow) {
  const std::string declared = file_text(kRoot + "/include/vpcp/api/status.h");
  static const std::regex kType("inline constexpr const char\\* k\\w+ = \"(\\w+)\";");
  std::size_t count = 0;
  for (std::sregex_iterator at(declared.begin(), declared.end(), kType), end; at != end; ++at, ++count)
    EXPECT_THAT(kHead, ::testing::HasSubstr("| `" + (*at)[1].str() + "` |"));
  EXPECT_GE(count, 8U);
}

TEST(ReasonsDoc, IsCurrent) {
  if (std::getenv("VPCP_UPDATE_DOCS") != nullptr) std::ofstream(kDoc, std::ios::binary) << rendered();
  EXPECT_EQ(file_text(kDoc), rendered()) << "run docs/reference.sh";
}

}  // namespace
}  // namespace vpcp
