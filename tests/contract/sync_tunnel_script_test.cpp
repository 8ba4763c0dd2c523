// The script that sets the peers of a running tunnel, as a host runs it; instead of WireGuard a `wg` that
// tells what runs and writes down what it is asked for.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "domain/host/commands.h"
#include "domain/wireguard/config.h"

namespace vpcp::testing {
namespace {

constexpr const char* kDelhi = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr const char* kParis = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
constexpr const char* kNobody = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=";

DesiredPeer peer(const char* name, const char* key, const char* address, const char* network) {
  DesiredPeer made;
  made.name = name;
  made.public_key = key;
  made.endpoint = Endpoint{*Ipv4::parse(address), 51820};
  made.allowed_ips = {*Cidr::parse("10.10.0.2/32"), *Cidr::parse(network)};
  return made;
}

DesiredGateway gateway() {
  DesiredGateway made;
  made.private_key = Secret::copy_of("own-private-key");
  made.listen_port = 51820;
  made.persistent_keepalive = seconds{25};
  made.peers = {peer("delhi/gateway-0", kDelhi, "203.0.113.2", "172.16.2.0/24"),
                peer("paris/gateway-0", kParis, "203.0.113.3", "172.16.3.0/24")};
  made.peers[0].preshared_key = Secret::copy_of("key-with-delhi");
  return made;
}

/// `wg show wg0 dump` when all is as declared; the networks in another order.
const std::string kInterface = "own-private-key\town-public-key\t51820\toff\n";
const std::string kDelhiRuns =
    std::string(kDelhi) + "\tkey-with-delhi\t203.0.113.2:51820\t172.16.2.0/24,10.10.0.2/32\t1\t2\t3\t25\n";
const std::string kParisRuns =
    std::string(kParis) + "\t(none)\t203.0.113.3:51820\t10.10.0.2/32,172.16.3.0/24\t1\t2\t3\t25\n";

struct Row {
  const char* name;
  std::string runs;
  std::string asked;  ///< Of wg, call by call, with what it was given; the names of peers for their keys.
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class SyncTunnelScript : public ::testing::TestWithParam<Row> {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "sync-tunnel.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::ofstream(folder_ / "wg") << "#!/bin/sh\n[ \"$1\" = show ] && exec cat " << folder_ / "runs"
                                  << "\n"
                                  << "{ echo \"wg $*\"; [ \"$1\" != addconf ] || cat; } >> "
                                  << folder_ / "asked"
                                  << "\n";
    std::filesystem::permissions(folder_ / "wg", std::filesystem::perms::owner_all);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string asked_of_wg(const std::string& runs) const {
    std::ofstream(folder_ / "runs") << runs;
    const Command command = sync_tunnel_command(render_syncconf(gateway()));
    std::ofstream(folder_ / "input") << command.input.reveal();
    const std::string line =
        "PATH=" + folder_.string() + ":$PATH; " + shell_line(command) + " < " + (folder_ / "input").string();
    EXPECT_EQ(std::system(line.c_str()), 0);
    std::ostringstream asked;
    if (std::ifstream file(folder_ / "asked"); file.peek() != std::ifstream::traits_type::eof())
      asked << file.rdbuf();
    return asked.str();
  }

 private:
  std::filesystem::path folder_;
};

std::string with_names(std::string text) {
  for (const auto& [key, name] : {std::pair{kDelhi, "Delhi"}, {kParis, "Paris"}, {kNobody, "Nobody"}}) {
    for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key))
      text.replace(at, std::string(key).size(), name);
  }
  return text;
}

TEST_P(SyncTunnelScript, SetsWhatDiffersAndNothingElse) {
  EXPECT_EQ(with_names(asked_of_wg(GetParam().runs)), GetParam().asked);
}

std::string changed(std::string runs, const std::string& what, const std::string& by) {
  return runs.replace(runs.find(what), what.size(), by);
}
const std::string kDelhiSet =
    "wg addconf wg0 /dev/stdin\n[Peer]\nPublicKey = Delhi\nPresharedKey = key-with-delhi\n"
    "Endpoint = 203.0.113.2:51820\nAllowedIPs = 10.10.0.2/32, 172.16.2.0/24\nPersistentKeepalive = 25\n";
const std::string kParisSet =
    "wg addconf wg0 /dev/stdin\n[Peer]\nPublicKey = Paris\n"
    "PresharedKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "Endpoint = 203.0.113.3:51820\nAllowedIPs = 10.10.0.2/32, 172.16.3.0/24\nPersistentKeepalive = 25\n";

const Row kRows[] = {
    {"AllRunsAsDeclared", kInterface + kDelhiRuns + kParisRuns, ""},
    {"APeerIsMissing", kInterface + kDelhiRuns, kParisSet},
    {"APeerIsNotDeclared",
     kInterface + kDelhiRuns + std::string(kNobody) + "\t(none)\t(none)\t(none)\t0\t0\t0\toff\n" + kParisRuns,
     "wg set wg0 peer Nobody remove\n"},
    {"AnotherEndpoint", kInterface + changed(kDelhiRuns, ":51820", ":9") + kParisRuns, kDelhiSet},
    {"NoEndpoint", kInterface + kDelhiRuns + changed(kParisRuns, "203.0.113.3:51820", "(none)"), kParisSet},
    {"ANetworkIsMissing", kInterface + changed(kDelhiRuns, "172.16.2.0/24,", "") + kParisRuns, kDelhiSet},
    {"ANetworkTooMany", kInterface + kDelhiRuns + changed(kParisRuns, "\t10.", "\t172.16.2.0/25,10."),
     kParisSet},
    {"AnotherKeepalive", kInterface + changed(kDelhiRuns, "\t25", "\toff") + kParisRuns, kDelhiSet},
    {"AnotherPresharedKey", kInterface + changed(kDelhiRuns, "key-with-delhi", "another") + kParisRuns,
     kDelhiSet},
    {"APresharedKeyTooMany", kInterface + kDelhiRuns + changed(kParisRuns, "(none)", "another"), kParisSet},
    {"AnotherPort", changed(kInterface, "51820", "9") + kDelhiRuns + kParisRuns,
     "wg addconf wg0 /dev/stdin\n[Interface]\nListenPort = 51820\nPrivateKey = own-private-key\n"},
    {"AnotherKeyOfItsOwn", changed(kInterface, "own-private-key", "another") + kDelhiRuns + kParisRuns,
     "wg addconf wg0 /dev/stdin\n[Interface]\nListenPort = 51820\nPrivateKey = own-private-key\n"},
};
INSTANTIATE_TEST_SUITE_P(Rows, SyncTunnelScript, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace vpcp::testing
