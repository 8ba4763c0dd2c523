#include <algorithm>

#include "lab/api.h"
#include "lab/render.h"

namespace vpcp::lab {
namespace {

Json instance_json(const InstanceView& view) {
  Json vpcs = Json::array();
  for (const Membership& vpc : view.record.vpcs) {
    vpcs.push_back({{"id", vpc.vpc_id}, {"ip", vpc.address.str()}, {"mac", vpc.mac}});
  }
  return {{"id", view.record.id},
          {"label", view.record.label},
          {"region", view.record.region},
          {"public_ip", view.record.public_ip ? view.record.public_ip->str() : ""},
          {"vpcs", vpcs},
          {"tags", view.record.tags},
          {"status", view.status},
          {"power", view.power_status}};
}

Answer<Response> list_instances(Cloud& cloud) {
  Json list = Json::array();
  for (const InstanceView& view : cloud.every_instance()) list.push_back(instance_json(view));
  return reply(200, {{"instances", list}});
}

Answer<Response> show_requests(const RequestLog& log) {
  const auto state = log.snapshot();
  Json operations = Json::object();
  for (const auto& [operation, statuses] : state.by_operation) {
    for (const auto& [status, count] : statuses) operations[operation][std::to_string(status)] = count;
  }
  Json last = Json::array();
  for (const auto& entry : state.last) {
    last.push_back({{"at", to_rfc3339(entry.at)},
                    {"method", entry.method},
                    {"path", entry.path},
                    {"status", entry.status},
                    {"agent", entry.agent}});
  }
  return reply(
      200, {{"reads", state.reads}, {"writes", state.writes}, {"operations", operations}, {"last", last}});
}

Json fault_json(const Fault& fault) {
  return {{"id", fault.id},
          {"kind", to_text(fault.kind)},
          {"match", {{"method", fault.method}, {"path", fault.path}}},
          {"count", fault.count},
          {"skip", fault.skip},
          {"struck", fault.struck}};
}

Answer<Response> add_fault(Faults& faults, const Call& call) {
  Fields fields(call.body);
  const std::string kind = fields.text_or_empty("kind");
  const auto parsed = parse_fault_kind(kind);
  if (!parsed) return Refusal{400, "Unknown kind of fault: " + kind};
  Fault fault;
  fault.kind = *parsed;
  const Json match = call.body.value("match", Json::object());
  if (!match.is_object()) return Refusal{400, "match wants an object with method and path."};
  Fields where(match);
  fault.method = where.text_or_empty("method");
  fault.path = where.text("path").value_or(".*");
  fault.count = fields.number("count").value_or(1);
  fault.skip = fields.number("skip").value_or(0);
  fault.status = fields.number("status").value_or(0);
  fault.retry_after = fields.number("retry_after").value_or(1);
  fault.delay = milliseconds(fields.number("delay_ms").value_or(1000));
  fault.seconds = fields.real("seconds").value_or(30);
  TRY(fields.check());
  TRY(where.check());
  const auto id = TRY(faults.add(fault));
  return reply(201, {{"id", id}});
}

milliseconds whole_milliseconds(std::optional<double> amount) {
  return milliseconds(static_cast<milliseconds::rep>(std::clamp(amount.value_or(0), -1.0, 1e6)));
}

/// What every host must take (RFC 791).
constexpr int kLeastMtu = 576;

Answer<Response> set_link(Cloud& cloud, const Call& call) {
  Fields fields(call.body);
  Link link;
  link.region_a = fields.text_or_empty("a");
  link.region_b = fields.text_or_empty("b");
  link.delay = whole_milliseconds(fields.real("delay_ms"));
  link.jitter = whole_milliseconds(fields.real("jitter_ms"));
  link.loss_percent = fields.real("loss_percent").value_or(0);
  link.mtu = fields.number("mtu").value_or(kLinkMtu);
  link.down = fields.flag("down").value_or(false);
  TRY(fields.check());
  const bool sane = link.delay.count() >= 0 && link.jitter.count() >= 0 && link.loss_percent >= 0 &&
                    link.loss_percent <= 100 && link.region_a != link.region_b;
  if (!sane) return Refusal{400, "A link joins two regions; delays are not negative, losses 0 to 100."};
  if (link.mtu < kLeastMtu || link.mtu > kLinkMtu) return Refusal{400, "The mtu of a link is 576 to 1500."};
  TRY(cloud.set_link(link));
  return no_content();
}

Answer<Response> tell_network(Cloud& cloud, const Call& call) {
  Fields fields(call.body);
  const std::string subnet = fields.text_or_empty("v4_subnet");
  const int mask = fields.number("v4_subnet_mask").value_or(0);
  TRY(fields.check());
  TRY(cloud.tell_network(call.params[0], subnet, mask));
  return no_content();
}

void add_fault_routes(Router& router, Faults& faults) {
  router.add({"POST", "/lab/v1/faults", "lab", [&](const Call& call) { return add_fault(faults, call); }});
  router.add({"GET", "/lab/v1/faults", "lab", [&](const Call&) -> Answer<Response> {
                Json list = Json::array();
                for (const Fault& fault : faults.list()) list.push_back(fault_json(fault));
                return reply(200, {{"faults", list}});
              }});
  router.add({"DELETE", "/lab/v1/faults", "lab", [&](const Call&) -> Answer<Response> {
                faults.clear();
                return no_content();
              }});
  router.add({"DELETE", "/lab/v1/faults/{id}", "lab", [&](const Call& call) -> Answer<Response> {
                const Json holder{{"id", call.params[0]}};
                if (!faults.remove(Fields(holder).number("id").value_or(0)))
                  return Refusal{404, "No such fault."};
                return no_content();
              }});
}

}  // namespace

void add_control_routes(Router& router, Cloud& cloud, Faults& faults, RequestLog& log) {
  router.add({"GET", "/lab/v1/healthz", "lab",
              [](const Call&) -> Answer<Response> {
                return reply(200, {{"status", "ok"}});
              },
              true});
  router.add({"GET", "/lab/v1/instances", "lab", [&](const Call&) { return list_instances(cloud); }});
  router.add({"POST", "/lab/v1/instances/{id}/power-cut", "lab", [&](const Call& call) -> Answer<Response> {
                TRY(cloud.power_cut(call.params[0]));
                return no_content();
              }});
  router.add({"GET", "/lab/v1/requests", "lab", [&](const Call&) { return show_requests(log); }});
  router.add({"DELETE", "/lab/v1/requests", "lab", [&](const Call&) -> Answer<Response> {
                log.clear();
                return no_content();
              }});
  router.add({"POST", "/lab/v1/links", "lab", [&](const Call& call) { return set_link(cloud, call); }});
  router.add({"POST", "/lab/v1/vpcs/{id}/network", "lab",
              [&](const Call& call) { return tell_network(cloud, call); }});
  add_fault_routes(router, faults);
}

}  // namespace vpcp::lab
