#include "domain/host/probe.h"

#include <algorithm>
#include <string>

#include "domain/host/commands.h"
#include "domain/host/report_lines.h"
#include "domain/host/scripts.h"

namespace vpcp {
namespace {

using Outcome = ProbeResult::Outcome;

constexpr std::size_t kMaxResults = 4096;
constexpr int kMaxBurst = 100;

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

milliseconds longest(const ProbeBurst& burst) {
  return burst.pause + kPingSpacing * (std::max(burst.pings, burst.connections) - 1) + burst.limit;
}

Command probe_command(const std::vector<ProbeTarget>& targets, const ProbeBurst& burst) {
  std::vector<std::string> arguments{in_seconds(burst.limit), std::to_string(burst.pings),
                                     std::to_string(burst.connections)};
  if (burst.pause.count() > 0) arguments.push_back("after:" + in_seconds(burst.pause));
  for (const ProbeTarget& target : targets) arguments.push_back(word(target));
  Command command = script_command(scripts::kProbe, "vpcp-probe", std::move(arguments));
  command.argv.front() = "bash";
  command.aside = true;
  command.limit = std::chrono::ceil<seconds>(longest(burst)) + seconds{8};
  return command;
}

// TARGET ok MEAN SENT ANSWERED DEVIATION | TARGET ok MILLIS | TARGET timeout [- SENT ANSWERED]
Result<std::vector<ProbeResult>> parse_probe_report(std::string_view text) {
  std::vector<ProbeResult> results;
  while (!text.empty() && results.size() < kMaxResults) {
    const auto words = split_words(take_line(text));
    if (words.size() < 2) continue;
    const auto target = read_target(words[0]);
    const auto outcome = read_outcome(words[1]);
    if (!target || !outcome) continue;
    ProbeResult result{.target = *target, .outcome = *outcome};
    result.answered = *outcome == Outcome::Ok ? 1 : 0;
    if (words.size() > 2) result.millis = parse_number<double>(words[2]);
    if (words.size() > 4) {
      const auto sent = parse_number<int>(words[3]);
      const auto answered = parse_number<int>(words[4]);
      if (!sent || !answered || *sent < 1 || *answered < 0 || *sent > kMaxBurst) continue;
      result.sent = *sent;
      result.answered = std::min(*sent, *answered);  // duplicates are no more than an answer
    }
    if (words.size() > 5) result.jitter_millis = parse_number<double>(words[5]);
    results.push_back(result);
  }
  if (!results.empty()) return results;
  return Error{ErrorKind::Transient, "ProbeReportUnreadable", "the probe told nothing"};
}

}  // namespace vpcp
