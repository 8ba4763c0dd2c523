#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "adapters/kube/kube_store.h"
#include "vpcp/ports/http_client.h"

namespace vpcp::testing {

/// The API server that with_apiserver.sh has started ($KUBECONFIG), and what people do to it.
class Cluster {
 public:
  Cluster();
  ~Cluster();

  /// A client of the kubeconfig's user, or of another configuration.
  kube::Client& admin() { return *admin_; }
  [[nodiscard]] kube::Config config() const;
  HttpClient& http() { return *http_; }

  /// A request that must succeed.
  nlohmann::json ask(const std::string& method, const std::string& path, const nlohmann::json& body = {},
                     const std::string& type = "application/json");
  void declare(const ObjectKey& key, const PeeringSpec& spec);
  void undeclare(const ObjectKey& key);
  void declare_secret(const ObjectKey& key, const std::string& name, const std::string& value);
  [[nodiscard]] std::vector<nlohmann::json> events(const std::string& ns);
  /// No object, Secret or event of ours is left in the namespaces of the tests.
  void sweep();

 private:
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<kube::Credentials> credentials_;
  std::unique_ptr<kube::Client> admin_;
};

/// The program's one cluster.
Cluster& cluster();

std::string peerings_path(const std::string& ns, const std::string& name = "");
std::string secrets_path(const std::string& ns, const std::string& name = "");

}  // namespace vpcp::testing
