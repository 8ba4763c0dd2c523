#include "app/vpc-peering-controller/backend.h"

#include "adapters/directory/directory_store.h"

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
  KubernetesBackend(std::unique_ptr<KubeCluster> cluster, bool elects)
      : cluster_(std::move(cluster)), elects_(elects) {}
  ResourceStore& store() override { return cluster_->store(); }
  LeaseStore* lease() override { return elects_ ? &cluster_->lease() : nullptr; }
  [[nodiscard]] bool ready() const override { return cluster_->synced(); }
  [[nodiscard]] std::string describe() const override { return cluster_->describe(); }

 private:
  std::unique_ptr<KubeCluster> cluster_;
  const bool elects_;
};

}  // namespace

Result<std::unique_ptr<Backend>> open_backend(const RunOptions& options, const std::string& identity,
                                              const KubeCluster::Ports& ports, const Log& log) {
  std::unique_ptr<Backend> backend;
  if (options.store == RunOptions::Store::Directory) {
    auto store =
        TRY(DirectoryStore::open({.manifests = options.manifests, .state = options.state}, ports.clock, log));
    backend = std::make_unique<DirectoryBackend>(options.manifests, std::move(store));
    return backend;
  }
  auto cluster =
      TRY(KubeCluster::open({.config = {options.kubeconfig, options.context, options.skip_tls_verify},
                             .ns = options.ns,
                             .identity = identity,
                             .agent = "vpc-peering-controller/" VPCP_VERSION,
                             .lease_namespace = options.lease_namespace,
                             .lease_name = options.lease_name,
                             .random01 = random01},
                            ports, log));
  backend = std::make_unique<KubernetesBackend>(std::move(cluster), options.leader_elect);
  return backend;
}

double random01() {
  const std::string bytes = random_bytes(4);
  std::uint32_t n = 0;
  for (const char byte : bytes) n = n << 8 | static_cast<unsigned char>(byte);
  return n / 4294967296.0;
}

}  // namespace vpcp::app
