#include "contract/kubernetes/cluster.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "adapters/cpprest/http_client.h"
#include "adapters/kube/json_text.h"
#include "vpcp/api/write.h"

namespace vpcp::testing {

using kube::at;
using kube::text_at;
using nlohmann::json;

namespace {
constexpr const char* kNamespaces[] = {"network", "other"};
}

std::string peerings_path(const std::string& ns, const std::string& name) {
  return std::string("/apis/") + kApiVersion + "/namespaces/" + ns + "/vpcpeerings" +
         (name.empty() ? "" : "/" + name);
}
std::string secrets_path(const std::string& ns, const std::string& name) {
  return "/api/v1/namespaces/" + ns + "/secrets" + (name.empty() ? "" : "/" + name);
}

Cluster::Cluster() {
  init_http_process();
  init_crypto();
  http_ = std::make_unique<CpprestHttpClient>();
  credentials_ = std::make_unique<kube::Credentials>(config(), system_clock());
  admin_ = std::make_unique<kube::Client>(*http_, *credentials_, "vpcp-tests");
  for (const char* ns : kNamespaces) {
    const json object = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", ns}}}};
    const auto made = admin_->send({}, {"POST", "/api/v1/namespaces", kube::kJson, object.dump()});
    if (!made.ok() && made.error().reason != kube::kAlreadyExists)
      throw std::runtime_error(made.error().message);
  }
}

Cluster::~Cluster() = default;

kube::Config Cluster::config() const {
  const auto config = kube::find_config({});
  if (!config.ok()) throw std::runtime_error(config.error().message);
  return *config;
}

json Cluster::ask(const std::string& method, const std::string& path, const json& body,
                  const std::string& type) {
  const auto answer =
      admin_->send({}, {method, path, body.is_null() ? "" : type, body.is_null() ? "" : body.dump()});
  EXPECT_TRUE(answer.ok()) << method << " " << path << ": " << (answer.ok() ? "" : answer.error().message);
  return answer.ok() ? *answer : json();
}

void Cluster::declare(const ObjectKey& key, const PeeringSpec& spec) {
  VpcPeering object;
  object.meta.ns = key.ns;
  object.meta.name = key.name;
  object.spec = spec;
  const auto known = admin_->send({}, {.path = peerings_path(key.ns, key.name)});
  json body = json::parse(peering_to_json(object));
  if (!known.ok()) {
    body["metadata"] = {{"name", key.name}, {"namespace", key.ns}};
    ask("POST", peerings_path(key.ns), body);
    return;
  }
  ask("PATCH", peerings_path(key.ns, key.name), {{"spec", body["spec"]}}, kube::kMergePatch);
}

void Cluster::undeclare(const ObjectKey& key) {
  ask("DELETE", peerings_path(key.ns, key.name));
}

void Cluster::declare_secret(const ObjectKey& key, const std::string& name, const std::string& value) {
  const json object = {{"apiVersion", "v1"},
                       {"kind", "Secret"},
                       {"metadata", {{"name", key.name}, {"namespace", key.ns}}},
                       {"stringData", {{name, value}}}};
  const auto known = admin_->send({}, {.path = secrets_path(key.ns, key.name)});
  if (known.ok()) {
    ask("PUT", secrets_path(key.ns, key.name), object);
  } else {
    ask("POST", secrets_path(key.ns), object);
  }
}

std::vector<json> Cluster::events(const std::string& ns) {
  const json list = ask("GET", "/apis/events.k8s.io/v1/namespaces/" + ns + "/events");
  return at(list, {"items"}).get<std::vector<json>>();
}

void Cluster::sweep() {
  for (const std::string ns : kNamespaces) {
    const json released = {{"metadata", {{"finalizers", json::array()}}}};
    const json list = ask("GET", peerings_path(ns));
    for (const json& item : at(list, {"items"})) {
      if (!at(item, {"metadata", "finalizers"}).empty())
        ask("PATCH", peerings_path(ns, text_at(item, {"metadata", "name"})), released, kube::kMergePatch);
    }
    ask("DELETE", peerings_path(ns));
    ask("DELETE", secrets_path(ns));
    ask("DELETE", "/apis/events.k8s.io/v1/namespaces/" + ns + "/events");
  }
}

Cluster& cluster() {
  static Cluster the_one;
  return the_one;
}

}  // namespace vpcp::testing
