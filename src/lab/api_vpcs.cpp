#include "lab/api.h"
#include "lab/render.h"

namespace vpcp::lab {
namespace {

Answer<Response> create_vpc(Cloud& cloud, const Call& call) {
  Fields fields(call.body);
  // An empty subnet and a mask of 0 mean "none given": clients send them.
  const NewVpc wanted{fields.text_or_empty("region"), fields.text_or_empty("description"),
                      fields.text_or_empty("v4_subnet"), fields.number("v4_subnet_mask").value_or(0)};
  TRY(fields.check());
  if (wanted.region.empty()) return Refusal{400, "Bad request."};
  if (wanted.subnet.empty() != (wanted.mask == 0)) {
    return Refusal{400, "v4_subnet and v4_subnet_mask must be given together."};
  }
  const auto created = TRY(cloud.create_vpc(wanted));
  return reply(201, {{"vpc", to_json(created)}});
}

Answer<Response> describe_vpc(Cloud& cloud, const Call& call) {
  Fields fields(call.body);
  const auto description = fields.text("description");
  TRY(fields.check());
  if (!description) return Refusal{400, "description is required."};
  TRY(cloud.describe_vpc(call.params[0], *description));
  return no_content();
}

Json attachment_json(const InstanceView& view, const std::string& vpc_id) {
  const auto membership = std::ranges::find(view.record.vpcs, vpc_id, &Membership::vpc_id);
  return {{"id", view.record.id},
          {"type", "vps"},
          {"mac_address", membership->mac},
          {"date_added", api_time(membership->since)},
          {"ip", {{"v4", membership->address.str()}}},
          {"linked_subscription", nullptr}};
}

Answer<Response> attachments(Cloud& cloud, const Call& call) {
  const std::string& id = call.params[0];
  const auto request_page = TRY(page_request(call.request));
  const auto page = TRY(cloud.vpc_members(id, request_page));
  return reply_page("attachments", page, [&](const InstanceView& view) { return attachment_json(view, id); });
}

/// The gateway of a VPC if its id is this one.
Answer<NatGatewayRecord> find_gateway(Cloud& cloud, const std::string& vpc_id, const std::string& id) {
  const VpcRecord vpc = TRY(cloud.vpc(vpc_id));
  if (!vpc.nat || vpc.nat->id != id) return Refusal{404, "Invalid NAT Gateway ID."};
  return *vpc.nat;
}

void add_nat_gateway_routes(Router& router, Cloud& cloud) {
  const std::string all = "/v2/vpcs/{id}/nat-gateway";
  const std::string one = all + "/{gateway}";
  router.add({"GET", all, "nat-gateways.list", [&](const Call& call) -> Answer<Response> {
                const VpcRecord vpc = TRY(cloud.vpc(call.params[0]));
                Json list = Json::array();
                if (vpc.nat) list.push_back(to_json(*vpc.nat, vpc.id));
                return reply(200, {{"nat_gateways", list}, {"meta", meta(list.size())}});
              }});
  router.add({"POST", all, "nat-gateways.create", [&](const Call& call) -> Answer<Response> {
                Fields fields(call.body);
                const std::string label = fields.text_or_empty("label");
                const std::string tag = fields.text_or_empty("tag");
                TRY(fields.check());
                const auto gateway = TRY(cloud.create_nat_gateway(call.params[0], label, tag));
                return reply(201, {{"nat_gateway", to_json(gateway, call.params[0])}});
              }});
  router.add({"GET", one, "nat-gateways.get", [&](const Call& call) -> Answer<Response> {
                const auto gateway = TRY(find_gateway(cloud, call.params[0], call.params[1]));
                return reply(200, {{"nat_gateway", to_json(gateway, call.params[0])}});
              }});
  router.add({"PUT", one, "nat-gateways.update", [&](const Call& call) -> Answer<Response> {
                Fields fields(call.body);
                const auto label = fields.text("label");
                const auto tag = fields.text("tag");
                TRY(fields.check());
                const auto gateway =
                    TRY(cloud.update_nat_gateway(call.params[0], call.params[1], label, tag));
                return reply(202, {{"nat_gateway", to_json(gateway, call.params[0])}});
              }});
  router.add({"DELETE", one, "nat-gateways.delete", [&](const Call& call) -> Answer<Response> {
                TRY(cloud.delete_nat_gateway(call.params[0], call.params[1]));
                return no_content();
              }});
}

}  // namespace

void add_vpc_routes(Router& router, Cloud& cloud) {
  router.add({"GET", "/v2/vpcs", "vpcs.list", [&](const Call& call) -> Answer<Response> {
                const auto request_page = TRY(page_request(call.request));
                const auto page = cloud.vpcs(request_page);
                return reply_page("vpcs", page, [](const VpcRecord& vpc) { return to_json(vpc); });
              }});
  router.add({"POST", "/v2/vpcs", "vpcs.create", [&](const Call& call) { return create_vpc(cloud, call); }});
  router.add({"GET", "/v2/vpcs/{id}", "vpcs.get", [&](const Call& call) -> Answer<Response> {
                const auto found = TRY(cloud.vpc(call.params[0]));
                return reply(200, {{"vpc", to_json(found)}});
              }});
  router.add(
      {"PUT", "/v2/vpcs/{id}", "vpcs.update", [&](const Call& call) { return describe_vpc(cloud, call); }});
  router.add({"DELETE", "/v2/vpcs/{id}", "vpcs.delete", [&](const Call& call) -> Answer<Response> {
                TRY(cloud.delete_vpc(call.params[0]));
                return no_content();
              }});
  router.add({"GET", "/v2/vpcs/{id}/attachments", "vpcs.attachments",
              [&](const Call& call) { return attachments(cloud, call); }});
  add_nat_gateway_routes(router, cloud);
}

}  // namespace vpcp::lab
