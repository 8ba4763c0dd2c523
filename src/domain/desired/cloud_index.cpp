#include "domain/desired/cloud_index.h"

#include <algorithm>

namespace vpcp {
namespace {

template <class Map>
auto find_in(const Map& map, const std::string& id) {
  const auto found = id.empty() ? map.end() : map.find(id);
  return found == map.end() ? nullptr : found->second;
}

template <class Map>
auto list_in(const Map& map, std::string_view key) {
  using Span = std::span<const typename Map::mapped_type::value_type>;
  const auto found = map.find(key);
  return found == map.end() ? Span{} : Span{found->second};
}

/// A tag, or a VPC, that an instance has twice does not make two instances.
void add_once(std::pmr::vector<const Instance*>& list, const Instance& instance) {
  if (list.empty() || list.back() != &instance) list.push_back(&instance);
}

}  // namespace

bool has_tag(const Instance& instance, std::string_view tag) {
  return std::find(instance.tags.begin(), instance.tags.end(), tag) != instance.tags.end();
}

CloudIndex::CloudIndex(const CloudSnapshot& cloud, const OurMarks& marks,
                       const std::set<std::string_view>& selectors) {
  for (const std::string_view tag : selectors) selected_[tag];
  instances_.reserve(cloud.instances.size());
  for (const Instance& instance : cloud.instances) add(instance, marks);
  for (const FirewallGroup& group : cloud.firewall_groups) {
    groups_.emplace(group.id.value, &group);
    const std::string_view description = group.description;
    const std::size_t slash = marks.owner_tag.size();
    if (description.starts_with(marks.owner_tag) && description.substr(slash).starts_with('/'))
      lanes_[description.substr(slash + 1)].push_back(&group);
  }
}

void CloudIndex::add(const Instance& instance, const OurMarks& marks) {
  instances_.emplace(instance.id.value, &instance);
  const bool ours = has_tag(instance, marks.owner_tag);
  for (const std::string_view tag : instance.tags) {
    if (ours && tag.starts_with(marks.part_prefix))
      add_once(parts_[tag.substr(marks.part_prefix.size())], instance);
    const auto selector = selected_.find(tag);
    if (selector == selected_.end()) continue;
    for (const VpcAttachment& attachment : instance.vpcs)
      add_once(selector->second[attachment.vpc.value], instance);
  }
}

const Instance* CloudIndex::find(const InstanceId& id) const {
  return find_in(instances_, id.value);
}

const FirewallGroup* CloudIndex::find(const FirewallGroupId& id) const {
  return find_in(groups_, id.value);
}

std::span<const Instance* const> CloudIndex::ours(std::string_view part) const {
  return list_in(parts_, part);
}

std::span<const Instance* const> CloudIndex::selected(std::string_view tag, const VpcId& vpc) const {
  return list_in(selected_.at(tag), vpc.value);
}

std::span<const FirewallGroup* const> CloudIndex::groups_of(std::string_view lane) const {
  return list_in(lanes_, lane);
}

}  // namespace vpcp
