#pragma once
#include <functional>
#include <string>
#include <vector>

#include "support/simulation.h"

namespace vpcp::testing {

/// Something that goes wrong in the world, or with the controller. Does nothing where its object is not there
/// (yet).
struct Happening {
  std::string name;
  std::function<void(Simulation&)> happens;
};

/// All that can happen.
const std::vector<Happening>& happenings();

}  // namespace vpcp::testing
