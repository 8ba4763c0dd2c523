#pragma once
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vpcp/api/cloud.h"

namespace vpcp {

bool has_tag(const Instance& instance, std::string_view tag);

/// How what is ours is marked: layout.h.
struct OurMarks {
  std::string_view owner_tag;    ///< Of all that is ours: "vpcp-<mark>".
  std::string_view part_prefix;  ///< Of the tag that names the part of an instance.
};

/// A snapshot by what a layout asks for: with thousands of hosts, none of them may look at all the others.
/// Refers to the snapshot, which must outlive it.
class CloudIndex {
 public:
  /// `selectors`: the tags that are asked for by VPC.
  CloudIndex(const CloudSnapshot& cloud, const OurMarks& marks, const std::set<std::string_view>& selectors);

  [[nodiscard]] const Instance* find(const InstanceId& id) const;  ///< Null for an empty or unknown id.
  [[nodiscard]] const FirewallGroup* find(const FirewallGroupId& id) const;
  // Each of these once, in the order of the snapshot:
  /// Instances with our tags for the part, of whatever site.
  [[nodiscard]] const std::vector<const Instance*>& ours(std::string_view part) const;
  /// Instances with the tag that are attached to the VPC. Precondition: the tag is one of the selectors.
  [[nodiscard]] const std::vector<const Instance*>& selected(std::string_view tag, const VpcId& vpc) const;
  /// Those that are described as ours, for the host of the lane.
  [[nodiscard]] const std::vector<const FirewallGroup*>& groups_of(std::string_view lane) const;

 private:
  using Instances = std::unordered_map<std::string_view, std::vector<const Instance*>>;

  void add(const Instance& instance, const OurMarks& marks);

  std::unordered_map<std::string_view, const Instance*> instances_;
  std::unordered_map<std::string_view, const FirewallGroup*> groups_;
  Instances parts_;
  std::map<std::string_view, Instances> selected_;
  std::unordered_map<std::string_view, std::vector<const FirewallGroup*>> lanes_;
};

}  // namespace vpcp
