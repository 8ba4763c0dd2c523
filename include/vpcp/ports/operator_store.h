#pragma once
#include <optional>
#include <string>
#include <vector>

#include "vpcp/ports/resource_store.h"

namespace vpcp {

/// An event as a store keeps it.
struct KeptEvent {
  SystemTime last{};
  ObjectKey about;
  EventType type{EventType::Normal};
  std::string reason;
  std::string note;
  int count{1};
};

/// What a process of the controller has logged, its end at least; or why that cannot be read.
struct KeptLog {
  std::string source;  ///< "vpcp-system.vpc-peering-controller-7d4b9c"
  std::string text;
};

/// A store as an operator's program uses it, beside a controller that may be running: it reads, and asks for
/// little. Thread-safe.
///
/// Errors, beside those of a ResourceStore: Denied and Invalid with one sentence that says what to do.
class OperatorStore {
 public:
  virtual ~OperatorStore() = default;

  /// Sorted. `ns` empty: of all namespaces.
  virtual Result<std::vector<VpcPeering>> list(const Context& ctx, const std::string& ns) = 0;
  /// nullopt: there is none.
  virtual Result<std::optional<VpcPeering>> get(const Context& ctx, const ObjectKey& key) = 0;
  virtual Result<std::vector<KeptEvent>> events(const Context& ctx, const std::string& ns) = 0;
  /// Of every process of the controller that the store knows; empty: it keeps no logs.
  virtual Result<std::vector<KeptLog>> logs(const Context& ctx) = 0;
  virtual Result<std::optional<SecretData>> get_secret(const Context& ctx, const ObjectKey& key) = 0;

  /// Sets or lifts spec.suspend. Invalid "SuspendedByManifest" where only its author can lift it.
  virtual Status set_suspend(const Context& ctx, const VpcPeering& object, bool suspend) = 0;
  /// Asks the controller for a pass at once; `word` will stand in status.lastHandledReconcileAt.
  virtual Status request_pass(const Context& ctx, const VpcPeering& object, const std::string& word) = 0;

  /// Where names without a namespace are looked for; empty: in all.
  [[nodiscard]] virtual std::string default_namespace() const = 0;
  /// "the state directory /var/lib/vpcp"
  [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace vpcp
