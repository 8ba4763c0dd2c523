#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "app/vpcpctl/commands.h"

namespace vpcp::ctl {
namespace {

void add_store_options(CLI::App& app, GlobalOptions& options) {
  app.add_option("--state", options.state,
                 "The controller's state directory [$VPCP_STATE]; without it, a cluster is asked")
      ->group("Where objects live");
  app.add_option("--manifests", options.manifests,
                 "Its directory of manifests, for the Secrets in it [$VPCP_MANIFESTS]")
      ->group("Where objects live");
  app.add_option("--kubeconfig", options.kubeconfig, "File [$KUBECONFIG, ~/.kube/config]")
      ->group("Where objects live");
  app.add_option("--context", options.context, "Context of the kubeconfig [its current-context]")
      ->group("Where objects live");
  app.add_option("-n,--namespace", options.ns, "Namespace [that of the context; of a state directory: all]")
      ->group("Where objects live");
  app.add_flag("-A,--all-namespaces", options.all_namespaces, "Look in every namespace")
      ->group("Where objects live");
  app.add_flag("--insecure-skip-tls-verify", options.skip_tls_verify,
               "Allow a kubeconfig that does not verify the API server's certificate")
      ->group("Where objects live");
  app.add_option("--vultr-url", options.vultr_url, "Base URL of the cloud's API")
      ->envname("VPCP_VULTR_URL")
      ->group("Where objects live")
      ->capture_default_str();
}

/// Parses, and remembers what is to be done.
class Program {
 public:
  explicit Program(const std::string& name)
      : app_("Shows what is peered and whether it works, why not, and what a change would do.", name) {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.set_version_flag("--version", "vpcpctl " VPCP_VERSION);
    add_store_options(app_, global_);
    add_looking();
    add_ledger();
    add_control();
    app_.footer(
        "Exit status: 0 all is well, 1 it failed (one sentence says why), 2 explain found something broken, "
        "or\n"
        "plan found changes.\n\n"
        "Examples:\n"
        "  vpcpctl --state /var/lib/vpc-peering-controller status\n"
        "  kubectl vpcp status -A\n"
        "  kubectl vpcp explain ams-blr --from app-server --to db-server");
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? 0 : 1;
    }
    heed_environment();
    auto session = Session::open(global_);
    if (!session.ok()) return fail(session.error());
    return work_(**session);
  }

 private:
  /// A cluster that is named on the command line is meant, whatever the environment says.
  void heed_environment() {
    const bool names_cluster = app_.count("--kubeconfig") + app_.count("--context") > 0;
    const auto take = [](std::string& option, const char* variable) {
      if (const char* value = std::getenv(variable); option.empty() && value != nullptr) option = value;
    };
    if (names_cluster) return;
    take(global_.state, "VPCP_STATE");
    if (!global_.state.empty()) take(global_.manifests, "VPCP_MANIFESTS");
  }

  using Work = std::function<int(Session&)>;

  CLI::App* command(const char* name, const char* what, Work work, const char* examples) {
    CLI::App* sub = app_.add_subcommand(name, what);
    sub->fallthrough();
    sub->callback([this, work = std::move(work)] { work_ = work; });
    sub->footer(std::string("Examples:\n") + examples);
    return sub;
  }
  CLI::Option* name_of(CLI::App* sub) {
    return sub->add_option("NAME", name_, "The VPCPeering: NAME or NAMESPACE/NAME");
  }

  void add_looking() {
    CLI::App* status = command(
        "status", "What is peered, and does it work?",
        [this](Session& s) {
          return status_command(s, {name_, watch_});
        },
        "  vpcpctl status                  one line for each peering\n"
        "  vpcpctl status ams-blr          one of them as a tree\n"
        "  vpcpctl status ams-blr --watch  the same, kept up to date\n"
        "  vpcpctl status -A -o wide       of all namespaces, with the message of Ready");
    name_of(status);
    status->add_flag("-w,--watch", watch_, "Update in place until Ctrl-C");
    const std::map<std::string, Output> outputs{
        {"table", Output::Table}, {"wide", Output::Wide}, {"json", Output::Json}, {"yaml", Output::Yaml}};
    status->add_option("-o,--output", global_.output, "Form of the answer")
        ->transform(CLI::CheckedTransformer(outputs))
        ->option_text("table|wide|json|yaml [table]");

    CLI::App* explain = command(
        "explain", "Why is it not Ready, or where does a path break?",
        [this](Session& s) {
          return explain_command(s, {name_, from_, to_, false});
        },
        "  vpcpctl explain ams-blr\n"
        "  vpcpctl explain ams-blr --from app-server --to db-server\n"
        "  vpcpctl explain ams-blr --from amsterdam/web --to bangalore/db-server");
    name_of(explain)->required();
    explain->add_option("--from", from_, "The server that sends: NAME or SITE/NAME");
    explain->add_option("--to", to_, "The server that shall be reached");

    CLI::App* graph = command(
        "graph", "The network as a picture", [this](Session& s) { return graph_command(s, name_, format_); },
        "  vpcpctl graph ams-blr > ams-blr.svg\n"
        "  vpcpctl graph ams-blr --format dot | dot -Tpng > ams-blr.png\n"
        "  vpcpctl graph ams-blr --format mermaid    for a page in Markdown");
    name_of(graph)->required();
    graph->add_option("--format", format_, "Form of the picture")
        ->check(CLI::IsMember({"svg", "dot", "mermaid"}))
        ->option_text("svg|dot|mermaid [svg]");
  }

  void add_ledger() {
    name_of(command(
                "drift", "What was found changed, and how soon it was put right",
                [this](Session& s) { return drift_command(s, name_); }, "  vpcpctl drift ams-blr"))
        ->required();
    name_of(command(
        "events", "What happened, oldest first", [this](Session& s) { return events_command(s, name_); },
        "  vpcpctl events\n  vpcpctl events ams-blr"));
    command("cost", "What the peerings cost a month", cost_command, "  vpcpctl cost -A");
  }

  void add_control() {
    name_of(command(
                "suspend", "Let the controller look and report, and touch nothing",
                [this](Session& s) { return suspend_command(s, name_); }, "  vpcpctl suspend ams-blr"))
        ->required();
    name_of(command(
                "resume", "Let the controller act again",
                [this](Session& s) { return resume_command(s, name_); }, "  vpcpctl resume ams-blr"))
        ->required();
    CLI::App* reconcile = command(
        "reconcile", "Ask for a pass at once, and wait for it",
        [this](Session& s) { return reconcile_command(s, name_, seconds{timeout_}); },
        "  vpcpctl reconcile ams-blr\n  vpcpctl reconcile ams-blr --timeout 120");
    name_of(reconcile)->required();
    reconcile->add_option("--timeout", timeout_, "Seconds to wait")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
  }

  CLI::App app_;
  GlobalOptions global_;
  Work work_;
  std::string name_;
  std::string from_;
  std::string to_;
  std::string format_{"svg"};
  bool watch_{false};
  int timeout_{60};
};

}  // namespace
}  // namespace vpcp::ctl

int main(int argc, char** argv) {
  vpcp::init_crypto();
  const std::string called = std::filesystem::path(argv[0]).filename().string();
  const bool by_kubectl = called.starts_with("kubectl-");
  return vpcp::ctl::Program(by_kubectl ? "kubectl vpcp" : "vpcpctl").run(argc, argv);
}
