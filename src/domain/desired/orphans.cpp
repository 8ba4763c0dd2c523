#include "domain/desired/orphans.h"

#include <algorithm>

#include "domain/desired/layout.h"

namespace vpcp {
namespace {

/// The uid of the mark "vpcp-UID/" or "vpcp-UID" that `text` begins with; "" without one.
std::string marked_uid(const std::string& text) {
  const std::string prefix = owner_tag("");
  if (!text.starts_with(prefix)) return "";
  return text.substr(prefix.size(), text.find('/') - prefix.size());
}

std::string uid_of(const Vpc& vpc) {
  const std::size_t open = vpc.description.rfind('(');
  return open == std::string::npos || vpc.description.find('/', open) == std::string::npos
             ? ""
             : marked_uid(vpc.description.substr(open + 1));
}

std::string uid_of(const Instance& instance) {
  for (const std::string& tag : instance.tags) {
    const bool role = tag.starts_with(owner_tag("site-")) || tag.starts_with(owner_tag("part-"));
    if (const std::string uid = marked_uid(tag); !uid.empty() && !role) return uid;
  }
  return "";
}

std::string uid_of(const FirewallGroup& group) {
  return group.description.find('/') == std::string::npos ? "" : marked_uid(group.description);
}

template <class Resource>
int strangers(const std::vector<Resource>& resources, const std::set<std::string>& uids) {
  return static_cast<int>(std::count_if(resources.begin(), resources.end(), [&](const Resource& resource) {
    const std::string uid = uid_of(resource);
    return !uid.empty() && !uids.contains(uid);
  }));
}

}  // namespace

std::map<std::string, int> count_orphans(const CloudSnapshot& cloud, const std::set<std::string>& uids) {
  return {{"vpc", strangers(cloud.vpcs, uids)},
          {"instance", strangers(cloud.instances, uids)},
          {"firewall_group", strangers(cloud.firewall_groups, uids)}};
}

}  // namespace vpcp
