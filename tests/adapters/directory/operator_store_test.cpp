#include "adapters/directory/operator_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include "adapters/directory/store_dirs.h"
#include "support/fake_clock.h"

namespace vpcp::testing {
namespace {

using ::testing::HasSubstr;

const ObjectKey kA{"network", "a"};

/// A controller's store, and beside it that of an operator's program.
class DirectoryOperatorStoreTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  void SetUp() override {
    dirs.put("1.yaml", manifest("a"));
    store = DirectoryStore::open(dirs.options(), clock, Log()).value();
    beside = DirectoryOperatorStore::open({dirs.state(), dirs.manifests()}).value();
  }
  std::optional<VpcPeering> seen() { return beside->get(ctx, kA).value(); }
  VpcPeering controllers() { return store->get(ctx, kA).value().value(); }

  StoreDirs dirs;
  FakeClock clock;
  Context ctx;
  std::unique_ptr<DirectoryStore> store;
  std::unique_ptr<DirectoryOperatorStore> beside;
};

TEST_F(DirectoryOperatorStoreTest, ReadsWhileTheControllerHoldsTheLock) {
  PeeringStatus status;
  status.monthly_cost_usd = 20;
  ASSERT_TRUE(store->apply_status(ctx, controllers(), status).ok());
  ASSERT_TRUE(store->put_secret(ctx, controllers(), "a-record", {{"k", Secret::copy_of("v")}}).ok());
  store->record_event(ctx, {kA, "u", EventType::Warning, "Drift", "a note"});
  EXPECT_EQ(*seen(), controllers());
  EXPECT_EQ(beside->list(ctx, "").value(), std::vector{controllers()});
  EXPECT_TRUE(beside->list(ctx, "elsewhere").value().empty());
  EXPECT_EQ(beside->get_secret(ctx, {"network", "a-record"}).value()->at("k").reveal(), "v");
  const auto events = beside->events(ctx, "network").value();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].reason + ": " + events[0].note, "Drift: a note");
}

TEST_F(DirectoryOperatorStoreTest, SuspendsAndResumesWithoutTouchingTheManifest) {
  const std::string text = read_text_file(dirs.manifests() / "1.yaml");
  ASSERT_TRUE(beside->set_suspend(ctx, *seen(), true).ok());
  ASSERT_TRUE(eventually([&] { return controllers().spec.suspend; }));
  EXPECT_EQ(controllers().meta.generation, 2);
  ASSERT_TRUE(beside->set_suspend(ctx, *seen(), false).ok());
  ASSERT_TRUE(eventually([&] { return !controllers().spec.suspend; }));
  EXPECT_EQ(read_text_file(dirs.manifests() / "1.yaml"), text);
}

TEST_F(DirectoryOperatorStoreTest, DoesNotLiftWhatTheManifestSays) {
  std::string text = manifest("a");
  dirs.put("1.yaml", text.replace(text.find("spec:\n"), 6, "spec:\n  suspend: true\n"));
  ASSERT_TRUE(eventually([&] { return controllers().spec.suspend; }));
  const Status refused = beside->set_suspend(ctx, *seen(), false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "the manifest 1.yaml says suspend: true: take that out of it");
}

TEST_F(DirectoryOperatorStoreTest, ARequestedPassIsToldToTheController) {
  const Watcher watcher(*store);
  ASSERT_TRUE(eventually([&] { return watcher.count(kA) == 1; }));
  ASSERT_TRUE(beside->request_pass(ctx, *seen(), "now-1").ok());
  ASSERT_TRUE(eventually([&] { return watcher.count(kA) == 2; }));
  EXPECT_EQ(controllers().meta.reconcile_at, "now-1");
  EXPECT_EQ(controllers().meta.generation, 1) << "the spec is as before";
}

constexpr uid_t kNobody = 65534;

/// This thread, and those that it starts, may read no more than anybody.
class AsNobody {
 public:
  AsNobody() : user_(static_cast<uid_t>(::setfsuid(kNobody))) {}
  ~AsNobody() { ::setfsuid(user_); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  uid_t user_;
};

TEST_F(DirectoryOperatorStoreTest, SaysWhoMayReadWhateverIsNotReadable) {
  PeeringStatus status;
  status.monthly_cost_usd = 20;
  ASSERT_TRUE(store->apply_status(ctx, controllers(), status).ok());
  ASSERT_TRUE(store->put_secret(ctx, controllers(), "a-record", {{"k", Secret::copy_of("v")}}).ok());
  store->record_event(ctx, {kA, "u", EventType::Warning, "Drift", "a note"});
  const auto open = [&] { return DirectoryOperatorStore::open({dirs.state(), ""}); };
  const auto why = [](const auto& result) {
    return result.ok() ? "" : result.error().reason + ": " + result.error().message;
  };
  struct Row {
    const char* closed;
    std::function<std::string()> look;
  };
  const Row rows[] = {{"format", [&] { return why(open()); }},
                      {"objects", [&] { return why(beside->list(ctx, "")); }},
                      {"objects/network.a.json", [&] { return why(beside->list(ctx, "")); }},
                      {"status/network.a.yaml", [&] { return why(beside->get(ctx, kA)); }},
                      {"secrets/network.a-record.sealed",
                       [&] {
                         return why(beside->get_secret(ctx, {"network", "a-record"}));
                       }},
                      {"key",
                       [&] {
                         return why(beside->get_secret(ctx, {"network", "a-record"}));
                       }},
                      {"events.log", [&] { return why(beside->events(ctx, "")); }}};
  store.reset();
  for (const auto& entry : fs::recursive_directory_iterator(dirs.state().parent_path()))
    ::chmod(entry.path().c_str(), entry.is_directory() ? 0755 : 0644);
  const fs::path key = dirs.state() / "key";
  ASSERT_EQ(::chmod(key.c_str(), 0600), 0);
  const uid_t owner = ::geteuid() == 0 ? kNobody : ::geteuid();
  ASSERT_EQ(::chown(key.c_str(), owner, ::getegid()), 0);
  ::chmod(dirs.state().parent_path().c_str(), 0755);
  for (const Row& row : rows) {
    const fs::path closed = dirs.state() / row.closed;
    const auto before = fs::status(closed).permissions();
    fs::permissions(closed, fs::perms::none);
    {
      const AsNobody nobody;
      EXPECT_EQ(row.look(),
                "StateNotReadable: " + closed.string() +
                    " may not be read by this user: run vpcpctl as the user that runs the controller, "
                    "or by sudo");
    }
    fs::permissions(closed, before);
  }
}

TEST_F(DirectoryOperatorStoreTest, AStatusThatCannotBeReadIsToldUntilTheControllerWritesItAnew) {
  PeeringStatus status;
  status.monthly_cost_usd = 20;
  ASSERT_TRUE(store->apply_status(ctx, controllers(), status).ok());
  const fs::path file = dirs.state() / "status/network.a.yaml";
  const std::string whole = read_text_file(file);
  const std::string cut = whole.substr(0, whole.find("monthlyCostUSD"));
  std::string of_another = whole;
  of_another.replace(of_another.find("name: a"), 7, "name: b");
  const std::pair<std::string, const char*> damages[] = {
      {"", "it is empty"},      {"{", "it is damaged"},
      {"- a", "it is damaged"}, {"foo: bar\n...\n", "it is damaged"},
      {cut, "it is damaged"},   {of_another, "it is of network/b"}};
  for (const auto& [text, why] : damages) {
    std::ofstream(file) << text;
    for (const VpcPeering& shown : {beside->get(ctx, kA)->value(), beside->list(ctx, "")->at(0)}) {
      EXPECT_EQ(shown.spec, controllers().spec);
      ASSERT_EQ(shown.status.conditions.size(), 1U);
      const Condition& ready = shown.status.conditions[0];
      EXPECT_EQ(ready.type, condition::kReady);
      EXPECT_EQ(ready.status, ConditionStatus::Unknown);
      EXPECT_EQ(ready.reason, "StateUnreadable");
      EXPECT_NE(ready.last_transition_time, SystemTime{});
      EXPECT_THAT(ready.message, HasSubstr(file.string() + " cannot be read ("));
      EXPECT_THAT(ready.message, HasSubstr(why));
      EXPECT_THAT(ready.message,
                  HasSubstr("the controller writes it anew within a minute; if none runs, start it"));
    }
  }
  fs::remove(file);
  fs::create_directory(file);
  EXPECT_THAT(beside->list(ctx, "")->at(0).status.conditions.at(0).message, HasSubstr("it is no file"));
  fs::remove(file);
  status.monthly_cost_usd = 30;
  ASSERT_TRUE(store->apply_status(ctx, controllers(), status).ok());
  EXPECT_EQ(*seen(), controllers());
  std::ofstream(file) << "{";
  store.reset();
  store = DirectoryStore::open(dirs.options(), clock, Log()).value();
  EXPECT_EQ(controllers().status, PeeringStatus{}) << "the controller starts all the same";
  ASSERT_TRUE(store->apply_status(ctx, controllers(), status).ok());
  EXPECT_EQ(*seen(), controllers());
}

TEST_F(DirectoryOperatorStoreTest, SaysWhatIsWrongWithAStateDirectory) {
  const auto why = [&](const fs::path& state) {
    const auto opened = DirectoryOperatorStore::open({state, ""});
    return opened.ok() ? "" : opened.error().reason + ": " + opened.error().message;
  };
  EXPECT_THAT(why(dirs.state() / "not-there"), HasSubstr("is not a directory: give --state"));
  EXPECT_THAT(why(dirs.manifests()), HasSubstr("is no state directory"));
  store.reset();
  std::ofstream(dirs.state() / "format") << "2\n";
  EXPECT_THAT(why(dirs.state()), HasSubstr("was written by a newer version: use a program of that version"));
  const auto controller = DirectoryStore::open(dirs.options(), clock, Log());
  ASSERT_FALSE(controller.ok());
  EXPECT_EQ(controller.error().reason, "StateOfNewerVersion");
  for (const char* damaged : {"", "x\n", "01\n", "-1\n"}) {
    std::ofstream(dirs.state() / "format") << damaged;
    EXPECT_EQ(why(dirs.state()),
              "StateUnreadable: " + (dirs.state() / "format").string() +
                  " is damaged, so the folder may be one of a newer version: restore it from a backup, or "
                  "remove it if no newer version has run here; it is written anew");
  }
  std::ofstream(dirs.state() / "format") << "1";
  EXPECT_EQ(why(dirs.state()), "") << "a line without its end";
}

TEST_F(DirectoryOperatorStoreTest, AsksNothingOfAControllerThatHasNotStarted) {
  const VpcPeering object = *seen();
  store.reset();
  fs::remove_all(dirs.state() / "requests");
  for (const Status& asked :
       {beside->set_suspend(ctx, object, true), beside->request_pass(ctx, object, "now-1")}) {
    ASSERT_FALSE(asked.ok());
    EXPECT_EQ(
        asked.error().message,
        (dirs.state() / "requests").string() +
            " is not there, so no controller has started on this state directory: start it, and try again");
  }
  store = DirectoryStore::open(dirs.options(), clock, Log()).value();
  EXPECT_TRUE(beside->request_pass(ctx, object, "now-1").ok()) << "the controller has made it";
}

TEST_F(DirectoryOperatorStoreTest, AFileThatNestsWithoutEndIsDamaged) {
  store.reset();
  const fs::path file = dirs.state() / "objects/network.a.json";
  std::string text = read_text_file(file);
  const std::string sites = "\"sites\": [";
  const auto at = text.find(sites);
  ASSERT_NE(at, std::string::npos) << text;
  text.insert(at + sites.size(), std::string(100000, '[') + std::string(100000, ']') + ",");
  std::ofstream(file) << text;
  const auto read = beside->get(ctx, kA);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().reason, "StateUnreadable");
}

}  // namespace
}  // namespace vpcp::testing
