#pragma once
#include <map>
#include <memory_resource>
#include <set>
#include <span>
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
  [[nodiscard]] std::span<const Instance* const> ours(std::string_view part) const;
  /// Instances with the tag that are attached to the VPC. Precondition: the tag is one of the selectors.
  [[nodiscard]] std::span<const Instance* const> selected(std::string_view tag, const VpcId& vpc) const;
  /// Those that are described as ours, for the host of the lane.
  [[nodiscard]] std::span<const FirewallGroup* const> groups_of(std::string_view lane) const;

 private:
  template <class T>
  using Map = std::pmr::unordered_map<std::string_view, T>;
  template <class T>
  using List = std::pmr::vector<const T*>;

  void add(const Instance& instance, const OurMarks& marks);

  std::pmr::monotonic_buffer_resource memory_;  ///< First: of the others, which only grow.
  Map<const Instance*> instances_{&memory_};
  Map<const FirewallGroup*> groups_{&memory_};
  Map<List<Instance>> parts_{&memory_};
  std::pmr::map<std::string_view, Map<List<Instance>>> selected_{&memory_};
  Map<List<FirewallGroup>> lanes_{&memory_};
};

}  // namespace vpcp
