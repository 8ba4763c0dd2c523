// What only a real API server can show, beyond the store's contract.
#include "adapters/kube/kube_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/directory/store_dirs.h"
#include "adapters/kube/json_text.h"
#include "contract/kubernetes/cluster.h"
#include "vpcp/api/read.h"

namespace vpcp::testing {
namespace {

using kube::at;
using kube::number_at;
using kube::text_at;
using nlohmann::json;

const ObjectKey kA{"network", "a"};
const ObjectKey kRecord{"network", "a-record"};

PeeringSpec some_spec() {
  return read_spec_json(R"({"sites": [{"name": "x", "region": "ams", "vpc": {"cidr": "172.16.1.0/24"}},
                                      {"name": "y", "region": "blr", "vpc": {"cidr": "172.16.2.0/24"}}]})")
      .value();
}
SecretData data(const std::string& value) {
  return {{"k", Secret::copy_of(value)}};
}

class KubernetesStore : public ::testing::Test {
 protected:
  KubernetesStore() {
    cluster().sweep();
    store = open();
  }
  std::unique_ptr<KubeStore> open() {
    return std::make_unique<KubeStore>(client, KubeStore::Options{"", "tests", [] { return 0.5; }},
                                       system_clock(), Log{});
  }
  VpcPeering declared(const ObjectKey& key = kA, const PeeringSpec& spec = some_spec()) {
    cluster().declare(key, spec);
    EXPECT_TRUE(eventually([&] { return store->get(ctx, key).value().has_value(); }));
    return *store->get(ctx, key).value();
  }
  /// As a person who has lost patience with a finalizer.
  void tear_away(const ObjectKey& key) {
    cluster().ask("PATCH", peerings_path(key.ns, key.name), {{"metadata", {{"finalizers", nullptr}}}},
                  kube::kMergePatch);
    cluster().undeclare(key);
    EXPECT_TRUE(eventually([&] { return !store->get(ctx, key).value().has_value(); }));
  }
  std::string secret_text(const ObjectKey& key) {
    const auto found = store->get_secret(ctx, key).value();
    return found ? std::string(found->at("k").reveal()) : "none";
  }

  Context ctx;
  kube::Credentials credentials{cluster().config(), system_clock()};
  kube::Client client{cluster().http(), credentials, "vpcp-tests"};
  std::unique_ptr<KubeStore> store;
};

TEST_F(KubernetesStore, ReadsAListOfManyPages) {
  constexpr int kObjects = 1100;
  for (int i = 0; i < kObjects; ++i) cluster().declare({"network", "many-" + std::to_string(i)}, some_spec());
  const auto late = open();
  EXPECT_EQ(late->list(ctx).value().size(), static_cast<std::size_t>(kObjects));
}

TEST_F(KubernetesStore, AWatchedSecretThatChangesIsToldAndHasItsNewValue) {
  PeeringSpec spec = some_spec();
  spec.credentials_secret = "account";
  cluster().declare_secret({"network", "account"}, "k", "one");
  declared(kA, spec);
  const Watcher watcher(*store);
  ASSERT_TRUE(eventually([&] { return watcher.count(kA) == 1; }));
  EXPECT_EQ(secret_text({"network", "account"}), "one");
  cluster().declare_secret({"network", "account"}, "k", "two");
  EXPECT_TRUE(eventually([&] { return watcher.count(kA) == 2; }));
  EXPECT_EQ(secret_text({"network", "account"}), "two");
  cluster().ask("DELETE", secrets_path("network", "account"));
  EXPECT_TRUE(eventually([&] { return watcher.count(kA) == 3; }));
  EXPECT_EQ(secret_text({"network", "account"}), "none");
}

/// As the namespace controller does it: all at once, and only the object waits.
TEST_F(KubernetesStore, WhatIsBeingDeletedKeepsTheSecretsThatWentBeforeIt) {
  PeeringSpec spec = some_spec();
  spec.credentials_secret = "account";
  cluster().declare_secret({"network", "account"}, "k", "one");
  const VpcPeering object = declared(kA, spec);
  const Watcher watcher(*store);
  ASSERT_TRUE(store->add_finalizer(ctx, object).ok());
  ASSERT_TRUE(store->put_secret(ctx, object, kRecord.name, data("kept")).ok());
  EXPECT_EQ(secret_text({"network", "account"}), "one");
  cluster().ask("DELETE", secrets_path("network", "account"));
  ASSERT_TRUE(eventually([&] {
    return secret_text({"network", "account"}) == "none";
  })) << "it may come again";
  cluster().ask("DELETE", secrets_path("network", kRecord.name));
  cluster().ask("DELETE", peerings_path("network", "a"));
  ASSERT_TRUE(eventually([&] { return store->get(ctx, kA).value()->meta.deletion_timestamp.has_value(); }));
  EXPECT_EQ(secret_text({"network", "account"}), "one");
  EXPECT_EQ(secret_text(kRecord), "kept");
  const VpcPeering ending = *store->get(ctx, kA).value();
  ASSERT_TRUE(store->put_secret(ctx, ending, kRecord.name, data("changed")).ok());
  EXPECT_EQ(secret_text(kRecord), "changed");
  EXPECT_EQ(text_at(cluster().ask("GET", secrets_path("network", kRecord.name)), {"data", "k"}),
            "Y2hhbmdlZA==")
      << "where it can be, it is kept anew: another process goes on from it";
  ASSERT_TRUE(store->remove_finalizer(ctx, ending).ok());
  EXPECT_TRUE(eventually([&] { return !store->get(ctx, kA).value(); }));
  EXPECT_EQ(secret_text(kRecord), "none");
}

TEST_F(KubernetesStore, WhatIsWithdrawnFromOneThatLivesIsNotHandedOut) {
  PeeringSpec spec = some_spec();
  spec.credentials_secret = "account";
  cluster().declare_secret({"network", "account"}, "k", "one");
  const VpcPeering object = declared(kA, spec);
  declared({"network", "b"}, spec);
  ASSERT_TRUE(store->add_finalizer(ctx, object).ok());
  EXPECT_EQ(secret_text({"network", "account"}), "one");
  cluster().ask("DELETE", peerings_path("network", "a"));
  ASSERT_TRUE(eventually([&] { return store->get(ctx, kA).value()->meta.deletion_timestamp.has_value(); }));
  cluster().ask("DELETE", secrets_path("network", "account"));
  EXPECT_TRUE(eventually([&] { return secret_text({"network", "account"}) == "none"; })) << "b still lives";
  cluster().undeclare({"network", "b"});
  EXPECT_TRUE(eventually([&] {
    return secret_text({"network", "account"}) == "one";
  })) << "only a is left, and goes";
}

/// 150 letters of two bytes each: the schema counts letters, we count bytes.
TEST_F(KubernetesStore, WhatCannotBeReadIsHandedOnAsSuch) {
  PeeringSpec spec = some_spec();
  spec.sites[0].gateway.label = "l";
  cluster().declare(kA, spec);
  std::string label;
  for (int i = 0; i < 150; ++i) label += "ж";
  cluster().ask("PATCH", peerings_path("network", "a"),
                {{"spec",
                  {{"sites",
                    {{{"name", "x"},
                      {"region", "ams"},
                      {"vpc", {{"cidr", "172.16.1.0/24"}}},
                      {"gateway", {{"label", label}}}},
                     {{"name", "y"}, {"region", "blr"}, {"vpc", {{"cidr", "172.16.2.0/24"}}}}}}}}},
                kube::kMergePatch);
  ASSERT_TRUE(eventually([&] {
    const auto found = store->get(ctx, kA).value();
    return found && !found->unreadable.empty();
  }));
  EXPECT_NE(store->get(ctx, kA).value()->unreadable.find("spec.sites[0].gateway.label"), std::string::npos);
}

TEST_F(KubernetesStore, AStatusThatSomebodyElseHasWrittenIsWrittenOver) {
  const VpcPeering object = declared();
  PeeringStatus status;
  status.observed_generation = 1;
  ASSERT_TRUE(store->apply_status(ctx, object, status).ok());
  cluster().ask("PATCH", peerings_path("network", "a") + "/status?fieldManager=somebody&force=true",
                {{"apiVersion", "vpcpeering.dev/v1alpha1"},
                 {"kind", "VPCPeering"},
                 {"metadata", {{"name", "a"}, {"namespace", "network"}}},
                 {"status", {{"observedGeneration", 7}}}},
                "application/apply-patch+yaml");
  ASSERT_TRUE(eventually([&] { return store->get(ctx, kA).value()->status.observed_generation == 7; }));
  ASSERT_TRUE(store->apply_status(ctx, *store->get(ctx, kA).value(), status).ok());
  EXPECT_EQ(store->get(ctx, kA).value()->status.observed_generation, 1);
}

TEST_F(KubernetesStore, TheSecretOfAnObjectThatWasTornAwayIsNotHandedToItsSuccessor) {
  const VpcPeering old = declared();
  ASSERT_TRUE(store->add_finalizer(ctx, old).ok());
  ASSERT_TRUE(store->put_secret(ctx, old, kRecord.name, data("old")).ok());
  tear_away(kA);
  cluster().ask("DELETE", secrets_path("network", kRecord.name));  // as the garbage collector does
  const VpcPeering next = declared();
  EXPECT_EQ(secret_text(kRecord), "none");
  ASSERT_TRUE(store->put_secret(ctx, next, kRecord.name, data("new")).ok());
  EXPECT_EQ(secret_text(kRecord), "new");
}

TEST_F(KubernetesStore, ASecretThatTheGarbageCollectorHasYetToTakeIsReplaced) {
  const VpcPeering old = declared();
  ASSERT_TRUE(store->put_secret(ctx, old, kRecord.name, data("old")).ok());
  tear_away(kA);
  const VpcPeering next = declared();
  EXPECT_EQ(secret_text(kRecord), "none") << "its keys and ids are another object's";
  EXPECT_EQ(secret_text(kRecord), "none") << "nor when it is asked for again";
  ASSERT_TRUE(store->put_secret(ctx, next, kRecord.name, data("new")).ok());
  const json object = cluster().ask("GET", secrets_path("network", kRecord.name));
  EXPECT_EQ(text_at(at(object, {"metadata", "ownerReferences"}).at(0), {"uid"}), next.meta.uid);
  EXPECT_EQ(text_at(object, {"data", "k"}), "bmV3");
}

TEST_F(KubernetesStore, ASecretOfAPersonIsNeverOverwritten) {
  const VpcPeering a = declared();
  cluster().declare_secret(kRecord, "k", "mine");
  const Status refused = store->put_secret(ctx, a, kRecord.name, data("ours"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "SecretOwned");
  EXPECT_EQ(secret_text(kRecord), "mine");
}

TEST_F(KubernetesStore, AnOwnSecretKeepsLabelsOfOthersAndComesBackWhenItWasDeleted) {
  const VpcPeering a = declared();
  ASSERT_TRUE(store->put_secret(ctx, a, kRecord.name, data("1")).ok());
  cluster().ask("PATCH", secrets_path("network", kRecord.name),
                {{"metadata", {{"labels", {{"backup", "yes"}}}}}}, kube::kMergePatch);
  ASSERT_TRUE(store->put_secret(ctx, a, kRecord.name, data("2")).ok()) << "by a version that has moved on";
  const json object = cluster().ask("GET", secrets_path("network", kRecord.name));
  EXPECT_EQ(text_at(object, {"metadata", "labels", "backup"}), "yes");
  EXPECT_EQ(text_at(object, {"data", "k"}), "Mg==");
  cluster().ask("DELETE", secrets_path("network", kRecord.name));
  ASSERT_TRUE(store->put_secret(ctx, a, kRecord.name, data("3")).ok());
  EXPECT_EQ(text_at(cluster().ask("GET", secrets_path("network", kRecord.name)), {"data", "k"}), "Mw==");
}

TEST_F(KubernetesStore, ARepeatedEventIsOneObjectWithASeries) {
  const VpcPeering a = declared();
  const ObjectEvent event{kA, a.meta.uid, EventType::Warning, "EdgeDown", "no answer from bangalore"};
  for (int i = 0; i < 5; ++i) store->record_event(ctx, event);
  ASSERT_TRUE(eventually([&] { return !cluster().events("network").empty(); }));
  store.reset();  // tells the rest
  const auto events = cluster().events("network");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(text_at(events[0], {"note"}), "no answer from bangalore");
  EXPECT_EQ(text_at(events[0], {"type"}), "Warning");
  EXPECT_EQ(text_at(events[0], {"regarding", "uid"}), a.meta.uid);
  EXPECT_EQ(text_at(events[0], {"reportingInstance"}), "tests");
  EXPECT_EQ(number_at(events[0], {"series", "count"}), 5);
}

TEST_F(KubernetesStore, ALongNoteIsCutBetweenCharacters) {
  const VpcPeering a = declared();
  std::string note(1023, 'x');
  note += "…";  // three bytes, of which the API would take one
  store->record_event(ctx, {kA, a.meta.uid, EventType::Normal, "Noted", note});
  ASSERT_TRUE(eventually([&] { return !cluster().events("network").empty(); }));
  EXPECT_EQ(text_at(cluster().events("network")[0], {"note"}), std::string(1023, 'x'));
}

TEST_F(KubernetesStore, AFinalizerIsPutOnBesideAnothersAlthoughTheObjectHasMovedOn) {
  const VpcPeering a = declared();
  cluster().ask("PATCH", peerings_path("network", "a"),
                {{"metadata", {{"finalizers", {"example.com/other"}}}}}, kube::kMergePatch);
  ASSERT_TRUE(store->add_finalizer(ctx, a).ok());
  const json object = cluster().ask("GET", peerings_path("network", "a"));
  EXPECT_EQ(at(object, {"metadata", "finalizers"}), json({"example.com/other", kFinalizer}));
  cluster().undeclare(kA);
  ASSERT_TRUE(eventually([&] { return store->get(ctx, kA).value()->meta.deletion_timestamp.has_value(); }));
  ASSERT_TRUE(store->remove_finalizer(ctx, *store->get(ctx, kA).value()).ok());
  EXPECT_TRUE(store->get(ctx, kA).value().has_value()) << "the other one still holds it";
}

TEST_F(KubernetesStore, AWrongTokenIsToldAndNothingIsKnown) {
  kube::Config config = cluster().config();
  config.certificate = config.key = {};
  config.token.bytes = Secret::copy_of("wrong");
  kube::Credentials wrong(config, system_clock());
  kube::Client stranger(cluster().http(), wrong, "vpcp-tests");
  const auto refused = stranger.send(ctx, {.path = peerings_path("network")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "CredentialsRefused");
  KubeStore blind(stranger, {"", "tests", [] { return 0.0; }}, system_clock(), Log{});
  EXPECT_EQ(blind.list(ctx.within(milliseconds{300})).error().reason, "NotSynced");
}

}  // namespace
}  // namespace vpcp::testing
