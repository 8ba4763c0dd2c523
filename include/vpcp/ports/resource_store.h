#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vpcp/api/vpc_peering.h"
#include "vpcp/base/context.h"
#include "vpcp/base/result.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// Keys and values of a Secret object.
using SecretData = std::map<std::string, Secret>;

enum class EventType { Normal, Warning };

/// Something that happened to an object, for people (events.k8s.io/v1).
struct ObjectEvent {
  ObjectKey about;
  std::string uid;
  EventType type{EventType::Normal};
  std::string reason;  ///< CamelCase.
  std::string note;
};

/// Where desired state lives. Thread-safe. Two implementations are held to one contract suite
/// (tests/contract).
///
/// Errors: Transient for what may pass; Conflict "StaleObject" when the object changed since it was read;
/// Invalid for what the store refuses.
class ResourceStore {
 public:
  virtual ~ResourceStore() = default;

  virtual Result<std::vector<ObjectKey>> list(const Context& ctx) = 0;
  virtual Result<std::optional<VpcPeering>> get(const Context& ctx, const ObjectKey& key) = 0;
  /// Calls `changed` for every object that exists now and then for each one whose spec, deletion or
  /// existence, or whose referenced Secret, changes. Returns when the context is stopped. `changed` is called
  /// from this thread.
  virtual Status watch(const Context& ctx, const std::function<void(const ObjectKey&)>& changed) = 0;

  /// Replaces the status, when it differs. The object's uid must still be `object.meta.uid`.
  virtual Status apply_status(const Context& ctx, const VpcPeering& object, const PeeringStatus& status) = 0;
  virtual Status add_finalizer(const Context& ctx, const VpcPeering& object) = 0;
  /// The object, if it is being deleted, is gone after this, and so are the Secrets it owns and its status.
  virtual Status remove_finalizer(const Context& ctx, const VpcPeering& object) = 0;

  virtual Result<std::optional<SecretData>> get_secret(const Context& ctx, const ObjectKey& key) = 0;
  /// Writes a Secret that `owner` owns, whole and atomically.
  virtual Status put_secret(const Context& ctx, const VpcPeering& owner, const std::string& name,
                            const SecretData& data) = 0;

  /// Best effort: an event that cannot be kept is logged, not an error.
  virtual void record_event(const Context& ctx, const ObjectEvent& event) = 0;
};

}  // namespace vpcp
