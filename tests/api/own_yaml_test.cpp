#include "api/own_yaml.h"
#include "api/names.h"

#include <gtest/gtest.h>

#include "api/document.h"
#include "api/specimens.h"
#include "vpcp/api/write.h"

namespace vpcp::testing {
namespace {

nlohmann::json by_whole_parser(const std::string& text) {
  const Documents parsed = parse_yaml(text, "");
  return parsed.errors.empty() && parsed.documents.size() == 1 ? parsed.documents[0].root : nlohmann::json();
}

TEST(OwnYaml, ReadsWhatWeWriteAsAWholeParserDoes) {
  VpcPeering object;
  object.meta.ns = "network";
  object.meta.name = "ams-blr";
  object.status = specimens::full_status();
  object.status.conditions[0].message = "with: a colon, a # and \xc3\xa9";
  std::string text = status_to_yaml(object);
  ASSERT_TRUE(text.ends_with(kEndOfYaml));
  text.erase(text.size() - kEndOfYaml.size());
  const auto own = parse_own_yaml(text);
  ASSERT_TRUE(own.has_value()) << text;
  EXPECT_EQ(*own, by_whole_parser(text));
}

class OwnYamlLeaves : public ::testing::TestWithParam<const char*> {};

TEST_P(OwnYamlLeaves, ToAWholeParser) {
  EXPECT_EQ(parse_own_yaml(GetParam()), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(Texts, OwnYamlLeaves,
                         ::testing::Values("", "a: &x 1\n", "a: *x\n", "a: |\n  text\n", "a: 'single'\n",
                                           "a: 1 # comment\n", "a:\n", "a: 1\na: 2\n", "a: 1\n  b: 2\n",
                                           "a: {b: {c: 1}}\n", "a: {b: 1\n", "a: [1, 2]\n", "---\na: 1\n",
                                           "a: \"\\x01\"\n", "- a\n b: 1\n", "a: !tag x\n", "\"a\": 1\n",
                                           "a: b: c\n", "a: {b: 1,}\n", "a: {b: }\n", " a: 1\n", "a: 1\r\n",
                                           "a: \"open\n"));

}  // namespace
}  // namespace vpcp::testing
