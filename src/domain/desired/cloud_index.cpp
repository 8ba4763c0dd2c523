#include "domain/desired/cloud_index.h"

#include <algorithm>

namespace vpcp {
namespace {

template <class T>
const T* find_in(const std::unordered_map<std::string_view, const T*>& map, const std::string& id) {
  const auto found = id.empty() ? map.end() : map.find(id);
  return found == map.end() ? nullptr : found->second;
}

template <class T>
const std::vector<const T*>& list_in(const std::unordered_map<std::string_view, std::vector<const T*>>& map,
                                     std::string_view key) {
  static const std::vector<const T*> kNone;
  const auto found = map.find(key);
  return found == map.end() ? kNone : found->second;
}

}  // namespace

bool has_tag(const Instance& instance, std::string_view tag) {
  return std::find(instance.tags.begin(), instance.tags.end(), tag) != instance.tags.end();
}

CloudIndex::CloudIndex(const CloudSnapshot& cloud, const std::set<std::string_view>& selectors) {
  for (const Instance& instance : cloud.instances) {
    instances_.emplace(instance.id.value, &instance);
    for (const std::string& tag : instance.tags) {
      auto& tagged = tags_[tag];
      // A tag that is there twice does not make two instances.
      if (tagged.empty() || tagged.back() != &instance) tagged.push_back(&instance);
    }
  }
  for (const std::string_view tag : selectors) {
    auto& by_vpc = selected_[tag];
    for (const Instance* instance : tagged(tag)) {
      for (const VpcAttachment& attachment : instance->vpcs) {
        auto& attached = by_vpc[attachment.vpc.value];
        if (attached.empty() || attached.back() != instance) attached.push_back(instance);
      }
    }
  }
  for (const FirewallGroup& group : cloud.firewall_groups) {
    groups_.emplace(group.id.value, &group);
    descriptions_[group.description].push_back(&group);
  }
}

const Instance* CloudIndex::find(const InstanceId& id) const {
  return find_in(instances_, id.value);
}

const FirewallGroup* CloudIndex::find(const FirewallGroupId& id) const {
  return find_in(groups_, id.value);
}

const std::vector<const Instance*>& CloudIndex::tagged(std::string_view tag) const {
  return list_in(tags_, tag);
}

const std::vector<const Instance*>& CloudIndex::tagged(std::string_view tag, const VpcId& vpc) const {
  return list_in(selected_.at(tag), vpc.value);
}

const std::vector<const FirewallGroup*>& CloudIndex::described(std::string_view description) const {
  return list_in(descriptions_, description);
}

}  // namespace vpcp
