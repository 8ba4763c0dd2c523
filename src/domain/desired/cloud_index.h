#pragma once
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
  /// `owner` is the tag of what is ours; parts are told by tags that begin with `part_prefix`.
  CloudIndex(const CloudSnapshot& cloud, std::string_view owner, std::string_view part_prefix);

  [[nodiscard]] const Instance* find(const InstanceId& id) const;  ///< Null for an empty or unknown id.
  [[nodiscard]] const FirewallGroup* find(const FirewallGroupId& id) const;
  /// Instances of ours with the part's tag, each once.
  [[nodiscard]] const std::vector<const Instance*>& with_part(std::string_view part_tag) const;
  [[nodiscard]] const std::vector<const FirewallGroup*>& described(std::string_view description) const;

 private:
  std::unordered_map<std::string_view, const Instance*> instances_;
  std::unordered_map<std::string_view, const FirewallGroup*> groups_;
  std::unordered_map<std::string_view, std::vector<const Instance*>> parts_;
  std::unordered_map<std::string_view, std::vector<const FirewallGroup*>> descriptions_;
};

}  // namespace vpcp
