#include "app/named_file.h"
#include "app/vpcpctl/commands.h"
#include "app/vpcpctl/dry_pass.h"
#include "domain/host/read_files.h"
#include "domain/validate.h"
#include "views/plan_view.h"
#include "vpcp/api/read.h"
#include "vpcp/base/parallel.h"

namespace vpcp::ctl {
namespace {

constexpr int kChanges = 2;

struct Declared {
  std::vector<VpcPeering> peerings;
  std::map<ObjectKey, SecretData> secrets;
};

Error invalid(std::string message) {
  return {ErrorKind::Invalid, "InvalidManifest", std::move(message), {}};
}

Result<Declared> read_file(const std::string& file, const std::string& ns) {
  const auto text = app::text_of_named_file(file);
  if (!text) return invalid(file + " cannot be read: give -f a manifest");
  const ReadManifests read = read_manifests(*text, file);
  if (!read.errors.empty()) return invalid(to_string(read.errors));
  Declared out;
  for (const auto& located : read.peerings) {
    for (const SpecError& error : validate(located.object.spec))
      return invalid(file + ": " + to_string(error));
    out.peerings.push_back(located.object);
    // As kubectl does with what names no namespace.
    if (!ns.empty() && !located.source.positions.contains("metadata.namespace"))
      out.peerings.back().meta.ns = ns;
  }
  for (const auto& located : read.secrets) out.secrets[located.object.key] = located.object.data;
  if (out.peerings.empty()) return invalid(file + " declares no VPCPeering");
  return out;
}

/// The stored object; nothing of it is done while its deletion is.
Result<Declared> read_stored(Session& session, const std::string& name) {
  VpcPeering peering = TRY(session.find(name));
  const std::string key = peering.meta.key().str();
  if (peering.meta.deletion_timestamp)
    return Error{ErrorKind::Invalid,
                 "Deleting",
                 key + " is being deleted, so nothing else is planned: vpcpctl status " + key +
                     " shows how far that is",
                 {}};
  if (!peering.unreadable.empty())
    return invalid(
        key + " has what this version cannot read, so nothing can be planned by it: " + peering.unreadable);
  Declared out;
  out.peerings.push_back(std::move(peering));
  return out;
}

Result<Declared> read_declared(Session& session, const PlanOptions& options) {
  if (options.name.empty() == options.file.empty())
    return invalid("plan is of one thing: give the NAME of an object, or a manifest by -f FILE");
  return options.file.empty() ? read_stored(session, options.name) : read_file(options.file, session.ns());
}

/// The object as it would be after the file has been applied.
Result<VpcPeering> applied(Session& session, VpcPeering declared) {
  const auto known = TRY(session.store().get(session.context(), declared.meta.key()));
  if (known) {
    const bool changed = known->spec != declared.spec;
    const PeeringSpec spec = declared.spec;
    declared = *known;
    declared.spec = spec;
    declared.meta.generation += changed ? 1 : 0;
  } else {
    declared.meta.uid = random_uuid();
    declared.meta.generation = 1;
  }
  declared.spec.suspend = false;
  return declared;
}

std::map<std::string, double> prices_of(const Context& ctx, CloudProvider& account) {
  std::map<std::string, double> prices;
  const auto catalogue = account.catalogue(ctx);
  if (!catalogue.ok()) return prices;
  for (const auto& [id, plan] : (*catalogue)->plans) prices[id] = plan.monthly_cost_usd;
  return prices;
}

/// What the hosts have now of the files that would be written, all hosts at once.
std::map<std::string, std::map<std::string, std::string>> read_files(
    const Context& ctx, HostShell& shell, const std::map<std::string, HostLogin>& logins,
    const Forecast& forecast) {
  const auto wanted = files_to_write(forecast);
  std::map<std::string, std::map<std::string, std::string>> files;
  std::vector<std::function<void()>> jobs;
  for (const auto& [lane, paths] : wanted) {
    auto& into = files[lane];  // made before the threads begin
    const auto login = logins.find(lane);
    if (login == logins.end()) continue;
    jobs.emplace_back([&ctx, &shell, &into, login, paths = paths] {
      auto answer = shell.run(ctx, login->second, read_files_command(paths));
      if (!answer.ok()) return;
      into = parse_read_files(answer->output.out);
      wipe(answer->output.out);
    });
  }
  constexpr std::size_t kHostsAtOnce = 32;
  parallel_for(jobs.size(), kHostsAtOnce, ctx.stop, [&](std::size_t i) { jobs[i](); });
  return files;
}

Result<PlanReport> plan(Session& session, DryPass& pass, const VpcPeering& declared) {
  const DryPass::Look look = TRY(pass.look(TRY(applied(session, declared))));
  const Context ctx = session.context(seconds{60});
  return plan_report({look.ahead, look.facts, look.problems,
                      read_files(ctx, pass.shell(), look.sight.logins, look.ahead),
                      prices_of(ctx, *look.sight.account)});
}

}  // namespace

int plan_command(Session& session, const PlanOptions& options) {
  const auto declared = read_declared(session, options);
  if (!declared.ok()) return fail(declared.error());
  DryPass pass(session, declared->secrets);
  bool changes = false;
  bool certain = true;
  for (const VpcPeering& peering : declared->peerings) {
    const auto report = plan(session, pass, peering);
    if (!report.ok()) return fail(report.error());
    changes = changes || report->changes();
    certain = certain && report->certain();
    const std::string object = peering.meta.key().str();
    const std::string told =
        session.in_form([&](Width) { return plan_text(*report, object, Paint(may_colour())); },
                        [&](TextForm form) { return plan_answer(*report, object, form); });
    const bool another = &peering != &declared->peerings.front();
    if (print((another && session.options().output == Output::Yaml ? "---\n" : "") + told) != 0) return 1;
  }
  if (changes) return kChanges;
  return certain ? 0 : 1;
}

}  // namespace vpcp::ctl
