#include "adapters/kube/operator_store.h"

#include <algorithm>
#include <set>

#include "adapters/kube/client.h"
#include "adapters/kube/credentials.h"
#include "adapters/kube/json_text.h"
#include "vpcp/api/read_json.h"
#include "vpcp/base/whole_number.h"

namespace vpcp {

using nlohmann::json;

namespace {

/// As kubectl's own edits are noted, so that the two do not fight over a field.
constexpr const char* kPerson = "fieldManager=vpcpctl";
constexpr int kPageSize = 500;

std::string in_namespace(const std::string& ns, const std::string& resource) {
  return (ns.empty() ? "" : "/namespaces/" + ns) + "/" + resource;
}
std::string peerings(const std::string& ns) {
  return std::string("/apis/") + kApiVersion + in_namespace(ns, "vpcpeerings");
}

/// What an operator does about an error of this reason; "" when its message says so.
std::string fix_of(const std::string& reason, const kube::Config& config) {
  const std::string another = ", or take another context";
  if (reason == "Forbidden") return "ask who runs the cluster for the right" + another;
  if (reason == "CredentialsRefused") return "log in to the cluster anew" + another;
  if (reason == "NotSent") return "look whether " + config.server + " is reachable from here" + another;
  if (reason == "AnswerLost") return "look at the API server, and at what stands between" + another;
  if (reason == "BadAnswer" || reason == kube::kUnavailable)
    return "look whether " + config.server + " is well, and an API server and no proxy or login page" +
           another;
  if (reason == "CertificateRefused")
    return "correct certificate-authority-data, or the name in server, of the cluster in " + config.origin;
  if (reason == "BadTlsSettings")
    return "correct certificate-authority-data, client-certificate-data or client-key-data in " +
           config.origin;
  if (reason == "ApiServerBusy") return "try again in a minute";
  if (reason == kube::kChanged || reason == kube::kExpired) return "try again";
  if (reason == kube::kRefused)
    return "correct what it names; if it names nothing, look whether " + config.server + " is an API server";
  return "";
}

/// As the client tells it, with what a person does about it.
Error explained(Error error, const kube::Config& config) {
  if (error.reason == kube::kNotFound) {
    error.message =
        "the cluster does not know VPCPeerings: install the definition (kubectl apply -k crds/), or take "
        "another context";
  }
  if (error.reason == "AnswerLost") error.message = config.server + " did not answer (" + error.message + ")";
  const std::string fix = fix_of(error.reason, config);
  if (!fix.empty()) error.message += ": " + fix;
  return error;
}

/// Every page of a list.
Result<std::vector<json>> list_all(const Context& ctx, kube::Client& client, const std::string& path) {
  std::vector<json> items;
  std::set<std::string> seen;
  std::string rest;
  do {
    const std::string separator = path.find('?') == std::string::npos ? "?" : "&";
    const json page = TRY(client.send(ctx, {.path = path + separator + "limit=" + std::to_string(kPageSize) +
                                                    (rest.empty() ? "" : "&continue=" + rest)}));
    for (const json& item : kube::at(page, {"items"})) items.push_back(item);
    rest = kube::text_at(page, {"metadata", "continue"});
    if (!rest.empty() && !seen.insert(rest).second) return kube::going_in_circles();
  } while (!rest.empty());
  return items;
}

/// Pods of deploy/kubernetes and of the chart, whatever name it is given.
constexpr const char* kPodsOfTheController =
    "/api/v1/pods?labelSelector=app.kubernetes.io%2Fpart-of%3Dvpc-peering-controller";
/// Days of a controller that finds all well; the end of what one in trouble has said.
constexpr const char* kLogBounds = "tailLines=20000&limitBytes=4194304";

struct PodLog {
  std::string source;
  std::string path;
};

/// Where a pod's log is: of its first container, which is the controller, and of the run before a restart.
std::vector<PodLog> logs_of(const json& pod) {
  const std::string ns = kube::text_at(pod, {"metadata", "namespace"});
  const std::string name = kube::text_at(pod, {"metadata", "name"});
  const json& containers = kube::at(pod, {"spec", "containers"});
  if (!containers.is_array() || containers.empty()) return {};
  const std::string container = kube::text_at(containers.front(), {"name"});
  const std::string path =
      "/api/v1" + in_namespace(ns, "pods/" + name + "/log") + "?container=" + container + "&" + kLogBounds;
  std::vector<PodLog> out{{ns + "." + name, path}};
  for (const json& status : kube::at(pod, {"status", "containerStatuses"})) {
    if (kube::text_at(status, {"name"}) == container && kube::number_at(status, {"restartCount"}) > 0)
      out.push_back({ns + "." + name + ".before", path + "&previous=true"});
  }
  return out;
}

KeptEvent event_of(const json& item) {
  KeptEvent out;
  out.about = {kube::text_at(item, {"regarding", "namespace"}), kube::text_at(item, {"regarding", "name"})};
  out.type = kube::text_at(item, {"type"}) == "Warning" ? EventType::Warning : EventType::Normal;
  out.reason = kube::text_at(item, {"reason"});
  out.note = kube::text_at(item, {"note"});
  out.count = std::max(1, whole_number<int>(kube::at(item, {"series", "count"})).value_or(1));
  std::string time = kube::text_at(item, {"series", "lastObservedTime"});
  if (time.empty()) time = kube::text_at(item, {"eventTime"});
  out.last = from_rfc3339(time);
  return out;
}

}  // namespace

class KubeOperatorStore::Impl {
 public:
  Impl(kube::Config config, const std::string& agent, HttpClient& http, const Clock& clock)
      : credentials(std::move(config), clock), client(http, credentials, agent) {}

  Status patch(const Context& ctx, const VpcPeering& object, const json& change) {
    const auto answer =
        client.send(ctx, {"PATCH", peerings(object.meta.ns) + "/" + object.meta.name + "?" + kPerson,
                          kube::kMergePatch, kube::to_text(change)});
    if (answer.ok()) return {};
    return explained(answer.error(), credentials.config());
  }

  kube::Credentials credentials;
  kube::Client client;
};

Result<std::unique_ptr<KubeOperatorStore>> KubeOperatorStore::open(const Options& options, HttpClient& http,
                                                                   const Clock& clock) {
  kube::Config config = TRY(kube::find_config(options.config));
  return std::unique_ptr<KubeOperatorStore>(
      new KubeOperatorStore(std::make_unique<Impl>(std::move(config), options.agent, http, clock)));
}

KubeOperatorStore::KubeOperatorStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KubeOperatorStore::~KubeOperatorStore() = default;

Result<std::vector<VpcPeering>> KubeOperatorStore::list(const Context& ctx, const std::string& ns) {
  const auto items = list_all(ctx, impl_->client, peerings(ns));
  if (!items.ok()) return explained(items.error(), impl_->credentials.config());
  std::vector<VpcPeering> out;
  out.reserve(items->size());
  // One that this version cannot read whole is shown as far as it can be.
  for (const json& item : *items) out.push_back(read_peering(item).object);
  return out;
}

Result<std::optional<VpcPeering>> KubeOperatorStore::get(const Context& ctx, const ObjectKey& key) {
  const auto answer = impl_->client.send(ctx, {.path = peerings(key.ns) + "/" + key.name});
  if (answer.ok()) return std::optional(read_peering(*answer).object);
  if (answer.error().reason == kube::kNotFound) {
    TRY(list(ctx, key.ns));  // is it the object that is not there, or the definition?
    return std::optional<VpcPeering>{};
  }
  return explained(answer.error(), impl_->credentials.config());
}

Result<std::vector<KeptEvent>> KubeOperatorStore::events(const Context& ctx, const std::string& ns) {
  const std::string path =
      "/apis/events.k8s.io/v1" + in_namespace(ns, "events") + "?fieldSelector=regarding.kind%3D" + kKind;
  const auto items = list_all(ctx, impl_->client, path);
  if (!items.ok()) return explained(items.error(), impl_->credentials.config());
  std::vector<KeptEvent> out;
  for (const json& item : *items) out.push_back(event_of(item));
  return out;
}

Result<std::vector<KeptLog>> KubeOperatorStore::logs(const Context& ctx) {
  const auto pods = list_all(ctx, impl_->client, kPodsOfTheController);
  if (!pods.ok()) return explained(pods.error(), impl_->credentials.config());
  std::vector<KeptLog> out;
  for (const json& pod : *pods) {
    for (const PodLog& log : logs_of(pod)) {
      auto text = impl_->client.send_for_text(ctx, {.path = log.path, .accept = "application/json, */*"});
      out.push_back(
          {log.source, text.ok() ? *std::move(text) : "not readable: " + text.error().message + "\n"});
    }
  }
  return out;
}

Result<std::optional<SecretData>> KubeOperatorStore::get_secret(const Context& ctx, const ObjectKey& key) {
  const auto answer = impl_->client.send(
      ctx, {.path = "/api/v1" + in_namespace(key.ns, "secrets/" + key.name), .confidential = true});
  if (!answer.ok()) {
    if (answer.error().reason == kube::kNotFound) return std::optional<SecretData>{};
    return explained(answer.error(), impl_->credentials.config());
  }
  SecretData data;
  for (const auto& [name, value] : kube::at(*answer, {"data"}).items()) {
    auto bytes = base64_decode(value.is_string() ? value.get<std::string>() : "");
    if (bytes) data[name] = Secret::take(std::move(*bytes));
  }
  return std::optional(std::move(data));
}

Status KubeOperatorStore::set_suspend(const Context& ctx, const VpcPeering& object, bool suspend) {
  return impl_->patch(ctx, object, {{"spec", {{"suspend", suspend}}}});
}

Status KubeOperatorStore::request_pass(const Context& ctx, const VpcPeering& object,
                                       const std::string& word) {
  return impl_->patch(ctx, object, {{"metadata", {{"annotations", {{kReconcileAnnotation, word}}}}}});
}

std::string KubeOperatorStore::default_namespace() const {
  return impl_->credentials.config().ns;
}

std::string KubeOperatorStore::describe() const {
  return impl_->credentials.config().server + " by " + impl_->credentials.config().origin;
}

}  // namespace vpcp
