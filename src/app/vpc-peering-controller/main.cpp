#include <CLI/CLI.hpp>
#include <cstdio>

#include "adapters/cpprest/http_client.h"
#include "app/vpc-peering-controller/options.h"

namespace {

using vpcp::LogFormat;
using vpcp::LogLevel;

void add_run_options(CLI::App& command, vpcp::app::RunOptions& options) {
  const std::map<std::string, LogFormat> formats{{"json", LogFormat::Json}, {"text", LogFormat::Text}};
  const std::map<std::string, LogLevel> levels{{"trace", LogLevel::Trace},
                                               {"debug", LogLevel::Debug},
                                               {"info", LogLevel::Info},
                                               {"warn", LogLevel::Warn},
                                               {"error", LogLevel::Error}};
  command
      .add_option("--manifests", options.manifests,
                  "Directory of VPCPeering and Secret manifests (YAML), watched")
      ->envname("VPCP_MANIFESTS")
      ->required();
  command
      .add_option("--state", options.state,
                  "Directory for keys, ids, status and events; one process at a time")
      ->envname("VPCP_STATE")
      ->required();
  command.add_option("--vultr-url", options.vultr_url, "Base URL of the cloud's API")
      ->envname("VPCP_VULTR_URL")
      ->capture_default_str();
  command
      .add_option("--metrics-listen", options.metrics_listen, "Address for /metrics, /healthz and /readyz")
      ->envname("VPCP_METRICS_LISTEN")
      ->capture_default_str();
  command.add_option("--log-format", options.log_format, "json or text")
      ->envname("VPCP_LOG_FORMAT")
      ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case))
      ->option_text("json|text [json]");
  command.add_option("--log-level", options.log_level, "trace, debug, info, warn or error")
      ->envname("VPCP_LOG_LEVEL")
      ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case))
      ->option_text("LEVEL [info]");
  command.add_option("--workers", options.workers, "Objects worked on at once")
      ->envname("VPCP_WORKERS")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command.footer(
      "The API key is read from the environment variable VULTR_API_KEY; objects may name a Secret of their "
      "own\n(spec.credentialsRef).");
}

}  // namespace

int main(int argc, char** argv) {
  vpcp::init_http_process();
  vpcp::init_crypto();
  CLI::App app{
      "Peers Vultr VPCs across locations over WireGuard, proves with traffic that it works, and keeps it so.",
      "vpc-peering-controller"};
  app.require_subcommand(1);

  vpcp::app::RunOptions run_options;
  CLI::App* run = app.add_subcommand("run", "Run the controller until SIGTERM or SIGINT");
  add_run_options(*run, run_options);

  std::vector<std::string> files;
  CLI::App* validate = app.add_subcommand("validate", "Check manifests and print every error");
  validate->add_option("FILE", files, "Manifest files")->required()->check(CLI::ExistingFile);

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
  return validate->parsed() ? vpcp::app::validate_files(files) : vpcp::app::run(run_options);
}
