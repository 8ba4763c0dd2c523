#pragma once
#include <vector>

#include "controllers/peering_board.h"
#include "vpcp/ports/host_shell.h"

namespace vpcp {

/// Do all sites probe at the same moment, or one after the other (probe_pause)?
enum class ProbeTiming { Together, Apart };

/// Sends one round of probes from all hosts and gathers what came back. A host that cannot be asked yields
/// observations with `looked` false.
std::vector<ProbeObservation> probe_round(const Context& ctx, HostShell& shell, const ProbeGround& ground,
                                          std::uint64_t round, ProbeTiming timing);

}  // namespace vpcp
