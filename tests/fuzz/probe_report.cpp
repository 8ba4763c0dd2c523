#include "domain/host/host_key.h"
#include "domain/host/path_probe.h"
#include "domain/host/probe.h"
#include "domain/scrub.h"
#include "fuzz/fuzz.h"
#include "vpcp/base/ip.h"

/// What a probe prints, a host key that a host made, addresses, and text of a host that people are shown.
namespace vpcp::fuzz {
namespace {

void addresses(std::string_view input) {
  if (const auto ip = Ipv4::parse(input)) require(Ipv4::parse(ip->str()) == ip, "an address is read back");
  if (const auto net = Cidr::parse(input)) require(Cidr::parse(net->str()) == net, "a network is read back");
}

void host_key(std::string_view input) {
  const auto key = parse_host_key(input);
  if (!key) return;
  require(parse_host_key(*key) == key, "a host key is read back");
  require(is_shown_well(*key, 200), "a host key is one short line");
}

}  // namespace

void fuzz(std::string_view input) {
  (void)parse_probe_report(input);
  if (const auto report = parse_path_report(input)) {
    require(report->mtu > 0 && report->mtu <= 65535, "an MTU is the size of a packet");
    for (const auto& [address, sizes] : report->crossed)
      require(!sizes.empty() && *sizes.begin() > 0 && *sizes.rbegin() <= 65535, "a size is that of a packet");
  }
  host_key(input);
  addresses(input);
  require(is_shown_well(scrub(input, 300), 300 + std::size("…") - 1), "scrubbed text is one short line");
}

}  // namespace vpcp::fuzz
