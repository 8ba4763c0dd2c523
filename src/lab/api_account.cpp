#include "lab/api.h"
#include "lab/render.h"

namespace vpcp::lab {
namespace {

/// A page of a fixed list: its cursors count entries.
template <class T, class Keep, class Render>
Answer<Response> catalogue_page(const Call& call, const char* name, std::span<const T> all, Keep&& keep,
                                Render&& render) {
  struct Numbered {
    Seq seq;
    const T* entry;
  };
  std::vector<Numbered> kept;
  for (const T& entry : all) {
    if (keep(entry)) kept.push_back({kept.size() + 1, &entry});
  }
  std::vector<const Numbered*> in_order;
  in_order.reserve(kept.size());
  for (const Numbered& entry : kept) in_order.push_back(&entry);
  const auto request_page = TRY(page_request(call.request));
  const auto page = paginate(in_order, request_page, [](const Numbered& entry) { return entry; });
  return reply_page(name, page, [&](const Numbered& entry) { return render(*entry.entry); });
}

Json region_json(const Region& region) {
  return {{"id", region.id},
          {"city", region.city},
          {"country", region.country},
          {"continent", region.continent},
          {"options", {"ddos_protection", "block_storage_high_perf", "kubernetes", "load_balancers"}},
          {"connectivity", {"public_ip", "nat_gateway"}}};
}

Json plan_json(const Plan& plan) {
  Json locations = Json::array();
  for (const Region& region : all_regions()) {
    if (sold_in(plan, region.id)) locations.push_back(region.id);
  }
  return {{"id", plan.id},
          {"vcpu_count", plan.vcpus},
          {"ram", plan.memory_mb},
          {"disk", plan.disk_gb},
          {"disk_count", 1},
          {"bandwidth", plan.bandwidth_gb},
          {"monthly_cost", plan.monthly_usd},
          {"hourly_cost", plan.monthly_usd / 672},
          {"type", plan.type},
          {"locations", std::move(locations)}};
}

Answer<Response> availability(const Call& call) {
  if (find_region(call.params[0]) == nullptr) return Refusal{400, "Invalid region."};
  const std::string type = call.request.query_text("type");
  if (!type.empty() && !is_plan_type(type))
    return Refusal{400, "Please provide a valid type: all, vc2, vhf, vhp, voc"};
  Json plans = Json::array();
  for (const Plan& plan : all_plans()) {
    if (plan_has_type(plan, type) && sold_in(plan, call.params[0])) plans.push_back(plan.id);
  }
  return reply(200, {{"available_plans", plans}, {"available_vpc_only_plans", plans}});
}

Answer<Response> account(const Call& /*call*/) {
  return reply(200,
               {{"account",
                 {{"name", "Lab"},
                  {"email", "lab@example.com"},
                  {"acls", {"subscriptions_view", "subscriptions", "provisioning", "firewall", "upgrade"}},
                  {"balance", -100.5},
                  {"pending_charges", 0.5},
                  {"last_payment_date", "2026-01-01T00:00:00+00:00"},
                  {"last_payment_amount", -100.5}}}});
}

Answer<Response> empty_list(const char* name) {
  return reply(200, {{name, Json::array()}, {"meta", meta(0)}});
}

Answer<Response> create_ssh_key(Cloud& cloud, const Call& call) {
  Fields fields(call.body);
  const auto name = fields.text("name");
  const auto key = fields.text("ssh_key");
  TRY(fields.check());
  if (!name || !key || key->empty()) return Refusal{400, "name and ssh_key are required."};
  const auto created = TRY(cloud.create_ssh_key(*name, *key));
  return reply(201, {{"ssh_key", to_json(created)}});
}

void add_catalogue_routes(Router& router) {
  const auto any = [](const auto&) { return true; };
  router.add({"GET", "/v2/account", "account.get", account});
  router.add(
      {"GET", "/v2/regions", "regions.list",
       [any](const Call& call) { return catalogue_page(call, "regions", all_regions(), any, region_json); },
       true});
  router.add({"GET", "/v2/regions/{id}/availability", "regions.availability", availability, true});
  router.add({"GET", "/v2/plans", "plans.list",
              [](const Call& call) {
                const std::string type = call.request.query_text("type");
                const auto wanted = [&](const Plan& plan) { return plan_has_type(plan, type); };
                return catalogue_page(call, "plans", all_plans(), wanted, plan_json);
              },
              true});
  router.add({"GET", "/v2/os", "os.list",
              [any](const Call& call) {
                return catalogue_page(call, "os", all_os(), any, [](const Os& os) {
                  return Json{{"id", os.id}, {"name", os.name}, {"arch", "x64"}, {"family", os.family}};
                });
              },
              true});
  router.add({"GET", "/v2/applications", "applications.list",
              [](const Call&) { return empty_list("applications"); }, true});
  router.add({"GET", "/v2/reserved-ips", "reserved-ips.list",
              [](const Call&) { return empty_list("reserved_ips"); }});
  router.add({"GET", "/v2/startup-scripts", "startup-scripts.list",
              [](const Call&) { return empty_list("startup_scripts"); }});
}

}  // namespace

void add_account_routes(Router& router, Cloud& cloud) {
  add_catalogue_routes(router);
  router.add({"GET", "/v2/ssh-keys", "ssh-keys.list", [&](const Call& call) -> Answer<Response> {
                const auto request_page = TRY(page_request(call.request));
                const auto page = cloud.ssh_keys(request_page);
                return reply_page("ssh_keys", page, [](const SshKeyRecord& key) { return to_json(key); });
              }});
  router.add({"POST", "/v2/ssh-keys", "ssh-keys.create",
              [&](const Call& call) { return create_ssh_key(cloud, call); }});
  router.add({"GET", "/v2/ssh-keys/{id}", "ssh-keys.get", [&](const Call& call) -> Answer<Response> {
                const auto found = TRY(cloud.ssh_key(call.params[0]));
                return reply(200, {{"ssh_key", to_json(found)}});
              }});
  router.add({"PATCH", "/v2/ssh-keys/{id}", "ssh-keys.update", [&](const Call& call) -> Answer<Response> {
                Fields fields(call.body);
                const auto name = fields.text("name");
                const auto key = fields.text("ssh_key");
                TRY(fields.check());
                TRY(cloud.update_ssh_key(call.params[0], name, key));
                return no_content();
              }});
  router.add({"DELETE", "/v2/ssh-keys/{id}", "ssh-keys.delete", [&](const Call& call) -> Answer<Response> {
                TRY(cloud.delete_ssh_key(call.params[0]));
                return no_content();
              }});
}

}  // namespace vpcp::lab
