#include "adapters/kube/reflector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "adapters/kube/json_text.h"
#include "adapters/vultr/scripted_http.h"
#include "support/fake_clock.h"

namespace vpcp::kube {
namespace {

using testing::answer;
using ::testing::ElementsAre;
using testing::FakeClock;
using ::testing::HasSubstr;
using testing::ScriptedHttp;

/// What it was told, in order.
class Told : public ReflectorHandler {
 public:
  void begin() override { all.emplace_back("begin"); }
  void exists(const nlohmann::json& object) override { all.push_back("+" + name(object)); }
  void gone(const nlohmann::json& object) override { all.push_back("-" + name(object)); }
  void complete() override { all.emplace_back("complete"); }
  std::vector<std::string> all;

 private:
  static std::string name(const nlohmann::json& object) { return text_at(object, {"metadata", "name"}); }
};

std::string object(const std::string& name, const std::string& version) {
  return R"({"metadata":{"name":")" + name + R"(","resourceVersion":")" + version + R"("}})";
}
std::string event(const std::string& type, const std::string& of) {
  return R"({"type":")" + type + R"(","object":)" + of + "}\n";
}
std::string page(const std::string& items, const std::string& version, const std::string& token = "") {
  return R"({"metadata":{"resourceVersion":")" + version + R"(","continue":")" + token + R"("},"items":[)" +
         items + "]}";
}

class Reflecting : public ::testing::Test {
 protected:
  /// Runs until the script of answers is used up, and gives the requests.
  std::vector<std::string> run(std::deque<HttpResponse> script) {
    std::stop_source over;
    ScriptedHttp http([&](const HttpRequest&) -> Result<HttpResponse> {
      if (script.empty()) {
        over.request_stop();
        return Error{ErrorKind::Transient, "Stopped", ""};
      }
      const HttpResponse next = script.front();
      script.pop_front();
      return next;
    });
    Config config;
    config.server = "https://10.0.0.1";
    Credentials credentials(config, clock);
    Client client(http, credentials, "agent/1");
    Context ctx;
    ctx.stop = over.get_token();
    Reflector(client, "/things", "", told, [] { return 0.0; }).run(ctx);
    return http.lines();
  }
  FakeClock clock;
  Told told;
};

const std::string kInitialEnd =
    R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}})"
    "\n";

TEST_F(Reflecting, TakesAStreamedList) {
  const auto asked =
      run({answer(200, event("ADDED", object("a", "5")) + kInitialEnd + event("MODIFIED", object("a", "12")) +
                           event("DELETED", object("a", "13")))});
  EXPECT_THAT(told.all, ElementsAre("begin", "+a", "complete", "+a", "-a"));
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_THAT(asked[0], HasSubstr("sendInitialEvents=true&resourceVersionMatch=NotOlderThan"));
  EXPECT_THAT(asked[1], HasSubstr("&resourceVersion=13"));
}

TEST_F(Reflecting, ReadsPagesWhereListsAreNotStreamed) {
  const auto asked =
      run({answer(400, "{}"), answer(200, page(object("a", "1"), "7", "x+/=")),
           answer(200, page(object("b", "2"), "7")), answer(200, event("BOOKMARK", object("", "8")))});
  EXPECT_THAT(told.all, ElementsAre("begin", "begin", "+a", "+b", "complete"));
  ASSERT_EQ(asked.size(), 5U);
  EXPECT_EQ(asked[1], "GET /things?&limit=500");
  EXPECT_EQ(asked[2], "GET /things?&limit=500&continue=x%2B%2F%3D");
  EXPECT_THAT(asked[3], HasSubstr("&resourceVersion=7"));
  EXPECT_THAT(asked[4], HasSubstr("&resourceVersion=8"));
}

TEST_F(Reflecting, ListsAnewInOnePieceWhenTheRestOfTheListHasExpired) {
  const auto asked = run({answer(400, "{}"), answer(200, page(object("a", "1"), "7", "x")), answer(410, "{}"),
                          answer(200, page(object("b", "2"), "9"))});
  EXPECT_THAT(told.all, ElementsAre("begin", "begin", "+a", "begin", "+b", "complete"));
  EXPECT_EQ(asked.at(3), "GET /things?");
}

TEST_F(Reflecting, ListsAnewInOnePieceWhenThePagesGoInACircle) {
  const std::string same = page(object("a", "1"), "7", "x");
  const auto asked = run(
      {answer(400, "{}"), answer(200, same), answer(200, same), answer(200, page(object("b", "2"), "9"))});
  EXPECT_THAT(told.all, ElementsAre("begin", "begin", "+a", "begin", "+b", "complete"));
  EXPECT_EQ(asked.at(3), "GET /things?");
}

TEST_F(Reflecting, FindsACircleOfSeveralPages) {
  const std::string first = page(object("a", "1"), "7", "x");
  const std::string second = page(object("b", "2"), "7", "y");
  run({answer(400, "{}"), answer(200, first), answer(200, second), answer(200, first),
       answer(200, page(object("c", "3"), "9"))});
  EXPECT_THAT(told.all, ElementsAre("begin", "begin", "+a", "+b", "begin", "+c", "complete"));
}

TEST_F(Reflecting, ListsAnewWhenTheWatchTellsThatItsVersionHasExpired) {
  run({answer(200, kInitialEnd),
       answer(200, event("ERROR", R"({"kind":"Status","code":410,"reason":"Expired"})") +
                       event("ADDED", object("late", "20"))),
       answer(200, event("ADDED", object("b", "30")) + kInitialEnd)});
  EXPECT_THAT(told.all, ElementsAre("begin", "complete", "begin", "+b", "complete"))
      << "what follows an error in the stream is not believed";
}

TEST_F(Reflecting, GoesOnAfterALineThatIsNoEvent) {
  const auto asked =
      run({answer(200, kInitialEnd), answer(200, event("ADDED", object("a", "10")) + "{\"type\":\n"),
           answer(200, event("ADDED", object("b", "11")))});
  EXPECT_THAT(told.all, ElementsAre("begin", "complete", "+a", "+b"));
  EXPECT_THAT(asked.at(2), HasSubstr("&resourceVersion=10"));
}

}  // namespace
}  // namespace vpcp::kube
