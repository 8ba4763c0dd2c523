#include "adapters/kube/kube_cluster.h"

#include "adapters/kube/kube_store.h"
#include "adapters/kube/lease_store.h"

namespace vpcp {

class KubeCluster::Impl {
 public:
  Impl(const Options& options, kube::Config config, const Ports& ports, const Log& log)
      : credentials(std::move(config), ports.clock, &ports.metrics),
        client(ports.http, credentials, options.agent),
        store(client, {options.ns, options.identity, options.random01}, ports.clock, log),
        lease(client, options.lease_namespace.empty() ? credentials.config().ns : options.lease_namespace,
              options.lease_name) {}

  kube::Credentials credentials;
  kube::Client client;
  kube::KubeStore store;
  kube::KubeLeaseStore lease;
};

Result<std::unique_ptr<KubeCluster>> KubeCluster::open(const Options& options, const Ports& ports,
                                                       const Log& log) {
  kube::Config config = TRY(kube::find_config(options.config));
  auto impl = std::make_unique<Impl>(options, std::move(config), ports, log);
  return std::unique_ptr<KubeCluster>(new KubeCluster(std::move(impl)));
}

KubeCluster::KubeCluster(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KubeCluster::~KubeCluster() = default;

ResourceStore& KubeCluster::store() {
  return impl_->store;
}
LeaseStore& KubeCluster::lease() {
  return impl_->lease;
}
bool KubeCluster::synced() const {
  return impl_->store.synced();
}
std::string KubeCluster::describe() const {
  return impl_->credentials.config().server + " by " + impl_->credentials.config().origin;
}

}  // namespace vpcp
