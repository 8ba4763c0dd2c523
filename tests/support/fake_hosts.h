#pragma once
#include <atomic>
#include <map>
#include <string>
#include <utility>

#include "support/effects.h"
#include "support/fake_cloud.h"
#include "support/fake_host.h"
#include "support/faults.h"
#include "vpcp/ports/host_shell.h"

namespace vpcp::testing {

enum class Traffic { Ping, Tcp };

/// The instances of a FakeCloud as hosts that can be logged in to: they boot when the cloud says that they
/// run, take keys from their user-data, keep their disk over a reboot, and carry packets among themselves.
/// Faults: "run".
class FakeHosts : public HostShell {
 public:
  FakeHosts(const Clock& clock, Effects& effects, FakeCloud& cloud);

  Faults faults;
  std::atomic<bool> new_connections_fail{false};  ///< Only those that have been made live on.
  std::atomic<bool> probes_fail{false};           ///< The hosts do everything else.
  std::atomic<int> path_mtu{1440};                ///< The largest packet that tunnels between regions carry.

  /// What a person does on a host, or a test wants to know: no fault, no hook.
  template <class F>
  auto on(const InstanceId& id, F&& f) {
    return hosts_.with([&](auto& hosts) {
      appear_and_vanish(hosts);
      return std::forward<F>(f)(hosts.at(id));
    });
  }
  void reboot(const InstanceId& id);
  [[nodiscard]] bool crosses(const InstanceId& from, Ipv4 target, Traffic traffic);

  /// Everything on a host that a stream would tell the change of. Faults: "watch".
  Result<std::string> watched(const HostLogin& login);

  Result<Answer> run(const Context& ctx, const HostLogin& login, const Command& command) override;

 private:
  using Hosts = std::map<InstanceId, FakeHost>;

  /// The host behind a login, through its jump host, if it is up and both sides accept each other.
  Result<InstanceId> log_in(const Context& ctx, const HostLogin& login);
  /// Whether the private key of a login belongs to a public one. Remembered: it is asked with every command.
  bool opens(const Secret& private_key, const HostKeyLine& public_key);
  Status authenticate(const FakeHost& host, const HostLogin& login);
  Answer perform(const InstanceId& id, const std::string& name, const Command& command);
  CommandOutput look_or_probe(const InstanceId& id, const std::string& word, const Command& command);
  /// Every instance of the cloud has a host, and no other.
  void appear_and_vanish(Hosts& hosts);

  const Clock& clock_;
  Effects& effects_;
  FakeCloud& cloud_;
  Guarded<Hosts> hosts_;
  Guarded<std::map<std::pair<std::string, HostKeyLine>, bool>> opened_;
};

}  // namespace vpcp::testing
