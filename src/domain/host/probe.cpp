#include "domain/host/probe.h"

#include <string>

#include "domain/host/commands.h"
#include "domain/host/report_lines.h"
#include "domain/host/scripts.h"

namespace vpcp {
namespace {

using Outcome = ProbeResult::Outcome;

constexpr std::size_t kMaxResults = 1024;

std::string word(const ProbeTarget& target) {
  switch (target.kind) {
    case ProbeTarget::Kind::Icmp:
      return "icmp:" + target.address.str();
    case ProbeTarget::Kind::Tcp:
      return "tcp:" + target.address.str() + ":" + std::to_string(target.port);
  }
  return {};
}

std::optional<ProbeTarget> read_target(std::string_view text) {
  if (text.starts_with("icmp:")) {
    const auto address = Ipv4::parse(text.substr(5));
    if (address) return ProbeTarget{ProbeTarget::Kind::Icmp, *address, 0};
  } else if (text.starts_with("tcp:")) {
    const auto endpoint = Endpoint::parse(text.substr(4));
    if (endpoint) return ProbeTarget{ProbeTarget::Kind::Tcp, endpoint->address, endpoint->port};
  }
  return std::nullopt;
}

std::optional<Outcome> read_outcome(std::string_view text) {
  if (text == "ok") return Outcome::Ok;
  if (text == "refused") return Outcome::Refused;
  if (text == "timeout") return Outcome::Timeout;
  return std::nullopt;
}

}  // namespace

Command probe_command(seconds limit, const std::vector<ProbeTarget>& targets, milliseconds pause) {
  std::vector<std::string> arguments{std::to_string(limit.count())};
  if (pause.count() > 0) arguments.push_back("after:" + in_seconds(pause));
  for (const ProbeTarget& target : targets) arguments.push_back(word(target));
  Command command = script_command(scripts::kProbe, "vpcp-probe", std::move(arguments));
  command.argv.front() = "bash";
  command.limit = limit + seconds{10};
  return command;
}

Result<std::vector<ProbeResult>> parse_probe_report(std::string_view text) {
  std::vector<ProbeResult> results;
  while (!text.empty() && results.size() < kMaxResults) {
    const auto words = split_words(take_line(text));
    if (words.size() < 2) continue;
    const auto target = read_target(words[0]);
    const auto outcome = read_outcome(words[1]);
    if (!target || !outcome) continue;
    results.push_back({*target, *outcome, std::nullopt});
    if (words.size() > 2) results.back().millis = parse_number<double>(words[2]);
  }
  if (!results.empty()) return results;
  return Error{ErrorKind::Transient, "ProbeReportUnreadable", "the probe told nothing"};
}

}  // namespace vpcp
