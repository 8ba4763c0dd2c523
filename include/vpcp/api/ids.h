#pragma once
#include <compare>
#include <string>

namespace vpcp {

/// A string that names one kind of thing, so that a VPC's id cannot be passed for an instance's.
template <class Tag>
struct Id {
  std::string value;
  [[nodiscard]] bool empty() const { return value.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
};

using VpcId = Id<struct VpcIdTag>;
using InstanceId = Id<struct InstanceIdTag>;
using FirewallGroupId = Id<struct FirewallGroupIdTag>;

/// Names one object of a store. In the directory store the namespace defaults to "default".
struct ObjectKey {
  std::string ns;
  std::string name;
  [[nodiscard]] std::string str() const { return ns + "/" + name; }
  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

/// Names one gateway: a site has a list of them (one today).
struct GatewayRef {
  std::string site;
  int index{0};
  [[nodiscard]] std::string str() const { return site + "/gateway-" + std::to_string(index); }
  friend auto operator<=>(const GatewayRef&, const GatewayRef&) = default;
};

}  // namespace vpcp
