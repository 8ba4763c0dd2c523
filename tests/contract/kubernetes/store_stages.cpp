#include "contract/kubernetes/cluster.h"
#include "contract/store_contract.h"

namespace vpcp::testing {
namespace {

class KubernetesStoreWorld : public StoreWorld {
 public:
  KubernetesStoreWorld() { cluster().sweep(); }
  ResourceStore& store() override { return store_; }
  void declare(const ObjectKey& key, const PeeringSpec& spec) override { cluster().declare(key, spec); }
  void undeclare(const ObjectKey& key) override { cluster().undeclare(key); }
  void declare_secret(const ObjectKey& key, const std::string& name, const std::string& value) override {
    cluster().declare_secret(key, name, value);
  }

 private:
  kube::Credentials credentials_{cluster().config(), system_clock()};
  kube::Client client_{cluster().http(), credentials_, "vpcp-tests"};
  KubeStore store_{client_,
                   {"", "contract", [] { return 0.5; }},
                   system_clock(),
                   Log(stderr_log(LogFormat::Text, LogLevel::Debug))};
};

}  // namespace

std::vector<StoreKind> store_kinds() {
  return {{"Kubernetes", [] { return std::make_unique<KubernetesStoreWorld>(); }}};
}

}  // namespace vpcp::testing
