#pragma once
#include <string>

#include "adapters/kube/client.h"
#include "vpcp/ports/lease_store.h"

namespace vpcp::kube {

/// A Lease object (coordination.k8s.io/v1). Thread-safe. The client outlives it.
class KubeLeaseStore : public LeaseStore {
 public:
  KubeLeaseStore(Client& client, std::string ns, std::string name)
      : client_(client), ns_(std::move(ns)), name_(std::move(name)) {}

  Result<std::optional<LeaseRecord>> get(const Context& ctx) override;
  Result<LeaseRecord> create(const Context& ctx, const LeaseRecord& lease) override;
  Result<LeaseRecord> update(const Context& ctx, const LeaseRecord& lease) override;

 private:
  [[nodiscard]] std::string collection() const;
  [[nodiscard]] std::string to_object(const LeaseRecord& lease) const;

  Client& client_;
  const std::string ns_;
  const std::string name_;
};

}  // namespace vpcp::kube
