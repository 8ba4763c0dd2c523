#include "app/vpc-peering-controller/backend.h"

#include "adapters/directory/directory_store.h"
#include "adapters/kube/kube_store.h"
#include "adapters/kube/lease_store.h"

namespace vpcp::app {
namespace {

class DirectoryBackend : public Backend {
 public:
  DirectoryBackend(std::string manifests, std::unique_ptr<DirectoryStore> store)
      : manifests_(std::move(manifests)), store_(std::move(store)) {}
  ResourceStore& store() override { return *store_; }
  [[nodiscard]] std::string describe() const override { return "directory " + manifests_; }

 private:
  std::string manifests_;
  std::unique_ptr<DirectoryStore> store_;
};

class KubernetesBackend : public Backend {
 public:
  KubernetesBackend(const RunOptions& options, kube::Config config, const std::string& identity,
                    HttpClient& http, const Clock& clock, const Log& log)
      : credentials_(std::move(config), clock),
        client_(http, credentials_, "vpc-peering-controller/" VPCP_VERSION),
        store_(client_, {options.ns, identity, random01}, clock, log),
        lease_(client_, options.lease_namespace.empty() ? credentials_.config().ns : options.lease_namespace,
               options.lease_name),
        elects_(options.leader_elect) {}
  ResourceStore& store() override { return store_; }
  LeaseStore* lease() override { return elects_ ? &lease_ : nullptr; }
  [[nodiscard]] bool ready() const override { return store_.synced(); }
  [[nodiscard]] std::string describe() const override {
    return credentials_.config().server + " by " + credentials_.config().origin;
  }

 private:
  kube::Credentials credentials_;
  kube::Client client_;
  KubeStore store_;
  KubeLeaseStore lease_;
  const bool elects_;
};

}  // namespace

Result<std::unique_ptr<Backend>> open_backend(const RunOptions& options, const std::string& identity,
                                              HttpClient& http, const Clock& clock, const Log& log) {
  std::unique_ptr<Backend> backend;
  if (options.store == RunOptions::Store::Directory) {
    auto store =
        TRY(DirectoryStore::open({.manifests = options.manifests, .state = options.state}, clock, log));
    backend = std::make_unique<DirectoryBackend>(options.manifests, std::move(store));
    return backend;
  }
  kube::Config config =
      TRY(kube::find_config({options.kubeconfig, options.context, options.skip_tls_verify}));
  backend = std::make_unique<KubernetesBackend>(options, std::move(config), identity, http, clock, log);
  return backend;
}

double random01() {
  const std::string bytes = random_bytes(4);
  std::uint32_t n = 0;
  for (const char byte : bytes) n = n << 8 | static_cast<unsigned char>(byte);
  return n / 4294967296.0;
}

}  // namespace vpcp::app
