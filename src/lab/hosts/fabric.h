#pragma once
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "lab/backend.h"
#include "lab/hosts/wan_switch.h"

namespace vpcp::lab {

/// The network under the hosts, in namespaces of its own: one public bridge for each region, joined by the
/// switch; one bridge of MTU 1450 for each VPC; the controller's namespace on a port of its own, near to
/// every region; and the packet filters of the firewall groups. Thread-safe. The destructor removes all of
/// it.
class Fabric {
 public:
  /// `default_link` is the wire between two regions until set_link says otherwise.
  static Result<std::unique_ptr<Fabric>> build(WireQuality default_link);
  ~Fabric();
  Fabric(const Fabric&) = delete;
  Fabric& operator=(const Fabric&) = delete;

  Status add_region(const std::string& region);
  Status add_vpc(const std::string& vpc_id);
  void remove_vpc(const std::string& vpc_id);
  /// Gives the host a fresh network namespace with its NICs plugged in: what a boot begins with.
  Status plug(const HostSpec& spec);
  void unplug(const HostSpec& spec);
  Status set_firewall(const HostSpec& spec);
  void set_link(const Link& link);

 private:
  explicit Fabric(std::unique_ptr<WanSwitch> wan, WireQuality default_link);
  Status add_control();

  std::unique_ptr<WanSwitch> wan_;
  WireQuality default_link_;
  std::mutex mutex_;  // Guards regions_, and makes adding one whole.
  std::set<std::string> regions_;
};

}  // namespace vpcp::lab
