#pragma once
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "support/cloud_world.h"

namespace vpcp::testing {

/// What a person does at the cloud's portal to an instance of the reference scenario, or to what it uses.
struct CloudFault {
  std::string name;      ///< A sentence, "ItIsHalted".
  std::string drift;     ///< As docs/drift.md names it.
  bool of_site{false};   ///< It is the drift of the site, not of the host.
  bool replaced{false};  ///< The instance is another one afterwards.
  std::function<void(CloudWorld&, const InstanceId&, SystemTime now)> happens;
};
void PrintTo(const CloudFault& fault, std::ostream* out);

/// Those that the controller puts right by itself, whatever the instance is. Where it has no firewall group,
/// those about one do nothing.
const std::vector<CloudFault>& cloud_faults();

/// The VPC of the instance is deleted, which goes only after all have been detached from it.
void delete_vpc_of(CloudWorld& world, const InstanceId& id, SystemTime now);
/// A person attaches an instance that has no VPC to the one of its region; false when there is nothing to do,
/// or no such VPC.
bool attach_again(CloudWorld& world, const InstanceId& id);

}  // namespace vpcp::testing
