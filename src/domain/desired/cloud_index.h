#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vpcp/api/cloud.h"

namespace vpcp {

bool has_tag(const Instance& instance, std::string_view tag);

/// A snapshot by what a layout asks for: with thousands of hosts, none of them may look at all the others.
/// Refers to the snapshot, which must outlive it.
class CloudIndex {
 public:
  /// `selectors`: the tags that are also asked for by VPC.
  CloudIndex(const CloudSnapshot& cloud, const std::set<std::string_view>& selectors);

  [[nodiscard]] const Instance* find(const InstanceId& id) const;  ///< Null for an empty or unknown id.
  [[nodiscard]] const FirewallGroup* find(const FirewallGroupId& id) const;
  /// Each once, in the order of the snapshot.
  [[nodiscard]] const std::vector<const Instance*>& tagged(std::string_view tag) const;
  /// Those attached to the VPC. Precondition: the tag is one of the selectors.
  [[nodiscard]] const std::vector<const Instance*>& tagged(std::string_view tag, const VpcId& vpc) const;
  [[nodiscard]] const std::vector<const FirewallGroup*>& described(std::string_view description) const;

 private:
  std::unordered_map<std::string_view, const Instance*> instances_;
  std::unordered_map<std::string_view, const FirewallGroup*> groups_;
  std::unordered_map<std::string_view, std::vector<const Instance*>> tags_;
  std::map<std::string_view, std::unordered_map<std::string_view, std::vector<const Instance*>>> selected_;
  std::unordered_map<std::string_view, std::vector<const FirewallGroup*>> descriptions_;
};

}  // namespace vpcp
