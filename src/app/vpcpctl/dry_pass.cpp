#include "app/vpcpctl/dry_pass.h"

#include "controllers/account_key.h"

namespace vpcp::ctl {
namespace {

constexpr seconds kLimit{180};

}  // namespace

DryPass::DryPass(Session& session, std::map<ObjectKey, SecretData> secrets)
    : session_(session),
      store_(session.store(), std::move(secrets)),
      shell_({.connect_limit = milliseconds{5000}}, metrics_),
      cloud_({session.http(), metrics_, system_clock()}, session.options().vultr_url),
      streams_(system_clock(), metrics_) {}

Result<Secret> DryPass::api_key_for(VpcPeering& peering) {
  auto own = api_key();
  if (!peering.spec.credentials_secret) return own;
  auto referenced = api_key_of(session_.context(), store_, peering, {});
  if (referenced.ok()) return referenced;
  if (own.ok()) {
    peering.spec.credentials_secret.reset();
    return own;
  }
  Error error = referenced.error();
  error.message += " (or put the account's key into the environment: VULTR_API_KEY)";
  return error;
}

/// A host that is there and that nobody can log in to is not as declared because nothing was seen of it.
void DryPass::note_unreachable(const VpcPeering& peering, Look& look) {
  const Layout there = lay_out(peering, look.sight.record, look.sight.cloud);
  const auto note = [&](const LaidHost& host) {
    if (host.instance && !look.facts.contains(host.lane))
      look.problems.emplace(
          host.lane, "nobody can log in to it: it does not run, has no address, or its SSH key is not known");
  };
  for (const LaidSite& site : there.sites) {
    for (const LaidHost& host : site.gateways) note(host);
    for (const LaidHost& host : site.servers) note(host);
  }
  for (const LaidHost& host : there.departed) note(host);
}

Result<DryPass::Look> DryPass::look(VpcPeering peering) {
  peering.spec.mode = Mode::Plan;
  PeeringPorts ports{store_, cloud_, shell_, metrics_, system_clock(), board_, streams_};
  const PeeringOptions options {
    TRY(api_key_for(peering))
  };
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
  note_unreachable(peering, out);
  out.ahead = forecast(peering, {out.sight.record, out.sight.keyed, *out.sight.cloud, out.facts},
                       system_clock().now());
  return out;
}

}  // namespace vpcp::ctl
