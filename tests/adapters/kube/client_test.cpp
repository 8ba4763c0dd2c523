#include "adapters/kube/client.h"

#include <gtest/gtest.h>

#include "adapters/vultr/scripted_http.h"
#include "support/fake_clock.h"

namespace vpcp::kube {
namespace {

using testing::answer;
using testing::FakeClock;
using testing::ScriptedHttp;

std::string status_object(int code, const std::string& reason, const std::string& message) {
  return R"({"kind":"Status","status":"Failure","reason":")" + reason + R"(","message":")" + message +
         R"(","code":)" + std::to_string(code) + "}";
}

struct Refusal {
  const char* name;
  HttpResponse response;
  ErrorKind kind;
  const char* reason;
};

class Refusals : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refusals, AreInOurWords) {
  const Error error = to_error(GetParam().response);
  EXPECT_EQ(error.kind, GetParam().kind);
  EXPECT_EQ(error.reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Refusals,
    ::testing::Values(
        Refusal{"BadRequest", answer(400, status_object(400, "BadRequest", "x")), ErrorKind::Invalid,
                kRefused},
        Refusal{"Unauthorized", answer(401, status_object(401, "Unauthorized", "x")), ErrorKind::Denied,
                "CredentialsRefused"},
        Refusal{"Forbidden", answer(403, status_object(403, "Forbidden", "x")), ErrorKind::Denied,
                "Forbidden"},
        Refusal{"NotFound", answer(404, status_object(404, "NotFound", "x")), ErrorKind::Conflict, kNotFound},
        Refusal{"NotFoundByAProxy", answer(404, "<html>"), ErrorKind::Conflict, kNotFound},
        Refusal{"Exists", answer(409, status_object(409, "AlreadyExists", "x")), ErrorKind::Conflict,
                kAlreadyExists},
        Refusal{"Changed", answer(409, status_object(409, "Conflict", "x")), ErrorKind::Conflict, kChanged},
        Refusal{"Gone", answer(410, status_object(410, "Expired", "x")), ErrorKind::Conflict, kExpired},
        Refusal{"Invalid", answer(422, status_object(422, "Invalid", "x")), ErrorKind::Invalid, kRefused},
        Refusal{"Busy", answer(429, status_object(429, "TooManyRequests", "x")), ErrorKind::Throttled,
                "ApiServerBusy"},
        Refusal{"Broken", answer(500, status_object(500, "InternalError", "x")), ErrorKind::Transient,
                kUnavailable},
        Refusal{"Away", answer(503, ""), ErrorKind::Transient, kUnavailable}),
    [](const auto& row) { return row.param.name; });

TEST(KubeErrors, QuoteTheServerButNeverARequestWithSecrets) {
  const HttpResponse refusal =
      answer(422, status_object(422, "Invalid", "data: Invalid value: hunter2\\u0007"));
  EXPECT_EQ(to_error(refusal).message, "the API server answered 422 Invalid: data: Invalid value: hunter2");
  EXPECT_EQ(to_error(refusal, /*confidential=*/true).message, "the API server answered 422 Invalid");
}

TEST(KubeErrors, InAStreamAreToldByTheirCode) {
  const auto status = nlohmann::json::parse(status_object(410, "Expired", "too old"));
  EXPECT_EQ(to_error(status, 0).reason, kExpired);
}

class KubeClient : public ::testing::Test {
 protected:
  KubeClient() {
    init_crypto();
    config.server = "https://10.0.0.1";
    config.token.bytes = Secret::copy_of("t0ken");
  }
  Result<nlohmann::json> send(ScriptedHttp& http, Request request = {.path = "/api"},
                              const Context& ctx = {}) {
    Credentials credentials(config, clock);
    Client client(http, credentials, "agent/1");
    return client.send(ctx, std::move(request));
  }
  FakeClock clock;
  Config config;
};

TEST_F(KubeClient, SaysWhoItIs) {
  ScriptedHttp http([](const HttpRequest&) { return answer(200, "{}"); });
  ASSERT_TRUE(send(http).ok());
  const HttpRequest sent = http.requests().at(0);
  EXPECT_EQ(sent.url, "https://10.0.0.1/api");
  EXPECT_EQ(sent.bearer->reveal(), "t0ken");
  EXPECT_EQ(sent.headers.at("User-Agent"), "agent/1");
  EXPECT_LE(sent.dead_peer, seconds{10});
}

TEST_F(KubeClient, TriesOnceMoreWhenItsCredentialsAreRefused) {
  int asked = 0;
  ScriptedHttp once([&](const HttpRequest&) { return answer(asked++ == 0 ? 401 : 200, "{}"); });
  EXPECT_TRUE(send(once).ok());
  ScriptedHttp always([](const HttpRequest&) { return answer(401, "{}"); });
  const auto refused = send(always);
  EXPECT_EQ(refused.error().reason, "CredentialsRefused");
  EXPECT_EQ(always.requests().size(), 2U);
}

TEST_F(KubeClient, ReadsItsAuthorityAgainWhenTheServersCertificateIsRefused) {
  int asked = 0;
  ScriptedHttp renewed([&](const HttpRequest&) -> Result<HttpResponse> {
    if (asked++ > 0) return answer(200, "{}");
    return Error{ErrorKind::Denied, "CertificateRefused", "signed by nobody we know", {}};
  });
  EXPECT_TRUE(send(renewed).ok());
  EXPECT_EQ(renewed.requests().size(), 2U);
}

TEST_F(KubeClient, WaitsForABusyServerAsLongAsThereIsTime) {
  int asked = 0;
  ScriptedHttp http([&](const HttpRequest&) {
    return asked++ < 2 ? answer(429, "{}", {{"retry-after", "0"}}) : answer(200, "{}");
  });
  EXPECT_TRUE(send(http).ok());
  ScriptedHttp busy([](const HttpRequest&) { return answer(429, "{}", {{"retry-after", "30"}}); });
  const auto late = send(busy, {.path = "/api"}, Context{}.within(seconds{5}));
  EXPECT_EQ(late.error().kind, ErrorKind::Throttled);
  EXPECT_EQ(late.error().retry_after, seconds{30});
  EXPECT_EQ(busy.requests().size(), 1U);
}

TEST_F(KubeClient, AnAnswerThatIsNoObjectIsAnError) {
  ScriptedHttp http([](const HttpRequest&) { return answer(200, "<html>"); });
  EXPECT_EQ(send(http).error().reason, "BadAnswer");
}

}  // namespace
}  // namespace vpcp::kube
