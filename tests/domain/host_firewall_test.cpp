#include "domain/host/firewall_check.h"
#include "domain/host_samples.h"

namespace vpcp::testing {
namespace {

using Chain = FilterRule::Chain;
using Verdict = FilterRule::Verdict;

FilterRule denied(Chain chain, void (*change)(FilterRule&)) {
  FilterRule made = rule(chain, Verdict::Deny);
  change(made);
  return made;
}

struct Row {
  const char* name;
  Chain chain;
  void (*deny)(FilterRule&);  ///< Of a rule that stands before ours.
  RuleState state;
};

class DenyBeforeOurs : public ::testing::TestWithParam<Row> {};

TEST_P(DenyBeforeOurs, CountsWhenItConcernsThePeering) {
  UfwFacts ufw = *healthy_gateway().ufw;
  ufw.rules.insert(ufw.rules.begin(), denied(GetParam().chain, GetParam().deny));
  const auto state = GetParam().chain == Chain::Input
                         ? port_rule_state(ufw, 51820)
                         : routed_rule_state(ufw, Direction::In, gateway_a().peers);
  EXPECT_EQ(state, GetParam().state);
}

const Row kRows[] = {
    {"AllInput", Chain::Input, [](FilterRule&) {}, RuleState::Denied},
    {"TheProtocol", Chain::Input, [](FilterRule& r) { r.protocol = "udp"; }, RuleState::Denied},
    {"AnotherProtocol", Chain::Input, [](FilterRule& r) { r.protocol = "tcp"; }, RuleState::Works},
    {"AnotherPort", Chain::Input, [](FilterRule& r) { r.port = 53; }, RuleState::Works},
    {"OneSender", Chain::Input, [](FilterRule& r) { r.source = net("198.51.100.7/32"); }, RuleState::Works},
    {"AllRouted", Chain::Forward, [](FilterRule&) {}, RuleState::Denied},
    {"RoutedInOnTheTunnel", Chain::Forward, [](FilterRule& r) { r.in_interface = "wg0"; }, RuleState::Denied},
    {"RoutedInElsewhere", Chain::Forward, [](FilterRule& r) { r.in_interface = "enp1s0"; }, RuleState::Works},
    {"RoutedTcp", Chain::Forward, [](FilterRule& r) { r.protocol = "tcp"; }, RuleState::Denied},
    {"OneRoutedService", Chain::Forward,
     [](FilterRule& r) {
       r.protocol = "tcp";
       r.port = 25;
     },
     RuleState::Works},
    {"AWholeRemoteNetwork", Chain::Forward, [](FilterRule& r) { r.source = net("172.16.0.0/12"); },
     RuleState::Denied},
    {"OneRemoteServer", Chain::Forward, [](FilterRule& r) { r.source = net("172.16.2.7/32"); },
     RuleState::Works},
    {"WhatWeCannotJudge", Chain::Forward, [](FilterRule& r) { r.narrowed = true; }, RuleState::Works},
};
INSTANTIATE_TEST_SUITE_P(Table, DenyBeforeOurs, ::testing::ValuesIn(kRows), ByName{});

TEST(RoutedRule, IsMissingWhenOnlyOneProtocolIsAllowed) {
  UfwFacts ufw = *healthy_gateway().ufw;
  for (FilterRule& made : ufw.rules) made.protocol = "udp";
  EXPECT_EQ(routed_rule_state(ufw, Direction::In, gateway_a().peers), RuleState::Missing);
}

class LoggedRule : public ::testing::TestWithParam<const char*> {};

TEST_P(LoggedRule, OfTheUserThatAllowsIsLeftAsItIs) {
  UfwFacts ufw = *healthy_gateway().ufw;
  for (std::string& kept : ufw.rules_kept) {
    const std::size_t verb = kept.find("allow ");
    ASSERT_NE(verb, std::string::npos) << kept;
    kept.insert(verb + 5, GetParam());
  }
  EXPECT_EQ(port_rule_state(ufw, 51820), RuleState::Works);
  EXPECT_EQ(routed_rule_state(ufw, Direction::In, gateway_a().peers), RuleState::Works);
  EXPECT_EQ(routed_rule_state(ufw, Direction::Out, gateway_a().peers), RuleState::Works);
}
INSTANTIATE_TEST_SUITE_P(As, LoggedRule, ::testing::Values("_log", "_log-all"));

}  // namespace
}  // namespace vpcp::testing
