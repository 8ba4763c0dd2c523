#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "domain/desired/layout.h"
#include "domain/plan/step.h"
#include "domain/record.h"
#include "vpcp/api/host.h"

/// A created host starts with a host key that we made and that its user-data held. It is changed for one that
/// never left the host, in two steps, so that we pin old and new in between:
///   make_new_host_key_command  -> pin both -> activate_host_key_command -> pin the new one alone.
namespace vpcp {

/// vpcp-make-host-key: makes an ed25519 key beside the used one, unless it is there, and prints the public
/// part.
Command make_new_host_key_command();
/// vpcp-activate-host-key: puts it in the place of the used one and lets sshd read it; sessions stay.
Command activate_host_key_command();
/// The step that does it, once a host that we created is set up; nothing for others, and when it is done.
std::optional<Step> host_key_rotation(const LaidHost& host, const HostPlan& plan,
                                      const PeeringRecord& record);
/// The public key that make_new_host_key_command printed, without comment; nullopt for anything else.
std::optional<HostKeyLine> parse_host_key(std::string_view text);

}  // namespace vpcp
