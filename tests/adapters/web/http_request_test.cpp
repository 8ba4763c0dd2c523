#include "adapters/web/http_request.h"

#include <gtest/gtest.h>

namespace vpcp::web {
namespace {

TEST(ParseRequest, TakesARequestApart) {
  const auto request =
      parse_request("GET /events?peering=a%2Fb&x=1 HTTP/1.1\r\nhOsT:  localhost:9090 \r\nAccept: */*");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "GET");
  EXPECT_EQ(request->path, "/events");
  EXPECT_EQ(query_value(request->query, "peering"), "a/b");
  EXPECT_EQ(request->host, "localhost:9090");
  EXPECT_TRUE(request->keep_alive);
}

TEST(ParseRequest, OldOrClosingClientsAreNotKept) {
  EXPECT_FALSE(parse_request("GET / HTTP/1.0")->keep_alive);
  EXPECT_FALSE(parse_request("GET / HTTP/1.1\r\nConnection: Close")->keep_alive);
  EXPECT_FALSE(parse_request("GET / HTTP/1.1\r\nTransfer-Encoding: chunked")->keep_alive);
}

TEST(ParseRequest, RefusesWhatIsNone) {
  for (const char* head :
       {"", " ", "GET", "GET /", "GET / HTTP/2", "GET  HTTP/1.1", "GET http://a/ HTTP/1.1",
        "GET /a b HTTP/1.1", "G\tT / HTTP/1.1", "GET / HTTP/1.1\r\nno colon", "GET / HTTP/1.1\r\n: x",
        "GET / HTTP/1.1\r\nA b: x", "GET / HTTP/1.1\r\nHost: a\r\nHost: b", "GET /\x01 HTTP/1.1"}) {
    EXPECT_FALSE(parse_request(head)) << head;
  }
}

TEST(QueryValue, IsDecodedAndNeverReadPastItsEnd) {
  EXPECT_EQ(query_value("a=1&b=%41%zz%4", "b"), "A%zz%4");
  EXPECT_EQ(query_value("a&b", "a"), "");
  EXPECT_EQ(query_value("", "a"), "");
}

}  // namespace
}  // namespace vpcp::web
