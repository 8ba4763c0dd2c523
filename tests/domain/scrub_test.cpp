#include "domain/scrub.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

const std::string kKey = "YAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";  // of the manual page of wg

struct Row {
  const char* name;
  std::string text;
  std::string shown;
  std::size_t limit{300};
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class Scrub : public testing::TestWithParam<Row> {};

TEST_P(Scrub, Shows) {
  EXPECT_EQ(scrub(GetParam().text, GetParam().limit), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Scrub,
    testing::Values(
        Row{"NothingOfNothing", "", ""},
        Row{"PlainTextAsItIs", "RTNETLINK answers: File exists", "RTNETLINK answers: File exists"},
        Row{"AKeyAsItsPlace", "PrivateKey = " + kKey + " is wrong", "PrivateKey = [key] is wrong"},
        Row{"AKeyWithoutPaddingToo", kKey.substr(0, 43), "[key]"},
        Row{"AKeyInQuotes", "'" + kKey + "'", "'[key]'"},
        Row{"ShortDigestsAsTheyAre", "sha256 4f0f12e5", "sha256 4f0f12e5"},
        Row{"ControlCharactersAsSpaces",
            "a\nb\tc\x1b[31m\x7f"
            "d\n\n",
            "a b c [31m d"},
        Row{"APemBlockAsItsPlaceWithItsShortLastLine",
            "got:\n-----BEGIN OPENSSH PRIVATE "
            "KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMw\n"
            "c2hvcnQ=\n-----END OPENSSH PRIVATE KEY-----\nend",
            "got: [key] end"},
        Row{"APemBlockThatIsCutOffNotAtAll", "-----BEGIN RSA PRIVATE KEY-----\nc2hvcnQ=", "[key]"},
        Row{"TheEndOfALongText", std::string(20, '.') + "the end", "…the end", 7},
        Row{"NoHalfCharacterAtTheCut", "aé…", "…", 1}, Row{"WholeCharactersAfterTheCut", "aéb", "…b", 2}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace vpcp
