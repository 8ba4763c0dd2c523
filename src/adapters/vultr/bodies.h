#pragma once
#include <string>

#include "vpcp/api/cloud.h"

/// Request bodies as Vultr reads them. All are Secrets, since two of them carry user-data.
namespace vpcp::vultr {

Secret vpc_body(const NewVpc& vpc);
Secret description_body(const std::string& description);
Secret rule_body(const NewFirewallRule& rule);
Secret instance_body(const NewInstance& instance, int os_id);
Secret patch_body(const InstancePatch& patch);

}  // namespace vpcp::vultr
