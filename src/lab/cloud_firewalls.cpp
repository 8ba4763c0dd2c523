#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lab/cloud.h"
#include "lab/cloud_find.h"

namespace vpcp::lab {
namespace {

constexpr std::size_t kMaxRules = 50;
constexpr auto kProtocols = std::to_array<std::string_view>({"icmp", "tcp", "udp", "gre", "esp", "ah"});

struct Ports {
  std::uint16_t first{0};
  std::uint16_t last{65535};
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || rest != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

/// "22", "8000:9000"; nullopt for anything else.
std::optional<Ports> parse_ports(std::string_view text) {
  const auto colon = text.find(':');
  const auto first = parse_port(text.substr(0, colon));
  const auto last = colon == std::string_view::npos ? first : parse_port(text.substr(colon + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return Ports{*first, *last};
}

bool has_ports(const std::string& protocol) {
  return protocol == "tcp" || protocol == "udp";
}

Answer<Done> check_rule(const FirewallRuleRecord& rule) {
  if (rule.ip_type != "v4" && rule.ip_type != "v6") return Refusal{400, "Invalid ip_type."};
  if (std::ranges::find(kProtocols, rule.protocol) == kProtocols.end())
    return Refusal{400, "Invalid protocol."};
  if (has_ports(rule.protocol) && !parse_ports(rule.port)) return Refusal{400, "Invalid port."};
  const bool v4 = rule.ip_type == "v4";
  std::array<unsigned char, 16> bytes{};
  const bool address =
      v4 ? Ipv4::parse(rule.subnet).has_value() : inet_pton(AF_INET6, rule.subnet.c_str(), bytes.data()) == 1;
  if (!address) return Refusal{400, "Invalid subnet."};
  if (rule.subnet_size < 0 || rule.subnet_size > (v4 ? 32 : 128)) return Refusal{400, "Invalid subnet_size."};
  return Done{};
}

}  // namespace

bool FirewallRuleRecord::same_traffic(const FirewallRuleRecord& other) const {
  return std::tie(ip_type, protocol, port, subnet, subnet_size) ==
         std::tie(other.ip_type, other.protocol, other.port, other.subnet, other.subnet_size);
}

std::size_t Cloud::users_of(const std::string& group_id) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      state_.instances, [&](const auto& entry) { return entry.second.firewall_group == group_id; }));
}

FirewallGroupRecord Cloud::counted(const FirewallGroupRecord& group) const {
  FirewallGroupRecord copy = group;
  copy.instance_count = users_of(group.id);
  return copy;
}

Page<FirewallGroupRecord> Cloud::firewall_groups(const PageRequest& page) const {
  const std::lock_guard lock(mutex_);
  return paginate(in_order(state_.groups), page,
                  [this](const FirewallGroupRecord& group) { return counted(group); });
}

Answer<FirewallGroupRecord> Cloud::firewall_group(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const FirewallGroupRecord* group = find(state_.groups, id);
  if (group == nullptr) return no_such_group();
  return counted(*group);
}

Answer<FirewallGroupRecord> Cloud::create_firewall_group(std::string description) {
  const std::lock_guard lock(mutex_);
  FirewallGroupRecord group;
  group.id = random_uuid();
  group.description = cut(std::move(description), kMaxDescription);
  group.created = group.modified = clock_.now();
  group.seq = add_id(group.id);
  return state_.groups[group.seq] = group;
}

Answer<Done> Cloud::describe_firewall_group(const std::string& id, std::string description) {
  const std::lock_guard lock(mutex_);
  FirewallGroupRecord* group = find_group(id);
  if (group == nullptr) return no_such_group();
  group->description = cut(std::move(description), kMaxDescription);
  group->modified = clock_.now();
  return Done{};
}

Answer<Done> Cloud::delete_firewall_group(const std::string& id) {
  const std::lock_guard lock(mutex_);
  FirewallGroupRecord* group = find_group(id);
  if (group == nullptr) return no_such_group();
  for (auto& [seq, instance] : state_.instances) {
    if (instance.firewall_group != id) continue;
    instance.firewall_group.clear();
    note(backend_.set_firewall(instance.id, std::nullopt), "open firewall", instance.id);
  }
  state_.groups.erase(group->seq);
  state_.by_id.erase(id);
  return Done{};
}

Answer<FirewallRuleRecord> Cloud::create_firewall_rule(const std::string& group_id, FirewallRuleRecord rule) {
  const std::lock_guard lock(mutex_);
  FirewallGroupRecord* group = find_group(group_id);
  if (group == nullptr) return no_such_group();
  if (!has_ports(rule.protocol)) rule.port.clear();
  TRY(check_rule(rule));
  const auto same = [&](const FirewallRuleRecord& other) { return rule.same_traffic(other); };
  if (std::ranges::any_of(group->rules, same)) return Refusal{400, "This rule is already defined "};
  if (group->rules.size() >= kMaxRules) return Refusal{400, "Maximum number of rules reached (limit: 50)."};
  rule.id = ++group->last_rule_id;
  // What comes back is not what was sent.
  if (rule.source.empty()) rule.source = rule.subnet + "/" + std::to_string(rule.subnet_size);
  group->rules.push_back(rule);
  group->modified = clock_.now();
  apply_firewall(group_id);
  return rule;
}

Answer<Done> Cloud::delete_firewall_rule(const std::string& group_id, int rule_id) {
  const std::lock_guard lock(mutex_);
  FirewallGroupRecord* group = find_group(group_id);
  const Refusal missing{404, "Firewall rule ID not found"};
  if (group == nullptr) return missing;
  if (std::erase_if(group->rules, [&](const auto& rule) { return rule.id == rule_id; }) == 0) return missing;
  group->modified = clock_.now();
  apply_firewall(group_id);
  return Done{};
}

Inbound Cloud::inbound(const std::string& group_id) {
  const FirewallGroupRecord* group = group_id.empty() ? nullptr : find_group(group_id);
  if (group == nullptr) return std::nullopt;
  std::vector<InboundRule> accepted;
  for (const FirewallRuleRecord& rule : group->rules) {
    const Ports ports = parse_ports(rule.port).value_or(Ports{});
    accepted.push_back({rule.ip_type == "v6", rule.protocol, ports.first, ports.last,
                        rule.subnet + "/" + std::to_string(rule.subnet_size)});
  }
  return accepted;
}

void Cloud::apply_firewall(const std::string& group_id) {
  const Inbound rules = inbound(group_id);
  for (const auto& [seq, instance] : state_.instances) {
    if (instance.firewall_group != group_id) continue;
    note(backend_.set_firewall(instance.id, rules), "set firewall", instance.id);
  }
}

}  // namespace vpcp::lab
