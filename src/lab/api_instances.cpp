#include <array>

#include "lab/api.h"
#include "lab/render.h"

namespace vpcp::lab {
namespace {

constexpr const char* kInstances = "/v2/instances";
constexpr const char* kInstance = "/v2/instances/{id}";

Answer<Response> list_instances(Cloud& cloud, const Call& call) {
  const Request& request = call.request;
  const InstanceFilter filter{request.query_text("tag"),
                              request.query_text("label"),
                              request.query_text("main_ip"),
                              request.query_text("region"),
                              request.query_text("firewall_group_id"),
                              request.query_text("hostname")};
  const auto request_page = TRY(page_request(request));
  const auto page = cloud.instances(filter, request_page);
  return reply_page("instances", page, [](const InstanceView& view) { return to_json(view); });
}

Answer<std::string> decoded(const std::string& user_data) {
  auto plain = base64_decode(user_data);
  if (!plain) return Refusal{400, "Invalid user_data: not base64 encoded."};
  return *std::move(plain);
}

/// "enabled" / "disabled"
std::optional<bool> switched(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return *text == "enabled";
}

/// Exactly one source, and one that the lab can install from.
Answer<int> read_os(Fields& fields) {
  constexpr std::array kSources{"os_id", "iso_id", "snapshot_id", "app_id", "image_id"};
  const auto given = std::ranges::count_if(kSources, [&](const char* name) { return fields.has(name); });
  if (given != 1)
    return Refusal{400, "Exactly one of os_id, iso_id, snapshot_id, app_id, image_id is required."};
  if (!fields.has("os_id")) return Refusal{400, "The lab installs by os_id only."};
  return fields.number("os_id").value_or(0);
}

std::vector<std::string> read_tags(Fields& fields) {
  if (auto tags = fields.list("tags")) return *std::move(tags);
  const std::string tag = fields.text_or_empty("tag");
  return tag.empty() ? std::vector<std::string>{} : std::vector<std::string>{tag};
}

Answer<NewInstance> read_new_instance(const Call& call) {
  Fields fields(call.body);
  NewInstance wanted;
  wanted.region = fields.text_or_empty("region");
  wanted.plan = fields.text_or_empty("plan");
  if (wanted.region.empty() || wanted.plan.empty()) return Refusal{400, "Bad request."};
  wanted.os_id = TRY(read_os(fields));
  wanted.label = fields.text_or_empty("label");
  wanted.hostname = fields.text_or_empty("hostname");
  wanted.tags = read_tags(fields);
  wanted.ssh_key_ids = fields.list("sshkey_id").value_or(std::vector<std::string>{});
  wanted.user_data = TRY(decoded(fields.text_or_empty("user_data")));
  wanted.attach_vpc = fields.list("attach_vpc").value_or(std::vector<std::string>{});
  wanted.enable_vpc = fields.flag("enable_vpc").value_or(false);
  wanted.vpc_only = fields.flag("vpc_only").value_or(false);
  wanted.enable_ipv6 = fields.flag("enable_ipv6").value_or(false);
  wanted.disable_public_ipv4 = fields.flag("disable_public_ipv4").value_or(false);
  wanted.firewall_group = fields.text_or_empty("firewall_group_id");
  wanted.backups = switched(fields.text("backups")).value_or(false);
  wanted.ddos_protection = fields.flag("ddos_protection").value_or(false);
  wanted.user_scheme = fields.text("user_scheme").value_or("root");
  wanted.visible_after = call.effects.visible_after;
  wanted.stuck = call.effects.stuck;
  TRY(fields.check());
  return wanted;
}

Answer<Response> create_instance(Cloud& cloud, const Call& call) {
  const NewInstance wanted = TRY(read_new_instance(call));
  const auto created = TRY(cloud.create_instance(wanted));
  return reply(202, {{"instance", created_json(created)}});
}

Json without_vpcs(const InstanceView& view) {
  Json json = to_json(view);
  json.erase("vpcs");
  return json;
}

Answer<InstanceChange> read_change(const Call& call) {
  Fields fields(call.body);
  InstanceChange change;
  change.label = fields.text("label");
  change.tags = fields.list("tags");
  if (const auto user_data = fields.text("user_data")) change.user_data = TRY(decoded(*user_data));
  change.firewall_group = fields.text("firewall_group_id");
  change.attach_vpc = fields.list("attach_vpc").value_or(std::vector<std::string>{});
  change.detach_vpc = fields.list("detach_vpc").value_or(std::vector<std::string>{});
  change.enable_ipv6 = fields.flag("enable_ipv6");
  change.plan = fields.text("plan");
  change.os_id = fields.number("os_id");
  change.backups = switched(fields.text("backups"));
  change.ddos_protection = fields.flag("ddos_protection");
  change.user_scheme = fields.text("user_scheme");
  TRY(fields.check());
  return change;
}

Answer<Response> change_instance(Cloud& cloud, const Call& call) {
  const InstanceChange change = TRY(read_change(call));
  const auto view = TRY(cloud.change_instance(call.params[0], change));
  return reply(202, {{"instance", without_vpcs(view)}, {"job_ids", {random_uuid()}}});
}

Answer<Response> reinstall(Cloud& cloud, const Call& call) {
  Fields fields(call.body);
  const auto hostname = fields.text("hostname");
  TRY(fields.check());
  const auto found = TRY(cloud.reinstall_instance(call.params[0], hostname));
  return reply(202, {{"instance", without_vpcs(found)}});
}

Answer<Response> bulk_power(Cloud& cloud, const Call& call, PowerAction action) {
  Fields fields(call.body);
  const auto ids = fields.list("instance_ids");
  TRY(fields.check());
  if (!ids || ids->empty()) return Refusal{400, "instance_ids is required."};
  for (const std::string& id : *ids) TRY(cloud.power(id, action));
  return no_content();
}

void add_power_routes(Router& router, Cloud& cloud) {
  struct Named {
    const char* name;
    PowerAction action;
  };
  for (const auto& [name, action] : {Named{"start", PowerAction::Start}, Named{"halt", PowerAction::Halt},
                                     Named{"reboot", PowerAction::Reboot}}) {
    const std::string operation = std::string("instances.") + name;
    router.add({"POST", std::string(kInstances) + "/" + name, operation,
                [&cloud, action = action](const Call& call) { return bulk_power(cloud, call, action); }});
    router.add({"POST", std::string(kInstance) + "/" + name, operation,
                [&cloud, action = action](const Call& call) -> Answer<Response> {
                  TRY(cloud.power(call.params[0], action));
                  return no_content();
                }});
  }
}

/// Jobs are done before anyone can ask.
Answer<Response> job(const Call& call) {
  return reply(
      200, {{"job", {{"id", call.params[0]}, {"vps_id", ""}, {"type", "UPGRADE"}, {"state", "success"}}}});
}

}  // namespace

void add_instance_routes(Router& router, Cloud& cloud) {
  router.add({"GET", "/v2/instances/jobs/{job}", "instances.job", job});
  add_power_routes(router, cloud);
  router.add(
      {"GET", kInstances, "instances.list", [&](const Call& call) { return list_instances(cloud, call); }});
  router.add({"POST", kInstances, "instances.create",
              [&](const Call& call) { return create_instance(cloud, call); }});
  router.add({"GET", kInstance, "instances.get", [&](const Call& call) -> Answer<Response> {
                const auto found = TRY(cloud.instance(call.params[0]));
                return reply(200, {{"instance", to_json(found)}});
              }});
  router.add({"PATCH", kInstance, "instances.update",
              [&](const Call& call) { return change_instance(cloud, call); }});
  router.add({"DELETE", kInstance, "instances.delete", [&](const Call& call) -> Answer<Response> {
                TRY(cloud.delete_instance(call.params[0]));
                return no_content();
              }});
  router.add({"POST", "/v2/instances/{id}/reinstall", "instances.reinstall",
              [&](const Call& call) { return reinstall(cloud, call); }});
}

}  // namespace vpcp::lab
