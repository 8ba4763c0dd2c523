#include "adapters/kube/json_text.h"

#include <gtest/gtest.h>

namespace vpcp::kube {
namespace {

struct Answer {
  const char* name;
  const char* text;
  const char* kept;
};

class ManagedFields : public ::testing::TestWithParam<Answer> {};

TEST_P(ManagedFields, AreLeftOut) {
  EXPECT_EQ(without_managed_fields(GetParam().text), GetParam().kept);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ManagedFields,
    ::testing::Values(Answer{"OfAnObject",
                             R"({"metadata":{"name":"a","managedFields":[{"f:spec":{"f:x":[]}}],"uid":"u"}})",
                             R"({"metadata":{"name":"a","uid":"u"}})"},
                      Answer{"AtTheEnd", R"({"metadata":{"name":"a","managedFields":[]},"spec":{}})",
                             R"({"metadata":{"name":"a"},"spec":{}})"},
                      Answer{"OfEachOfAList",
                             R"([{"a":1,"managedFields":[1]},{"b":2,"managedFields":[2],"c":3}])",
                             R"([{"a":1},{"b":2,"c":3}])"},
                      Answer{"WithBracketsAndQuotesInTexts",
                             R"({"a":1,"managedFields":[{"k":"]}\"]\\"}],"b":"]"})", R"({"a":1,"b":"]"})"},
                      Answer{"NotATextThatLooksLikeThem", R"({"a":"x,\"managedFields\":[1]"})",
                             R"({"a":"x,\"managedFields\":[1]"})"},
                      Answer{"NotAMemberOfThatNameThatIsNoList", R"({"a":1,"managedFields":"x"})",
                             R"({"a":1,"managedFields":"x"})"},
                      Answer{"OfATextThatWasCut", R"({"a":1,"managedFields":[{"b)", R"({"a":1)"},
                      Answer{"OfATextThatWasCutInAnEscape", R"({"a":1,"managedFields":["\)", R"({"a":1)"},
                      Answer{"OfNothing", "", ""}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace vpcp::kube
