#include "adapters/directory/operator_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
}

}  // namespace
}  // namespace vpcp::testing
