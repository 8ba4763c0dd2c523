#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "adapters/kube/client.h"
#include "adapters/kube/reflector.h"
#include "vpcp/base/guarded.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::kube {

/// A Secret that is watched by its name.
class WatchedSecret;

/// Reads Secrets that people made, and keeps those that objects own. Thread-safe.
///
/// A Secret is asked for by name and never listed with others. One that an object's spec names is watched
/// from its first use on, by a thread of its own (up to kMostWatched of them; more are read at each use). One
/// that we own is read once and then known: nobody else may write it, and each write is bound to the version
/// that we know.
///
/// With a namespace its Secrets go at once, and nothing can be created in it any more, while the objects in
/// it wait for us to take down what they stand for: for that they are given what was known last.
class SecretKeeper {
 public:
  static constexpr std::size_t kMostWatched = 128;

  struct Hooks {
    std::function<bool(const ObjectKey&)> is_referred_to;  ///< Does a spec name the Secret?
    /// Are all objects whose specs name the Secret, and there is one, being deleted?
    std::function<bool(const ObjectKey&)> is_needed_for_removal;
    std::function<bool(const ObjectKey&, const std::string& uid)> is_live;  ///< Is there such an object?
    /// A watched Secret has another value than was handed out; called from any thread.
    std::function<void(const ObjectKey&)> changed;
    std::function<double()> random01;
  };
  SecretKeeper(Client& client, Hooks hooks, Log log);
  ~SecretKeeper();

  Result<std::optional<SecretData>> get(const Context& ctx, const ObjectKey& key);
  /// Creates or replaces it, whole. Errors: Conflict "SecretOwned".
  Status put(const Context& ctx, const VpcPeering& owner, const std::string& name, const SecretData& data);
  /// Deletes what is known to belong to the object. A real cluster's garbage collector takes the rest, by the
  /// owner references.
  Status remove_owned(const Context& ctx, const VpcPeering& owner);
  /// Ends watches that no spec asks for any more.
  void prune();

 private:
  struct Known {
    std::string owner;  ///< Name of the object; empty: nobody's, or someone else's.
    std::string owner_uid;
    std::string uid;
    std::string resource_version;
    std::vector<std::string> data_keys;
    SecretData data;
  };
  struct State {
    std::map<ObjectKey, Known> owned;
    std::map<ObjectKey, std::shared_ptr<WatchedSecret>> watched;
  };

  Result<std::optional<Known>> read(const Context& ctx, const ObjectKey& key);
  Status create(const Context& ctx, const VpcPeering& owner, const ObjectKey& key, const SecretData& data);
  Status replace(const Context& ctx, const VpcPeering& owner, const ObjectKey& key, const Known& known,
                 const SecretData& data);
  Status put_once(const Context& ctx, const VpcPeering& owner, const ObjectKey& key, const SecretData& data);
  Status remove(const Context& ctx, const ObjectKey& key, const std::string& uid);
  void keep(const ObjectKey& key, const Known& known);
  void forget(const ObjectKey& key);
  [[nodiscard]] bool has_live_owner(const ObjectKey& key, const Known& known) const;
  [[nodiscard]] std::optional<Known> kept(const ObjectKey& key) const;
  void watch(const ObjectKey& key, const std::optional<SecretData>& handed_out);

  Client& client_;
  const Hooks hooks_;
  const Log log_;
  Guarded<State> state_;
};

}  // namespace vpcp::kube
