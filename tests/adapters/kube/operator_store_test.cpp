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

  Result<std::unique_ptr<KubeOperatorStore>> open(ScriptedHttp& http) {
    KubeOperatorStore::Options options;
    options.config.kubeconfig = file_;
    return KubeOperatorStore::open(options, http, clock_);
  }
  Result<std::vector<KeptLog>> logs(ScriptedHttp& http) {
    auto store = TRY(open(http));
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
  EXPECT_EQ(http.lines().at(0),
            "GET /api/v1/pods?labelSelector=app.kubernetes.io%2Fpart-of%3Dvpc-peering-controller&limit=500")
      << "the label that a chart's nameOverride leaves alone";
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

struct Trouble {
  const char* name;
  Result<HttpResponse> answer;
  const char* says;  ///< Whole; "@" is the kubeconfig.
};

class KubeTrouble : public KubeLogs, public ::testing::WithParamInterface<Trouble> {};

TEST_P(KubeTrouble, IsToldWithItsCauseAndItsFix) {
  ScriptedHttp http([](const HttpRequest&) { return GetParam().answer; });
  const auto store = open(http);
  ASSERT_TRUE(store.ok()) << store.error().message;
  Context ctx;
  ctx.deadline = clock_.steady_now();  // no pause when it is busy
  const auto listed = (*store)->list(ctx, "");
  std::string says = GetParam().says;
  if (const auto at = says.find('@'); at != std::string::npos) says.replace(at, 1, file_);
  EXPECT_EQ(listed.ok() ? "nothing" : listed.error().message, says);
}

constexpr const char* kSame =
    R"({"metadata": {"continue": "same"}, "items": [{"metadata": {"name": "a", "namespace": "n"}}]})";

Error transport(const char* reason, const char* message) {
  return {ErrorKind::Transient, reason, message, {}};
}

INSTANTIATE_TEST_SUITE_P(
    Rows, KubeTrouble,
    ::testing::Values(
        Trouble{"Unreachable", transport("NotSent", "10.0.0.1: Failed to connect"),
                "10.0.0.1: Failed to connect: look whether https://10.0.0.1 is reachable from here, or take "
                "another context"},
        Trouble{"Silent", transport("AnswerLost", "10.0.0.1: Operation canceled"),
                "https://10.0.0.1 did not answer (10.0.0.1: Operation canceled): look at the API server, and "
                "at what stands between, or take another context"},
        Trouble{
            "UnknownAuthority",
            transport("CertificateRefused", "10.0.0.1: the certificate is not signed by a known CA"),
            "10.0.0.1: the certificate is not signed by a known CA: correct certificate-authority-data, or "
            "the name in server, of the cluster in context \"c\" of @"},
        Trouble{"NoPem", transport("BadTlsSettings", "the client certificate is not in PEM form"),
                "the client certificate is not in PEM form: correct certificate-authority-data, "
                "client-certificate-data or client-key-data in context \"c\" of @"},
        Trouble{"Refused", answer(403, "no"),
                "the API server answered 403: ask who runs the cluster for the right, or take another "
                "context"},
        Trouble{"Unknown", answer(401),
                "the API server answered 401: log in to the cluster anew, or take another context"},
        Trouble{"NoDefinition", answer(404),
                "the cluster does not know VPCPeerings: install the definition (kubectl apply -k crds/), or "
                "take another context"},
        Trouble{"Busy", answer(429), "the API server answered 429: try again in a minute"},
        Trouble{"Changed", answer(409), "the API server answered 409: try again"},
        Trouble{"Odd", answer(418),
                "the API server answered 418: correct what it names; if it names nothing, look whether "
                "https://10.0.0.1 is an API server"},
        Trouble{
            "Failing", answer(502),
            "the API server answered 502: look whether https://10.0.0.1 is well, and an API server and no "
            "proxy or login page, or take another context"},
        Trouble{
            "Elsewhere", answer(302),
            "the API server answered 302: look whether https://10.0.0.1 is well, and an API server and no "
            "proxy or login page, or take another context"},
        Trouble{"AWebPage", answer(200, "<html>hi</html>"),
                "the API server's answer is not a JSON object: look whether https://10.0.0.1 is well, and an "
                "API server and no proxy or login page, or take another context"},
        Trouble{"NestedWithoutEnd", answer(200, R"({"items": )" + std::string(100000, '[')),
                "the API server's answer is not a JSON object: look whether https://10.0.0.1 is well, and an "
                "API server and no proxy or login page, or take another context"},
        Trouble{
            "NestedDeep",
            answer(200, R"({"items": [{"a": )" + std::string(100000, '[') + std::string(100000, ']') + "}]}"),
            "the API server's answer is not a JSON object: look whether https://10.0.0.1 is well, and an "
            "API server and no proxy or login page, or take another context"},
        Trouble{
            "PagesWithoutEnd", answer(200, kSame),
            "the pages of the API server's list go in a circle: look whether https://10.0.0.1 is well, and "
            "an API server and no proxy or login page, or take another context"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace vpcp
