#pragma once
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/desired/topology.h"
#include "domain/record.h"
#include "vpcp/api/cloud.h"
#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// The declared object laid over the cloud as it was found: which VPC, instance and firewall group plays
/// which part. Pure look-up, no judgement: what is missing is empty, what is there twice is in `twins`.

enum class HostOrigin {
  Created,   ///< By us, from the spec.
  Existing,  ///< Named by instanceID or chosen by tag: never deleted by us, restored when it leaves.
};

struct LaidHost {
  std::string lane;  ///< "amsterdam/gateway-0", "bangalore/db-server"
  std::string site;
  std::string name;  ///< Within the site.
  bool is_gateway{false};
  HostOrigin origin{HostOrigin::Created};
  CreateServer create;              ///< What to create, gateways too.
  std::optional<SshAccess> access;  ///< Of an existing server.
  InstanceId declared;              ///< Of one that the spec names: its instanceID.
  std::shared_ptr<const Instance> instance;
  std::vector<Instance> twins;  ///< Further instances of ours that carry the same part.
  std::shared_ptr<const FirewallGroup> group;
  std::vector<FirewallGroup> group_twins;

  [[nodiscard]] bool needs_group() const {
    return origin == HostOrigin::Created && (is_gateway || create.public_address == PublicAddress::None);
  }
};

struct LaidSite {
  std::string name;
  std::string region;
  VpcSpec wanted;
  std::shared_ptr<const Vpc> vpc;
  std::vector<Vpc> vpc_twins;
  std::vector<LaidHost> gateways;
  std::vector<LaidHost> servers;
  std::vector<Neighbour> neighbours;  ///< By their places in Layout::sites.
  /// The networks of all sites that this one reaches by the topology, as far as they are known. Sorted, each
  /// once.
  std::vector<Cidr> reachable;

  /// Its VPC's network, or the one that it shall have.
  [[nodiscard]] std::optional<Cidr> network() const { return vpc ? std::optional(vpc->cidr) : wanted.cidr; }
  /// The address of the host in this site's VPC.
  [[nodiscard]] std::optional<Ipv4> vpc_address(const LaidHost& host) const;
  /// The next hop of the site's servers: the VPC address of its first gateway.
  [[nodiscard]] std::optional<Ipv4> next_hop() const;
};

struct Layout {
  std::string mark;             ///< The uid in the marks of what is ours: mark_of().
  std::vector<LaidSite> sites;  ///< In the order of the spec.
  std::unordered_map<std::string, std::size_t> site_index;  ///< Into `sites`, by name.
  /// Ours by tag or mark, but of no part of the spec (a site or server that was removed).
  std::vector<Instance> stray_instances;
  std::vector<FirewallGroup> stray_groups;
  std::vector<Vpc> stray_vpcs;
  /// Existing servers that we have changed and that are no longer selected: to be restored.
  std::vector<LaidHost> departed;
  std::vector<std::string> conflicts;  ///< "db-2 (id) is selected by the instanceID of bangalore/db and by …"

  [[nodiscard]] const LaidSite* site(const std::string& name) const;
};

/// Precondition: `cloud` is not null.
Layout lay_out(const VpcPeering& peering, const PeeringRecord& record,
               const std::shared_ptr<const CloudSnapshot>& cloud);

/// Marks by which we find our own: lower-case, since Vultr's tag filter ignores case.
std::string owner_tag(const std::string& mark);                                     ///< "vpcp-<mark>"
std::vector<std::string> host_tags(const std::string& mark, const LaidHost& host);  ///< owner, site and part
bool has_host_tags(const Instance& instance, const std::string& mark, const LaidHost& host);
std::string vpc_description(const std::string& mark,
                            const LaidSite& site);  ///< "VPC-A (vpcp-<mark>/amsterdam)"
/// The description without our mark of whatever site: "VPC-A".
std::string without_vpc_mark(const std::string& mark, std::string description);
std::string group_description(const std::string& mark,
                              const LaidHost& host);  ///< "vpcp-<mark>/amsterdam/gateway-0"

}  // namespace vpcp
