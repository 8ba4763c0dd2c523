#pragma once
#include <functional>
#include <string>
#include <vector>

#include "support/simulation.h"

namespace vpcp::testing {

/// What ends something that has begun, done by whom it takes: a person, the cloud's owner.
using End = std::function<void(Simulation&)>;

/// Something that goes wrong in the world, or with the controller. Does nothing where its object is not there
/// (yet).
struct Happening {
  std::string name;
  std::function<End(Simulation&)> happens;  ///< Null when there is nothing to end.
  bool lasts{false};                        ///< It goes on until it is ended; the others are over at once.
};

/// All that can happen.
const std::vector<Happening>& happenings();

}  // namespace vpcp::testing
