#include "lab/api.h"
#include "lab/render.h"

namespace vpcp::lab {
namespace {

constexpr const char* kGroups = "/v2/firewalls";
constexpr const char* kGroup = "/v2/firewalls/{id}";
constexpr const char* kRules = "/v2/firewalls/{id}/rules";
constexpr const char* kRule = "/v2/firewalls/{id}/rules/{rule}";

/// A number of a path; 0 is no rule's.
int rule_id(const std::string& text) {
  const Json holder{{"id", text}};
  return Fields(holder).number("id").value_or(0);
}

Answer<Response> list_rules(Cloud& cloud, const Call& call) {
  const auto group = TRY(cloud.firewall_group(call.params[0]));
  struct Numbered {
    Seq seq;
    const FirewallRuleRecord* rule;
  };
  std::vector<Numbered> numbered;
  numbered.reserve(group.rules.size());
  for (const auto& rule : group.rules) numbered.push_back({static_cast<Seq>(rule.id), &rule});
  std::vector<const Numbered*> in_order;
  in_order.reserve(numbered.size());
  for (const Numbered& entry : numbered) in_order.push_back(&entry);
  const auto request_page = TRY(page_request(call.request));
  const auto page = paginate(in_order, request_page, [](const Numbered& entry) { return entry; });
  return reply_page("firewall_rules", page, [](const Numbered& entry) { return to_json(*entry.rule); });
}

Answer<Response> create_rule(Cloud& cloud, const Call& call) {
  Fields fields(call.body);
  FirewallRuleRecord rule;
  rule.ip_type = fields.text_or_empty("ip_type");
  rule.protocol = fields.text_or_empty("protocol");
  rule.port = fields.text_or_empty("port");
  rule.subnet = fields.text_or_empty("subnet");
  rule.subnet_size = fields.number("subnet_size").value_or(-1);
  rule.source = fields.text_or_empty("source");
  rule.notes = fields.text_or_empty("notes");
  TRY(fields.check());
  const auto created = TRY(cloud.create_firewall_rule(call.params[0], rule));
  return reply(201, {{"firewall_rule", to_json(created)}});
}

Answer<Response> get_rule(Cloud& cloud, const Call& call) {
  const Refusal missing{404, "Firewall rule ID not found"};
  const auto group = cloud.firewall_group(call.params[0]);
  if (!group.ok()) return missing;
  const auto rule = std::ranges::find(group->rules, rule_id(call.params[1]), &FirewallRuleRecord::id);
  if (rule == group->rules.end()) return missing;
  return reply(200, {{"firewall_rule", to_json(*rule)}});
}

void add_group_routes(Router& router, Cloud& cloud) {
  router.add({"GET", kGroups, "firewalls.list", [&](const Call& call) -> Answer<Response> {
                const auto request_page = TRY(page_request(call.request));
                const auto page = cloud.firewall_groups(request_page);
                return reply_page("firewall_groups", page, [](const auto& group) { return to_json(group); });
              }});
  router.add({"POST", kGroups, "firewalls.create", [&](const Call& call) -> Answer<Response> {
                Fields fields(call.body);
                const std::string description = fields.text_or_empty("description");
                TRY(fields.check());
                const auto created = TRY(cloud.create_firewall_group(description));
                return reply(201, {{"firewall_group", to_json(created)}});
              }});
  router.add({"GET", kGroup, "firewalls.get", [&](const Call& call) -> Answer<Response> {
                const auto found = TRY(cloud.firewall_group(call.params[0]));
                return reply(200, {{"firewall_group", to_json(found)}});
              }});
  router.add({"PUT", kGroup, "firewalls.update", [&](const Call& call) -> Answer<Response> {
                Fields fields(call.body);
                const std::string description = fields.text_or_empty("description");
                TRY(fields.check());
                TRY(cloud.describe_firewall_group(call.params[0], description));
                return no_content();
              }});
  router.add({"DELETE", kGroup, "firewalls.delete", [&](const Call& call) -> Answer<Response> {
                TRY(cloud.delete_firewall_group(call.params[0]));
                return no_content();
              }});
}

}  // namespace

void add_firewall_routes(Router& router, Cloud& cloud) {
  add_group_routes(router, cloud);
  router.add(
      {"GET", kRules, "firewalls.rules.list", [&](const Call& call) { return list_rules(cloud, call); }});
  router.add(
      {"POST", kRules, "firewalls.rules.create", [&](const Call& call) { return create_rule(cloud, call); }});
  router.add({"GET", kRule, "firewalls.rules.get", [&](const Call& call) { return get_rule(cloud, call); }});
  router.add({"DELETE", kRule, "firewalls.rules.delete", [&](const Call& call) -> Answer<Response> {
                TRY(cloud.delete_firewall_rule(call.params[0], rule_id(call.params[1])));
                return no_content();
              }});
}

}  // namespace vpcp::lab
