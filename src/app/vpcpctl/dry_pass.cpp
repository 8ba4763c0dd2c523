#include "app/vpcpctl/dry_pass.h"

namespace vpcp::ctl {
namespace {

constexpr seconds kLimit{180};

}  // namespace

DryPass::DryPass(Session& session, const Secret& key, std::map<ObjectKey, SecretData> secrets)
    : session_(session),
      key_(key),
      store_(session.store(), std::move(secrets)),
      shell_({.connect_limit = milliseconds{5000}}, metrics_),
      cloud_({session.http(), metrics_, system_clock()}, session.options().vultr_url),
      streams_(system_clock(), metrics_) {}

Result<DryPass::Look> DryPass::look(VpcPeering peering) {
  peering.spec.mode = Mode::Plan;
  PeeringPorts ports{store_, cloud_, shell_, metrics_, system_clock(), board_, streams_};
  const PeeringOptions options{key_};
  PeeringMemory memory;
  PeeringPass pass(session_.context(kLimit), ports, options, peering, memory);
  TRY(pass.reconcile({}));
  Look out;
  out.sight = pass.sight();
  if (!out.sight.cloud) {
    const Condition* refused = find_condition(pass.status(), condition::kAccepted);
    return Error{
        ErrorKind::Invalid, "SpecRefused", refused == nullptr ? "the spec is refused" : refused->message, {}};
  }
  for (const auto& [lane, look] : out.sight.looks) {
    if (look.facts) out.facts[lane] = *look.facts;
    if (!look.facts && look.error) out.problems[lane] = look.error->message;
  }
  out.ahead = forecast(peering, {out.sight.record, out.sight.keyed, *out.sight.cloud, out.facts},
                       system_clock().now());
  return out;
}

}  // namespace vpcp::ctl
