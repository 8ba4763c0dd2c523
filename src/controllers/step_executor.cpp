#include "controllers/step_executor.h"

#include <algorithm>
#include <atomic>

#include "domain/host/command_failure.h"
#include "domain/host/commands.h"
#include "domain/host/host_key.h"
#include "domain/plan/cloud_plan.h"
#include "domain/scrub.h"
#include "vpcp/base/guarded.h"
#include "vpcp/base/parallel.h"

namespace vpcp {
namespace {

/// Threads that wait for hosts and the cloud, not for the processor.
constexpr std::size_t kLanesAtOnce = 16;
/// Well before the host's undo, 20 s after the change.
constexpr seconds kConfirmLimit{12};
/// What has cut us off once is not tried again soon.
constexpr minutes kAfterUndo{2};

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

bool surely_not_done(const Error& error) {
  return error.kind != ErrorKind::Transient || error.reason == "NotSent";
}

}  // namespace

Execution StepExecutor::execute(const Context& ctx, const std::vector<Step>& steps) {
  std::map<std::string, std::vector<const Step*>> lanes;
  for (const Step& step : steps) lanes[step.lane].push_back(&step);
  std::vector<const std::vector<const Step*>*> order;
  order.reserve(lanes.size());
  for (const auto& [lane, list] : lanes) order.push_back(&list);

  Guarded<Execution> result;
  parallel_for(order.size(), kLanesAtOnce, ctx.drain, [&](std::size_t i) {
    for (const Step* step : *order[i]) {
      if (ctx.draining() || ctx.stopped()) return;  // the step in hand is finished, no other is begun
      ctx.log.info("Carrying out a step",
                   {{"lane", step->lane}, {"step", step->summary}, {"why", step->why}});
      const Status status = carry_out(ctx.with({{"lane", step->lane}}), *step);
      if (!status.ok()) {
        result.with([&](Execution& e) {
          e.failed.emplace(step->lane, status.error());
          e.failures.push_back({*step, status.error()});
        });
        if (step->last_of_lane || stops_lane(status.error())) return;
        continue;
      }
      result.with([&](Execution& e) { e.done.push_back(*step); });
      if (step->last_of_lane) return;
    }
  });
  return result.with([](Execution& e) { return std::move(e); });
}

Status StepExecutor::carry_out(const Context& ctx, const Step& step) {
  CloudProvider& cloud = ports_.cloud;
  return std::visit(
      Overloaded{
          [&](const CreateVpc& a) {
            return create(ctx, step, [&]() -> Result<std::string> {
              return TRY(cloud.create_vpc(ctx, a.vpc))
              .id.value;
            });
          },
          [&](const SetVpcDescription& a) { return cloud.set_vpc_description(ctx, a.id, a.description); },
          [&](const DeleteVpc& a) { return cloud.delete_vpc(ctx, a.id); },
          [&](const CreateFirewallGroup& a) {
            return create(ctx, step, [&]() -> Result<std::string> {
              return TRY(cloud.create_firewall_group(ctx, a.description))
              .id.value;
            });
          },
          [&](const AddFirewallRule& a) { return cloud.add_firewall_rule(ctx, a.group, a.rule); },
          [&](const DeleteFirewallRule& a) { return cloud.delete_firewall_rule(ctx, a.group, a.rule); },
          [&](const DeleteFirewallGroup& a) { return cloud.delete_firewall_group(ctx, a.id); },
          [&](const CreateInstance& a) {
            return create(ctx, step, [&]() -> Result<std::string> {
              return TRY(cloud.create_instance(ctx, a.instance))
              .id.value;
            });
          },
          [&](const UpdateInstance& a) -> Status {
            TRY(cloud.update_instance(ctx, a.id, a.patch));
            if (!a.patch.user_data) return {};
            return ports_.record.update(ctx, [&](PeeringRecord& record) {
              return record.hosts[step.lane].user_data_replaced = true;
            });
          },
          [&](const StartInstance& a) { return cloud.start_instance(ctx, a.id); },
          [&](const DeleteInstance& a) { return cloud.delete_instance(ctx, a.id); },
          [&](const HostChange& a) { return change_host(ctx, step, a); },
          [&](const RotateHostKey&) { return rotate_host_key(ctx, step); },
          [&](const Advise&) { return Status{}; },
      },
      step.action);
}

Status StepExecutor::create(const Context& ctx, const Step& step,
                            const std::function<Result<std::string>()>& act) {
  const std::string key = pending_key(step);
  const SystemTime now = ports_.clock.now();
  TRY(ports_.record.update(ctx, [&](PeeringRecord& record) {
    record.pending[key] = {now, ""};
    return true;
  }));
  const Result<std::string> id = act();
  if (!id.ok() && !surely_not_done(id.error())) return id.error();
  TRY(ports_.record.update(ctx, [&](PeeringRecord& record) {
    if (id.ok())
      record.pending[key].id = *id;
    else
      record.pending.erase(key);
    return true;
  }));
  return id.ok() ? Status{} : Status{id.error()};
}

Result<std::string> StepExecutor::run(const Context& ctx, const Step& step, const Command& command) {
  const auto login = logins_.find(step.lane);
  if (login == logins_.end())
    return Error{ErrorKind::Transient, "HostUnreachable", "it has no address to be reached at"};
  const HostShell::Answer answer = TRY(ports_.shell.run(ctx, login->second, command));
  if (answer.output.exit_status == 0) return answer.output.out;
  return command_failure(step.summary, answer.output);
}

Status StepExecutor::change_host(const Context& ctx, const Step& step, const HostChange& change) {
  for (const Command& command : change.commands) TRY(run(ctx, step, command));
  return change.undo_token.empty() ? Status{} : confirm(ctx, step, change.undo_token);
}

/// The connection over which the change was made proves nothing: what is cut off is the next one.
Status StepExecutor::confirm(const Context& ctx, const Step& step, const std::string& token) {
  static std::atomic<std::uint64_t> connections{0};
  HostLogin login = logins_.at(step.lane);
  login.connection = ++connections;
  const auto answer = ports_.shell.run(ctx.within(kConfirmLimit), login, confirm_command(token));
  if (answer.ok() && answer->output.exit_status == 0) return {};
  // Of an earlier process: it has been undone just now, and the next look will say what is to be done.
  if (answer.ok() && std::get<HostChange>(step.action).commands.empty()) return {};
  return Error{ErrorKind::Transient, "ChangeUndone",
               step.summary + ": not confirmed over a new connection, so the host takes it back: " +
                   (answer.ok() ? scrub(answer->output.err) : answer.error().message),
               kAfterUndo};
}

Status StepExecutor::rotate_host_key(const Context& ctx, const Step& step) {
  const auto parsed = parse_host_key(TRY(run(ctx, step, make_new_host_key_command())));
  if (!parsed) return Error{ErrorKind::Transient, "CommandFailed", "the host gave no ed25519 host key"};
  const HostKeyLine& fresh = *parsed;
  // Both are accepted until the host is seen with the new one: a crash between the next two lines must not
  // lock us out.
  TRY(ports_.record.update(ctx, [&](PeeringRecord& record) {
    auto& pinned = record.hosts[step.lane].pinned;
    if (std::find(pinned.begin(), pinned.end(), fresh) == pinned.end()) pinned.push_back(fresh);
    return true;
  }));
  TRY(run(ctx, step, activate_host_key_command()));
  return ports_.record.update(ctx, [&](PeeringRecord& record) {
    HostRecord& host = record.hosts[step.lane];
    host.pinned = {fresh};
    host.rotated = true;
    host.bootstrap_host_key = {};
    return true;
  });
}

}  // namespace vpcp
