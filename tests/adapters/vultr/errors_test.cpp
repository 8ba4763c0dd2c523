#include "adapters/vultr/errors.h"

#include <gtest/gtest.h>

namespace vpcp::vultr {
namespace {

struct Row {
  const char* name;
  int status;
  const char* text;
  ErrorKind kind;
  const char* reason;
};

class VultrRefusal : public ::testing::TestWithParam<Row> {};

TEST_P(VultrRefusal, SaysWhatToDoNext) {
  const Row& row = GetParam();
  HttpResponse refusal;
  refusal.status = row.status;
  refusal.body =
      std::string(R"({"error":")") + row.text + R"(","status":)" + std::to_string(row.status) + "}";
  const Error error = to_error(refusal);
  EXPECT_EQ(error.kind, row.kind);
  EXPECT_EQ(error.reason, row.reason);
  EXPECT_NE(error.message.find(std::to_string(row.status)), std::string::npos) << error.message;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, VultrRefusal,
    ::testing::Values(
        Row{"WrongKey", 401, "Invalid API token.", ErrorKind::Denied, "ApiKeyRefused"},
        Row{"AddressNotAllowed", 401, "Unauthorized IP address: 192.0.2.9", ErrorKind::Denied,
            "ApiKeyRefused"},
        Row{"NoRight", 403, "Forbidden", ErrorKind::Denied, "NotPermitted"},
        Row{"RateLimit", 429, "Rate limit exceeded", ErrorKind::Throttled, "VultrRateLimited"},
        Row{"VpcInUse", 400, "The following servers are attached to this VPC network: 192.0.2.7",
            ErrorKind::Conflict, "StillAttached"},
        Row{"VpcInUse2023", 400, "VPC is attached to 192.0.2.7", ErrorKind::Conflict, "StillAttached"},
        Row{"LockedServer", 500, "Unable to destroy server: Unable to remove VM: Server is currently locked",
            ErrorKind::Conflict, "Locked"},
        Row{"DuplicateRule", 400, "This rule is already defined ", ErrorKind::Conflict, "AlreadyDefined"},
        Row{"InstanceGone", 404, "instance not found", ErrorKind::Conflict, "NotFound"},
        Row{"InstanceGone2021", 400, "invalid instance ID", ErrorKind::Conflict, "NotFound"},
        Row{"InstanceGoing", 500, "Server is pending destruction", ErrorKind::Conflict, "NotFound"},
        Row{"VpcGone", 400, "Invalid VPC ID", ErrorKind::Conflict, "NotFound"},
        Row{"RuleGone", 404, "Firewall rule ID not found", ErrorKind::Conflict, "NotFound"},
        Row{"AnythingGone", 404, "Not found.", ErrorKind::Conflict, "NotFound"},
        Row{"TooManyInstances", 400,
            "Server add failed: You have reached the maximum number of active instances for this account.",
            ErrorKind::Denied, "QuotaReached"},
        Row{"FeeLimit", 400,
            "Server add failed: You have reached the maximum monthly fee limit for this account. To deploy "
            "additional "
            "services, please request a limit increase.",
            ErrorKind::Denied, "QuotaReached"},
        Row{"TooManyVpcs", 400,
            "You have reached the maximum number of VPC networks for this location (limit: 5).",
            ErrorKind::Denied, "QuotaReached"},
        Row{"SoldOut", 400,
            "Server add failed: Plan is not available in the selected datacenter. This could mean you have "
            "chosen the "
            "wrong plan, or the location you have selected does not have any more capacity.",
            ErrorKind::Denied, "OutOfCapacity"},
        Row{"WrongPlan", 400, "Invalid plan chosen.", ErrorKind::Invalid, "PlanNotAvailable"},
        Row{"PlanWithoutVpc", 500,
            "Unable to attach VPC: Failed to attach VPC network: Plan does not support VPC networking",
            ErrorKind::Invalid, "PlanNotAvailable"},
        Row{"WrongOs", 400, "Invalid OS chosen.", ErrorKind::Invalid, "ImageNotAvailable"},
        Row{"WrongRegion", 400, "Invalid region.", ErrorKind::Invalid, "RegionUnknown"},
        Row{"NoNatGateway", 400, "Server add failed: vpc_only requires a VPC network with a NAT Gateway.",
            ErrorKind::Invalid, "NatGatewayMissing"},
        Row{"OtherInput", 400, "Bad request.", ErrorKind::Invalid, "RequestRefused"},
        Row{"Validation", 422, "Validation Error", ErrorKind::Invalid, "RequestRefused"},
        Row{"Broken", 500, "Call to a member function request() on null", ErrorKind::Transient,
            "CloudUnavailable"},
        Row{"Overload", 503, "", ErrorKind::Transient, "CloudUnavailable"},
        Row{"GatewayTimeout", 504, "", ErrorKind::Transient, "CloudUnavailable"},
        Row{"Redirect", 302, "", ErrorKind::Transient, "BadAnswer"}),
    [](const auto& info) { return info.param.name; });

TEST(VultrRefusalBody, ThatIsNotJsonLeavesTheStatusToSpeak) {
  for (const char* body :
       {"", "<html><h1>502 Bad Gateway</h1></html>", "[1]", "null", R"({"error":{"deep":1}})"}) {
    const Error error = to_error({502, {}, body});
    EXPECT_EQ(error, (Error{ErrorKind::Transient, "CloudUnavailable",
                            "Vultr answered 502: the failure is Vultr's own: wait until it is over"}))
        << body;
  }
}

TEST(VultrRefusalText, SaysWhatToDoWhereItsWordsDoNot) {
  const auto told = [](int status, const char* text) {
    return to_error({status, {}, R"({"error":")" + std::string(text) + "\"}"}).message;
  };
  EXPECT_EQ(told(403, "Forbidden."),
            "Vultr answered 403: Forbidden: let the key do this, and from this address, in Vultr's portal "
            "(API, Access Control)");
  EXPECT_EQ(
      told(404, ""),
      "Vultr answered 404: what was asked for is gone, or --vultr-url (VPCP_VULTR_URL) is not right: look "
      "at both");
  EXPECT_EQ(
      told(302, ""),
      "Vultr answered 302: look whether --vultr-url (VPCP_VULTR_URL) is right, and whether a proxy stands "
      "between");
  EXPECT_EQ(told(500, "Oops."),
            "Vultr answered 500: Oops: the failure is Vultr's own: wait until it is over");
}

TEST(VultrRefusalText, IsShownOnOneBoundedLine) {
  const Error error =
      to_error({400, {}, "{\"error\":\"two\\nlines\\u001b[31m" + std::string(5000, 'x') + "\"}"});
  EXPECT_LT(error.message.size(), 300u);
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
  EXPECT_EQ(error.message.find('\x1b'), std::string::npos);
}

TEST(RetryAfter, IsTheHeaderWithinBounds) {
  const auto of = [](const char* header) { return retry_after({429, {{"retry-after", header}}, ""}); };
  EXPECT_EQ(of("7"), seconds{7});
  EXPECT_EQ(of("0"), seconds{1});
  EXPECT_EQ(of("-3"), seconds{1});
  EXPECT_EQ(of("86400"), seconds{600});
  EXPECT_EQ(of("Fri, 31 Dec 1999 23:59:59 GMT"), seconds{5});
  EXPECT_EQ(retry_after({429, {}, ""}), seconds{5});
}

}  // namespace
}  // namespace vpcp::vultr
