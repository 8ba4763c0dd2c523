#pragma once
#include <string>
#include <vector>

#include "lab/hosts/forward.h"
#include "lab/hosts/hosts_backend.h"
#include "lab/lab_server.h"

namespace CLI {
class App;
}

namespace vpcp::app {

/// What the command line of `vultr-lab serve` says.
struct ServeOptions {
  std::string listen{"127.0.0.1:8080"};
  std::string backend{"memory"};
  std::string state;
  std::string image;
  std::vector<std::string> regions;
  double link_delay_ms{0};
  std::string public_network;
  double boot_seconds{5};
  double visible_seconds{0};
  double vpc_linger_seconds{3};
  std::size_t max_instances{0};
  int rate_limit{30};
  bool no_vpc2{false};
  std::string log_format{"text"};
  std::string log_level{"info"};

  [[nodiscard]] bool with_hosts() const { return backend == "hosts"; }
};

void declare(CLI::App& serve, ServeOptions& options);
void declare(CLI::App& forward, lab::ForwardOptions& options);

/// What the options mean, with the API key from the environment; or which one is wrong.
Result<lab::LabOptions> lab_options(const ServeOptions& options);
lab::HostsOptions hosts_options(const ServeOptions& options, const Log& log);

}  // namespace vpcp::app
