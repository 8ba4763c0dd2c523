#pragma once
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/kube/client.h"
#include "adapters/kube/event_recorder.h"
#include "adapters/kube/peering_cache.h"
#include "adapters/kube/secret_keeper.h"
#include "vpcp/base/change_feed.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::kube {

/// Objects as custom resources of a Kubernetes cluster. They are watched from start() on, by a thread of its
/// own, and read from what it holds: a pass costs the API server nothing. Thread-safe. What it is given
/// outlives it.
class KubeStore : public ResourceStore {
 public:
  struct Options {
    std::string ns;        ///< Only objects of this namespace; empty: of all.
    std::string instance;  ///< Which of several controllers this is, for events.
    std::function<double()> random01;
  };
  KubeStore(Client& client, const Options& options, const Clock& clock, Log log);
  ~KubeStore() override;

  /// Every object has been told of at least once.
  [[nodiscard]] bool synced() const { return cache_.synced(); }

  /// Waits for the first whole list.
  Result<std::vector<ObjectKey>> list(const Context& ctx) override;
  Result<std::optional<VpcPeering>> get(const Context& ctx, const ObjectKey& key) override;
  Status watch(const Context& ctx, const std::function<void(const ObjectKey&)>& changed) override;
  Status apply_status(const Context& ctx, const VpcPeering& object, const PeeringStatus& status) override;
  Status add_finalizer(const Context& ctx, const VpcPeering& object) override;
  Status remove_finalizer(const Context& ctx, const VpcPeering& object) override;
  Result<std::optional<SecretData>> get_secret(const Context& ctx, const ObjectKey& key) override;
  Status put_secret(const Context& ctx, const VpcPeering& owner, const std::string& name,
                    const SecretData& data) override;
  void record_event(const Context& ctx, const ObjectEvent& event) override;

 private:
  using Finalizers = std::vector<std::string>;

  void notify(const ObjectKey& key);
  [[nodiscard]] bool is_needed_for_removal(const ObjectKey& secret) const;
  void secret_changed(const ObjectKey& secret);
  Result<VpcPeering> current(const VpcPeering& object) const;
  /// Reads one object anew, past the watch.
  Status refresh(const Context& ctx, const VpcPeering& object);
  /// `change` says whether it changed anything; it is asked again when the object has changed meanwhile.
  Status patch_finalizers(const Context& ctx, const VpcPeering& object,
                          const std::function<bool(Finalizers&)>& change);
  void take(const VpcPeering& object, const nlohmann::json& answer);

  Client& client_;
  const Log log_;
  ChangeFeed<ObjectKey> changes_;
  PeeringCache cache_;
  SecretKeeper secrets_;
  EventRecorder events_;
  Reflector reflector_;
  std::jthread thread_;  ///< Last: it uses all of the others.
};

}  // namespace vpcp::kube

namespace vpcp {
using kube::KubeStore;
}
