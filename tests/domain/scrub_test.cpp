#include "domain/scrub.h"

#include <gtest/gtest.h>

#include <chrono>

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

class Scrub : public ::testing::TestWithParam<Row> {};

TEST_P(Scrub, Shows) {
  EXPECT_EQ(scrub(GetParam().text, GetParam().limit), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Scrub,
    ::testing::Values(
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
            "Authorization: Bearer [key], next"},
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

/// Line by line: each text, and what is shown of it.
struct Lines {
  std::string text;
  std::string shown;
};

void expect_shown(const std::vector<Lines>& rows) {
  for (const Lines& row : rows) EXPECT_EQ(scrub_lines(row.text, 8192), row.shown + "\n") << row.text;
}

TEST(ScrubLines, HidesWhatHasASecretName) {
  expect_shown({
      {R"({"Authorization":"Basic dXNlcjpodW50ZXIy","x":1})", R"({"Authorization":"Basic [key]","x":1})"},
      {R"({"Authorization":"hunter","x":1})", R"({"Authorization":"[key]","x":1})"},
      {R"({"clientSecret":"hunter"})", R"({"clientSecret":"[key]"})"},
      {R"({"client-secret": "hunter","secret":"hunter"})", R"({"client-secret": "[key]","secret":"[key]"})"},
      {"PASSWD=hunter pwd=hunter OLD_PWD='a b'", "PASSWD=[key] pwd=[key] OLD_PWD='[key]'"},
      {"privateKey=hunter x_secret_key=a", "privateKey=[key] x_secret_key=[key]"},
      {R"({"password":20260405,"x":1})", R"({"password":"[key]","x":1})"},
      {R"({"b":"{\"password\":-1.5}"})", R"({"b":"{\"password\":\"[key]\"}"})"},
      {R"({"password":["a b", 2,null,"c"],"x":["d"]})",
       R"({"password":["[key]", "[key]",null,"[key]"],"x":["d"]})"},
      {"{user: a, password: swordfish, x: 1}", "{user: a, password: [key], x: 1}"},
      {"  - password: swordfish", "  - password: [key]"},
      {"password: correct horse battery # staple", "password: [key]"},
      {"host x[1]: password: swordfish", "host x[1]: password: [key]"},
      {R"({"msg":"password: swordfish"})", R"({"msg":"password: [key]"})"},
      {R"({"body":"user: a\npassword: swordfish\nx: 1"})", R"({"body":"user: a\npassword: [key]\nx: 1"})"},
      {"mysql --password hunter -h x", "mysql --password [key] -h x"},
      {"x --client-secret 'a b' --token=c", "x --client-secret '[key]' --token=[key]"},
      {R"({"argv":["x","--password","hunter"]})", R"({"argv":["x","--password","[key]"]})"},
      {"sshpass -p hunter ssh x", "sshpass -p [key] ssh x"},
      {"Cookie: session=hunter; other=a b", "Cookie: [key]"},
      {R"({"headers":"Set-Cookie: id=hunter; Path=/","x":1})", R"({"headers":"Set-Cookie: [key]","x":1})"},
      {R"({"Cookie":["session=hunter"],"set-cookie":"a=b"})", R"({"Cookie":["[key]"],"set-cookie":"[key]"})"},
      {"key%3D" + kApiKey, "key%3D[key]"},
      {"token%3Dhunter", "token%3D[key]"},
      {R"({"m":"{\"m\":\"{\\\"password\\\":\\\"hun\\\\\\\"ter\\\"}\"}","x":1})",
       R"({"m":"{\"m\":\"{\\\"password\\\":\\\"[key]\\\"}\"}","x":1})"},
      {R"({"m":"password='hunter","x":1})", R"({"m":"password='[key]","x":1})"},
      {R"({"password":"hunter\\","x":1})", R"({"password":"[key]","x":1})"},
      {"password: 'it''s'", "password: '[key]'"},
      {"token=/aB1/cD2 password='/a b/c d' apiKey=/abc", "token=[key] password='[key]' apiKey=[key]"},
      {"password='}#!*?' token='}1'", "password='[key]' token='[key]'"},
      {"password: 5 horses left until the end", "password: [key]"},
      {"token: hunter2 is what it has been", "token: [key]"},
      {"token: swordfish", "token: [key]"},
  });
}

TEST(ScrubLines, HidesValuesWithSignsInThem) {
  expect_shown({
      {"password: #$&hunter2", "password: [key]"},
      {"password: *<Zx9", "password: [key]"},
      {"password: <Zx9>, two", "password: [key]"},
      {"password: ! hunter2 x", "password: [key]"},
      {"Password: ! hunter two", "Password: [key]"},
      {"db_password: @!'x7Kq9", "db_password: [key]"},
      {"password: ab'x7Kq9 two", "password: [key]"},
      {"password: swordfish, two", "password: [key]"},
      {"passphrase: - hunter two", "passphrase: [key]"},
      {"password: | hunter two", "password: [key]"},
      {"password: /srv/x Hunter2", "password: [key]"},
      {"password: /a/b&Secret9", "password: [key]"},
      {"  \"password\": #$&hunter2 \"two", "  \"password\": [key]"},
      {"PASSWORD=#$&hunter2 x=1", "PASSWORD=[key] x=1"},
      {"PASSWORD=hunter<two>", "PASSWORD=[key]"},
      {"token=abc&page=2&password=hunter", "token=[key]&page=2&password=[key]"},
      {"token: Bearer abc1\"password\": hunter2", "token: [key]"},
      {"Authorization: Bearer abc1\"password\": hunter2", "Authorization: Bearer [key]\"password\": [key]"},
      {"x: PASSWORD=<Zx9", "x: PASSWORD=[key]"},
      {"run PASSWORD=\\$ecret9 x", "run PASSWORD=[key] x"},
      {"run PASSWORD=)a&b token=}c>d x", "run PASSWORD=[key] token=[key] x"},
      {"x: password: <Zx9", "x: password: [key]"},
      {R"({"m":"PASSWORD=<Zx9","x":1})", R"({"m":"PASSWORD=[key]","x":1})"},
      {R"({"m":"PASSWORD=\\$ecret9","x":1})", R"({"m":"PASSWORD=[key]","x":1})"},
      {R"({"m":"{\"m\":\"PASSWORD=<Zx9\",\"x\":1}"})", R"({"m":"{\"m\":\"PASSWORD=[key]\",\"x\":1}"})"},
  });
  EXPECT_EQ(scrub("password:\t#$&hunter2"), "password: [key]");
}

TEST(ScrubLines, HidesValuesWithBracketsInThem) {
  expect_shown({
      {"userPassword: {SSHA}W6ph5Mm5Pz8GgiULbPgz", "userPassword: [key]"},
      {"PASSWORD={Hunter2!", "PASSWORD=[key]"},
      {"PASSWORD={Hunter2} x", "PASSWORD=[key] x"},
      {"password: [Hunter two", "password: [key]"},
      {"Password: [Hunter two", "Password: [key]"},
      {"password: [a]b9cd", "password: [key]"},
      {"password: [a] b9cd", "password: [key]"},
      {"password: {a: b} c", "password: [key]"},
      {"password: {Hunter two]", "password: [key]"},
      {"x: PASSWORD={SSHA}W6ph5 y", "x: PASSWORD=[key] y"},
      {"x: PASSWORD=[a]b9cd y", "x: PASSWORD=[key] y"},
      {R"({"m":"PASSWORD={SSHA}W6ph5","x":1})", R"({"m":"PASSWORD=[key]","x":1})"},
      {"password: [a, b] # two", "password: [[key], [key]] # two"},
      {"cookie: [hunter }", "cookie: [[key] }"},
      {"secret=[ hunter", "secret=[ [key]"},
      {"  \"password\": >\"hunter!\"}", "  \"password\": [key]"},
      {"password: [Hunter two, three]", "password: [[key], [key]]"},
      {"x: token: [a, b", "x: token: [[key], [key]"},
      {"\"password\": [\"a b\", \"c\"], \"x\": [1]", "\"password\": [\"[key]\", \"[key]\"], \"x\": [1]"},
  });
}

TEST(ScrubLines, HidesValuesThatBeginLikeOthers) {
  expect_shown({
      {"passphrase: no rest for the wicked", "passphrase: [key]"},
      {"password: true north two", "password: [key]"},
      {"password: none hunter two", "password: [key]"},
      {"  \"password\": no rest", "  \"password\": [key]"},
      {"passphrase: basic horse battery", "passphrase: [key]"},
      {"password: token swordfish", "password: token [key]"},
      {"password: token a:b\"c", "password: token [key]"},
      {"password: basic Hunter9 two", "password: [key]"},
      {"PASSWORD=basic hunter", "PASSWORD=basic [key]"},
      {"PASSWORD=basic run it", "PASSWORD=[key] run it"},
      {"TOKEN=Bearer abc123 next", "TOKEN=Bearer [key] next"},
      {"Token: Basic abc123 next", "Token: Basic [key] next"},
      {"token: Bearer abc123", "token: Bearer [key]"},
  });
}

TEST(ScrubLines, HidesTokensOfSeveralWords) {
  expect_shown({
      {"app_token: abcd efgh ijkl mnop", "app_token: [key]"},
      {"token: swordfish was sent to", "token: [key]"},
      {"token: 4711 is your login code", "token: [key]"},
      {"token: 5 horses left until the end", "token: [key]"},
      {"token: swordfish expires in 5 minutes", "token: [key]"},
  });
}

TEST(ScrubLines, HidesWhatGoesOverSeveralLines) {
  expect_shown({
      {"apiKey: |\n  hunter\n\n  two\nx: 1", "apiKey: |\n  [key]\n\n  [key]\nx: 1"},
      {"- apiKey: >-\n    hunter\n- x: 1", "- apiKey: >-\n    [key]\n- x: 1"},
      {"h x[1]: apiKey: |\nh x[1]:   hunter\nh x[1]: x: 1",
       "h x[1]: apiKey: |\nh x[1]:   [key]\nh x[1]: x: 1"},
      {"  password:\n    swordfish\n  x: 1", "  password:\n    [key]\n  x: 1"},
      {"\"password\": [\n  \"a\",\n  2\n],\n\"x\": 1",
       "\"password\": [\n  \"[key]\",\n  \"[key]\"\n],\n\"x\": 1"},
      {"apiKey:\n- hunter2\n- two\nx: 1", "apiKey:\n- [key]\n- [key]\nx: 1"},
      {"- apiKey:\n  - hunter2\n- x: 1", "- apiKey:\n  - [key]\n- x: 1"},
      {R"("password": [
  "a: hunter2",
  "b\": hunter2"
],)",
       R"("password": [
  "[key]",
  "[key]"
],)"},
      {"password: \"hunter\n  two \\\" x\n\n  three\" # a\nx: 1",
       "password: \"[key]\n  [key]\n\n  [key]\" # a\nx: 1"},
      {"password: 'hunter\n  two'\nx: 1", "password: '[key]\n  [key]'\nx: 1"},
      {"password: 'it''s\n  two''s end'\nx: 1", "password: '[key]\n  [key]'\nx: 1"},
      {"export PASSWORD=\"hunter\ntwo and three\"\nx: 1", "export PASSWORD=\"[key]\n[key]\"\nx: 1"},
      {"h x[1]: password: \"hunter\nh x[1]:   two\"\nx: 1",
       "h x[1]: password: \"[key]\nh x[1]:   [key]\"\nx: 1"},
      {"password:\n- \"a: hunter2\"\n- x: 1", "password:\n- [key]\n- x: 1"},
      {R"({"m":"apiKey: |\n  hunter\n","x":1})", R"({"m":"apiKey: |\n[key]","x":1})"},
      {R"(k "-----BEGIN KEY-----"
k "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ"
k "c2hvcnQ=\n",
k "-----END KEY-----"
k "end")",
       R"(k "[key]"
k "[key]"
k "[key]\n",
k "-----END KEY-----"
k "end")"},
  });
}

TEST(ScrubLines, KnowsWhereAStringOfLinesEnds) {
  expect_shown({
      {R"(password: "ab\\"
  apiKey: "AbCdEf")",
       R"(password: "[key]"
  apiKey: "[key]")"},
      {R"(password: "ab\\\"
  two")",
       R"(password: "[key]
  [key]")"},
      {"  token: 'abc\n    apiKey: 'Hunter2'", "  token: '[key]\n    [key]"},
      {"  token: 'abc\n    apiKey: 'Hunter2\n      three'\nx: 1",
       "  token: '[key]\n    [key]\n      [key]'\nx: 1"},
      {"password: '\\''\n  apiKey: 'Hunter2'", "password: '\\''\n  [key]"},
      {"password: \"x\n  run --token \"abc\"", "password: \"[key]\n  [key]"},
      {"export PASSWORD=\"hunter\nsecret6  and three\"", "export PASSWORD=\"[key]\n[key]\""},
      {"PASSWORD=\"a\nb\" ./run", "PASSWORD=\"[key]\n[key]\" ./run"},
      {"PASSWORD='a\nb' TOKEN='c\nd' ./run", "PASSWORD='[key]\n[key]' TOKEN='[key]\n[key]' ./run"},
      {"password: \"x token: |\n  hunter two\"", "password: \"[key]\n  [key]\""},
  });
}

TEST(ScrubLines, HidesWhatBeginsBehindAStringOfLines) {
  expect_shown({
      {"password: \"x\n  two\", token:\n  hunter2", "password: \"[key]\n  [key]\", token:\n  [key]"},
      {"{password: \"x\n  two\", token:\n  hunter2,\n  user: b}",
       "{password: \"[key]\n  [key]\", token:\n  [key]\n  user: b}"},
      {"h x[1]: password: \"x\nh x[1]:   two\", token:\nh x[1]:   hunter2",
       "h x[1]: password: \"[key]\nh x[1]:   [key]\", token:\nh x[1]:   [key]"},
      {"password: \"x\n  two\", token: \"abc\n  def\"\nx: 1",
       "password: \"[key]\n  [key]\", token: \"[key]\n  [key]\"\nx: 1"},
      {"password: \"x\n  two\", token: |\n   def\nx: 1",
       "password: \"[key]\n  [key]\", token: |\n   [key]\nx: 1"},
  });
}

TEST(ScrubLines, LeavesOthersAsTheyAre) {
  for (const std::string text : {
           "privateKeyRef: {name: web-ssh, key: id}",
           "credentialsRef: {name: vultr}",
           "secretRef: web-ssh secretName=web-ssh",
           R"({"privateKeyRef":{"name":"web-ssh","key":"id"},"secretName":"web-ssh"})",
           R"({"namespace":"network","secret":"network/web-ssh","tokens":2,"password":null})",
           "imagePullSecrets: [{name: a}] imagePullSecret: registry",
           "key=network/ams-blr secret=network/vultr",
           "sudo: root : PWD=/root ; USER=root ; COMMAND=/usr/bin/wg",
           "spec.credentialsRef.name: there is no Secret network/vultr; create it with the key apiKey",
           "Secret network/app-token: not found",
           "no token: permission denied; wrong password: try again; the secret: unknown",
           "the password of root is not known, and the token is over",
           "give it by --token FILE; --password is not taken, nor is --token",
           "using password: YES",
           R"(open "/run/secrets/token": permission denied)",
           "authorization: denied; Authorization: none; no cookie: expired",
           "Token: it is not accepted",
           "Enter the password:\n  and then the other line",
           "password:\n  secretKeyRef:\n    name: vultr",
           "password:\n- secretKeyRef:\n    name: vultr",
           "x --token /var/run/secrets/token1 token=/var/run/x/token",
           "privateKey: /etc/wireguard/key2",
           R"({"tokenFile":"a","token":"/var/run/x/token","x":1})",
           "token=/var/run/x/token1: permission denied",
           "unexpected token: '}' at 12",
           "unexpected token: => at 12",
           "token: 5 minutes left until it expires, then renew by hand",
           "the token: 5 minutes left",
           "Token: /run/x/token is not there",
           "token: /run/x/token # of a file",
           "apiKey: >- # folded",
           "  \"token\": null }",
           "  \"token\": null }]}",
           "  \"token\": null, \"x\": 1",
           "password: none # yet",
           "Token: basic auth is not accepted",
           "secret: {name: web-ssh, key: id}",
           "secret: {} # none",
           "x: secret: {name: web-ssh, key: {a: b}}, and so on",
           "  \"secret\": {\"name\": \"a\"}, \"x\": {\"b\": 1}",
           "  \"secret\": {",
           "unexpected token: {",
           "unexpected token: <EOF> at 12",
           R"({"m":"password:\nuser1: x"})",
           R"({"m":"secret={\"name\":\"a\"}","x":1})",
           "msg=\"no token: \"\n  and then the other line",
           "{\"a\":1,\"password\":\"[key]\n{ \"msg\" : \"x y\" }",
           "{\"a\":1,\"password\":\"[key]\n{\"msg\":\"x\"}",
           "\"password\": [\n  \"name\" : 2\n]",
           "/var/lib/someone/projects/something/manifests/dir/visible36",
       })
    EXPECT_EQ(scrub_lines(text, 8192), text + "\n");
}

TEST(ScrubLines, HidesNothingTwice) {
  for (const std::string text :
       {R"({"password":["[key]"],"token":"[key]"})", "password: [key]", "apiKey: |\n  [key]", "//a:[key]@b",
        "--password [key]", "Cookie: [key]", "Authorization: Basic [key]"})
    EXPECT_EQ(scrub_lines(text, 8192), text + "\n");
}

/// A line that is made to take long must not: of what takes the square of its length, 4 MB take hours.
TEST(ScrubLines, TakesTimeByTheLength) {
  for (const std::string part : {"password=\"",
                                 "password='",
                                 "token: ",
                                 "token:",
                                 "\\",
                                 "password\\",
                                 "\"password\\\":\\\"",
                                 "//",
                                 "//a:",
                                 "eyJ",
                                 "-eyJ.",
                                 "eyJa-",
                                 "password: [",
                                 "password:[a,",
                                 "token: {",
                                 "token:{a:",
                                 "token={a}",
                                 "token=[a]b",
                                 "token:<",
                                 "token: < ",
                                 "token:\\\\",
                                 "\"token:<",
                                 "\ntoken: basic ",
                                 "\"token\": a }",
                                 "token: basic ",
                                 "--token ",
                                 "--token \"",
                                 "Cookie: a=",
                                 "cookie:",
                                 "\"Cookie: a=b\",",
                                 "\"password:|\\n\",",
                                 "\"password:|\\n",
                                 "password:|\\n",
                                 "pwd=/",
                                 "pwd='/",
                                 "token=/a/",
                                 "token=/a/ ",
                                 "token: a ",
                                 "secret=a/b",
                                 "authorization:",
                                 "authorization:a<",
                                 "secret=a/b&",
                                 "token:|",
                                 "token:[key]",
                                 "Cookie: a=\"",
                                 "a",
                                 "A0",
                                 "%3D",
                                 "-----BEGIN",
                                 "-----BEGIN \"\n",
                                 "-----END\n",
                                 "apiKey: |\n",
                                 " password:\n",
                                 "password: '\n",
                                 "password: \"\n'\n",
                                 "password: \"\n  a\n",
                                 "password: \"\nx\" token: \"\n",
                                 "password: \"\n  \" token:\n",
                                 "password: '\n  token: 'a\n",
                                 "\\\"",
                                 "''",
                                 "token: #\n",
                                 "\ntoken: ",
                                 "password ",
                                 "-"}) {
    std::string text;
    while (text.size() < (std::size_t{1} << 18U)) text += part;
    const auto begin = std::chrono::steady_clock::now();
    scrub_lines(text, 8192);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{3}) << part;
  }
}

}  // namespace
}  // namespace vpcp
