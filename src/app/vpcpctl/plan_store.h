#pragma once
#include "vpcp/ports/metrics.h"
#include "vpcp/ports/operator_store.h"

namespace vpcp::ctl {

/// A store for a pass that touches nothing: it reads from the operator's store, and keeps nothing.
class PlanStore : public ResourceStore {
 public:
  /// `secrets` of the file that is planned come before those of the store.
  PlanStore(OperatorStore& store, std::map<ObjectKey, SecretData> secrets)
      : store_(store), secrets_(std::move(secrets)) {}

  Result<std::vector<ObjectKey>> list(const Context& ctx) override {
    std::vector<ObjectKey> keys;
    for (const VpcPeering& peering : TRY(store_.list(ctx, ""))) keys.push_back(peering.meta.key());
    return keys;
  }
  Result<std::optional<VpcPeering>> get(const Context& ctx, const ObjectKey& key) override {
    return store_.get(ctx, key);
  }
  Result<std::optional<SecretData>> get_secret(const Context& ctx, const ObjectKey& key) override {
    const auto own = secrets_.find(key);
    if (own != secrets_.end()) return std::optional(own->second);
    return store_.get_secret(ctx, key);
  }
  Status watch(const Context&, const std::function<void(const ObjectKey&)>&) override { return refused(); }
  Status apply_status(const Context&, const VpcPeering&, const PeeringStatus&) override { return refused(); }
  Status add_finalizer(const Context&, const VpcPeering&) override { return refused(); }
  Status remove_finalizer(const Context&, const VpcPeering&) override { return refused(); }
  Status put_secret(const Context&, const VpcPeering&, const std::string&, const SecretData&) override {
    return refused();
  }
  void record_event(const Context&, const ObjectEvent&) override {}

 private:
  static Error refused() { return {ErrorKind::Invalid, "ReadOnly", "a plan writes nothing", {}}; }

  OperatorStore& store_;
  const std::map<ObjectKey, SecretData> secrets_;
};

/// Figures that nobody asks for.
class NoMetrics : public Metrics {
 public:
  void add(const MetricDef&, const LabelValues&, double) override {}
  void set(const MetricDef&, const LabelValues&, double) override {}
  void observe(const MetricDef&, const LabelValues&, double) override {}
  void forget_object(const std::string&, const std::string&) override {}
  void forget(const MetricDef&, const LabelValues&) override {}
};

}  // namespace vpcp::ctl
