#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "vpcp/api/cloud.h"

namespace vpcp {

/// A cloud resource that carries a mark of ours, whose object is not among those known.
struct Orphan {
  enum class Kind { Instance, FirewallGroup, Vpc };
  Kind kind{Kind::Instance};
  std::string id;
  std::string name;  ///< Label or description.
  std::string region;
  std::string owner_uid;
  double monthly_cost_usd{0};
  SystemTime created{};
  friend bool operator==(const Orphan&, const Orphan&) = default;
};

/// In the order in which they can be deleted: instances, firewall groups, VPCs. `uids`: the marks of all
/// objects, in all namespaces; another controller's objects are not among them, so what is found is a
/// question, no verdict.
std::vector<Orphan> find_orphans(const CloudSnapshot& cloud, const std::set<std::string>& uids,
                                 const std::map<std::string, CloudPlan>& plans);

/// How many there are of each type: "vpc", "instance", "firewall_group".
std::map<std::string, int> count_by_type(const std::vector<Orphan>& orphans);

}  // namespace vpcp
