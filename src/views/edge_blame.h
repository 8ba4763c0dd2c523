#pragma once
#include <optional>
#include <string>

#include "vpcp/api/status.h"

namespace vpcp {

/// From the least to the strongest.
enum class Suspect {
  No,
  Maybe,  ///< One of several places that would look the same.
  Yes,
};

/// Which places of a path the reason of an edge that is Down speaks of.
struct EdgeBlame {
  Suspect gateway{Suspect::No};
  Suspect server{Suspect::No};
  bool crosses{false};  ///< Pings between the gateways: then the tunnel itself carries.
};

/// Of every reason that a diagnosis gives (domain/status/edge_diagnosis.h). nullopt: a reason of a newer
/// controller.
std::optional<EdgeBlame> blame_of(const std::string& reason);

/// How far the gateway, or the servers, of a site are suspected for an edge: No unless it is Down, nor when
/// the other end is known to be the one.
Suspect gateway_suspect(const EdgeStatus& edge, const std::string& site);
Suspect server_suspect(const EdgeStatus& edge, const std::string& site);

/// What a Degraded edge still does; "" for a reason that is not known.
std::string degraded_fact(const std::string& reason);

}  // namespace vpcp
