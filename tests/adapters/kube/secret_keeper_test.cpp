#include "adapters/kube/secret_keeper.h"

#include <gtest/gtest.h>

#include "adapters/vultr/scripted_http.h"
#include "support/fake_clock.h"

namespace vpcp::kube {
namespace {

using testing::answer;
using testing::FakeClock;
using testing::ScriptedHttp;

const ObjectKey kAccount{"network", "account"};

/// A server that answers for one Secret, and refuses every list and watch.
class UnwatchedSecret : public ::testing::Test {
 protected:
  UnwatchedSecret() {
    init_crypto();
    config.server = "https://10.0.0.1";
  }
  std::string read() {
    const auto found = keeper.get({}, kAccount).value();
    return found ? std::string(found->at("k").reveal()) : "none";
  }
  HttpResponse serve(const HttpRequest& request) const {
    if (!request.url.ends_with("/secrets/account")) return answer(503);
    const std::string text = value.with([](const std::string& now) { return now; });
    if (text.empty()) return answer(404);
    return answer(200, R"({"metadata":{"uid":"1"},"data":{"k":")" + base64_encode(text) + R"("}})");
  }

  Guarded<std::string> value;  ///< Empty: there is no such Secret.
  std::atomic<bool> all_users_end{false};
  FakeClock clock;
  Config config;
  Credentials credentials{config, clock};
  ScriptedHttp http{[this](const HttpRequest& request) { return serve(request); }};
  Client client{http, credentials, "agent/1"};
  SecretKeeper keeper{
      client,
      {[](const ObjectKey&) { return true; }, [this](const ObjectKey&) { return all_users_end.load(); },
       [](const ObjectKey&, const std::string&) { return false; }, [](const ObjectKey&) {},
       [] { return 0.5; }},
      {}};
};

TEST_F(UnwatchedSecret, IsRememberedAsItWasReadLastWhileItsUsersAreTakenDown) {
  value.with([](std::string& now) { now = "one"; });
  EXPECT_EQ(read(), "one");
  value.with([](std::string& now) { now = "two"; });
  EXPECT_EQ(read(), "two");
  value.with([](std::string& now) { now.clear(); });
  EXPECT_EQ(read(), "none") << "it may come again";
  all_users_end = true;
  EXPECT_EQ(read(), "two");
}

}  // namespace
}  // namespace vpcp::kube
