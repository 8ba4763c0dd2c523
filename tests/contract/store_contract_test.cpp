// What every ResourceStore promises, held against the fake of the unit tests and the real ones alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "adapters/directory/store_dirs.h"
#include "contract/store_contract.h"

namespace vpcp::testing {
namespace {

const ObjectKey kA{"network", "a"};
const ObjectKey kB{"network", "b"};

/// The source of SSH may change while the object lives.
PeeringSpec spec_of(const std::string& source) {
  PeeringSpec spec;
  spec.ssh_sources = {*Cidr::parse(source)};
  spec.sites = {{"amsterdam", "ams", {{}, Cidr::parse("172.16.1.0/24"), "VPC-A"}, {"Gateway-A"}, {}, {}},
                {"bangalore", "blr", {{}, Cidr::parse("172.16.2.0/24"), ""}, {"Gateway-B"}, {}, {}}};
  return spec;
}

PeeringStatus some_status() {
  PeeringStatus status;
  status.observed_generation = 1;
  status.conditions = {
      {"Ready", ConditionStatus::True, "AllVerified", "all well", 1, SystemTime{seconds{1'800'000'000}}}};
  EdgeStatus edge{.from = "amsterdam", .to = "bangalore", .health = EdgeHealth::Up};
  edge.rtt_millis = 144.5;
  edge.loss_percent = 0.0;
  edge.rx_bytes = 1;
  edge.tx_bytes = 2;
  status.edges = {edge};
  return status;
}

class StoreContract : public ::testing::TestWithParam<StoreKind> {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  void SetUp() override { world = GetParam().make(); }

  ResourceStore& store() { return world->store(); }
  std::optional<VpcPeering> object(const ObjectKey& key = kA) { return store().get(ctx, key).value(); }
  std::vector<std::string> finalizers() {
    const auto now = object();
    return now ? now->meta.finalizers : std::vector<std::string>{"the object is gone"};
  }
  VpcPeering declared(const ObjectKey& key = kA) {
    world->declare(key, spec_of("172.16.1.0/24"));
    EXPECT_TRUE(eventually([&] { return object(key).has_value(); }));
    return *object(key);
  }
  VpcPeering deleting(const ObjectKey& key = kA) {
    EXPECT_TRUE(store().add_finalizer(ctx, declared(key)).ok());
    world->undeclare(key);
    EXPECT_TRUE(eventually([&] { return object(key)->meta.deletion_timestamp.has_value(); }));
    return *object(key);
  }

  std::unique_ptr<StoreWorld> world;
  Context ctx;
};

TEST_P(StoreContract, HasNothingAtFirst) {
  EXPECT_THAT(store().list(ctx).value(), ::testing::IsEmpty());
  EXPECT_FALSE(object().has_value());
  EXPECT_FALSE(store().get_secret(ctx, kA).value().has_value());
}

TEST_P(StoreContract, HandsOutWhatIsDeclared) {
  const VpcPeering a = declared(kA);
  const VpcPeering b = declared(kB);
  EXPECT_EQ(a.meta.key(), kA);
  EXPECT_EQ(a.spec, spec_of("172.16.1.0/24"));
  EXPECT_EQ(a.meta.generation, 1);
  EXPECT_NE(a.meta.uid, "");
  EXPECT_NE(a.meta.uid, b.meta.uid);
  EXPECT_THAT(store().list(ctx).value(), ::testing::UnorderedElementsAre(kA, kB));
}

TEST_P(StoreContract, GenerationCountsChangesOfTheSpecAndNothingElse) {
  const VpcPeering before = declared();
  ASSERT_TRUE(store().apply_status(ctx, before, some_status()).ok());
  ASSERT_TRUE(store().add_finalizer(ctx, before).ok());
  EXPECT_EQ(object()->meta.generation, 1);
  world->declare(kA, spec_of("172.16.9.0/24"));
  ASSERT_TRUE(eventually([&] { return object()->spec == spec_of("172.16.9.0/24"); }));
  EXPECT_EQ(object()->meta.generation, 2);
  EXPECT_EQ(object()->meta.uid, before.meta.uid);
  EXPECT_EQ(object()->status, some_status());
}

TEST_P(StoreContract, KeepsTheStatus) {
  const VpcPeering a = declared();
  ASSERT_TRUE(store().apply_status(ctx, a, some_status()).ok());
  EXPECT_EQ(object()->status, some_status());
  ASSERT_TRUE(store().apply_status(ctx, a, {}).ok());
  EXPECT_EQ(object()->status, PeeringStatus{});
}

TEST_P(StoreContract, AFinalizerIsAddedOnceAndTakenBack) {
  const VpcPeering a = declared();
  ASSERT_TRUE(store().add_finalizer(ctx, a).ok());
  ASSERT_TRUE(store().add_finalizer(ctx, *object()).ok());
  EXPECT_THAT(finalizers(), ::testing::ElementsAre(kFinalizer));
  ASSERT_TRUE(store().remove_finalizer(ctx, *object()).ok());
  EXPECT_THAT(finalizers(), ::testing::IsEmpty());
  ASSERT_TRUE(store().remove_finalizer(ctx, *object()).ok()) << "not there is well";
}

TEST_P(StoreContract, WithoutFinalizerAnObjectIsGoneAtOnce) {
  declared();
  world->undeclare(kA);
  EXPECT_TRUE(eventually([&] { return !object().has_value(); }));
}

TEST_P(StoreContract, WithFinalizerAnObjectStaysUntilItIsReleased) {
  const VpcPeering a = deleting();
  EXPECT_EQ(a.spec, spec_of("172.16.1.0/24"));
  ASSERT_TRUE(store().apply_status(ctx, a, some_status()).ok()) << "the status tells how the deletion goes";
  ASSERT_TRUE(store().remove_finalizer(ctx, a).ok());
  EXPECT_FALSE(object().has_value());
}

TEST_P(StoreContract, AnObjectDeclaredAnewIsAnotherOne) {
  const VpcPeering old = deleting();
  ASSERT_TRUE(store().remove_finalizer(ctx, old).ok());
  const VpcPeering next = declared();
  EXPECT_NE(next.meta.uid, old.meta.uid);
  EXPECT_EQ(next.meta.generation, 1);
  EXPECT_EQ(next.status, PeeringStatus{});
}

TEST_P(StoreContract, WritesForAnObjectThatHasBeenReplacedAreRefused) {
  VpcPeering stale = declared();
  stale.meta.uid = "another";
  VpcPeering none = stale;
  none.meta.name = "none";
  for (const VpcPeering& object : {stale, none}) {
    for (const Status& status :
         {store().apply_status(ctx, object, some_status()), store().add_finalizer(ctx, object),
          store().remove_finalizer(ctx, object), store().put_secret(ctx, object, "s", {})}) {
      ASSERT_FALSE(status.ok());
      EXPECT_EQ(status.error().kind, ErrorKind::Conflict);
      EXPECT_EQ(status.error().reason, "StaleObject");
    }
  }
}

TEST_P(StoreContract, KeepsSecretsByteForByteAndReplacesThemWhole) {
  const VpcPeering a = declared();
  const std::string bytes("\0\xff\n\"x", 5);
  ASSERT_TRUE(
      store().put_secret(ctx, a, "a-keys", {{"one", Secret::copy_of(bytes)}, {"two", Secret{}}}).ok());
  const SecretData data = store().get_secret(ctx, {"network", "a-keys"}).value().value();
  EXPECT_EQ(data.size(), 2U);
  EXPECT_EQ(data.at("one").reveal(), bytes);
  EXPECT_TRUE(data.at("two").empty());
  ASSERT_TRUE(store().put_secret(ctx, a, "a-keys", {{"three", Secret::copy_of("3")}}).ok());
  const SecretData replaced = store().get_secret(ctx, {"network", "a-keys"}).value().value();
  EXPECT_EQ(replaced.size(), 1U);
  EXPECT_EQ(replaced.at("three").reveal(), "3");
}

TEST_P(StoreContract, OwnedSecretsGoWithTheirObject) {
  const VpcPeering a = deleting(kA);
  const VpcPeering b = declared(kB);
  world->declare_secret({"network", "mine"}, "key", "v");
  ASSERT_TRUE(store().put_secret(ctx, a, "a-keys", {{"k", Secret::copy_of("a")}}).ok());
  ASSERT_TRUE(store().put_secret(ctx, b, "b-keys", {{"k", Secret::copy_of("b")}}).ok());
  ASSERT_TRUE(store().remove_finalizer(ctx, a).ok());
  EXPECT_FALSE(store().get_secret(ctx, {"network", "a-keys"}).value().has_value());
  EXPECT_TRUE(store().get_secret(ctx, {"network", "b-keys"}).value().has_value());
  EXPECT_TRUE(eventually([&] { return store().get_secret(ctx, {"network", "mine"}).value().has_value(); }));
}

TEST_P(StoreContract, ReadsSecretsThatPeopleMade) {
  world->declare_secret({"network", "web-ssh"}, "id", "hunter2");
  ASSERT_TRUE(eventually([&] {
    return store().get_secret(ctx, {"network", "web-ssh"}).value().has_value();
  }));
  EXPECT_EQ(store().get_secret(ctx, {"network", "web-ssh"}).value()->at("id").reveal(), "hunter2");
  EXPECT_FALSE(store().get_secret(ctx, {"other", "web-ssh"}).value().has_value());
}

TEST_P(StoreContract, AWatchTellsWhatIsThereAndThenEachChange) {
  declared(kA);
  const Watcher watcher(store());
  ASSERT_TRUE(eventually([&] { return watcher.count(kA) >= 1; })) << "what is there";
  int before = watcher.count(kA);
  const auto told_again = [&] { return watcher.count(kA) > before; };
  world->declare(kA, spec_of("172.16.9.0/24"));
  EXPECT_TRUE(eventually(told_again)) << "spec";
  declared(kB);
  EXPECT_TRUE(eventually([&] { return watcher.count(kB) >= 1; })) << "a new one";
  ASSERT_TRUE(store().add_finalizer(ctx, *object()).ok());
  before = watcher.count(kA);
  world->undeclare(kA);
  EXPECT_TRUE(eventually(told_again)) << "deletion";
  before = watcher.count(kA);
  ASSERT_TRUE(eventually([&] { return object()->meta.deletion_timestamp.has_value(); }));
  ASSERT_TRUE(store().remove_finalizer(ctx, *object()).ok());
  EXPECT_TRUE(eventually(told_again)) << "gone";
}

TEST_P(StoreContract, OwnStatusAndSecretsAreNoNews) {
  const VpcPeering a = declared(kA);
  const Watcher watcher(store());
  ASSERT_TRUE(eventually([&] { return watcher.count(kA) == 1; }));
  ASSERT_TRUE(store().apply_status(ctx, a, some_status()).ok());
  ASSERT_TRUE(store().put_secret(ctx, a, "a-keys", {{"k", Secret::copy_of("v")}}).ok());
  declared(kB);
  ASSERT_TRUE(eventually([&] { return watcher.count(kB) == 1; }));
  EXPECT_EQ(watcher.count(kA), 1);
}

TEST_P(StoreContract, TwoWatchesAreToldOfTheSame) {
  const Watcher one(store());
  const Watcher two(store());
  declared(kA);
  EXPECT_TRUE(eventually([&] { return one.count(kA) == 1 && two.count(kA) == 1; }));
}

TEST_P(StoreContract, AWatchEndsWhenItIsStopped) {
  std::stop_source source;
  Context stopped;
  stopped.stop = source.get_token();
  std::jthread stopper([&] { source.request_stop(); });
  EXPECT_TRUE(store().watch(stopped, [](const ObjectKey&) {}).ok());
}

TEST_P(StoreContract, ManyThreadsAtOnceLoseNothing) {
  const VpcPeering a = declared();
  constexpr int kThreads = 4;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        const std::string name = "s" + std::to_string(i);
        for (int n = 0; n < 10; ++n) {
          EXPECT_TRUE(store().put_secret(ctx, a, name, {{"n", Secret::copy_of(std::to_string(n))}}).ok());
          EXPECT_TRUE(store().apply_status(ctx, a, some_status()).ok());
          EXPECT_TRUE(store().get(ctx, kA).ok());
          store().record_event(ctx, {kA, a.meta.uid, EventType::Normal, "Tried", name});
        }
      });
    }
  }
  for (int i = 0; i < kThreads; ++i) {
    const auto secret = store().get_secret(ctx, {"network", "s" + std::to_string(i)}).value();
    EXPECT_EQ(secret->at("n").reveal(), "9");
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace vpcp::testing
