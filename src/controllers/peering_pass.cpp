// The phases of a pass towards what is declared; peering_drift.cpp has what is noted about drift and repairs,
// peering_removal.cpp the phases towards nothing.
#include "controllers/peering_pass.h"

#include <algorithm>
#include <utility>

#include "controllers/account_key.h"
#include "controllers/edge_breaks.h"
#include "controllers/host_planner.h"
#include "controllers/mark_owner.h"
#include "controllers/peering_metrics.h"
#include "domain/desired/departed.h"
#include "domain/desired/tunnel_mtu.h"
#include "domain/host/clock_check.h"
#include "domain/host/host_key.h"
#include "domain/host/removal_plan.h"
#include "domain/retry_policy.h"

namespace vpcp {
namespace {

constexpr milliseconds kLookAgainSoon{300};  ///< After steps: did they help, and what is next?

}  // namespace

PeeringPass::PeeringPass(const Context& ctx, PeeringPorts& ports, const PeeringOptions& options,
                         const VpcPeering& peering, PeeringMemory& memory)
    : ctx_(ctx),
      ports_(ports),
      options_(options),
      peering_(peering),
      memory_(memory),
      record_(ports.store, peering),
      drift_(memory.drift ? *memory.drift : peering.status.drift),
      reported_(peering.status) {}

bool PeeringPass::may_touch() const {
  return !peering_.spec.suspend && peering_.spec.mode == Mode::Reconcile;
}

Result<Requeue> PeeringPass::reconcile(const TellStatus& tell) {
  TRY(open());
  if (const auto errors = validate_change(peering_.spec, record_.copy()); !errors.empty()) {
    status_ = refused_status(peering_, errors, ports_.clock.now());
    has_status_ = true;
    return Requeue{};
  }
  TRY(look_at_cloud());
  TRY(read_access_keys());
  const SteadyTime began = ports_.clock.steady_now();
  look_at_all_hosts();
  TRY(unless_ending());
  known_ = record_.copy();
  cloud_plan_ = plan_cloud(peering_.spec, layout_, known_, ports_.clock.now());
  if (cloud_error_) cloud_plan_ = {};
  if (!cloud_plan_.unsafe) {
    plan_all_hosts();
    for (const LaidHost& host : layout_.departed) plan_departed(host);
  }
  note_drift_of_pass();
  keep_looks(began);
  if (may_touch()) {
    tell_what_was_found(tell);
    TRY(execute());
  }
  write_notes();
  summarise_pass();
  publish();
  return next_pass();
}

/// What was cut short says nothing about the hosts, and is not gone on from.
Status PeeringPass::unless_ending() const {
  if (!ctx_.draining()) return {};
  return Error{ErrorKind::Transient, "Stopping", "the process ends"};
}

// --- observe
// -------------------------------------------------------------------------------------------------------------

Status PeeringPass::open() {
  const Secret api_key = TRY(api_key_of(ctx_, ports_.store, peering_, options_.api_key));
  cloud_ = ports_.cloud.account(api_key);
  TRY(record_.load(ctx_));
  for (const auto& [edge, key] : record_.copy().preshared_keys) keyed_.insert(edge);
  return {};
}

Status PeeringPass::look_at_cloud() {
  // What others change, and what they then need, is drift under the policy Warn: only told.
  const bool follows = may_touch() && peering_.spec.repair_policy != RepairPolicy::Warn;
  const auto extend = [this, follows](PeeringRecord& record) {
    const bool noted = note_generation(record, peering_.meta.generation);
    const bool unmarked = record.mark.empty();
    if (unmarked) record.mark = peering_.meta.uid;
    const bool sized =
        follows && note_path_limits(record, peering_.spec, ports_.board.paths(peering_.meta.key()));
    return extend_record(record, peering_.spec, ports_.clock.now()) || noted || unmarked || sized;
  };
  if (may_touch())
    TRY(record_.update(ctx_, extend));
  else
    record_.keep_in_memory(extend);
  TRY(see_cloud());
  if (cloud_error_) return {};
  const auto prepare = [this, follows](PeeringRecord& record) {
    const bool moved = follows && follow_gateways(record, layout_);
    return prepare_record(record, layout_, ports_.clock.now()) || moved;
  };
  if (may_touch()) {
    TRY(record_.update(ctx_, prepare));
  } else {
    record_.keep_in_memory(prepare);
  }
  return {};
}

/// As it is listed now, or as it was seen last: an API that is away, or tells odd things, is no reason to
/// leave hosts broken.
Status PeeringPass::see_cloud() {
  auto look = list_cloud();
  if (look.ok()) {
    layout_ = lay_out(peering_, record_.copy(), *look);
    if (const Status whole = check_missing_instances(); !whole.ok()) look = whole.error();
  }
  if (look.ok()) {
    memory_.last_seen = *look;
  } else {
    const bool passing =
        look.error().kind == ErrorKind::Transient || look.error().kind == ErrorKind::Throttled;
    if (!passing || !memory_.last_seen) return explain_refused_key(look.error(), peering_);
    cloud_error_ = look.error();
  }
  snapshot_ = memory_.last_seen;
  if (cloud_error_) layout_ = lay_out(peering_, record_.copy(), snapshot_);
  return {};
}

/// An instance that a list does not show is asked for by its id before it counts as gone: replacing it on one
/// odd answer would make a twin and throw its keys away.
Status PeeringPass::check_missing_instances() {
  const PeeringRecord record = record_.copy();
  for (const LaidHost* host : hosts()) {
    const auto known = record.hosts.find(host->lane);
    if (host->origin != HostOrigin::Created || host->instance || known == record.hosts.end() ||
        known->second.instance.empty())
      continue;
    if (TRY(cloud_->instance_exists(ctx_, known->second.instance))) {
      return Error{ErrorKind::Transient, "CloudInconsistent",
                   host->lane + ": the instance " + known->second.instance.value +
                       " exists, but is not listed; looking again"};
    }
  }
  return {};
}

Status PeeringPass::read_access_keys() {
  std::set<std::string> names;
  const auto note = [&](const LaidHost& host) {
    if (host.access) names.insert(host.access->private_key_ref.name);
  };
  for (const LaidHost* host : hosts()) note(*host);
  for (const LaidHost& host : layout_.departed) note(host);
  for (const std::string& name : names) {
    const auto data = TRY(ports_.store.get_secret(ctx_, {peering_.meta.ns, name}));
    if (!data) continue;
    for (const auto& [key, value] : *data) access_keys_.by_ref[{name, key}] = value;
  }
  return {};
}

/// A server whose SSH key we do not have is not just "not reachable": a person must give the key.
void PeeringPass::note_missing_key(const LaidHost& host) {
  if (!host.access || !access_keys_.find(host.access->private_key_ref).empty()) return;
  const SecretKeyRef& ref = host.access->private_key_ref;
  looks_[host.lane].error = Error{ErrorKind::Denied, "SshKeyMissing",
                                  "there is no key " + ref.key + " in the Secret " + peering_.meta.ns + "/" +
                                      ref.name + "; add it, in a file that only its owner can read"};
}

/// Keys pinned on first use, and the end of a key change: from now on only the key that the host has shown.
void PeeringPass::note_pinned_keys() {
  for (const auto& [lane, look] : looks_) {
    if (look.host_key.empty()) continue;
    const bool first_use = logins_.at(lane).trust_first_use;
    const auto pin = [&, name = lane, &look = look](PeeringRecord& record) {
      const auto host = record.hosts.find(name);
      if (host == record.hosts.end()) return false;
      const bool changing = host->second.pinned.size() > 1 && host->second.pinned.back() == look.host_key;
      if (!first_use && !changing) return false;
      host->second.rotated |= changing;
      if (changing) host->second.bootstrap_host_key = {};
      const bool same = host->second.pinned == std::vector{look.host_key};
      host->second.pinned = {look.host_key};
      return !same || changing;
    };
    if (!may_touch()) {
      record_.keep_in_memory(pin);
    } else if (const Status saved = record_.update(ctx_, pin); !saved.ok()) {
      failed_.emplace(lane, saved.error());
    } else if (first_use) {
      // Whoever is handed the login connects anew, and must not trust another one.
      logins_.at(lane).pinned = {look.host_key};
      logins_.at(lane).trust_first_use = false;
      record_event(EventType::Normal, "HostKeyPinned",
                   lane + ": pinned on first use: " + ssh_fingerprint(look.host_key) +
                       "; set hostKey in the spec to check it yourself");
    }
  }
}

std::vector<const LaidHost*> PeeringPass::hosts() const {
  std::vector<const LaidHost*> all;
  for (const LaidSite& site : layout_.sites) {
    for (const LaidHost& host : site.gateways) all.push_back(&host);
    for (const LaidHost& host : site.servers) all.push_back(&host);
  }
  return all;
}

// --- plan
// ----------------------------------------------------------------------------------------------------------------

void PeeringPass::plan_all_hosts() {
  std::vector<SeenHost> seen;
  for (const LaidHost* host : hosts()) {
    const auto look = looks_.find(host->lane);
    if (look != looks_.end() && look->second.facts) seen.push_back({host, &*look->second.facts});
  }
  auto plans = plan_hosts(peering_.spec, layout_, known_, seen);
  for (std::size_t i = 0; i < seen.size(); ++i) take_plan(*seen[i].host, *seen[i].facts, std::move(plans[i]));
}

/// The living object, other than this one, whose mark is on an existing server. The mark of one that is gone
/// (it was deleted with Retain, say) binds nobody. Asked of the store only in this rare case.
std::optional<ObjectKey> PeeringPass::other_owner(const LaidHost& host, const HostFacts& facts) const {
  if (host.origin != HostOrigin::Existing || facts.owner.empty() || facts.owner == layout_.mark)
    return std::nullopt;
  return other_owner_of_mark(ctx_, ports_.store, facts.owner, peering_);
}

void PeeringPass::take_plan(const LaidHost& host, const HostFacts& facts, std::optional<HostPlan> found) {
  HostPlan plan;
  if (const auto other = other_owner(host, facts)) {
    plan.blocked = {"SelectedByAnother", "the VPCPeering " + other->str() +
                                             " routes this server already; leave it out of one of the two"};
  } else if (found) {
    plan = *std::move(found);
  } else {
    plan.waiting_for = "its VPC address and that of its gateway";
    plan.recheck_after = seconds{2};
  }
  if (auto rotation = host_key_rotation(host, plan, known_)) plan.steps.push_back(*std::move(rotation));
  if (auto report = clock_report(facts, ports_.clock.now(), host.lane))
    plan.reports.push_back(*std::move(report));
  reports_.insert(reports_.end(), plan.reports.begin(), plan.reports.end());
  host_steps_.insert(host_steps_.end(), plan.steps.begin(), plan.steps.end());
  host_plans_.emplace(host.lane, std::move(plan));
}

void PeeringPass::plan_departed(const LaidHost& host) {
  const auto look = looks_.find(host.lane);
  if (!host.instance || look == looks_.end() || !look->second.facts) return;
  // What another object has changed is for that one to restore.
  HostPlan plan = other_owner(host, *look->second.facts)
                      ? HostPlan{}
                      : plan_server_removal(*look->second.facts, host.lane);
  host_steps_.insert(host_steps_.end(), plan.steps.begin(), plan.steps.end());
  host_plans_.emplace(host.lane, std::move(plan));
}

// --- execute
// -------------------------------------------------------------------------------------------------------------

Status PeeringPass::execute() {
  const std::vector<Step> steps = allowed_steps();
  if (!steps.empty()) {
    StepExecutor executor({*cloud_, ports_.shell, record_, ports_.clock}, logins_);
    const Execution execution = executor.execute(ctx_, steps);
    note_outcomes(execution);
    note_backoff(steps, execution);
  }
  return mark_in_place();
}

/// A lane that needed nothing is in place from now on; a departed server that needs nothing more is
/// forgotten.
Status PeeringPass::mark_in_place() {
  std::set<std::string> due_in_cloud;  // also what has failed and is left alone for a while
  for (const Step& step : cloud_plan_.steps) due_in_cloud.insert(step.lane);
  return record_.update(ctx_, [&, this](PeeringRecord& record) {
    bool changed = false;
    for (const LaidSite& site : layout_.sites) {
      bool all = site.vpc != nullptr;
      for (const auto* list : {&site.gateways, &site.servers}) {
        for (const LaidHost& host : *list) {
          const auto plan = host_plans_.find(host.lane);
          const bool settled = plan != host_plans_.end() && plan->second.steps.empty() &&
                               !plan->second.blocked && plan->second.waiting_for.empty() &&
                               !due_in_cloud.contains(host.lane);
          const auto known = record.hosts.find(host.lane);
          all = all && known != record.hosts.end() && (settled || known->second.in_place);
          if (!settled || known == record.hosts.end() || known->second.in_place) continue;
          known->second.in_place = true;
          changed = true;
        }
      }
      const auto known = record.sites.find(site.name);
      if (!all || known == record.sites.end() || known->second.in_place) continue;
      known->second.in_place = true;
      changed = true;
    }
    for (const LaidHost& host : layout_.departed) {
      const auto plan = host_plans_.find(host.lane);
      const bool restored =
          (!host.instance && !cloud_error_) || (plan != host_plans_.end() && plan->second.steps.empty());
      if (restored) changed |= record.hosts.erase(host.lane) > 0;
    }
    if (cloud_error_) return changed;  // an old view of the cloud proves nothing gone
    return forget_departed(record, peering_.spec, layout_) || changed;
  });
}

// --- summarise
// -----------------------------------------------------------------------------------------------------------

std::optional<double> PeeringPass::monthly_cost() {
  const auto catalogue = cloud_->catalogue(ctx_);
  if (!catalogue.ok()) return peering_.status.monthly_cost_usd;
  double total = 0;
  for (const LaidHost* host : hosts()) {
    if (host->origin != HostOrigin::Created || !host->instance) continue;
    if (const auto plan = (*catalogue)->plans.find(host->instance->plan); plan != (*catalogue)->plans.end())
      total += plan->second.monthly_cost_usd;
  }
  return total;
}

/// All that was found to differ, in the cloud and on hosts.
std::vector<Step> PeeringPass::found_steps() const {
  std::vector<Step> steps = cloud_plan_.steps;
  steps.insert(steps.end(), host_steps_.begin(), host_steps_.end());
  steps.insert(steps.end(), reports_.begin(), reports_.end());
  return steps;
}

BreakView PeeringPass::break_view(const std::vector<Step>& steps, const TrafficBook& traffic) const {
  return {peering_.spec, layout_, known_, looks_, host_plans_, steps, traffic, memory_.last_counters};
}

/// What this pass knows, as far as it has come.
PassView PeeringPass::view(const TrafficBook& traffic) {
  note_told_handshakes(memory_.told_handshakes, peering_.status, ports_.clock.now());
  PassView view{.peering = peering_,
                .record = known_,
                .layout = layout_,
                .cloud = cloud_plan_,
                .hosts = {},
                .peers = {},
                .traffic = traffic,
                .breaks = {},
                .drift = drift_,
                .plan = {},
                .monthly_cost_usd = monthly_cost(),
                .cloud_error = cloud_error_,
                .fights = fight_texts(),
                .failed = failed_,
                .told_handshakes = memory_.told_handshakes,
                .now = ports_.clock.now()};
  for (const auto& [lane, look] : looks_) {
    HostView& host = view.hosts[lane];
    host.looked = look.facts.has_value();
    host.error = look.error;
    const auto plan = host_plans_.find(lane);
    if (plan == host_plans_.end()) continue;
    host.blocked = plan->second.blocked;
    host.waiting_for = plan->second.waiting_for;
    host.steps = plan->second.steps.size();
    for (const Step& report : plan->second.reports) {
      const Advise& advise = std::get<Advise>(report.action);
      if (advise.breaks) host.broken = {to_string(report.kind), report.why + "; " + advise.advice};
    }
  }
  view.peers = peer_views(layout_, known_, looks_, memory_.handshakes, {view.now, ports_.clock.steady_now()});
  const std::vector<Step> steps = found_steps();
  view.breaks = find_breaks(break_view(steps, traffic));
  if (peering_.spec.mode == Mode::Plan) {
    for (const auto* steps : {&cloud_plan_.steps, &host_steps_}) {
      for (const Step& step : *steps) view.plan.push_back({step.lane, step.summary, step.why});
    }
  }
  return view;
}

/// A repair may take seconds in which no traffic crosses: neither Ready nor an edge waits for its end, nor
/// for probes that are lost.
void PeeringPass::tell_what_was_found(const TellStatus& tell) {
  const ObjectKey key = peering_.meta.key();
  bool broken = false;
  if (!drifted_.empty()) {
    const SystemTime now = ports_.clock.now();
    const TrafficBook traffic = ports_.board.traffic(key);
    const std::vector<Step> steps = found_steps();
    const auto breaks = find_certain_breaks(break_view(steps, traffic), drifted_, now);
    broken = !breaks.empty();
    if (broken) ports_.board.publish_breaks(key, breaks, now);
  }
  const auto is_ready = [](const PeeringStatus& status) {
    const Condition* ready = find_condition(status, condition::kReady);
    return ready != nullptr && ready->status == ConditionStatus::True;
  };
  if (!broken && (!is_ready(peering_.status) || (cloud_plan_.steps.empty() && host_steps_.empty()))) return;
  status_ = summarise(view(ports_.board.traffic(key)));
  if (is_ready(status_)) return;
  report_progress();
  tell(status_);
}

void PeeringPass::summarise_pass() {
  const TrafficBook traffic = ports_.board.traffic(peering_.meta.key());
  const PassView view = this->view(traffic);
  status_ = summarise(view);
  has_status_ = true;
  report_progress();
  publish_owned(ports_.metrics, peering_, layout_.mark, *snapshot_);
  publish_key_ages(ports_.metrics, peering_, known_);
  count_bytes(ports_.metrics, peering_.meta, view.peers, memory_.last_counters);
  memory_.last_counters = view.peers;
}

/// One line when Ready or its reason changes, and one event, but for what is only on its way.
void PeeringPass::report_progress() {
  const PeeringStatus before = std::exchange(reported_, status_);
  const Condition* was = find_condition(before, condition::kReady);
  const Condition* now = find_condition(status_, condition::kReady);
  if (now == nullptr || (was != nullptr && was->status == now->status && was->reason == now->reason)) return;
  const bool good = now->status == ConditionStatus::True;
  ctx_.log.info(good ? "The peering is ready" : "The peering is not ready",
                {{"reason", now->reason}, {"detail", now->message}});
  // What is being made goes from one reason to the next; what went wrong on the way is worth a word.
  if (was != nullptr && was->status == now->status && is_progress(*now)) return;
  record_event(is_progress(*now) ? EventType::Normal : EventType::Warning, now->reason, now->message);
}

void PeeringPass::publish() {
  ProbeGround ground{peering_.spec, layout_, {}, logins_, peering_.status.edges};
  const PeeringRecord record = record_.copy();
  for (const auto& [ref, gateway] : record.gateways) ground.tunnel_addresses[ref] = gateway.tunnel_address;
  for (const auto& [lane, host] : record.hosts) {
    if (host.in_place) ground.set_up.insert(lane);
  }
  for (const SiteSpec& site : peering_.spec.sites)
    ground.tunnel_mtus[site.name] = tunnel_mtu(peering_.spec, record, site.name);
  ports_.board.publish_ground(peering_.meta.key(), std::move(ground));
}

Requeue PeeringPass::next_pass() const {
  milliseconds after = peering_.spec.verification_interval;
  if (cloud_plan_.recheck_after) after = std::min<milliseconds>(after, *cloud_plan_.recheck_after);
  after = std::min(after, next_list());
  for (const auto& [lane, plan] : host_plans_) {
    if (plan.recheck_after) after = std::min<milliseconds>(after, *plan.recheck_after);
  }
  for (const auto& [lane, look] : looks_) {
    if (look.error && !known_.hosts.contains(lane)) continue;
    if (look.error && look.error->kind == ErrorKind::Transient)
      after = std::min<milliseconds>(after, seconds{2});
  }
  if (carried_out_ > 0) after = std::min(after, kLookAgainSoon);
  return {after};
}

void PeeringPass::record_event(EventType type, std::string reason, std::string note) {
  ports_.store.record_event(
      ctx_, {peering_.meta.key(), peering_.meta.uid, type, std::move(reason), std::move(note)});
}

}  // namespace vpcp
