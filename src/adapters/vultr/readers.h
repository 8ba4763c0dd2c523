#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vpcp/api/cloud.h"
#include "vpcp/base/result.h"

/// Vultr's JSON into our values. Lenient about what is absent, null or new; an answer that cannot be
/// understood is Transient "BadAnswer", never an empty list: "nothing there" would make the controller create
/// it again.
namespace vpcp::vultr {

/// One page of a list.
template <class T>
struct Page {
  std::vector<T> items;
  std::string next;  ///< Cursor of the next page, empty at the end.
};

/// An instance as the list has it.
struct ListedInstance {
  Instance instance;
  bool names_vpcs{false};  ///< False: an API without the field `vpcs`, so instance.vpcs says nothing.
};

/// A firewall group without its rules, and what changes when they do.
struct ListedGroup {
  FirewallGroup group;
  std::string revision;
};

struct OsImage {
  std::string name;
  int id{0};
};

Result<Page<Vpc>> read_vpc_page(const std::string& body);
Result<Page<ListedInstance>> read_instance_page(const std::string& body);
Result<Page<ListedGroup>> read_group_page(const std::string& body);
Result<Page<FirewallRule>> read_rule_page(const std::string& body);
/// The VPCs of one instance (/instances/{id}/vpcs).
Result<Page<VpcAttachment>> read_attachment_page(const std::string& body);
/// The ids of a VPC's NAT gateways.
Result<Page<std::string>> read_nat_gateway_page(const std::string& body);
Result<Page<CloudPlan>> read_plan_page(const std::string& body);
Result<Page<OsImage>> read_os_page(const std::string& body);
Result<Page<std::string>> read_region_page(const std::string& body);

/// Answers to creates.
Result<Vpc> read_created_vpc(const std::string& body);
Result<Instance> read_created_instance(const std::string& body);
Result<FirewallGroup> read_created_group(const std::string& body);

/// The text of an error body; empty when there is none. HTML and other strangers count as none.
std::string read_error_text(const std::string& body);

}  // namespace vpcp::vultr
