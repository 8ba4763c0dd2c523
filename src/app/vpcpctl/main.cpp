#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>

#include "adapters/vultr/accounts.h"
#include "app/signals.h"
#include "app/vpcpctl/commands.h"
#include "app/vpcpctl/completion.h"

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
      ->check(vpcp::base_url_fault, "URL")
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
    completion_ =
        app_.add_subcommand("completion", "A script that lets the shell complete commands and names");
    completion_->add_option("SHELL", shell_, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    completion_->footer("Examples:\n  source <(vpcpctl completion bash)\n  vpcpctl completion fish | source");
    app_.footer(
        "Exit status: 0 all is well, 1 it failed (one sentence says why), 2 explain found something broken, "
        "or\n"
        "plan found changes; plan that found none and could not look at everything ends with 1, and so does\n"
        "explain where nobody has looked yet.\n\n"
        "Examples:\n"
        "  vpcpctl --state /var/lib/vpc-peering-controller status\n"
        "  kubectl vpcp status -A\n"
        "  kubectl vpcp explain ams-blr --from app-server --to db-server");
  }

  /// The shell's question: what may stand in place of the last word?
  int complete(const std::vector<std::string>& words) { return print(answers_to(words)); }

  /// kubectl's: it calls kubectl_complete-PLUGIN, and the last line says what else the shell may offer, as
  /// cobra does (kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins; cobra's ShellCompDirective).
  int complete_for_kubectl(const std::vector<std::string>& words) {
    constexpr const char* kFilesToo = ":0\n";
    constexpr const char* kNothingElse = ":4\n";
    const std::string answers = answers_to(words);
    return print(answers + (answers.empty() ? kFilesToo : kNothingElse));
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? 0 : 1;
    }
    if (completion_->parsed()) return print(completion_script(shell_));
    if (names_cluster() && app_.count("--state") > 0)
      return fail("--state and " + std::string(app_.count("--context") > 0 ? "--context" : "--kubeconfig") +
                  " name two stores: give the one that the objects live in");
    heed_environment();
    std::optional<app::SignalWaiter> signals;
    if (watch_) global_.stop = stop_by(signals.emplace());
    auto session = Session::open(global_);
    if (!session.ok()) return fail(session.error());
    return work_(**session);
  }

 private:
  /// What Ctrl-C and SIGTERM request from now on, instead of killing the program where it stands.
  static std::stop_token stop_by(app::SignalWaiter& signals) {
    const std::stop_source source;
    signals.start(source, {});
    return source.get_token();
  }

  [[nodiscard]] bool names_cluster() const {
    return app_.count("--kubeconfig") + app_.count("--context") > 0;
  }

  /// A cluster that is named on the command line is meant, whatever the environment says.
  void heed_environment() {
    const auto take = [](std::string& option, const char* variable) {
      if (const char* value = std::getenv(variable); option.empty() && value != nullptr) option = value;
    };
    if (names_cluster()) return;
    take(global_.state, "VPCP_STATE");
    if (!global_.state.empty()) take(global_.manifests, "VPCP_MANIFESTS");
  }

  std::string answers_to(const std::vector<std::string>& words) {
    const auto names = [&] { return names_for(words); };
    std::string out;
    for (const std::string& one : completions(app_, words, names)) out += one + "\n";
    return out;
  }

  /// Of the objects in the store that the words before name; none when it cannot be read.
  std::vector<std::string> names_for(std::vector<std::string> words) {
    std::vector<std::string> names;
    if (!words.empty()) words.pop_back();
    std::ranges::reverse(words);  // as this parser wants them
    try {
      app_.parse(words);
    } catch (const CLI::ParseError&) {  // it is not finished; what was read of it counts
    }
    heed_environment();
    const auto session = Session::open(global_);
    if (!session.ok()) return names;
    const auto all = (*session)->store().list((*session)->context(seconds{3}), (*session)->ns());
    if (!all.ok()) return names;
    for (const VpcPeering& peering : *all) names.push_back(peering.meta.name);
    return names;
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

  void add_output(CLI::App* sub) {
    const std::map<std::string, Output> outputs{
        {"table", Output::Table}, {"wide", Output::Wide}, {"json", Output::Json}, {"yaml", Output::Yaml}};
    sub->add_option("-o,--output", global_.output, "Form of the answer")
        ->transform(CLI::CheckedTransformer(outputs))
        ->option_text("table|wide|json|yaml [table]");
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
    add_output(status);

    CLI::App* explain = command(
        "explain", "Why is it not Ready, or where does a path break?",
        [this](Session& s) {
          return explain_command(s, {name_, from_, to_, look_});
        },
        "  vpcpctl explain ams-blr\n"
        "  vpcpctl explain ams-blr --from app-server --to db-server\n"
        "  vpcpctl explain ams-blr --from amsterdam/web --to bangalore/db-server");
    name_of(explain)->required();
    add_output(explain);
    explain->add_option("--from", from_, "The server that sends: NAME or SITE/NAME");
    explain->add_flag("--look", look_, "Log in to the hosts for what is there now");
    explain->add_option("--to", to_, "The server that shall be reached");

    CLI::App* plan = command(
        "plan", "What would a manifest, or an object as it is stored, change? Touches nothing",
        [this](Session& s) {
          return plan_command(s, {name_, file_});
        },
        "  vpcpctl plan -f ams-blr.yaml    before it is applied\n"
        "  vpcpctl plan ams-blr            what is still to be done, as with mode: Plan\n"
        "  vpcpctl plan -f ams-blr.yaml; [ $? -ne 2 ] || echo 'there are changes'\n"
        "The cloud is asked with the key of the object's credentialsRef, else with VULTR_API_KEY.\n"
        "Exit status: 0 no changes, 2 changes, 1 it failed, or saw no changes and not everything.");
    name_of(plan);
    plan->add_option("-f,--file", file_, "The manifest");
    add_output(plan);

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
    CLI::App* drift = command(
        "drift", "What was found changed, and how soon it was put right",
        [this](Session& s) { return drift_command(s, name_); },
        "  vpcpctl drift ams-blr\n"
        "  vpcpctl drift ams-blr -o wide   with what should be there, and why it is still open");
    name_of(drift)->required();
    add_output(drift);
    CLI::App* events = command(
        "events", "What happened, oldest first", [this](Session& s) { return events_command(s, name_); },
        "  vpcpctl events\n"
        "  vpcpctl events ams-blr\n"
        "  vpcpctl events -o json | jq '.events[] | select(.type == \"Warning\")'");
    name_of(events);
    add_output(events);
    CLI::App* orphans = command(
        "orphans", "What carries our mark in the cloud and belongs to no object",
        [this](Session& s) {
          return orphans_command(s, {ids_, yes_});
        },
        "  vpcpctl orphans                 in the accounts of VULTR_API_KEY and of credentialsRef\n"
        "  vpcpctl orphans --delete 7938953e-a1de-47ea-ad0d-e6a4fb30d8ce");
    orphans->add_option("--delete", ids_, "Delete these, each after asking")->option_text("ID…");
    orphans->add_flag("--yes", yes_, "Do not ask");
    add_output(orphans);
    CLI::App* bundle = command(
        "support-bundle", "All that helps to find a fault, in one archive, without secrets",
        [this](Session& s) { return support_bundle_command(s, file_, log_); },
        "  vpcpctl support-bundle -o vpcp-support.tar\n"
        "  journalctl -u vpc-peering-controller | vpcpctl support-bundle -o vpcp-support.tar --log -");
    bundle->add_option("-o,--output", file_, "The archive, which must not be there yet")->required();
    bundle->add_option("--log", log_,
                       "The controller's log: a file, or - for standard input [of a cluster: its pods']");
    add_output(
        command("cost", "What the peerings cost a month, and what is ours but no longer needed", cost_command,
                "  vpcpctl cost -A    with VULTR_API_KEY in the environment also what is no longer needed\n"
                "  vpcpctl cost -o json | jq .monthlyCostUSD"));
  }

  void add_control() {
    name_of(command(
                "suspend", "Let the controller look and report, and touch nothing (but carry out a deletion)",
                [this](Session& s) { return suspend_command(s, name_); }, "  vpcpctl suspend ams-blr"))
        ->required();
    name_of(command(
                "resume", "Let the controller act again",
                [this](Session& s) { return resume_command(s, name_); }, "  vpcpctl resume ams-blr"))
        ->required();
    CLI::App* wait = command(
        "wait", "Wait until it is ready, or gone",
        [this](Session& s) { return wait_command(s, name_, wait_for_, seconds{timeout_}); },
        "  vpcpctl wait ams-blr\n"
        "  vpcpctl wait ams-blr --for deleted --timeout 300");
    name_of(wait)->required();
    const std::map<std::string, WaitFor> states{{"ready", WaitFor::Ready}, {"deleted", WaitFor::Deleted}};
    wait->add_option("--for", wait_for_, "What shall be so")
        ->transform(CLI::CheckedTransformer(states))
        ->option_text("ready|deleted [ready]");
    add_timeout(wait, 900);
    CLI::App* reconcile = command(
        "reconcile", "Ask for a pass at once, and wait for it",
        [this](Session& s) { return reconcile_command(s, name_, seconds{timeout_}); },
        "  vpcpctl reconcile ams-blr\n  vpcpctl reconcile ams-blr --timeout 120");
    name_of(reconcile)->required();
    add_timeout(reconcile, 60);
  }
  void add_timeout(CLI::App* sub, int usual) {
    sub->add_option("--timeout", timeout_, "Seconds to wait")
        ->check(CLI::Range(1, 3600))
        ->option_text("SECONDS [" + std::to_string(usual) + "]");
    sub->parse_complete_callback([this, sub, usual] {
      if (sub->count("--timeout") == 0) timeout_ = usual;
    });
  }

  CLI::App app_;
  CLI::App* completion_{nullptr};
  GlobalOptions global_;
  Work work_;
  std::string name_;
  std::string from_;
  std::string to_;
  std::string format_{"svg"};
  std::string file_;
  std::string log_;
  std::vector<std::string> ids_;
  std::string shell_;
  bool yes_{false};
  bool look_{false};
  bool watch_{false};
  int timeout_{0};
  WaitFor wait_for_{WaitFor::Ready};
};

}  // namespace
}  // namespace vpcp::ctl

int main(int argc, char** argv) {
  vpcp::init_crypto();
  const std::string called = std::filesystem::path(argv[0]).filename().string();
  const bool by_kubectl = called.starts_with("kubectl");
  vpcp::ctl::Program program(by_kubectl ? "kubectl vpcp" : "vpcpctl");
  if (called == "kubectl_complete-vpcp") return program.complete_for_kubectl({argv + 1, argv + argc});
  if (argc > 1 && std::string(argv[1]) == "__complete") return program.complete({argv + 2, argv + argc});
  return program.run(argc, argv);
}
