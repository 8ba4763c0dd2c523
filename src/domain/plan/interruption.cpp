#include "domain/plan/interruption.h"

#include "domain/wireguard/peer_diff.h"

namespace vpcp {
namespace {

std::string site_of(const std::string& lane) {
  return lane.substr(0, lane.find('/'));
}

bool is_gateway(const std::string& lane) {
  return lane.find("/gateway-") != std::string::npos;
}

Interruption of_site(const Step& step, std::string how_long) {
  return {"traffic between " + site_of(step.lane) + " and the other sites", std::move(how_long)};
}

std::optional<Interruption> of_host_change(const Step& step) {
  if (step.kind == DriftKind::TunnelKeyChanged) return of_site(step, "up to 1.2 s");
  // One command sets all of a running tunnel, so the kind is that of the worst difference, and the port may
  // stand beside any.
  if (step.why.find(kListenPortDiffers) != std::string::npos)
    return of_site(step, "one round trip, about 0.2 s");
  if (step.kind == DriftKind::InterfaceMissing) return of_site(step, "nothing passes now; back within 2 s");
  if (step.kind == DriftKind::RebootRequired) {
    if (is_gateway(step.lane)) return of_site(step, "while it reboots, up to a minute");
    return Interruption{"all traffic of " + step.lane, "while it reboots, up to a minute"};
  }
  if (step.kind == DriftKind::ServerRouteStale)
    return Interruption{"traffic of " + step.lane + " to the networks that leave", "for good"};
  if (step.kind == DriftKind::LeftToRemove)
    return Interruption{"traffic of " + step.lane + " to the other sites", "for good"};
  return std::nullopt;
}

}  // namespace

std::optional<Interruption> interruption_of(const Step& step) {
  if (std::holds_alternative<HostChange>(step.action)) return of_host_change(step);
  if (!std::holds_alternative<DeleteInstance>(step.action)) return std::nullopt;
  if (step.kind == DriftKind::InstanceTwin) return std::nullopt;
  if (step.kind == DriftKind::LeftToRemove)
    return Interruption{"everything on this instance (" + step.summary + ")", "for good"};
  return of_site(step, "until its replacement is set up, some minutes");
}

}  // namespace vpcp
