#include "domain/host/report_lines.h"
#include "domain/host/report_sections.h"

namespace vpcp {
namespace {

constexpr std::string_view kTupleMark = "### tuple ### ";

FilterRule::Verdict verdict_of(std::string_view target) {
  if (target == "ACCEPT") return FilterRule::Verdict::Accept;
  if (target == "DROP" || target == "REJECT") return FilterRule::Verdict::Deny;
  return FilterRule::Verdict::Other;
}

/// A network as iptables prints it: with or without its prefix.
std::optional<Cidr> read_network_match(std::string_view text) {
  if (const auto address = Ipv4::parse(text)) return Cidr::host(*address);
  return Cidr::parse(text);
}

/// Takes one option and its value off `rest`.
void read_option(std::string_view option, std::string_view& rest, FilterRule& rule) {
  if (option == "-j") {
    rule.verdict = verdict_of(take_word(rest));
  } else if (option == "-i") {
    rule.in_interface = std::string(take_word(rest));
  } else if (option == "-o") {
    rule.out_interface = std::string(take_word(rest));
  } else if (option == "-p") {
    rule.protocol = std::string(take_word(rest));
  } else if (option == "-s") {
    rule.source = read_network_match(take_word(rest));
    rule.narrowed |= !rule.source;
  } else if (option == "-d") {
    rule.destination = read_network_match(take_word(rest));
    rule.narrowed |= !rule.destination;
  } else if (option == "--dport") {
    rule.port = parse_number<std::uint16_t>(take_word(rest));
    rule.narrowed |= !rule.port;
  } else if (option == "-m") {
    const auto match = take_word(rest);
    rule.narrowed |= match != "udp" && match != "tcp" && match != "comment";
  } else if (option == "--comment" || option == "--reject-with") {
    take_word(rest);
  } else {
    rule.narrowed = true;
  }
}

}  // namespace

bool read_clamp(std::string_view line, HostFacts& facts) {
  if (line.find("maxseg size set rt mtu") != std::string_view::npos &&
      line.find("\"wg0\"") != std::string_view::npos) {
    facts.mss_clamp_loaded = true;
  }
  return true;
}

bool read_ufw(std::string_view line, HostFacts& facts) {
  if (line.starts_with(kTupleMark)) {
    facts.ufw->rules_kept.emplace_back(line.substr(kTupleMark.size()));
  } else if (line == "ENABLED=yes") {
    facts.ufw->enabled = true;
  }
  return true;
}

// "-N ufw-user-forward" or "-A ufw-user-input -p udp -m udp --dport 51820 -j ACCEPT".
bool read_filter_rule(std::string_view line, HostFacts& facts) {
  if (!facts.ufw) return false;
  std::string_view rest = line;
  const auto verb = take_word(rest);
  const auto chain = take_word(rest);
  facts.ufw->active = true;
  if (verb != "-A") return verb == "-N";
  FilterRule rule;
  rule.chain = chain == "ufw-user-forward" ? FilterRule::Chain::Forward : FilterRule::Chain::Input;
  for (auto option = take_word(rest); !option.empty(); option = take_word(rest))
    read_option(option, rest, rule);
  facts.ufw->rules.push_back(std::move(rule));
  return true;
}

}  // namespace vpcp
