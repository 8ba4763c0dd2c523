#include "adapters/kube/operator_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapters/vultr/scripted_http.h"
#include "support/fake_clock.h"

namespace vpcp {
namespace {

using testing::answer;
using testing::FakeClock;
using testing::ScriptedHttp;

constexpr const char* kKubeconfig = R"(
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://10.0.0.1"}}]
users: [{name: u, user: {token: t}}]
)";

constexpr const char* kPods = R"({"items": [
  {"metadata": {"namespace": "vpcp-system", "name": "pod-a"}, "spec": {"containers": [{"name": "controller"}, {"name": "proxy"}]},
   "status": {"containerStatuses": [{"name": "proxy", "restartCount": 4}, {"name": "controller", "restartCount": 1}]}},
  {"metadata": {"namespace": "vpcp-system", "name": "pod-b"}, "spec": {"containers": [{"name": "controller"}]}, "status": {}}]})";

class KubeLogs : public ::testing::Test {
 protected:
  KubeLogs() { std::ofstream(file_) << kKubeconfig; }
  ~KubeLogs() override { std::filesystem::remove(file_); }

  Result<std::vector<KeptLog>> logs(ScriptedHttp& http) {
    KubeOperatorStore::Options options;
    options.config.kubeconfig = file_;
    auto store = TRY(KubeOperatorStore::open(options, http, clock_));
    return store->logs({});
  }

  const std::string file_ = ::testing::TempDir() + "kube_logs_" + std::to_string(::getpid()) + ".conf";
  FakeClock clock_;
};

TEST_F(KubeLogs, AreThoseOfThePodsAndOfTheRunBeforeARestart) {
  ScriptedHttp http([](const HttpRequest& request) {
    if (request.url.find("/pods?") != std::string::npos) return answer(200, kPods);
    if (request.url.find("pod-b") != std::string::npos) return answer(403, "no");
    return answer(200, request.url.find("previous=true") != std::string::npos ? "before\n" : "now\n");
  });
  const auto kept = logs(http);
  ASSERT_TRUE(kept.ok()) << kept.error().message;
  ASSERT_EQ(kept->size(), 3U);
  EXPECT_EQ(kept->at(0).source + ": " + kept->at(0).text, "vpcp-system.pod-a: now\n");
  EXPECT_EQ(kept->at(1).source + ": " + kept->at(1).text, "vpcp-system.pod-a.before: before\n");
  EXPECT_EQ(kept->at(2).text, "not readable: the API server answered 403\n");
  EXPECT_THAT(
      http.lines().at(1),
      ::testing::StartsWith("GET /api/v1/namespaces/vpcp-system/pods/pod-a/log?container=controller&"));
}

TEST_F(KubeLogs, WithoutTheRightToReadPodsSayWhoCanGiveIt) {
  ScriptedHttp http([](const HttpRequest&) { return answer(403, "no"); });
  const auto kept = logs(http);
  ASSERT_FALSE(kept.ok());
  EXPECT_THAT(kept.error().message, ::testing::HasSubstr("ask who runs the cluster"));
}

}  // namespace
}  // namespace vpcp
