#include "domain/host/gateway_plan.h"
#include "domain/host/look.h"
#include "domain/host/removal_plan.h"
#include "domain/host/server_plan.h"
#include "domain/host_samples.h"
#include "fuzz/fuzz.h"

/// The report of a host, whole or one section of it (`wg show dump`, `nft`, ufw, `iptables -S`, `ip -j`,
/// files). Whatever a host says, a plan can be made of it, and its commands are arguments, never a text of
/// the host's.
namespace vpcp::fuzz {
namespace {

constexpr const char* kSections[] = {
    "",           "tunnel k 51820\n", "@clamp\n",  "@ufw\n", "@ufw\n@filter\n",
    "@digests\n", "@permissions\n",   "@network\n"};

void plan_all(const HostFacts& facts) {
  (void)plan_gateway_host(testing::gateway_a(), facts, "ams/gateway-0");
  (void)plan_server_host(testing::app_server(), facts, HostOrigin::Existing, "ams/app-server");
  (void)plan_server_host(testing::app_server(), facts, HostOrigin::Created, "ams/app-server");
  (void)plan_server_removal(facts, "ams/app-server");
}

}  // namespace

void fuzz(std::string_view input) {
  const std::size_t choice = take_choice(input, 1 + std::size(kSections));
  std::string report(input);
  if (choice < std::size(kSections)) {
    report = "vpcp-report 1\nboot_id b\nclock 1\n" + std::string(kSections[choice]) + report + "\n@end\n";
  }
  const auto facts = parse_host_report(report);
  if (facts.ok()) return plan_all(*facts);
  require(is_shown_well(facts.error().message, 200), "an error is one short line");
}

}  // namespace vpcp::fuzz
