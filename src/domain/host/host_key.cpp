#include "domain/host/host_key.h"

#include "domain/host/commands.h"
#include "domain/host/report_lines.h"
#include "domain/host/scripts.h"
#include "vpcp/base/secret.h"

namespace vpcp {

Command make_new_host_key_command() {
  return script_command(scripts::kMakeHostKey, "vpcp-make-host-key", {});
}

Command activate_host_key_command() {
  return script_command(scripts::kActivateHostKey, "vpcp-activate-host-key", {});
}

std::optional<Step> host_key_rotation(const LaidHost& host, const HostPlan& plan,
                                      const PeeringRecord& record) {
  const auto known = record.hosts.find(host.lane);
  const bool set_up = !plan.blocked && plan.waiting_for.empty() && plan.steps.empty();
  if (host.origin != HostOrigin::Created || !set_up || known == record.hosts.end() || known->second.rotated)
    return std::nullopt;
  return Step{host.lane,
              DriftKind::HostKeyNotRotated,
              RotateHostKey{},
              "its first host key was known to the cloud",
              "Have it make an SSH host key of its own",
              true};
}

std::optional<HostKeyLine> parse_host_key(std::string_view text) {
  constexpr std::string_view kType = "ssh-ed25519";
  while (!text.empty()) {
    const auto words = split_words(take_line(text));
    if (words.size() < 2 || words[0] != kType) continue;
    const auto blob = base64_decode(words[1]);
    // Length-prefixed type and key: 4 + 11 + 4 + 32 bytes.
    if (!blob || blob->size() != 51 || blob->substr(4, kType.size()) != kType) return std::nullopt;
    return std::string(kType) + " " + std::string(words[1]);
  }
  return std::nullopt;
}

}  // namespace vpcp
