#include "domain/desired/desired.h"

#include <gtest/gtest.h>

#include <functional>

#include "domain/cloud_samples.h"
#include "domain/desired/user_data.h"
#include "domain/plan/cloud_plan.h"

namespace vpcp {
namespace {

using namespace samples;

/// Three sites: the scenario and Frankfurt (172.16.3.0/24, not yet in the cloud).
class Desired : public ::testing::Test {
 protected:
  void SetUp() override { init_crypto(); }
  void lay() {
    extend_record(record, spec, SystemTime{});
    layout = lay_out(peering(spec), record, std::make_shared<const CloudSnapshot>(cloud));
    prepare_record(record, layout, kStart);
  }
  DesiredGateway gateway(const std::string& site) const {
    return DesiredHosts(spec, layout, record).gateway({site, 0}).value();
  }
  /// "bangalore/gateway-0 203.0.113.2:51820 10.10.0.2/32 172.16.2.0/24" for each peer, sorted.
  std::vector<std::string> peers(const std::string& site) const {
    std::vector<std::string> out;
    const DesiredGateway desired = gateway(site);
    for (const DesiredPeer& peer : desired.peers) {
      std::string line = peer.name + ' ' + (peer.endpoint ? peer.endpoint->str() : "-");
      for (const Cidr& network : peer.allowed_ips) line += ' ' + network.str();
      out.push_back(line);
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  /// "172.16.2.0/24 via 172.16.1.3" for each route of the site's first server.
  std::vector<std::string> routes(const std::string& site) const {
    const auto desired = DesiredHosts(spec, layout, record).server(layout.site(site)->servers.at(0));
    std::vector<std::string> out;
    if (!desired) return {"nothing yet"};
    for (const DesiredRoute& route : desired->routes)
      out.push_back(route.destination.str() + " via " + route.via.str());
    return out;
  }

  PeeringSpec spec = specs::three_sites();
  PeeringRecord record;
  CloudSnapshot cloud = samples::cloud();
  Layout layout;
};

using Lines = std::vector<std::string>;

TEST_F(Desired, AFullMeshHasAPeerForEveryOtherSite) {
  lay();
  EXPECT_EQ(peers("amsterdam"), (Lines{"bangalore/gateway-0 203.0.113.2:51820 10.10.0.2/32 172.16.2.0/24",
                                       "frankfurt/gateway-0 - 10.10.0.3/32 172.16.3.0/24"}));
  EXPECT_EQ(routes("amsterdam"), (Lines{"10.10.0.0/24 via 172.16.1.3", "172.16.2.0/24 via 172.16.1.3",
                                        "172.16.3.0/24 via 172.16.1.3"}));
}

TEST_F(Desired, ASpokeReachesTheOthersThroughTheHub) {
  spec.topology = {TopologyType::HubAndSpoke, "bangalore", {}};
  lay();
  EXPECT_EQ(peers("amsterdam"), (Lines{"bangalore/gateway-0 203.0.113.2:51820 10.10.0.2/32 10.10.0.3/32 "
                                       "172.16.2.0/24 172.16.3.0/24"}));
  EXPECT_EQ(peers("bangalore"), (Lines{"amsterdam/gateway-0 203.0.113.1:51820 10.10.0.1/32 172.16.1.0/24",
                                       "frankfurt/gateway-0 - 10.10.0.3/32 172.16.3.0/24"}));
  EXPECT_EQ(routes("amsterdam"), (Lines{"10.10.0.0/24 via 172.16.1.3", "172.16.2.0/24 via 172.16.1.3",
                                        "172.16.3.0/24 via 172.16.1.3"}));
}

TEST_F(Desired, CustomEdgesReachTheirEndsOnly) {
  spec.topology = {
      TopologyType::Custom, std::nullopt, {{"amsterdam", "bangalore"}, {"bangalore", "frankfurt"}}};
  lay();
  EXPECT_EQ(peers("amsterdam"), (Lines{"bangalore/gateway-0 203.0.113.2:51820 10.10.0.2/32 172.16.2.0/24"}));
  EXPECT_EQ(routes("amsterdam"), (Lines{"10.10.0.0/24 via 172.16.1.3", "172.16.2.0/24 via 172.16.1.3"}));
}

TEST_F(Desired, AnAdoptedVpcHasTheNetworkThatTheCloudTells) {
  spec.sites[1].vpc = {VpcId{"vpc-b"}, {}, ""};
  lay();
  EXPECT_EQ(peers("amsterdam")[0], "bangalore/gateway-0 203.0.113.2:51820 10.10.0.2/32 172.16.2.0/24");
  drop(cloud.vpcs, "vpc-b");
  lay();
  EXPECT_EQ(peers("amsterdam")[0], "bangalore/gateway-0 203.0.113.2:51820 10.10.0.2/32");
}

TEST_F(Desired, AServerWaitsForItsOwnAddressAndForItsGateways) {
  instance(cloud, "app").vpcs.clear();
  lay();
  EXPECT_EQ(routes("amsterdam"), Lines{"nothing yet"});
  cloud = samples::cloud();
  instance(cloud, "gw-a").vpcs.clear();
  lay();
  EXPECT_EQ(routes("amsterdam"), Lines{"nothing yet"});
}

TEST_F(Desired, RoutesFollowTheAddressOfTheGateway) {
  instance(cloud, "gw-a").vpcs[0].address = ip("172.16.1.9");
  lay();
  EXPECT_EQ(routes("amsterdam").at(1), "172.16.2.0/24 via 172.16.1.9");
}

TEST_F(Desired, AGatewayHasTheKeysOfTheRecordAndTheSettingsOfTheSpec) {
  spec.tunnel.listen_port = 51821;
  spec.tunnel.mtu = 1380;
  spec.tunnel.persistent_keepalive = seconds{10};
  lay();
  const DesiredGateway ams = gateway("amsterdam");
  const DesiredGateway blr = gateway("bangalore");
  EXPECT_EQ(ams.private_key, record.gateways.at({"amsterdam", 0}).keys.private_key);
  EXPECT_EQ(ams.tunnel_address, ip("10.10.0.1"));
  EXPECT_EQ(ams.tunnel_network, cidr("10.10.0.0/24"));
  EXPECT_EQ(ams.listen_port, 51821);
  EXPECT_EQ(ams.mtu, 1380);
  EXPECT_EQ(ams.persistent_keepalive, seconds{10});
  const auto peer_of = [](const DesiredGateway& own, const DesiredGateway& other) {
    return *std::find_if(own.peers.begin(), own.peers.end(),
                         [&](const DesiredPeer& peer) { return peer.public_key == other.public_key; });
  };
  EXPECT_EQ(peer_of(ams, blr).endpoint->port, 51821);
  ASSERT_TRUE(peer_of(ams, blr).preshared_key.has_value());
  EXPECT_EQ(peer_of(ams, blr).preshared_key, peer_of(blr, ams).preshared_key);
  EXPECT_TRUE(std::ranges::is_sorted(ams.peers, {}, &DesiredPeer::name));
}

TEST_F(Desired, PresharedKeysCanBeSwitchedOff) {
  lay();
  spec.tunnel.preshared_keys = false;
  const DesiredGateway ams = gateway("amsterdam");
  for (const DesiredPeer& peer : ams.peers) EXPECT_FALSE(peer.preshared_key.has_value());
}

// --- logins

class Login : public Desired {
 protected:
  static std::string text(const std::optional<HostLogin>& login) {
    if (!login) return "-";
    std::string out = login->user + '@' + login->address.str() + ':' + std::to_string(login->port);
    for (const HostKeyLine& key : login->pinned) out += key.starts_with("ssh-ed25519 A") ? " key" : " other";
    if (login->trust_first_use) out += " first-use";
    if (login->jump) out += " through " + text(*login->jump);
    return out;
  }
  std::string of(const std::string& site, bool is_gateway) const {
    const LaidSite& laid = *layout.site(site);
    return text(login_of(layout, is_gateway ? laid.gateways.at(0) : laid.servers.at(0), record, keys));
  }
  void use_legacy(std::optional<std::string> host_key = std::nullopt) {
    spec.sites[0].servers[0].create.reset();
    spec.sites[0].servers[0].instance_id = InstanceId{"x"};
    spec.sites[0].servers[0].ssh = SshAccess{"admin", 2222, {"legacy-ssh", "id"}, std::move(host_key)};
    cloud.instances.push_back(foreign("x", "Legacy"));
    keys.by_ref[{"legacy-ssh", "id"}] = Secret::copy_of("private");
  }
  AccessKeys keys;
};

TEST_F(Login, IsByThePublicAddressWithThePinnedKey) {
  lay();
  EXPECT_EQ(of("amsterdam", true), "root@203.0.113.1:22");
  record.hosts["amsterdam/gateway-0"].pinned = {"ssh-ed25519 A"};
  EXPECT_EQ(of("amsterdam", true), "root@203.0.113.1:22 key");
}

TEST_F(Login, NeverTrustsTheFirstUseOfAHostThatWeCreated) {
  lay();
  EXPECT_EQ(of("amsterdam", false).find("first-use"), std::string::npos);
}

TEST_F(Login, IsThroughTheGatewayWithoutAPublicAddress) {
  lay();
  EXPECT_EQ(of("bangalore", false), "root@172.16.2.4:22 through root@203.0.113.2:22");
  instance(cloud, "db").public_ip =
      ip("203.0.113.9");  // as IPv6-only instances show one that does not answer
  lay();
  EXPECT_EQ(of("bangalore", false), "root@172.16.2.4:22 through root@203.0.113.2:22");
}

TEST_F(Login, IsNotPossibleToAHostThatIsOffOrHasNoAddressOrWhoseGatewayIs) {
  instance(cloud, "app").power = PowerState::Stopped;
  instance(cloud, "gw-a").public_ip.reset();
  instance(cloud, "gw-b").power = PowerState::Stopped;
  lay();
  EXPECT_EQ(of("amsterdam", false), "-");
  EXPECT_EQ(of("amsterdam", true), "-");
  EXPECT_EQ(of("bangalore", false), "-");
}

TEST_F(Login, ToAServerThatExistsPinsOnFirstUse) {
  use_legacy();
  lay();
  EXPECT_EQ(of("amsterdam", false), "admin@203.0.113.77:2222 first-use");
  record.hosts["amsterdam/app-server"].pinned = {"ssh-ed25519 A"};
  EXPECT_EQ(of("amsterdam", false), "admin@203.0.113.77:2222 key");
}

TEST_F(Login, ToAServerThatExistsKeepsToTheDeclaredKey) {
  use_legacy("ssh-ed25519 A");
  lay();
  record.hosts["amsterdam/app-server"].pinned = {"ssh-ed25519 B"};
  EXPECT_EQ(of("amsterdam", false), "admin@203.0.113.77:2222 key");
}

TEST_F(Login, NeedsThePrivateKey) {
  use_legacy();
  keys = {};
  lay();
  EXPECT_EQ(of("amsterdam", false), "-");
}

TEST_F(Login, ToAServerWithoutAPublicAddressIsThroughTheGatewayAlsoWhenItExistedBefore) {
  use_legacy();
  instance(cloud, "x").public_ip.reset();
  lay();
  EXPECT_EQ(of("amsterdam", false), "admin@172.16.1.77:2222 first-use through root@203.0.113.1:22");
}

TEST_F(Login, ToAServerOfARemovedSiteIsThroughTheGatewayThatIsStillThere) {
  use_legacy();
  instance(cloud, "x").public_ip.reset();
  lay();
  spec.sites.erase(spec.sites.begin());
  lay();
  ASSERT_EQ(layout.departed.size(), 1U);
  EXPECT_EQ(text(login_of(layout, layout.departed[0], record, keys)),
            "admin@172.16.1.77:2222 first-use through root@203.0.113.1:22");
  drop(cloud.instances, "gw-a");
  lay();
  EXPECT_EQ(text(login_of(layout, layout.departed[0], record, keys)), "-");
}

// --- user-data

TEST(UserData, GivesTheHostItsKeyAndLetsUsIn) {
  const Secret text = bootstrap_user_data(Secret::copy_of("-----BEGIN\nabc\n-----END\n"), "ssh-ed25519 HOST",
                                          "ssh-ed25519 CLIENT");
  EXPECT_EQ(std::string(text.reveal()),
            "#cloud-config\n"
            "disable_root: false\n"
            "ssh_pwauth: false\n"
            "ssh_authorized_keys:\n"
            "- ssh-ed25519 CLIENT vpcp-controller\n"
            "ssh_keys:\n"
            "  ed25519_private: |\n"
            "    -----BEGIN\n"
            "    abc\n"
            "    -----END\n"
            "  ed25519_public: ssh-ed25519 HOST vpcp\n");
}

TEST(UserData, KeepsAfterwardsWhatCloudInitRunAnewWouldTakeFromUs) {
  EXPECT_EQ(std::string(user_data_stub().reveal()),
            "#cloud-config\n"
            "disable_root: false\n"
            "ssh_deletekeys: false\n");
}

}  // namespace
}  // namespace vpcp
