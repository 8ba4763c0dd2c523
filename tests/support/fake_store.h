#pragma once
#include <condition_variable>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/effects.h"
#include "support/faults.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/guarded.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::testing {

/// The uid of the n-th object that a FakeStore was given, from 1: a UUID, as real stores give.
inline std::string fake_uid(int n) {
  std::string uid = "00000000-0000-4000-8000-000000000000";
  const std::string digits = std::to_string(n);
  return uid.replace(uid.size() - digits.size(), digits.size(), digits);
}

/// A ResourceStore in memory: state, optimistic concurrency, faults on demand, hooks around every effect. It
/// outlives a crash of the controller, as a real one does. Operations: "list", "get", "watch",
/// "apply-status", "add-finalizer", "remove-finalizer", "get-secret", "put-secret".
class FakeStore : public ResourceStore {
 public:
  FakeStore(const Clock& clock, Effects& effects);

  Faults faults;

  /// What people do: declares the object, or changes its spec.
  void declare(const ObjectKey& key, const PeeringSpec& spec);
  /// What people do: asks for deletion.
  void remove(const ObjectKey& key);
  /// A Secret that a person made: no object owns it.
  void set_secret(const ObjectKey& key, const SecretData& data);

  [[nodiscard]] std::optional<VpcPeering> object(const ObjectKey& key) const;
  [[nodiscard]] std::vector<ObjectKey> secret_keys() const;
  [[nodiscard]] std::vector<ObjectEvent> events() const;

  Result<std::vector<ObjectKey>> list(const Context&) override;
  Result<std::optional<VpcPeering>> get(const Context&, const ObjectKey& key) override;

  Status watch(const Context& ctx, const std::function<void(const ObjectKey&)>& changed) override;
  /// One running watch ends with an error.
  void end_watch();

  Status apply_status(const Context&, const VpcPeering& object, const PeeringStatus& status) override;
  Status add_finalizer(const Context&, const VpcPeering& object) override;
  Status remove_finalizer(const Context&, const VpcPeering& object) override;

  Result<std::optional<SecretData>> get_secret(const Context&, const ObjectKey& key) override;
  Status put_secret(const Context&, const VpcPeering& owner, const std::string& name,
                    const SecretData& data) override;
  void record_event(const Context&, const ObjectEvent& event) override;

 private:
  struct StoredSecret {
    std::string owner_uid;
    SecretData data;
  };
  struct State {
    std::map<ObjectKey, VpcPeering> objects;
    std::map<ObjectKey, StoredSecret> secrets;
    std::vector<ObjectEvent> events;
    std::vector<ObjectKey> changes;  ///< What every watch is told, in order.
    int versions_made{0};
    int uids_made{0};
    int end_watches{0};
  };

  static void touch(State& state, VpcPeering& object);
  static void forget(State& state, const ObjectKey& key);
  template <class F>
  void change(const ObjectKey& key, F&& f);
  [[nodiscard]] bool take_end_of_watch();
  [[nodiscard]] Status may_call(const std::string& operation);
  template <class F>
  Status effect(const std::string& operation, const VpcPeering& object, F&& perform);

  const Clock& clock_;
  Effects& effects_;
  Guarded<State> state_;
  std::condition_variable_any woken_;
};

}  // namespace vpcp::testing
