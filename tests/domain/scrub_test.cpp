#include "domain/scrub.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

const std::string kKey = "YAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";  // of the manual page of wg
const std::string kUrlKey = "YAnz5TF-lXXJte14tji3zlMNq_hd2rYUIgJBgB3fBmk";
const std::string kApiKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const std::string kWebToken =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyb290In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

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
        Row{"APemBlockInAStringOfJsonAndTheRestOfTheLine",
            R"({"a":"-----BEGIN KEY-----\nc2hvcnQ=\n-----END KEY-----\n","b":1})",
            R"({"a":"[key]\n","b":1})"},
        Row{"OneThatIsCutOffInAStringOfJson", R"({"a":"-----BEGIN KEY-----\nc2hvcnQ=","b":1})",
            R"({"a":"[key]","b":1})"},
        Row{"OneWithHalfAnEnd", "-----BEGIN KEY-----\nc2hvcnQ=\n-----END K\nend", "[key] end"},
        Row{"AKeyBehindANewLineOfJson", R"("a\n)" + kKey + R"(\tb")", R"("a\n[key]\tb")"},
        Row{"AKeyInBase64Url", "key " + kUrlKey + " sent", "key [key] sent"},
        Row{"OneThatBeginsAndEndsSo", "'-" + kUrlKey.substr(1, 41) + "_='", "'[key]'"},
        Row{"AnApiKeyThatStandsAlone", "key " + kApiKey + ".", "key [key]."},
        Row{"AWholeWebToken", "got '" + kWebToken + "'", "got '[key]'"},
        Row{"AWebTokenWithoutItsEnd", "jwt=" + kWebToken.substr(0, 30), "jwt=[key]"},
        Row{"WhatABearerHas", "Authorization: Bearer abc.def-123~x, next",
            "Authorization: Bearer [key] next"},
        Row{"WhatBasicHas", "authorization: basic cm9vdDp4MQ==", "authorization: basic [key]"},
        Row{"ParametersOfAUrl", "GET /v2?apiKey=abc&page=2&access_token=d HTTP/1.1",
            "GET /v2?apiKey=[key]&page=2&access_token=[key] HTTP/1.1"},
        Row{"APasswordInAUrl", "https://user:passw0rd@example.com:8443/a",
            "https://user:[key]@example.com:8443/a"},
        Row{"Assignments", "VULTR_API_KEY=abc DB_PASSWORD = 'a b' x",
            "VULTR_API_KEY=[key] DB_PASSWORD = '[key]' x"},
        Row{"FieldsOfJson", R"({"password":"a \" b","apiKey": "c","tokens":2,"token":null})",
            R"({"password":"[key]","apiKey": "[key]","tokens":2,"token":null})"},
        Row{"FieldsOfJsonInAString", R"({"body":"{\"api_key\":\"a b\",\"x\":1}"})",
            R"({"body":"{\"api_key\":\"[key]\",\"x\":1}"})"},
        Row{"FieldsOfYaml", "password: hunter2", "password: [key]"},
        Row{"WhatIsHiddenOnlyOnce", "token=[key] Bearer [key]", "token=[key] Bearer [key]"},
        Row{"SentencesAboutThem",
            "no token: permission denied; the Secret vultr has no key apiKey; Bearer realm",
            "no token: permission denied; the Secret vultr has no key apiKey; Bearer realm"},
        Row{"NamesAndIdsAsTheyAre",
            "vpcp-system.vpc-peering-controller-7d4b9c-6d8d1d1e-4a5c-4a4f-9a5e-0d8d2c1b7a10_Gateway-A "
            "Customer-Acme-Production-Amsterdam-AppServer-01",
            "vpcp-system.vpc-peering-controller-7d4b9c-6d8d1d1e-4a5c-4a4f-9a5e-0d8d2c1b7a10_Gateway-A "
            "Customer-Acme-Production-Amsterdam-AppServer-01"},
        Row{"PathsAndAddressesAsTheyAre",
            "/usr/lib/vpc-peering-controller/vpc-peering-controller_0.1.0 ssh://root@192.0.2.10:22 "
            "https://a:80/b@c",
            "/usr/lib/vpc-peering-controller/vpc-peering-controller_0.1.0 ssh://root@192.0.2.10:22 "
            "https://a:80/b@c"},
        Row{"TheEndOfALongText", std::string(20, '.') + "the end", "…the end", 7},
        Row{"NoHalfCharacterAtTheCut", "aé…", "…", 1}, Row{"WholeCharactersAfterTheCut", "aéb", "…b", 2}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace vpcp
