#include "controllers/prober.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "vpcp/base/guarded.h"

/// A round of probes over a shell that notes what it is given.
namespace vpcp {
namespace {

/// Answers for the hosts that are not silent, and notes how long each was waited for.
class NotingShell : public HostShell {
 public:
  Result<Answer> run(const Context& ctx, const HostLogin& login, const Command&) override {
    waited_.with([&](auto& waited) { waited[login.name] = ctx.left(); });
    if (silent) return Error{ErrorKind::Transient, "HostUnreachable", login.name + " does not answer", {}};
    return Answer{{0, "icmp:10.10.0.2 ok 1.0 7 7 0.1\n", ""}, {}};
  }
  milliseconds waited(const std::string& lane) {
    return waited_.with([&](const auto& waited) { return waited.at(lane); });
  }
  std::atomic<bool> silent{false};

 private:
  Guarded<std::map<std::string, milliseconds>> waited_;
};

LaidSite site(const std::string& name, const std::string& region) {
  LaidSite laid;
  laid.name = name;
  laid.region = region;
  LaidHost gateway;
  gateway.lane = name + "/gateway-0";
  gateway.site = name;
  gateway.name = "gateway-0";
  gateway.is_gateway = true;
  laid.gateways.push_back(gateway);
  return laid;
}

ProbeGround two_gateways() {
  ProbeGround ground;
  for (const char* name : {"amsterdam", "bangalore"}) {
    SiteSpec spec;
    spec.name = name;
    ground.spec.sites.push_back(spec);
    ground.layout.site_index.emplace(name, ground.layout.sites.size());
    ground.layout.sites.push_back(site(name, "ams"));
    HostLogin login;
    login.name = std::string(name) + "/gateway-0";
    ground.logins[login.name] = login;
  }
  ground.tunnel_addresses = {{{"amsterdam", 0}, *Ipv4::parse("10.10.0.1")},
                             {{"bangalore", 0}, *Ipv4::parse("10.10.0.2")}};
  return ground;
}

class AProbeRound : public ::testing::Test {
 protected:
  std::size_t asked(const ProbeRound& round) {
    std::atomic<std::size_t> reports{0};
    probe_round({}, shell, ground, round, paces, [&](const auto&) { ++reports; });
    return reports;
  }
  /// Upper bounds only: on a busy machine there is less left when the shell looks.
  milliseconds waited() { return shell.waited("amsterdam/gateway-0"); }

  NotingShell shell;
  ProbeGround ground = two_gateways();
  HostPaces paces;
  ProbeRound turn{.turn = {.round = 0, .only = {}}, .limit = milliseconds{400}};
};

TEST_F(AProbeRound, WaitsForAHostLittleLongerThanItHasNeeded) {
  const milliseconds nothing_answered{6 * 40 + 400};
  EXPECT_EQ(asked(turn), 2U);
  EXPECT_GT(waited(), nothing_answered + milliseconds{1000})
      << "the first time it may have to be connected to";
  EXPECT_EQ(asked(turn), 2U);
  EXPECT_LE(waited(), nothing_answered + milliseconds{1000}) << "it has answered at once";
  shell.silent = true;
  asked(turn);
  EXPECT_LE(waited(), nothing_answered + milliseconds{1000}) << "a dead host holds nobody up";
  paces.at("amsterdam/gateway-0").given_much = {};  // long ago
  asked(turn);
  EXPECT_GT(waited(), nothing_answered + milliseconds{1000}) << "then it is given time for a connection";
  asked(turn);
  EXPECT_LE(waited(), nothing_answered + milliseconds{1000}) << "and not in every round";
}

TEST_F(AProbeRound, LeavesOutAHostThatIsBusyAndForgetsThoseThatAreGone) {
  turn.turn.only = std::set<SitePair>{SitePair{"amsterdam", "bangalore"}};
  turn.turn.skip = {"bangalore/gateway-0"};
  EXPECT_EQ(asked(turn), 1U);
  for (int i = 0; i < 10; ++i) paces["gone/server-" + std::to_string(i)] = {};
  asked(turn);
  EXPECT_EQ(paces.size(), 1U);
}

}  // namespace
}  // namespace vpcp
