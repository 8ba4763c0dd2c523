#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/desired/layout.h"
#include "domain/host/host_facts.h"
#include "domain/plan/interruption.h"
#include "domain/record.h"

namespace vpcp {

/// Over which neighbour packets leave a site for another one.
struct Ways {
  std::map<std::pair<std::string, std::string>, std::string> hops;  ///< (from, to) -> neighbour.
  std::set<std::string> known;  ///< Sites of which that is known; of others nothing is said.
};

/// As the peers of the gateways that were looked at have it now.
Ways ways_now(const Layout& layout, const PeeringRecord& record,
              const std::map<std::string, HostFacts>& facts);
/// As it is declared.
Ways ways_declared(const Layout& layout);

/// Traffic between sites that another topology or hub leads over other tunnels, or over none: peers are set
/// for it without a loss, and yet its packets have no way until both ends agree, and a new tunnel stands.
std::vector<Interruption> interruptions_between(const Ways& before, const Ways& after);

}  // namespace vpcp
