// A pass towards nothing left: server routes, then instances, then firewall groups, then VPCs.
#include <algorithm>

#include "controllers/account_key.h"
#include "controllers/peering_pass.h"
#include "domain/host/removal_plan.h"

namespace vpcp {
namespace {

std::string count_of(std::size_t n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

void PeeringPass::set_deleting(const std::string& phase, const std::string& blocker) {
  status_ = deleting_status(peering_, phase, blocker, ports_.clock.now());
  has_status_ = true;
}

Result<bool> PeeringPass::remove() {
  if (peering_.spec.deletion_policy == DeletionPolicy::Retain) {
    record_event(EventType::Normal, "Retained",
                 "deletionPolicy is Retain: every cloud resource and every change on servers stays");
    TRY(ports_.store.remove_finalizer(ctx_, peering_));
    return true;
  }
  ports_.board.forget(peering_.meta.key());  // nothing is to be proven any more
  TRY(open());
  auto look = cloud_->look(ctx_.for_looking(), milliseconds{0});
  if (!look.ok()) return explain_refused_key(std::move(look).error(), peering_);
  snapshot_ = std::move(look).value();
  layout_ = lay_out(peering_, record_.copy(), snapshot_);
  // Creates that turned up are no longer waited for.
  TRY(record_.update(ctx_, [this](PeeringRecord& record) {
    const bool followed = follow_renames(record, layout_);
    return settle_creates(record, layout_) || followed;
  }));
  known_ = record_.copy();
  TRY(read_access_keys());
  TRY(restore_servers());
  if (has_status_) return false;
  TRY(delete_cloud_resources());
  if (has_status_) return false;
  TRY(ports_.store.remove_finalizer(ctx_, peering_));
  ctx_.log.info("Everything of the peering is gone");
  return true;
}

void PeeringPass::set_unreachable(const LaidHost& host) {
  const auto look = looks_.find(host.lane);
  std::string why = "it has no address to be reached at";
  if (host.access && access_keys_.find(host.access->private_key_ref).empty()) {
    why = "there is no key " + host.access->private_key_ref.key + " in the Secret " +
          host.access->private_key_ref.name;
  } else if (look != looks_.end() && look->second.error) {
    why = look->second.error->message;
  }
  failed_.emplace(host.lane, Error{ErrorKind::Transient, "HostUnreachable", why});
  set_deleting("RestoringServers",
               host.lane + " cannot be restored (" + why + "); make it reachable, or delete the server");
}

/// Every server that existed before is put back as it was. A status is set while that is not done.
Status PeeringPass::restore_servers() {
  std::vector<const LaidHost*> changed;
  for (const LaidHost* host : hosts()) {
    const bool ours = known_.hosts.contains(host->lane);
    if (host->origin == HostOrigin::Existing && host->instance && ours) changed.push_back(host);
  }
  for (const LaidHost& host : layout_.departed) {
    if (host.instance) changed.push_back(&host);
  }
  for (const LaidHost* host : changed) {
    if (auto login = login_of(layout_, *host, known_, access_keys_))
      logins_.emplace(host->lane, std::move(*login));
  }
  looks_ = look_at_hosts(ctx_.for_looking(), ports_.shell, logins_);
  TRY(unless_ending());
  note_pinned_keys();
  std::vector<std::string> restored;
  for (const LaidHost* host : changed) {
    const auto look = looks_.find(host->lane);
    if (look == looks_.end() || !look->second.facts) {
      set_unreachable(*host);
      continue;
    }
    const std::size_t before = host_steps_.size();
    plan_departed(*host);
    if (host_steps_.size() == before) restored.push_back(host->lane);
  }
  // Noted at once: once the gateways are gone, a server without a public address cannot be looked at any
  // more.
  TRY(record_.update(ctx_, [&](PeeringRecord& record) {
    return std::erase_if(record.hosts, [&](const auto& entry) {
             return std::find(restored.begin(), restored.end(), entry.first) != restored.end();
           }) > 0;
  }));
  if (host_steps_.empty()) return {};
  StepExecutor executor({*cloud_, ports_.shell, record_, ports_.clock}, logins_);
  const Execution execution = executor.execute(ctx_, host_steps_);
  failed_.insert(execution.failed.begin(), execution.failed.end());
  if (!execution.failed.empty()) {
    set_deleting("RestoringServers",
                 execution.failed.begin()->first + ": " + execution.failed.begin()->second.message);
  } else if (!has_status_) {
    set_deleting("RestoringServers", count_of(changed.size(), "server"));
  }
  return {};
}

/// Deletes one layer at a time; a status is set while there was something to delete.
Status PeeringPass::delete_cloud_resources() {
  const SystemTime now = ports_.clock.now();
  for (const auto& [resource, pending] : known_.pending) {
    if (now - pending.since < kLostCreateLimit) {
      set_deleting("WaitingForLostCreate", resource + " may still turn up");
    }
  }
  std::vector<Step> steps;
  const auto add = [&](const std::string& lane, Action action, const std::string& summary) {
    steps.push_back(
        {lane, DriftKind::LeftToRemove, std::move(action), "the peering is being deleted", summary, false});
  };
  for (const Instance& instance : owned_instances())
    add("instance/" + instance.id.value, DeleteInstance{instance.id}, "Delete " + instance.label);
  std::string phase = "DeletingInstances";
  if (steps.empty()) {
    phase = "DeletingFirewallGroups";
    for (const FirewallGroup& group : owned_groups())
      add("firewall/" + group.id.value, DeleteFirewallGroup{group.id},
          "Delete firewall group " + group.description);
  }
  if (steps.empty()) {
    phase = "DeletingVpcs";
    for (const Vpc& vpc : owned_vpcs())
      add("vpc/" + vpc.id.value, DeleteVpc{vpc.id}, "Delete VPC " + vpc.description);
  }
  if (steps.empty()) return {};
  StepExecutor executor({*cloud_, ports_.shell, record_, ports_.clock}, logins_);
  const Execution execution = executor.execute(ctx_, steps);
  failed_.insert(execution.failed.begin(), execution.failed.end());
  const std::string blocker = execution.failed.empty() ? count_of(steps.size(), "resource")
                                                       : execution.failed.begin()->second.message;
  set_deleting(phase, blocker);
  return {};
}

std::vector<Instance> PeeringPass::owned_instances() const {
  std::vector<Instance> owned = layout_.stray_instances;
  for (const LaidHost* host : hosts()) {
    if (host->origin != HostOrigin::Created) continue;
    if (host->instance) owned.push_back(*host->instance);
    owned.insert(owned.end(), host->twins.begin(), host->twins.end());
  }
  return owned;
}

std::vector<FirewallGroup> PeeringPass::owned_groups() const {
  std::vector<FirewallGroup> owned = layout_.stray_groups;
  for (const LaidHost* host : hosts()) {
    if (host->group) owned.push_back(*host->group);
    owned.insert(owned.end(), host->group_twins.begin(), host->group_twins.end());
  }
  return owned;
}

std::vector<Vpc> PeeringPass::owned_vpcs() const {
  std::vector<Vpc> owned = layout_.stray_vpcs;
  for (const LaidSite& site : layout_.sites) {
    if (site.wanted.id) continue;
    if (site.vpc) owned.push_back(*site.vpc);
    owned.insert(owned.end(), site.vpc_twins.begin(), site.vpc_twins.end());
  }
  return owned;
}

}  // namespace vpcp
