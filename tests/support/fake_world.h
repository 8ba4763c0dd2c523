#pragma once
#include <string>

#include "domain/keys.h"
#include "support/effects.h"
#include "support/fake_clock.h"
#include "support/fake_cloud.h"
#include "support/fake_hosts.h"
#include "support/fake_metrics.h"
#include "support/fake_store.h"

namespace vpcp::testing {

/// Everything outside of the controller: it goes on when the controller dies.
struct FakeWorld {
  FakeWorld() { init_crypto(); }

  FakeClock clock;
  Effects effects;
  FakeStore store{clock, effects};
  FakeCloud cloud{clock, effects};
  FakeHosts hosts{clock, effects, cloud};
  FakeMetrics metrics;

  /// The instance with that label; the empty id when there is none or more than one.
  [[nodiscard]] InstanceId instance(const std::string& label) {
    InstanceId found;
    for (const Instance& instance : cloud.everything().instances) {
      if (instance.label != label) continue;
      if (!found.empty()) return {};
      found = instance.id;
    }
    return found;
  }
  [[nodiscard]] bool exists(const InstanceId& id) {
    return cloud.world([&](CloudWorld& world) { return world.machines.contains(id); });
  }
  [[nodiscard]] std::size_t count(const std::string& label) {
    std::size_t n = 0;
    for (const Instance& instance : cloud.everything().instances) n += instance.label == label ? 1 : 0;
    return n;
  }
  [[nodiscard]] Ipv4 vpc_address(const std::string& label) {
    return hosts.on(instance(label), [](const FakeHost& host) { return host.vpc_address.value_or(Ipv4{}); });
  }
};

}  // namespace vpcp::testing
