#include "adapters/directory/directory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/directory/store_dirs.h"
#include "support/fake_clock.h"
#include "support/fake_log.h"

namespace vpcp::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const ObjectKey kA{"network", "a"};

PeeringStatus some_status() {
  PeeringStatus status;
  status.observed_generation = 1;
  return status;
}

class DirectoryStoreTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { init_crypto(); }

  void start() {
    auto opened = DirectoryStore::open(dirs.options(), clock, Log(log));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store = std::move(opened).value();
  }
  void restart() {
    store.reset();
    start();
  }
  std::optional<VpcPeering> object(const ObjectKey& key = kA) { return store->get(ctx, key).value(); }
  std::string error_of_open() {
    const auto opened = DirectoryStore::open(dirs.options(), clock, Log(log));
    return opened.ok() ? "" : opened.error().reason + ": " + opened.error().message;
  }

  StoreDirs dirs;
  FakeClock clock;
  std::shared_ptr<FakeLog> log = std::make_shared<FakeLog>();
  Context ctx;
  std::unique_ptr<DirectoryStore> store;
};

TEST_F(DirectoryStoreTest, HasTheManifestsAsSoonAsItIsOpen) {
  dirs.put("1.yaml", manifest("a"));
  dirs.put("2.yml", manifest("b"));
  dirs.put(".hidden.yaml", manifest("c"));
  dirs.put("note.txt", manifest("d"));
  start();
  EXPECT_THAT(store->list(ctx).value(), ElementsAre(kA, ObjectKey{"network", "b"}));
  EXPECT_THAT(store->errors(), IsEmpty());
}

TEST_F(DirectoryStoreTest, SeesANewFileAndAChangedSpecByThemselves) {
  start();
  const Watcher watcher(*store);
  dirs.put("1.yaml", manifest("a"));
  ASSERT_TRUE(eventually([&] { return watcher.count(kA) == 1; }));
  const VpcPeering before = *object();
  EXPECT_EQ(before.meta.generation, 1);
  dirs.put("1.yaml", manifest("a", "172.16.9.0/24"));
  ASSERT_TRUE(eventually([&] { return watcher.count(kA) == 2; }));
  const VpcPeering after = *object();
  EXPECT_EQ(after.meta.generation, 2);
  EXPECT_EQ(after.meta.uid, before.meta.uid);
  EXPECT_EQ(after.spec.sites[0].vpc.cidr, Cidr::parse("172.16.9.0/24"));
}

TEST_F(DirectoryStoreTest, AFileWrittenInPlaceIsSeenWhenItIsClosed) {
  start();
  std::ofstream(dirs.manifests() / "1.yaml") << manifest("a");
  EXPECT_TRUE(eventually([&] { return object().has_value(); }));
}

TEST_F(DirectoryStoreTest, FollowsTheSwapOfALinkedDirectory) {
  const fs::path volume = dirs.manifests();
  fs::create_directory(volume / "..1");
  fs::create_directory(volume / "..2");
  std::ofstream(volume / "..1" / "1.yaml") << manifest("a");
  std::ofstream(volume / "..2" / "1.yaml") << manifest("a", "172.16.9.0/24");
  fs::create_symlink("..1", volume / "..data");
  fs::create_symlink("..data/1.yaml", volume / "1.yaml");
  start();
  ASSERT_EQ(object()->meta.generation, 1);
  fs::create_symlink("..2", volume / "..data_tmp");
  fs::rename(volume / "..data_tmp", volume / "..data");
  EXPECT_TRUE(eventually([&] { return object()->meta.generation == 2; }));
}

TEST_F(DirectoryStoreTest, FindsADirectoryThatWasMadeAnew) {
  dirs.put("1.yaml", manifest("a"));
  start();
  fs::rename(dirs.manifests(), dirs.manifests().string() + "-old");
  ASSERT_TRUE(eventually([&] { return !store->errors().empty(); }));
  EXPECT_TRUE(object().has_value()) << "a directory that is away takes nothing away";
  fs::create_directory(dirs.manifests());
  dirs.put("1.yaml", manifest("a", "172.16.9.0/24"));
  EXPECT_TRUE(eventually([&] { return object()->meta.generation == 2; }));
  dirs.put("1.yaml", manifest("a", "172.16.10.0/24"));
  EXPECT_TRUE(eventually([&] { return object()->meta.generation == 3; })) << "the new directory is watched";
}

TEST_F(DirectoryStoreTest, ABrokenFileIsReportedAndTakesNothingAway) {
  dirs.put("1.yaml", manifest("a"));
  start();
  const VpcPeering before = *object();
  dirs.put("1.yaml", manifest("a", "172.16.1.0/33"));
  ASSERT_TRUE(eventually([&] { return !store->errors().empty(); }));
  EXPECT_THAT(to_string(store->errors()[0]),
              HasSubstr("1.yaml:6:48: spec.sites[0].vpc.cidr: \"172.16.1.0/33\""));
  dirs.put("1.yaml", "{ not yaml");
  ASSERT_TRUE(eventually([&] { return store->errors()[0].field.empty(); }));
  EXPECT_EQ(*object(), before);
  EXPECT_THAT(read_text_file(dirs.state() / "events.log"), HasSubstr("ManifestRefused"));
  restart();
  EXPECT_EQ(*object(), before) << "also after a restart";
  dirs.put("1.yaml", manifest("a"));
  EXPECT_TRUE(eventually([&] { return store->errors().empty(); }));
  EXPECT_EQ(*object(), before);
}

TEST_F(DirectoryStoreTest, AnErrorIsLoggedOnce) {
  dirs.put("1.yaml", "nonsense");
  start();
  dirs.put("2.yaml", manifest("a"));
  ASSERT_TRUE(eventually([&] { return object().has_value(); }));
  EXPECT_EQ(log->lines().size(), 1U);
  EXPECT_EQ(log->lines()[0].message, "A manifest is refused");
}

TEST_F(DirectoryStoreTest, ARemovedObjectWithoutFinalizerIsGoneWithItsFiles) {
  dirs.put("1.yaml", manifest("a"));
  start();
  ASSERT_TRUE(store->apply_status(ctx, *object(), some_status()).ok());
  ASSERT_TRUE(store->put_secret(ctx, *object(), "a-keys", {{"k", Secret::copy_of("v")}}).ok());
  dirs.remove("1.yaml");
  EXPECT_TRUE(eventually([&] { return !object().has_value(); }));
  for (const char* folder : {"objects", "status", "secrets"}) {
    EXPECT_TRUE(fs::is_empty(dirs.state() / folder)) << folder;
  }
}

TEST_F(DirectoryStoreTest, AFileThatIsAwayForAMomentRemovesNothing) {
  dirs.put("1.yaml", manifest("a"));
  DirectoryStore::Options slow = dirs.options();
  slow.confirm = seconds{3600};
  store = DirectoryStore::open(slow, clock, Log(log)).value();
  const std::string uid = object()->meta.uid;
  dirs.remove("1.yaml");
  dirs.put("2.yaml", manifest("b"));
  ASSERT_TRUE(eventually([&] { return object({"network", "b"}).has_value(); })) << "a look without the file";
  EXPECT_EQ(object()->meta.uid, uid);
  dirs.put("1.yaml", manifest("a", "172.16.9.0/24"));
  ASSERT_TRUE(eventually([&] { return object()->meta.generation == 2; }));
  EXPECT_EQ(object()->meta.uid, uid);
}

TEST_F(DirectoryStoreTest, AnEmptyDirectoryAtTheStartRemovesNothing) {
  dirs.put("1.yaml", manifest("a"));
  start();
  const std::string uid = object()->meta.uid;
  store.reset();
  dirs.remove("1.yaml");
  DirectoryStore::Options quick = dirs.options();
  quick.confirm = milliseconds{0};
  store = DirectoryStore::open(quick, clock, Log(log)).value();
  ASSERT_TRUE(object().has_value()) << "the volume may only not be mounted";
  EXPECT_THAT(to_string(store->errors()), HasSubstr("put an empty file none.yaml there"));
  dirs.put("1.yaml", manifest("a"));
  ASSERT_TRUE(eventually([&] { return store->errors().empty(); }));
  EXPECT_EQ(object()->meta.uid, uid);
  dirs.remove("1.yaml");
  EXPECT_TRUE(eventually([&] { return !object().has_value(); })) << "a manifest was there before";
}

TEST_F(DirectoryStoreTest, AnEmptyFileAtTheStartSaysThatNothingIsWanted) {
  dirs.put("1.yaml", manifest("a"));
  start();
  store.reset();
  dirs.remove("1.yaml");
  dirs.put("none.yaml", "");
  start();
  EXPECT_TRUE(eventually([&] { return !object().has_value(); }));
}

TEST_F(DirectoryStoreTest, ARemovedObjectWithFinalizerStaysUntilItIsReleased) {
  dirs.put("1.yaml", manifest("a"));
  start();
  ASSERT_TRUE(store->add_finalizer(ctx, *object()).ok());
  dirs.remove("1.yaml");
  ASSERT_TRUE(eventually([&] { return object()->meta.deletion_timestamp.has_value(); }));
  restart();
  const VpcPeering deleting = *object();
  EXPECT_EQ(deleting.meta.deletion_timestamp, clock.now());
  EXPECT_EQ(deleting.spec.sites.size(), 2U) << "with its last good spec";
  dirs.put("1.yaml", manifest("a", "172.16.9.0/24"));
  dirs.put("2.yaml", manifest("b"));
  ASSERT_TRUE(eventually([&] { return object({"network", "b"}).has_value(); }));
  EXPECT_EQ(*object(), deleting) << "declared again, it stays deleting";
  ASSERT_TRUE(store->remove_finalizer(ctx, deleting).ok());
  ASSERT_TRUE(eventually([&] { return object().has_value(); }));
  EXPECT_NE(object()->meta.uid, deleting.meta.uid);
  EXPECT_EQ(object()->meta.generation, 1);
  EXPECT_EQ(store->apply_status(ctx, deleting, {}).error().reason, "StaleObject");
}

TEST_F(DirectoryStoreTest, RemembersEverythingOverARestart) {
  dirs.put("1.yaml", manifest("a"));
  start();
  ASSERT_TRUE(store->add_finalizer(ctx, *object()).ok());
  PeeringStatus status;
  status.conditions = {{"Ready", ConditionStatus::True, "AllVerified", "all well", 1, clock.now()}};
  ASSERT_TRUE(store->apply_status(ctx, *object(), status).ok());
  ASSERT_TRUE(store->put_secret(ctx, *object(), "a-keys", {{"k", Secret::copy_of("hunter2")}}).ok());
  const VpcPeering before = *object();
  restart();
  EXPECT_EQ(*object(), before);
  EXPECT_EQ(before.status, status);
  EXPECT_EQ(store->get_secret(ctx, {"network", "a-keys"}).value()->at("k").reveal(), "hunter2");
}

TEST_F(DirectoryStoreTest, LeavesNothingReadableForOthersAndNoSecretInClear) {
  dirs.put("1.yaml", manifest("a"));
  start();
  ASSERT_TRUE(store->apply_status(ctx, *object(), some_status()).ok());
  ASSERT_TRUE(store->put_secret(ctx, *object(), "a-keys", {{"k", Secret::copy_of("hunter2")}}).ok());
  store->record_event(ctx, {kA, "u", EventType::Normal, "Created", "x"});
  EXPECT_EQ(fs::status(dirs.state()).permissions(), fs::perms::owner_all);
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(dirs.state())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write) << entry.path();
    EXPECT_THAT(read_text_file(entry.path()), Not(HasSubstr("hunter2"))) << entry.path();
    EXPECT_THAT(read_text_file(entry.path()), Not(HasSubstr(base64_encode("hunter2")))) << entry.path();
  }
  EXPECT_EQ(files, 7) << "format, lock, key, object, status, secret, events";
}

TEST_F(DirectoryStoreTest, ASealedSecretOpensOnlyInItsOwnPlace) {
  dirs.put("1.yaml", manifest("a"));
  start();
  ASSERT_TRUE(store->put_secret(ctx, *object(), "one", {{"k", Secret::copy_of("v")}}).ok());
  const fs::path secrets = dirs.state() / "secrets";
  fs::copy_file(secrets / "network.one.sealed", secrets / "network.two.sealed");
  const auto moved = store->get_secret(ctx, {"network", "two"});
  ASSERT_FALSE(moved.ok());
  EXPECT_EQ(moved.error().reason, "StateUnreadable");
}

TEST_F(DirectoryStoreTest, ASecretInAnOpenFileIsRefusedUntilItIsClosed) {
  dirs.put("s.yaml", secret_manifest("web-ssh", "hunter2"), 0644);
  dirs.put("1.yaml", manifest("a"));
  start();
  EXPECT_FALSE(store->get_secret(ctx, {"network", "web-ssh"}).value().has_value());
  ASSERT_EQ(store->errors().size(), 1U);
  const std::string error = to_string(store->errors()[0]);
  EXPECT_THAT(error, HasSubstr("chmod 600 " + (dirs.manifests() / "s.yaml").string()));
  EXPECT_THAT(error, Not(HasSubstr("hunter2")));
  const Watcher watcher(*store);
  ASSERT_TRUE(eventually([&] { return watcher.count(kA) == 1; }));
  ::chmod((dirs.manifests() / "s.yaml").c_str(), 0600);
  EXPECT_TRUE(eventually([&] { return store->get_secret(ctx, {"network", "web-ssh"}).value().has_value(); }));
  EXPECT_TRUE(eventually([&] { return watcher.count(kA) == 2; })) << "who may use it is told";
}

TEST_F(DirectoryStoreTest, ABrokenSecretFileKeepsTheLastGoodSecret) {
  dirs.put("s.yaml", secret_manifest("web-ssh", "one"));
  start();
  dirs.put("s.yaml", "nonsense");
  ASSERT_TRUE(eventually([&] { return !store->errors().empty(); }));
  EXPECT_EQ(store->get_secret(ctx, {"network", "web-ssh"}).value()->at("key").reveal(), "one");
  dirs.put("s.yaml", secret_manifest("web-ssh", "two"));
  EXPECT_TRUE(eventually([&] {
    return store->get_secret(ctx, {"network", "web-ssh"}).value()->at("key").reveal() == "two";
  }));
  dirs.remove("s.yaml");
  EXPECT_TRUE(eventually([&] {
    return !store->get_secret(ctx, {"network", "web-ssh"}).value().has_value();
  }));
}

TEST_F(DirectoryStoreTest, ASecondProcessIsRefused) {
  start();
  EXPECT_THAT(error_of_open(),
              HasSubstr("StateInUse: " + dirs.state().string() + " is in use by another process"));
}

TEST_F(DirectoryStoreTest, RefusesAStateThatItCannotTrust) {
  dirs.put("1.yaml", manifest("a"));
  start();
  ASSERT_TRUE(store->put_secret(ctx, *object(), "a-keys", {{"k", Secret::copy_of("v")}}).ok());
  store.reset();
  const fs::path key = dirs.state() / "key";
  fs::permissions(key, fs::perms::others_read, fs::perm_options::add);
  EXPECT_THAT(error_of_open(), HasSubstr("chmod 600 " + key.string()));
  fs::rename(key, dirs.state() / "key-away");
  EXPECT_THAT(error_of_open(), HasSubstr("key is missing, and there are Secrets sealed with it"));
  fs::permissions(dirs.state() / "key-away", fs::perms::others_read, fs::perm_options::remove);
  fs::rename(dirs.state() / "key-away", key);
  EXPECT_EQ(error_of_open(), "");
  std::ofstream(dirs.state() / "objects" / "network.a.json") << "{}";
  EXPECT_THAT(error_of_open(), HasSubstr("network.a.json cannot be read"));
  fs::remove(dirs.state() / "objects" / "network.a.json");  // as in a backup that lost a part
  EXPECT_THAT(error_of_open(), HasSubstr("the keys of an object that is not in"));
  EXPECT_FALSE(fs::is_empty(dirs.state() / "secrets")) << "nothing is taken away by a refused start";
}

TEST_F(DirectoryStoreTest, RefusesAManifestsDirectoryThatIsNotThere) {
  fs::remove_all(dirs.manifests());
  EXPECT_THAT(error_of_open(), HasSubstr("is not a directory: make it"));
}

TEST_F(DirectoryStoreTest, RemovesWhatAWriteThatWasCutShortLeft) {
  start();
  store.reset();
  std::ofstream(dirs.state() / "objects" / ".tmp-network.a.json") << "{";
  std::ofstream(dirs.state() / ".tmp-key") << "x";
  start();
  EXPECT_TRUE(fs::is_empty(dirs.state() / "objects"));
  EXPECT_FALSE(fs::exists(dirs.state() / ".tmp-key"));
}

TEST_F(DirectoryStoreTest, AnUnchangedStatusIsNotWrittenAgain) {
  dirs.put("1.yaml", manifest("a"));
  start();
  ASSERT_TRUE(store->apply_status(ctx, *object(), some_status()).ok());
  const fs::path file = dirs.state() / "status" / "network.a.yaml";
  ASSERT_TRUE(fs::remove(file));
  ASSERT_TRUE(store->apply_status(ctx, *object(), some_status()).ok());
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(DirectoryStoreTest, RepeatedEventsAreCountedInOneLine) {
  start();
  const ObjectEvent event{kA, "u", EventType::Warning, "Unreachable", "no answer"};
  for (int i = 0; i < 5; ++i) store->record_event(ctx, event);
  const fs::path file = dirs.state() / "events.log";
  EXPECT_THAT(read_text_file(file), Not(HasSubstr("count")));
  clock.advance(minutes{11});
  store->record_event(ctx, event);
  const std::string text = read_text_file(file);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
  EXPECT_THAT(text, HasSubstr("\"count\":4"));
}

TEST_F(DirectoryStoreTest, EventsAreBounded) {
  start();
  const std::string note(10'000, 'x');
  for (int i = 0; i < 400; ++i)
    store->record_event(ctx, {kA, "u", EventType::Normal, "R" + std::to_string(i), note});
  EXPECT_LT(fs::file_size(dirs.state() / "events.log"), 1'200'000U);
  EXPECT_LT(fs::file_size(dirs.state() / "events.log.1"), 1'200'000U);
}

TEST_F(DirectoryStoreTest, ANamedPipeDoesNotHoldItUp) {
  ASSERT_EQ(::mkfifo((dirs.manifests() / "pipe.yaml").c_str(), 0600), 0);
  dirs.put("1.yaml", manifest("a"));
  start();
  EXPECT_TRUE(object().has_value());
  EXPECT_THAT(to_string(store->errors().at(0)), HasSubstr("is not a regular file"));
}

}  // namespace
}  // namespace vpcp::testing
