#include "adapters/vultr/vultr_cloud.h"

#include <algorithm>

#include "adapters/vultr/bodies.h"
#include "adapters/vultr/catalogue.h"
#include "adapters/vultr/errors.h"

namespace vpcp::vultr {
namespace {

constexpr hours kCatalogueKept{1};

/// Success where the refusal says that it is so already.
Status unless(Result<std::string> result, const char* reason) {
  if (result.ok() || result.error().reason == reason) return {};
  return std::move(result).error();
}

Status without_body(Result<std::string> result) {
  if (result.ok()) return {};
  return std::move(result).error();
}

}  // namespace

VultrCloud::VultrCloud(Ports ports, std::string base_url, Secret api_key)
    : gate_(std::move(ports.gate)),
      api_({ports.http, *gate_, ports.metrics, ports.clock}, std::move(base_url), std::move(api_key)),
      round_(api_, ports.clock),
      view_(ports.clock, [this](const Context& ctx) { return round_.take(ctx); }),
      catalogue_(ports.clock, [this](const Context& ctx) { return read_catalogue(ctx, api_); }) {}

Result<std::shared_ptr<const CloudSnapshot>> VultrCloud::look(const Context& ctx, milliseconds max_age) {
  return view_.get(ctx, max_age);
}

Result<std::shared_ptr<const Catalogue>> VultrCloud::catalogue(const Context& ctx) {
  return catalogue_.get(ctx, kCatalogueKept);
}

Result<std::string> VultrCloud::change(const Context& ctx, const Call& call) {
  auto result = api_.send(ctx, call);
  view_.invalidate();
  return result;
}

Status VultrCloud::remove(const Context& ctx, const char* operation, const std::string& path) {
  return unless(change(ctx, {operation, "DELETE", path}), kNotFound);
}

template <class T>
Result<T> VultrCloud::create(const Context& ctx, const Call& call, Result<T> (*read)(const std::string&)) {
  std::string answer = TRY(change(ctx, call));
  auto made = read(answer);
  wipe(answer);  // of an instance it holds the root password
  if (!made.ok()) return Error{ErrorKind::Transient, "AnswerLost", made.error().message};
  return made;
}

Result<Vpc> VultrCloud::create_vpc(const Context& ctx, const NewVpc& vpc) {
  auto made = create<Vpc>(ctx, {"create-vpc", "POST", "/vpcs", vpc_body(vpc), true}, read_created_vpc);
  if (made.ok()) round_.note_nat_gateway(made->id, false);
  if (!made.ok() && made.error().reason == "RegionUnknown") {  // Vultr does not say which there are
    if (const auto known = catalogue(ctx); known.ok()) return region_unknown(**known, vpc.region);
  }
  return made;
}

Status VultrCloud::set_vpc_description(const Context& ctx, const VpcId& id, const std::string& description) {
  return without_body(
      change(ctx, {"set-vpc-description", "PUT", "/vpcs/" + id.value, description_body(description)}));
}

Status VultrCloud::delete_vpc(const Context& ctx, const VpcId& id) {
  return remove(ctx, "delete-vpc", "/vpcs/" + id.value);
}

Result<FirewallGroup> VultrCloud::create_firewall_group(const Context& ctx, const std::string& description) {
  return create<FirewallGroup>(
      ctx, {"create-firewall-group", "POST", "/firewalls", description_body(description), true},
      read_created_group);
}

Status VultrCloud::add_firewall_rule(const Context& ctx, const FirewallGroupId& id,
                                     const NewFirewallRule& rule) {
  auto result =
      change(ctx, {"add-firewall-rule", "POST", "/firewalls/" + id.value + "/rules", rule_body(rule)});
  round_.forget_rules(id);
  return unless(std::move(result), kAlreadyDefined);
}

Status VultrCloud::delete_firewall_rule(const Context& ctx, const FirewallGroupId& id, int rule) {
  const std::string path = "/firewalls/" + id.value + "/rules/" + std::to_string(rule);
  Status result = remove(ctx, "delete-firewall-rule", path);
  round_.forget_rules(id);
  return result;
}

Status VultrCloud::delete_firewall_group(const Context& ctx, const FirewallGroupId& id) {
  return remove(ctx, "delete-firewall-group", "/firewalls/" + id.value);
}

Result<bool> VultrCloud::instance_exists(const Context& ctx, const InstanceId& id) {
  const auto answer = api_.send(ctx, {"get-instance", "GET", "/instances/" + id.value});
  if (answer.ok()) return true;
  if (answer.error().reason == kNotFound) return false;
  return answer.error();
}

Result<Instance> VultrCloud::create_instance(const Context& ctx, const NewInstance& instance) {
  const auto catalogue = TRY(this->catalogue(ctx));
  const int os_id = TRY(orderable(*catalogue, instance));
  return create<Instance>(ctx,
                          {"create-instance", "POST", "/instances", instance_body(instance, os_id), true},
                          read_created_instance);
}

Status VultrCloud::update_instance(const Context& ctx, const InstanceId& id, const InstancePatch& patch) {
  return without_body(change(ctx, {"update-instance", "PATCH", "/instances/" + id.value, patch_body(patch)}));
}

Status VultrCloud::start_instance(const Context& ctx, const InstanceId& id) {
  return without_body(change(ctx, {"start-instance", "POST", "/instances/" + id.value + "/start"}));
}

Status VultrCloud::delete_instance(const Context& ctx, const InstanceId& id) {
  return remove(ctx, "delete-instance", "/instances/" + id.value);
}

}  // namespace vpcp::vultr
