#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "vpcp/api/read_json.h"

namespace vpcp {
namespace {

using nlohmann::json;

class JsonOfOthers : public ::testing::TestWithParam<const char*> {};

TEST_P(JsonOfOthers, IsReadAsTheLibraryReadsIt) {
  const json expected = json::parse(GetParam(), nullptr, /*allow_exceptions=*/false);
  const json read = parse_bounded_json(GetParam());
  EXPECT_EQ(read.type(), expected.type());
  if (expected.is_discarded()) return;  // equal to nothing
  EXPECT_EQ(read, expected);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, JsonOfOthers,
    ::testing::Values("null", "true", "-7", "18446744073709551615", "1.5e3", R"("a \" b\u00e9")", "[]", "{}",
                      R"([1, "a", null, [false, {"b": []}], {}])",
                      R"({"a": {"b": [{"c": 1}, {"c": 2}], "d": "["}, "e": {}, "f": -1})",
                      R"({"twice": 1, "twice": {"a": 2}})", "", "{", "[1,]", R"({"a" 1})", "[1] 2", "1e999",
                      "\"\xff\"", "]", "nul"));

std::string nested(std::size_t depth, const std::string& open, const std::string& close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  text += "1";
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(DeepJsonOfOthers, IsDiscardedWhereItNestsTooDeep) {
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair(R"({"a":)", "}")}) {
    EXPECT_FALSE(parse_bounded_json(nested(200, open, close)).is_discarded());
    EXPECT_TRUE(parse_bounded_json(nested(201, open, close)).is_discarded());
    EXPECT_TRUE(parse_bounded_json(nested(1000000, open, close)).is_discarded());
  }
  EXPECT_FALSE(
      parse_bounded_json("[" + nested(199, "[", "]") + "," + nested(199, "[", "]") + "]").is_discarded())
      << "beside one another is not inside one another";
}

}  // namespace
}  // namespace vpcp
