#include "controllers/observer.h"

#include <vector>

#include "domain/host/look.h"
#include "domain/scrub.h"
#include "vpcp/base/parallel.h"

namespace vpcp {
namespace {

constexpr std::size_t kHostsAtOnce = 32;
/// A dead host holds up a pass for this long at the most.
constexpr seconds kLookLimit{8};

/// Lanes of gateways end in "/gateway-N"; validation keeps that name from servers.
HostRole role_of(const std::string& lane) {
  return lane.find("/gateway-") == std::string::npos ? HostRole::Server : HostRole::Gateway;
}

HostLook look_at(const Context& ctx, HostShell& shell, const HostLogin& login) {
  HostLook look;
  const Result<HostShell::Answer> answer =
      shell.run(ctx.within(kLookLimit), login, look_command(role_of(login.name)));
  if (!answer.ok()) {
    look.error = answer.error();
    return look;
  }
  look.host_key = answer->host_key;
  if (answer->output.exit_status != 0) {
    look.error = Error{ErrorKind::Transient, "CommandFailed",
                       "the look at the host ended with status " +
                           std::to_string(answer->output.exit_status) + ": " + scrub(answer->output.err)};
    return look;
  }
  Result<HostFacts> facts = parse_host_report(answer->output.out);
  if (facts.ok())
    look.facts = std::move(facts).value();
  else
    look.error = facts.error();
  return look;
}

}  // namespace

std::map<std::string, HostLook> look_at_hosts(const Context& ctx, HostShell& shell,
                                              const std::map<std::string, HostLogin>& logins) {
  std::vector<const HostLogin*> order;
  std::map<std::string, HostLook> looks;
  std::vector<HostLook*> slots;  // each thread writes its own slot
  for (const auto& [lane, login] : logins) {
    order.push_back(&login);
    slots.push_back(&looks[lane]);
  }
  parallel_for(order.size(), kHostsAtOnce, ctx.stop,
               [&](std::size_t i) { *slots[i] = look_at(ctx, shell, *order[i]); });
  return looks;
}

}  // namespace vpcp
