#pragma once
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "support/fake_host.h"

namespace vpcp::testing {

/// What a person or a program does on a host, and the controller puts right.
struct HostFault {
  std::string name;   ///< A sentence, "TheUnitIsMasked".
  std::string label;  ///< Of the instance on which the tables have it; it can happen to any of that role.
  std::function<void(FakeHost&)> happens;  ///< Does nothing where its object is not there (yet).
  bool only_there{false};                  ///< Another one of that role could not be reached any more.
};
void PrintTo(const HostFault& fault, std::ostream* out);

/// Each on a gateway or on a server of the reference scenario.
const std::vector<HostFault>& host_faults();

}  // namespace vpcp::testing
