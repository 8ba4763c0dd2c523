#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/kube/reflector.h"
#include "vpcp/api/read.h"
#include "vpcp/base/guarded.h"

namespace vpcp::kube {

/// The VPCPeering objects as the API server told them last: the parsed object and nothing else of it.
/// Thread-safe.
///
/// What an own write answered is taken in at once, so that a pass sees what the pass before it wrote; the
/// watch tells of it later, and an older version than the known one is passed over.
class PeeringCache : public ReflectorHandler {
 public:
  /// `changed` is called for each object that appears, goes, is deleted or has a new spec, from the thread
  /// that brought the news, without a lock held.
  explicit PeeringCache(std::function<void(const ObjectKey&)> changed) : changed_(std::move(changed)) {}

  // By the reflector.
  void begin() override;
  void exists(const nlohmann::json& object) override;
  void gone(const nlohmann::json& object) override;
  void complete() override;

  /// What an own write, or a look at one object, answered.
  void take(const nlohmann::json& object) { exists(object); }
  /// The object with this uid is known to be gone: later news of it are old.
  void drop(const ObjectKey& key, const std::string& uid);

  /// Waits for the first whole list. False: the context ended before.
  [[nodiscard]] bool wait_synced(const Context& ctx) const;
  [[nodiscard]] bool synced() const;
  [[nodiscard]] std::vector<ObjectKey> keys() const;
  [[nodiscard]] std::optional<ReadPeering> find(const ObjectKey& key) const;
  [[nodiscard]] bool is_live(const ObjectKey& key, const std::string& uid) const;
  /// The objects whose specs name the Secret.
  [[nodiscard]] std::set<ObjectKey> users_of_secret(const ObjectKey& secret) const;

 private:
  struct State {
    std::map<ObjectKey, ReadPeering> objects;
    std::map<ObjectKey, std::set<ObjectKey>> secret_users;  ///< By Secret.
    std::map<ObjectKey, std::string> tombstones;            ///< uid of what we saw the last of.
    std::set<ObjectKey> unlisted;                           ///< Not named yet by the list under way.
    bool synced{false};
  };
  static void forget(State& state, const ObjectKey& key);
  static void remember(State& state, ReadPeering peering);

  const std::function<void(const ObjectKey&)> changed_;
  mutable Guarded<State> state_;
  mutable std::condition_variable_any synced_;
};

/// The Secrets of its own namespace that the spec names.
std::set<ObjectKey> secrets_of(const VpcPeering& peering);

}  // namespace vpcp::kube
