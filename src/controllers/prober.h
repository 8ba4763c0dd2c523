#pragma once
#include <functional>
#include <vector>

#include "controllers/peering_board.h"
#include "domain/plan/probe_plan.h"
#include "vpcp/ports/host_shell.h"

namespace vpcp {

struct ProbeRound {
  ProbeTurn turn;
  bool apart{false};         ///< Sites probe one after the other (probe_pause), not at the same moment.
  bool closer{false};        ///< As many connections as pings.
  milliseconds limit{1500};  ///< For an answer.
};

/// Called with what one host saw, from several threads at once, as soon as it is known.
using OnReport = std::function<void(const std::vector<ProbeObservation>&)>;

using HostPaces = std::map<std::string, HostPace>;  ///< By lane.

/// Sends one round of probes from all hosts. A host that cannot be asked, or does not answer as soon as its
/// pace lets expect, yields observations with `looked` false. Notes how soon each has answered.
void probe_round(const Context& ctx, HostShell& shell, const ProbeGround& ground, const ProbeRound& round,
                 HostPaces& paces, const OnReport& report);

}  // namespace vpcp
