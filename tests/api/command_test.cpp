#include <gtest/gtest.h>

#include "vpcp/api/host.h"
#include "vpcp/api/status.h"

namespace vpcp {
namespace {

struct Quoting {
  std::vector<std::string> argv;
  std::string line;
};

class ShellLine : public testing::TestWithParam<Quoting> {};

TEST_P(ShellLine, KeepsEachArgumentOneWord) {
  EXPECT_EQ(shell_line(Command{GetParam().argv, {}}), GetParam().line);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ShellLine,
    testing::Values(Quoting{{"ip", "-j", "route"}, "ip -j route"}, Quoting{{"echo", ""}, "echo ''"},
                    Quoting{{"echo", "a b"}, "echo 'a b'"}, Quoting{{"echo", "it's"}, R"(echo 'it'\''s')"},
                    Quoting{{"echo", "$(reboot)", "`x`", "a;b", "*"}, "echo '$(reboot)' '`x`' 'a;b' '*'"},
                    Quoting{{"A=1", "~root"}, "'A=1' '~root'"}, Quoting{{"printf", "a\nb"}, "printf 'a\nb'"},
                    Quoting{{}, ""}));

TEST(Command, IsCopiedWithOneThingChanged) {
  init_crypto();
  const Command plain{{"cat"}, {}};
  const Command changed = plain.with_input(Secret::copy_of("x")).with_limit(seconds{5});
  EXPECT_EQ(changed.argv, plain.argv);
  EXPECT_EQ(changed.input.reveal(), "x");
  EXPECT_EQ(changed.limit, seconds{5});
  EXPECT_TRUE(plain.input.empty());
}

TEST(FindCondition, IsNullWhenThereIsNone) {
  PeeringStatus status;
  status.conditions = {{"A", ConditionStatus::True, "R", "", 0, {}},
                       {"B", ConditionStatus::False, "R", "", 0, {}}};
  EXPECT_EQ(find_condition(status, "B"), &status.conditions[1]);
  EXPECT_EQ(find_condition(status, "C"), nullptr);
}

}  // namespace
}  // namespace vpcp
