#pragma once
#include <vector>

#include "controllers/peering_board.h"
#include "vpcp/ports/host_shell.h"

namespace vpcp {

/// Sends one round of probes from all hosts at once and gathers what came back. A host that cannot be asked
/// yields observations with `looked` false.
std::vector<ProbeObservation> probe_round(const Context& ctx, HostShell& shell, const ProbeGround& ground,
                                          std::uint64_t round);

}  // namespace vpcp
