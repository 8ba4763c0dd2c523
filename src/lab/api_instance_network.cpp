#include "lab/api.h"
#include "lab/render.h"

namespace vpcp::lab {
namespace {

Answer<Response> list_vpcs(Cloud& cloud, const Call& call) {
  const InstanceView view = TRY(cloud.instance(call.params[0]));
  Json vpcs = Json::array();
  if (view.vpcs_known) {
    for (const Membership& vpc : view.record.vpcs) {
      vpcs.push_back({{"id", vpc.vpc_id}, {"mac_address", vpc.mac}, {"ip_address", vpc.address.str()}});
    }
  }
  return reply(200, {{"vpcs", vpcs}, {"meta", meta(vpcs.size())}});
}

template <class F>
Answer<Response> with_vpc_id(const Call& call, F&& change) {
  Fields fields(call.body);
  const auto vpc = fields.text("vpc_id");
  TRY(fields.check());
  if (!vpc) return Refusal{400, "vpc_id is required."};
  TRY(change(call.params[0], *vpc));
  return no_content();
}

Answer<Response> list_ipv4(Cloud& cloud, const Call& call) {
  const InstanceView view = TRY(cloud.instance(call.params[0]));
  Json addresses = Json::array();
  const auto add = [&](const Ipv4& ip, int prefix, const std::string& gateway, const char* type) {
    addresses.push_back({{"ip", ip.str()},
                         {"netmask", netmask(prefix)},
                         {"gateway", gateway},
                         {"type", type},
                         {"reverse", ""}});
  };
  if (view.main_ip_known && view.record.public_ip) {
    add(*view.record.public_ip, view.public_network.prefix, view.public_network.at(1).str(), "main_ip");
  }
  const auto only_public = call.request.query.find("public_network");
  const bool with_private = only_public == call.request.query.end() || only_public->second != "true";
  if (view.vpcs_known && with_private) {
    for (const Membership& vpc : view.record.vpcs) {
      const auto network = cloud.vpc(vpc.vpc_id);
      add(vpc.address, network.ok() ? network->cidr.prefix : 24, "", "private");
    }
  }
  return reply(200, {{"ipv4s", addresses}, {"meta", meta(addresses.size())}});
}

Answer<Response> list_ipv6(Cloud& cloud, const Call& call) {
  const InstanceView view = TRY(cloud.instance(call.params[0]));
  Json addresses = Json::array();
  if (view.main_ip_known && !view.record.v6_network.empty()) {
    addresses.push_back({{"ip", view.record.v6_address},
                         {"network", view.record.v6_network},
                         {"network_size", 64},
                         {"type", "main_ip"}});
  }
  return reply(200, {{"ipv6s", addresses}, {"meta", meta(addresses.size())}});
}

Answer<Response> user_data(Cloud& cloud, const Call& call) {
  const InstanceView view = TRY(cloud.instance(call.params[0]));
  return reply(200, {{"user_data", {{"data", base64_encode(view.record.user_data)}}}});
}

Answer<Response> backup_schedule(Cloud& cloud, const Call& call) {
  const InstanceView view = TRY(cloud.instance(call.params[0]));
  return reply(200, {{"backup_schedule",
                      {{"enabled", view.record.backups},
                       {"type", ""},
                       {"next_scheduled_time_utc", ""},
                       {"hour", 0},
                       {"dow", 0},
                       {"dom", 0}}}});
}

Answer<Response> empty_list(Cloud& cloud, const Call& call, const char* name) {
  TRY(cloud.instance(call.params[0]));
  return reply(200, {{name, Json::array()}, {"meta", meta(0)}});
}

}  // namespace

void add_instance_network_routes(Router& router, Cloud& cloud, bool vpc2_answers) {
  const std::string one = "/v2/instances/{id}";
  router.add({"GET", one + "/vpcs", "instances.vpcs.list",
              [&](const Call& call) { return list_vpcs(cloud, call); }});
  router.add({"POST", one + "/vpcs/attach", "instances.vpcs.attach", [&](const Call& call) {
                return with_vpc_id(
                    call, [&](const auto& id, const auto& vpc) { return cloud.attach_vpc(id, vpc); });
              }});
  router.add({"POST", one + "/vpcs/detach", "instances.vpcs.detach", [&](const Call& call) {
                return with_vpc_id(
                    call, [&](const auto& id, const auto& vpc) { return cloud.detach_vpc(id, vpc); });
              }});
  router.add({"GET", one + "/ipv4", "instances.ipv4.list",
              [&](const Call& call) { return list_ipv4(cloud, call); }});
  router.add({"GET", one + "/ipv6", "instances.ipv6.list",
              [&](const Call& call) { return list_ipv6(cloud, call); }});
  router.add({"GET", one + "/user-data", "instances.user-data",
              [&](const Call& call) { return user_data(cloud, call); }});
  router.add({"GET", one + "/backup-schedule", "instances.backup-schedule",
              [&](const Call& call) { return backup_schedule(cloud, call); }});
  router.add({"GET", one + "/neighbors", "instances.neighbors", [&](const Call& call) -> Answer<Response> {
                TRY(cloud.instance(call.params[0]));
                return reply(200, {{"neighbors", Json::array()}});
              }});
  if (!vpc2_answers) return;
  router.add({"GET", one + "/vpc2", "instances.vpc2",
              [&](const Call& call) { return empty_list(cloud, call, "vpcs"); }});
}

}  // namespace vpcp::lab
