#pragma once
#include <memory>
#include <string>

#include "adapters/kube/config.h"
#include "vpcp/base/clock.h"
#include "vpcp/ports/http_client.h"
#include "vpcp/ports/operator_store.h"

namespace vpcp {

/// A cluster as an operator's program uses it: each answer is asked of the API server, with the rights of the
/// kubeconfig's user. Thread-safe.
class KubeOperatorStore : public OperatorStore {
 public:
  struct Options {
    kube::ConfigChoice config;
    std::string agent;  ///< User-Agent.
  };
  /// Reads the configuration. `http` and `clock` outlive it. Errors: Invalid "BadKubeconfig".
  static Result<std::unique_ptr<KubeOperatorStore>> open(const Options& options, HttpClient& http,
                                                         const Clock& clock);
  ~KubeOperatorStore() override;

  Result<std::vector<VpcPeering>> list(const Context& ctx, const std::string& ns) override;
  Result<std::optional<VpcPeering>> get(const Context& ctx, const ObjectKey& key) override;
  Result<std::vector<KeptEvent>> events(const Context& ctx, const std::string& ns) override;
  /// Of the pods that carry the label of deploy/kubernetes, in any namespace.
  Result<std::vector<KeptLog>> logs(const Context& ctx) override;
  Result<std::optional<SecretData>> get_secret(const Context& ctx, const ObjectKey& key) override;
  Status set_suspend(const Context& ctx, const VpcPeering& object, bool suspend) override;
  Status request_pass(const Context& ctx, const VpcPeering& object, const std::string& word) override;
  [[nodiscard]] std::string default_namespace() const override;
  [[nodiscard]] std::string describe() const override;

 private:
  class Impl;
  explicit KubeOperatorStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vpcp
