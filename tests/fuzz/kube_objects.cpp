#include <nlohmann/json.hpp>

#include "adapters/kube/json_text.h"
#include "adapters/kube/lease_store.h"
#include "adapters/kube/peering_cache.h"
#include "adapters/vultr/scripted_http.h"
#include "fuzz/fuzz.h"
#include "support/fake_clock.h"
#include "vpcp/api/write.h"

/// What an API server answers: one object, a list, the lines of a watch, a Lease, a refusal.
namespace vpcp::fuzz {
namespace {

using testing::ScriptedHttp;

/// A client of a server that gives one answer and is then stopped. `pages`: it cannot stream a list.
class Server {
 public:
  explicit Server(std::string_view body, bool pages = false)
      : http_([this, pages, answer = HttpResponse{200, {}, std::string(body)}](const HttpRequest&) {
          if (pages && asked_++ == 0) return HttpResponse{400, {}, ""};
          over_.request_stop();
          return answer;
        }) {}

  Context context() {
    Context ctx;
    ctx.stop = over_.get_token();
    return ctx;
  }
  kube::Client client{http_, credentials_, "fuzz"};

 private:
  static kube::Config config() {
    kube::Config config;
    config.server = "https://10.0.0.1";
    return config;
  }
  int asked_{0};
  std::stop_source over_;
  testing::FakeClock clock_;
  ScriptedHttp http_;
  kube::Credentials credentials_{config(), clock_};
};

void object(std::string_view input) {
  const ReadPeering read = read_peering_json(input);
  if (!read.errors.empty()) return;
  const ReadPeering again = read_peering_json(peering_to_json(read.object));
  require(spec_to_json(again.object.spec) == spec_to_json(read.object.spec), "an object is read back");
}

void status(std::string_view input) {
  const auto read = read_status_json(input);
  if (read.ok()) require(read_status_json(status_to_json(*read)).ok(), "a status is read back");
  (void)read_status_yaml(input);
}

void collection(std::string_view input) {
  kube::PeeringCache cache([](const ObjectKey&) {});
  const bool pages = take_choice(input, 2) == 0;
  Server server(input, pages);
  kube::Reflector reflector(server.client, "/apis/x", "", cache, [] { return 0.5; });
  reflector.run(server.context());
  for (const ObjectKey& key : cache.keys()) require(cache.find(key).has_value(), "what is listed is found");
}

void answer(std::string_view input) {
  nlohmann::json whole = nlohmann::json::parse(input, nullptr, /*allow_exceptions=*/false);
  if (whole.is_discarded()) return (void)kube::parse_answer(input);
  // What is printed has no spaces, as an API server's answers.
  nlohmann::json object = {{"kind", "X"}, {"managedFields", nlohmann::json::array({whole})}, {"rest", whole}};
  const std::string text = kube::to_text(object);
  object.erase("managedFields");
  require(kube::without_managed_fields(text) == kube::without_managed_fields(kube::to_text(object)),
          "an answer loses its managedFields and nothing else");
}

void lease(std::string_view input) {
  Server server(input);
  (void)kube::KubeLeaseStore(server.client, "ns", "name").get(server.context());
}

void refusal(std::string_view input) {
  const std::size_t status = take_choice(input, 200);
  const Error error = kube::to_error(HttpResponse{400 + static_cast<int>(status), {}, std::string(input)});
  require(is_shown_well(error.message, 1000), "an error is one short line");
}

}  // namespace

void fuzz(std::string_view input) {
  switch (take_choice(input, 6)) {
    case 0:
      return object(input);
    case 1:
      return status(input);
    case 2:
      return collection(input);
    case 3:
      return lease(input);
    case 4:
      return answer(input);
    default:
      return refusal(input);
  }
}

}  // namespace vpcp::fuzz
