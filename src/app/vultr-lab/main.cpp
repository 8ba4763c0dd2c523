#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>
#include <thread>

#include "lab/memory_backend.h"
#include "options.h"

namespace {

using namespace vpcp;
using app::ServeOptions;

constexpr int kFailure = 1;
constexpr int kUsageError = 2;
constexpr std::size_t kHttpThreads = 8;

int fail(const Error& error) {
  std::cerr << "vultr-lab: " << error.message << '\n';
  return error.kind == ErrorKind::Invalid ? kUsageError : kFailure;
}

/// SIGTERM and SIGINT, blocked in every thread: only sigwait sees them.
sigset_t block_ends() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  return ends;
}

using Claim = std::optional<lab::MachineClaim>;

Result<Claim> claim_machine(const ServeOptions& options, const Log& log) {
  if (!options.with_hosts()) return Claim{};
  return Claim(TRY(lab::claim_machine(app::hosts_options(options, log).state)));
}

Result<std::unique_ptr<lab::Backend>> make_backend(const ServeOptions& options, Claim claim, const Log& log) {
  if (claim) return lab::make_hosts_backend(app::hosts_options(options, log), *std::move(claim));
  return std::unique_ptr<lab::Backend>(std::make_unique<lab::MemoryBackend>());
}

Status serve_until(const sigset_t& ends, const ServeOptions& options) {
  const Log log(stderr_log(options.log_format == "json" ? LogFormat::Json : LogFormat::Text,
                           parse_log_level(options.log_level).value_or(LogLevel::Info)));
  const auto settings = TRY(app::lab_options(options));
  // A namespace is a thread's: it must be entered before there are others.
  Claim claim = TRY(claim_machine(options, log));
  lab::start_http_threads(kHttpThreads);
  auto backend = TRY(make_backend(options, std::move(claim), log));
  const auto server = TRY(lab::LabServer::start(settings, std::move(backend), system_clock(), log));
  log.info("The lab cloud is open", {{"url", server->base_url()}, {"backend", options.backend}});
  int signal = 0;
  sigwait(&ends, &signal);
  log.info("The lab cloud closes", {{"signal", signal}});
  return {};
}

Status forward_until(const sigset_t& ends, const lab::ForwardOptions& options) {
  std::stop_source stop;
  std::jthread waiter([&] {
    int signal = 0;
    sigwait(&ends, &signal);
    stop.request_stop();
  });
  Status done = lab::forward_into_netns(options, stop.get_token());
  pthread_kill(waiter.native_handle(), SIGINT);  // it waits in vain when the namespace went first
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  const sigset_t ends = block_ends();
  init_crypto();

  ServeOptions options;
  lab::ForwardOptions forwarding;
  CLI::App app{"A Vultr cloud on one machine, for tests and drills"};
  app.require_subcommand(1);
  CLI::App* serve = app.add_subcommand("serve", "Run the cloud; the key it takes is $VULTR_API_KEY");
  CLI::App* forward = app.add_subcommand("forward", "Pass TCP connections into one of the lab's namespaces");
  CLI::App* version = app.add_subcommand("version", "Print the version");
  CLI::App* reap = app.add_subcommand("reap")->group("");  // not shown: `serve` runs it
  std::string reaped;
  reap->add_option("--state", reaped)->required();
  app::declare(*serve, options);
  app::declare(*forward, forwarding);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {  // the library's way to tell, also for --help
    return app.exit(e) == 0 ? 0 : kUsageError;
  }
  if (version->parsed()) {
    std::cout << VPCP_VERSION << '\n';
    return 0;
  }
  if (reap->parsed()) {
    const Status done = lab::reap(reaped);
    return done.ok() ? 0 : fail(done.error());
  }
  const Status done = serve->parsed() ? serve_until(ends, options) : forward_until(ends, forwarding);
  return done.ok() ? 0 : fail(done.error());
}
