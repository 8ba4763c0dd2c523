#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "lab/lab_server.h"
#include "lab/memory_backend.h"

namespace {

using namespace vpcp;

struct Options {
  std::string listen{"127.0.0.1:8080"};
  std::string backend{"memory"};
  std::string public_network;
  double boot_seconds{5};
  double visible_seconds{0};
  double vpc_linger_seconds{3};
  std::size_t max_instances{0};
  int rate_limit{30};
  bool no_vpc2{false};
  std::string log_format{"text"};
  std::string log_level{"info"};
};

constexpr int kUsageError = 2;
constexpr std::size_t kHttpThreads = 8;

void declare(CLI::App& serve, Options& options) {
  serve.add_option("--listen", options.listen, "address:port of the API; port 0 takes a free one")
      ->capture_default_str();
  serve.add_option("--backend", options.backend, "what stands behind an instance")
      ->check(CLI::IsMember({"memory"}))
      ->capture_default_str();
  serve.add_option("--public-network", options.public_network,
                   "where public addresses come from [192.0.2.0/24; memory: 198.18.0.0/15]");
  serve.add_option("--boot-seconds", options.boot_seconds, "from create to \"active\"")
      ->capture_default_str();
  serve.add_option("--visible-seconds", options.visible_seconds, "from create to being listed")
      ->capture_default_str();
  serve
      .add_option("--vpc-linger-seconds", options.vpc_linger_seconds,
                  "a VPC counts as attached so long after its last server")
      ->capture_default_str();
  serve.add_option("--max-instances", options.max_instances, "quota of the account; 0: none")
      ->capture_default_str();
  serve.add_option("--rate-limit", options.rate_limit, "requests a second from one address; 0: no limit")
      ->capture_default_str();
  serve.add_flag("--no-vpc2", options.no_vpc2, "answer 404 to /instances/{id}/vpc2, as the real API may");
  serve.add_option("--log-format", options.log_format)
      ->check(CLI::IsMember({"json", "text"}))
      ->capture_default_str();
  serve.add_option("--log-level", options.log_level)->capture_default_str();
}

milliseconds to_milliseconds(double seconds) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(seconds));
}

Result<lab::LabOptions> lab_options(const Options& options) {
  const auto wrong = [](const std::string& what) { return Error{ErrorKind::Invalid, "BadOption", what}; };
  lab::LabOptions lab;
  const auto colon = options.listen.rfind(':');
  const std::string port = colon == std::string::npos ? "" : options.listen.substr(colon + 1);
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos ||
      std::stoi(port) > 65535) {
    return wrong("--listen wants address:port, not '" + options.listen + "'");
  }
  lab.address = options.listen.substr(0, colon);
  lab.port = static_cast<std::uint16_t>(std::stoi(port));
  const std::string usual = options.backend == "memory" ? "198.18.0.0/15" : "192.0.2.0/24";
  const auto network = Cidr::parse(options.public_network.empty() ? usual : options.public_network);
  if (!network || network->prefix > 24) return wrong("--public-network wants a network of at least /24");
  lab.cloud.public_network = *network;
  lab.cloud.boot = to_milliseconds(options.boot_seconds);
  lab.cloud.visible_after = to_milliseconds(options.visible_seconds);
  lab.cloud.vpc_linger = to_milliseconds(options.vpc_linger_seconds);
  lab.cloud.max_instances = options.max_instances;
  lab.api.requests_per_second = options.rate_limit;
  lab.api.vpc2_answers = !options.no_vpc2;
  const char* key = std::getenv("VULTR_API_KEY");
  if (key == nullptr || *key == '\0') return wrong("set VULTR_API_KEY to the key that the lab shall take");
  lab.api.api_key = Secret::copy_of(key);
  return lab;
}

/// Serves until SIGTERM or SIGINT.
int serve(const Options& options, const sigset_t& ends) {
  const auto level = parse_log_level(options.log_level);
  const Log log(stderr_log(options.log_format == "json" ? LogFormat::Json : LogFormat::Text,
                           level.value_or(LogLevel::Info)));
  const auto lab = lab_options(options);
  if (!lab.ok()) {
    std::cerr << "vultr-lab: " << lab.error().message << '\n';
    return kUsageError;
  }
  lab::start_http_threads(kHttpThreads);
  const auto server =
      lab::LabServer::start(*lab, std::make_unique<lab::MemoryBackend>(), system_clock(), log);
  if (!server.ok()) {
    std::cerr << "vultr-lab: " << server.error().message << '\n';
    return 1;
  }
  log.info("The lab cloud is open", {{"url", (*server)->base_url()}, {"backend", options.backend}});
  int signal = 0;
  sigwait(&ends, &signal);
  log.info("The lab cloud closes", {{"signal", signal}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Blocked before the first thread starts, so that only sigwait sees them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  vpcp::init_crypto();

  Options options;
  CLI::App app{"A Vultr cloud on one machine, for tests and drills"};
  app.require_subcommand(1);
  CLI::App* serving = app.add_subcommand("serve", "Run the cloud; the key it takes is $VULTR_API_KEY");
  CLI::App* version = app.add_subcommand("version", "Print the version");
  declare(*serving, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {  // the library's way to tell, also for --help
    return app.exit(e) == 0 ? 0 : kUsageError;
  }
  if (version->parsed()) {
    std::cout << VPCP_VERSION << '\n';
    return 0;
  }
  return serve(options, ends);
}
