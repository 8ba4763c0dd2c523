#include "domain/host_samples.h"
#include "domain/wireguard/config.h"
#include "domain/wireguard/peer_diff.h"

namespace vpcp::testing {
namespace {

DesiredGateway gateway_of_three() {
  DesiredGateway gateway = gateway_a();
  gateway.peers.push_back(
      {"fra/gateway-0", std::string(43, 'C') + "=", std::nullopt, std::nullopt, {net("10.10.0.3/32")}});
  return gateway;
}

TEST(WireGuardConfig, IsWhatTheManualWrites) {
  EXPECT_EQ(render_config(gateway_of_three()).reveal(), read_golden("wg0.conf"));
}

TEST(WireGuardConfig, InItsSyncconfFormAlwaysNamesKeyPortAndWhatIsOff) {
  DesiredGateway gateway = gateway_of_three();
  gateway.persistent_keepalive = seconds{0};
  EXPECT_EQ(render_syncconf(gateway).reveal(), read_golden("wg0.syncconf"));
}

struct DiffRow {
  const char* name;
  void (*change)(DesiredGateway&, TunnelFacts&);
  const char* text;
};

class ComparePeers : public ::testing::TestWithParam<DiffRow> {};

TEST_P(ComparePeers, Tells) {
  DesiredGateway desired = gateway_a();
  TunnelFacts observed = *healthy_gateway().tunnel;
  GetParam().change(desired, observed);
  const PeerDiff diff = peer_diff(desired, observed);
  EXPECT_EQ(diff.str(), GetParam().text);
  EXPECT_EQ(diff.empty(), diff.str().empty());
}

const DiffRow kDiffRows[] = {
    {"NothingWhenAllIsWell", [](auto&, auto&) {}, ""},
    {"AMissingPeer", [](auto&, auto& o) { o.peers.clear(); }, "peer blr/gateway-0 is missing"},
    {"AForeignPeer", [](auto& d, auto&) { d.peers.clear(); }, "peer SHA256:f9465dd889faf07a is not ours"},
    {"AnEndpoint", [](auto&, auto& o) { o.peers[0].endpoint->port = 1; },
     "peer blr/gateway-0: endpoint differs"},
    {"NoEndpointWhereNoneIsWanted", [](auto& d, auto&) { d.peers[0].endpoint.reset(); }, ""},
    {"AllowedAddressesAndKeepalive",
     [](auto&, auto& o) {
       o.peers[0].allowed_ips.pop_back();
       o.peers[0].keepalive = seconds{0};
     },
     "peer blr/gateway-0: allowed addresses, keepalive differs"},
    {"AllowedAddressesInAnyOrder",
     [](auto& d, auto&) { std::swap(d.peers[0].allowed_ips[0], d.peers[0].allowed_ips[1]); }, ""},
    {"AMissingPresharedKey", [](auto&, auto& o) { o.peers[0].has_preshared_key = false; },
     "peer blr/gateway-0: preshared key differs"},
    {"AnotherPresharedKey", [](auto&, auto& o) { o.preshared_digest = sha256_hex("other\n"); },
     "a preshared key differs"},
    {"AnotherPrivateKey", [](auto&, auto& o) { o.public_key = "other"; }, "the interface has another key"},
    {"AnotherPort", [](auto&, auto& o) { o.listen_port = 1; }, "the listen port differs"},
};
INSTANTIATE_TEST_SUITE_P(Table, ComparePeers, ::testing::ValuesIn(kDiffRows), ByName{});

}  // namespace
}  // namespace vpcp::testing
