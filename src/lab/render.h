#pragma once
#include "lab/fields.h"
#include "lab/model.h"
#include "vpcp/base/secret.h"

namespace vpcp::lab {

/// Records as the API writes them.
Json to_json(const SshKeyRecord& key);
Json to_json(const VpcRecord& vpc);
Json to_json(const NatGatewayRecord& gateway, const std::string& vpc_id);
Json to_json(const FirewallGroupRecord& group);
Json to_json(const FirewallRuleRecord& rule);
/// As in list and get. The answers to create, patch and reinstall lack "vpcs".
Json to_json(const InstanceView& view);
/// As the create call answers: placeholders where nothing is known yet.
Json created_json(const InstanceView& view);
/// "2020-10-10T01:56:20+00:00"
std::string api_time(SystemTime time);
std::string netmask(int prefix);

}  // namespace vpcp::lab
