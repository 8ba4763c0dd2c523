#include "options.h"

#include <CLI/CLI.hpp>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace vpcp::app {
namespace {

milliseconds to_milliseconds(double amount, double unit) {
  return milliseconds(static_cast<milliseconds::rep>(amount * unit));
}

Error wrong(const std::string& what) {
  return {ErrorKind::Invalid, "BadOption", what, {}};
}

void declare_behaviour(CLI::App& serve, ServeOptions& options) {
  serve.add_option("--boot-seconds", options.boot_seconds, "from create to \"active\"")
      ->capture_default_str();
  serve.add_option("--visible-seconds", options.visible_seconds, "from create to being listed")
      ->capture_default_str();
  serve
      .add_option("--vpc-linger-seconds", options.vpc_linger_seconds,
                  "so long after its last server went a VPC still counts as attached")
      ->capture_default_str();
  serve.add_option("--max-instances", options.max_instances, "quota of the account; 0: none")
      ->capture_default_str();
  serve.add_option("--rate-limit", options.rate_limit, "requests a second from one address; 0: no limit")
      ->capture_default_str();
  serve.add_flag("--no-vpc2", options.no_vpc2, "answer 404 to /instances/{id}/vpc2");
}

}  // namespace

void declare(CLI::App& serve, ServeOptions& options) {
  serve.add_option("--listen", options.listen, "address:port of the API; port 0 takes a free one")
      ->capture_default_str();
  serve.add_option("--backend", options.backend, "memory: no hosts; hosts: a Linux host for each instance")
      ->check(CLI::IsMember({"memory", "hosts"}))
      ->capture_default_str();
  serve.add_option("--state", options.state, "hosts: folder of their disks");
  serve.add_option("--image", options.image, "hosts: what they boot, as made by deploy/lab/image.sh");
  serve.add_option("--regions", options.regions, "hosts: where they can be placed [everywhere]")
      ->delimiter(',');
  serve.add_option("--link-delay-ms", options.link_delay_ms, "hosts: one way between any two regions")
      ->capture_default_str();
  serve.add_option("--public-network", options.public_network,
                   "where public addresses come from [hosts: 192.0.2.0/24; memory: 198.18.0.0/15]");
  declare_behaviour(serve, options);
  serve.add_option("--log-format", options.log_format)
      ->check(CLI::IsMember({"json", "text"}))
      ->capture_default_str();
  serve.add_option("--log-level", options.log_level)
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error"}))
      ->capture_default_str();
}

void declare(CLI::App& forward, lab::ForwardOptions& options) {
  forward.add_option("--listen", options.listen, "address:port here")->required();
  forward.add_option("--netns", options.netns, "name of the network namespace that holds the target")
      ->required();
  forward.add_option("--to", options.to, "address:port in there")->required();
}

Result<lab::LabOptions> lab_options(const ServeOptions& options) {
  lab::LabOptions lab;
  const auto colon = options.listen.rfind(':');
  const std::string port = colon == std::string::npos ? "" : options.listen.substr(colon + 1);
  const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), lab.port);
  if (port.empty() || error != std::errc{} || rest != port.data() + port.size()) {
    return wrong("--listen wants address:port, not '" + options.listen + "'");
  }
  lab.address = options.listen.substr(0, colon);
  if (!Ipv4::parse(lab.address)) return wrong("--listen wants an IPv4 address, not '" + lab.address + "'");
  const std::string usual = options.with_hosts() ? "192.0.2.0/24" : "198.18.0.0/15";
  const auto network = Cidr::parse(options.public_network.empty() ? usual : options.public_network);
  if (!network || network->prefix > 24) return wrong("--public-network wants a network of /24 or larger");
  for (const std::string& region : options.regions) {
    if (lab::find_region(region) == nullptr) return wrong("--regions: there is no region '" + region + "'");
  }
  lab.cloud.public_network = *network;
  lab.cloud.boot = to_milliseconds(options.boot_seconds, 1000);
  lab.cloud.visible_after = to_milliseconds(options.visible_seconds, 1000);
  lab.cloud.vpc_linger = to_milliseconds(options.vpc_linger_seconds, 1000);
  lab.cloud.max_instances = options.max_instances;
  lab.api.requests_per_second = options.rate_limit;
  lab.api.vpc2_answers = !options.no_vpc2;
  const char* given = std::getenv("VULTR_API_KEY");
  std::string_view key = given == nullptr ? "" : given;
  const auto is_white = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!key.empty() && is_white(key.back())) key.remove_suffix(1);
  while (!key.empty() && is_white(key.front())) key.remove_prefix(1);
  if (key.empty()) return wrong("set VULTR_API_KEY to the key that the lab shall take");
  lab.api.api_key = Secret::copy_of(key);  // as clients send it: without the white space around it
  return lab;
}

lab::HostsOptions hosts_options(const ServeOptions& options, const Log& log) {
  lab::HostsOptions hosts;
  if (!options.state.empty()) hosts.state = options.state;
  hosts.image = options.image;
  hosts.regions = options.regions;
  hosts.default_delay = to_milliseconds(options.link_delay_ms, 1);
  hosts.log = log;
  return hosts;
}

}  // namespace vpcp::app
