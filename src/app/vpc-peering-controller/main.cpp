#include <CLI/CLI.hpp>
#include <cstdio>

#include "adapters/vultr/accounts.h"
#include "app/vpc-peering-controller/options.h"

namespace {

using vpcp::LogFormat;
using vpcp::LogLevel;

using vpcp::app::RunOptions;

template <class E>
using Words = std::map<std::string, E>;

/// One of a few words, whatever its case; what stands for it goes on to the option.
template <class E>
CLI::Validator one_of(const Words<E>& words) {
  return CLI::Validator(
      [words](std::string& given) -> std::string {
        const auto known = words.find(CLI::detail::to_lower(given));
        if (known != words.end()) {
          given = std::to_string(static_cast<int>(known->second));
          return "";
        }
        std::string fix;
        for (const auto& [word, value] : words) fix += (fix.empty() ? "write " : " or ") + word;
        return "\"" + given + "\" is not known: " + fix;
      },
      "");
}

void add_directory_options(CLI::App& command, RunOptions& options) {
  command
      .add_option("--manifests", options.manifests,
                  "Directory of VPCPeering and Secret manifests (YAML), watched")
      ->envname("VPCP_MANIFESTS")
      ->option_text("DIRECTORY (Env:VPCP_MANIFESTS)")
      ->group("With --store directory");
  command
      .add_option("--state", options.state,
                  "Directory for keys, ids, status and events; one process at a time")
      ->envname("VPCP_STATE")
      ->option_text("DIRECTORY (Env:VPCP_STATE)")
      ->group("With --store directory");
}

void add_kubernetes_options(CLI::App& command, RunOptions& options) {
  const char* group = "With --store kubernetes";
  command
      .add_option("--kubeconfig", options.kubeconfig,
                  "Without it $KUBECONFIG, the pod's service account, ~/.kube/config")
      ->option_text("FILE")
      ->group(group);
  command.add_option("--context", options.context, "Context of the kubeconfig")
      ->option_text("NAME [its current-context]")
      ->group(group);
  command.add_option("--namespace", options.ns, "Work on the objects of this namespace only")
      ->envname("VPCP_NAMESPACE")
      ->option_text("NAMESPACE [all] (Env:VPCP_NAMESPACE)")
      ->group(group);
  command
      .add_flag("--leader-elect,!--no-leader-elect", options.leader_elect,
                "Act only while holding the Lease, so that several may run [on]")
      ->group(group);
  command.add_option("--lease-name", options.lease_name, "Name of the Lease")
      ->option_text("NAME [" + options.lease_name + "]")
      ->group(group);
  command.add_option("--lease-namespace", options.lease_namespace, "Namespace of the Lease")
      ->option_text("NAMESPACE [that of the pod or of the context]")
      ->group(group);
  command
      .add_flag("--insecure-skip-tls-verify", options.skip_tls_verify,
                "Allow a kubeconfig that does not verify the API server's certificate")
      ->group(group);
}

void add_run_options(CLI::App& command, RunOptions& options) {
  const Words<LogFormat> formats{{"json", LogFormat::Json}, {"text", LogFormat::Text}};
  const Words<LogLevel> levels{{"trace", LogLevel::Trace},
                               {"debug", LogLevel::Debug},
                               {"info", LogLevel::Info},
                               {"warn", LogLevel::Warn},
                               {"error", LogLevel::Error}};
  const Words<RunOptions::Store> stores{{"directory", RunOptions::Store::Directory},
                                        {"kubernetes", RunOptions::Store::Kubernetes}};
  command.add_option("--store", options.store, "Where objects live: directory or kubernetes")
      ->envname("VPCP_STORE")
      ->transform(one_of(stores))
      ->option_text("directory|kubernetes [directory] (Env:VPCP_STORE)");
  add_directory_options(command, options);
  add_kubernetes_options(command, options);
  command.add_option("--vultr-url", options.vultr_url, "Base URL of the cloud's API")
      ->envname("VPCP_VULTR_URL")
      ->check(vpcp::base_url_fault, "URL")
      ->option_text("URL [" + options.vultr_url + "] (Env:VPCP_VULTR_URL)");
  command
      .add_option("--metrics-listen", options.metrics_listen,
                  "Address for the page, /metrics, /healthz and /readyz")
      ->envname("VPCP_METRICS_LISTEN")
      ->option_text("ADDRESS:PORT [" + options.metrics_listen + "] (Env:VPCP_METRICS_LISTEN)");
  command
      .add_flag("--ui,!--no-ui", options.ui,
                "Serve a page at / that shows the peerings; it changes nothing [on]")
      ->envname("VPCP_UI");
  command.add_option("--log-format", options.log_format, "json or text")
      ->envname("VPCP_LOG_FORMAT")
      ->transform(one_of(formats))
      ->option_text("json|text [json] (Env:VPCP_LOG_FORMAT)");
  command.add_option("--log-level", options.log_level, "trace, debug, info, warn or error")
      ->envname("VPCP_LOG_LEVEL")
      ->transform(one_of(levels))
      ->option_text("LEVEL [info] (Env:VPCP_LOG_LEVEL)");
  command
      .add_option_function<int>(
          "--cloud-interval", [&options](int value) { options.cloud_interval = vpcp::seconds{value}; },
          "Time between two lists of the cloud while nothing is changed there")
      ->envname("VPCP_CLOUD_INTERVAL")
      ->check(CLI::Range(2, 3600))
      ->option_text("SECONDS [10; 2 to 3600] (Env:VPCP_CLOUD_INTERVAL)");
  command
      .add_flag("--host-streams,!--no-host-streams", options.host_streams,
                "Follow every host over a connection of its own, so that drift is seen at once [on]")
      ->envname("VPCP_HOST_STREAMS");
  command.add_option("--workers", options.workers, "Objects worked on at once")
      ->envname("VPCP_WORKERS")
      ->check(CLI::Range(1, 64))
      ->option_text("NUMBER [4; 1 to 64] (Env:VPCP_WORKERS)");
  command.footer(
      "The API key is read from the environment variable VULTR_API_KEY; objects may name a Secret of their "
      "own\n(spec.credentialsRef).");
}

/// What the parser cannot say: which options go with which store. "" when all is well.
std::string misfit(const CLI::App& command, const RunOptions& options) {
  const auto given = [&](const char* name) { return command.get_option(name)->count() > 0; };
  if (options.store == RunOptions::Store::Directory) {
    if (options.manifests.empty() || options.state.empty())
      return "--store directory needs --manifests and --state (for a cluster: --store kubernetes)";
    for (const char* name :
         {"--kubeconfig", "--context", "--namespace", "--lease-name", "--lease-namespace"}) {
      if (given(name)) return std::string(name) + " goes with --store kubernetes only";
    }
    return "";
  }
  for (const char* name : {"--manifests", "--state"}) {
    if (given(name)) return std::string(name) + " goes with --store directory only";
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  vpcp::init_crypto();
  CLI::App app{
      "Peers Vultr VPCs across locations over WireGuard, proves with traffic that it works, and keeps it so.",
      "vpc-peering-controller"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "vpc-peering-controller " VPCP_VERSION);

  vpcp::app::RunOptions run_options;
  CLI::App* run = app.add_subcommand("run", "Run the controller until SIGTERM or SIGINT");
  add_run_options(*run, run_options);

  std::vector<std::string> files;
  CLI::App* validate = app.add_subcommand("validate", "Check manifests and print every error");
  validate->add_option("FILE", files, "Manifest files")->required()->check(CLI::ExistingFile);

  vpcp::app::ExportOptions export_options;
  CLI::App* exporter = app.add_subcommand(
      "export",
      "Write the keys and ids of an object as a Secret, for a backup or for spec.restoreFrom elsewhere");
  exporter
      ->add_option("--state", export_options.state, "The state directory; no controller may be running on it")
      ->envname("VPCP_STATE")
      ->required();
  exporter->add_option("--output", export_options.output, "The file to write (mode 0600); it must not exist")
      ->required();
  exporter->add_option("OBJECT", export_options.object, "NAMESPACE/NAME")->required();

  CLI::App* version = app.add_subcommand("version", "Print the version");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (version->parsed()) {
    std::puts("vpc-peering-controller " VPCP_VERSION);
    return 0;
  }
  if (const std::string wrong = run->parsed() ? misfit(*run, run_options) : ""; !wrong.empty()) {
    std::fprintf(stderr, "%s\nRun with --help for more information.\n", wrong.c_str());
    return 2;
  }
  if (exporter->parsed()) return vpcp::app::export_record(export_options);
  return validate->parsed() ? vpcp::app::validate_files(files) : vpcp::app::run(run_options);
}
