#include "views/plan_view.h"

#include <algorithm>
#include <sstream>

#include "domain/host/commands.h"
#include "domain/host/read_files.h"
#include "views/diff.h"

namespace vpcp {
namespace {

bool writes_file(const Command& command) {
  const std::string_view name = command_name(command);
  return name == "vpcp-write-file" || name == "vpcp-write-netplan";
}

char sign_of(const Action& action) {
  const auto is = [&]<class... T>() { return (std::holds_alternative<T>(action) || ...); };
  if (is.operator()<CreateVpc, CreateFirewallGroup, AddFirewallRule, CreateInstance>()) return '+';
  if (is.operator()<DeleteVpc, DeleteFirewallGroup, DeleteFirewallRule, DeleteInstance>()) return '-';
  return '~';
}

/// Names what Vultr or we will choose in place of what stood for it; the longer names first, since one may be
/// the beginning of another.
std::string told(std::string text, const std::map<std::string, std::string>& stand_ins) {
  std::vector<std::pair<std::string, std::string>> words(stand_ins.begin(), stand_ins.end());
  std::ranges::stable_sort(words, std::greater<>{}, [](const auto& word) { return word.first.size(); });
  for (const auto& [what, by] : words) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
      text.replace(at, what.size() + (text.compare(at + what.size(), 3, "/32") == 0 ? 3 : 0), by);
  }
  return text;
}

/// The running peers as syncconf writes them, without what a look does not see, in the order of `wanted`, so
/// that a difference of the two shows what is new; then the others, by key.
std::string running_peers(const TunnelFacts& tunnel, const std::string& wanted) {
  std::string out = "ListenPort = " + std::to_string(tunnel.listen_port) + "\n";
  std::vector<TunnelPeerFacts> peers = tunnel.peers;
  std::ranges::sort(peers, {}, [&](const TunnelPeerFacts& peer) {
    return std::pair(wanted.find("PublicKey = " + peer.public_key + "\n"), peer.public_key);
  });
  for (const TunnelPeerFacts& peer : peers) {
    out += "[Peer]\nPublicKey = " + peer.public_key + "\n";
    if (peer.endpoint) out += "Endpoint = " + peer.endpoint->str() + "\n";
    out += "AllowedIPs = ";
    for (std::size_t i = 0; i < peer.allowed_ips.size(); ++i)
      out += (i > 0 ? ", " : "") + peer.allowed_ips[i].str();
    out += "\n";
    if (peer.keepalive.count() > 0)
      out += "PersistentKeepalive = " + std::to_string(peer.keepalive.count()) + "\n";
  }
  return out;
}

std::string wanted_peers(const Secret& syncconf) {
  std::istringstream lines{std::string(syncconf.reveal())};
  std::string out;
  for (std::string line; std::getline(lines, line); wipe(line)) {
    const bool shown = line.starts_with("ListenPort") || line.starts_with("[Peer]") ||
                       line.starts_with("PublicKey") || line.starts_with("Endpoint") ||
                       line.starts_with("AllowedIPs") ||
                       (line.starts_with("PersistentKeepalive") && !line.ends_with("off"));
    if (shown) out += line + "\n";
  }
  return out;
}

class Reporter {
 public:
  explicit Reporter(const PlanGround& ground) : ground_(ground) {}

  PlanReport report() {
    for (const Step& step : forecast().cloud) {
      out_.cloud.push_back({sign_of(step.action), step.lane, said(step.summary), said(step.why)});
    }
    for (const auto& [lane, plan] : forecast().hosts) {
      for (const Step& step : plan.steps) add_host_step(step);
      if (plan.blocked) {
        out_.blocked.push_back(lane + ": " + plan.blocked->message);
      } else if (plan.recheck_after && plan.steps.empty()) {
        out_.unready[lane] = plan.waiting_for;
      }
    }
    for (const std::string& what : forecast().waiting) {
      const auto colon = what.find(": ");
      out_.unready.emplace(what.substr(0, colon), colon == std::string::npos ? what : what.substr(colon + 2));
    }
    for (const LaneBlock& block : forecast().blocked)
      out_.blocked.push_back((block.lane.empty() ? "" : block.lane + ": ") + block.message);
    out_.new_hosts = forecast().new_hosts;
    out_.interruptions = forecast().interruptions;
    out_.unknown = ground_.problems;
    out_.cost_before = cost_of(forecast().before);
    out_.cost_after = cost_of(forecast().after);
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Forecast& forecast() const { return ground_.forecast; }
  [[nodiscard]] std::string said(const std::string& text) const {
    return told(one_line(text), forecast().stand_ins);
  }

  void add_host_step(const Step& step) {
    PlanReport::HostLine line{said(step.summary), said(step.why), ""};
    if (const auto* change = std::get_if<HostChange>(&step.action)) {
      for (const Command& command : change->commands)
        line.diff += told(diff_of(step.lane, command), forecast().stand_ins);
    }
    out_.hosts[step.lane].push_back(std::move(line));
  }

  [[nodiscard]] std::string diff_of(const std::string& lane, const Command& command) const {
    if (command_name(command) == "vpcp-sync-tunnel") {
      const auto facts = ground_.facts.find(lane);
      if (facts == ground_.facts.end() || !facts->second.tunnel) return "";
      const std::string wanted = wanted_peers(command.input);
      return unified_diff("wg0, running", running_peers(*facts->second.tunnel, wanted), wanted);
    }
    if (!writes_file(command)) return "";
    const std::string& path = command_arguments(command).front();
    std::optional<std::string> before;
    if (const auto files = ground_.files.find(lane); files != ground_.files.end()) {
      if (const auto file = files->second.find(path); file != files->second.end()) before = file->second;
    }
    return unified_diff(path, before, without_keys(command.input.reveal()));
  }

  [[nodiscard]] std::optional<double> cost_of(const Layout& layout) const {
    if (ground_.prices.empty()) return std::nullopt;
    double total = 0;
    for (const LaidSite& site : layout.sites) {
      for (const auto* hosts : {&site.gateways, &site.servers}) {
        for (const LaidHost& host : *hosts) {
          if (host.origin == HostOrigin::Created && host.instance) total += price_of(host.instance->plan);
        }
      }
    }
    for (const Instance& stray : layout.stray_instances) total += price_of(stray.plan);
    return total;
  }
  [[nodiscard]] double price_of(const std::string& plan) const {
    const auto price = ground_.prices.find(plan);
    return price == ground_.prices.end() ? 0 : price->second;
  }

  const PlanGround& ground_;
  PlanReport out_;
};

Colour colour_of(char sign) {
  switch (sign) {
    case '+':
      return Colour::Green;
    case '-':
      return Colour::Red;
    case '~':
      return Colour::Yellow;
    case '@':
      return Colour::Cyan;
    default:
      return Colour::Plain;
  }
}

std::string coloured_diff(const std::string& diff, const Paint& paint) {
  std::istringstream lines(diff);
  std::string out;
  for (std::string line; std::getline(lines, line);)
    out += "      " + paint(colour_of(line.empty() ? ' ' : line.front()), one_line(line)) + "\n";
  return out;
}

std::string host_text(const PlanReport& report, const Paint& paint) {
  std::string out;
  for (const auto& [lane, lines] : report.hosts) {
    out += "\n  " + paint(Colour::Bold, lane) + "\n";
    for (const PlanReport::HostLine& line : lines) {
      out += "    " + paint(Colour::Yellow, "~") + " " + line.text + paint(Colour::Dim, "  # " + line.why) +
             "\n";
      out += coloured_diff(line.diff, paint);
    }
  }
  return out;
}

std::string names_of(const std::map<std::string, std::string>& lanes) {
  constexpr std::size_t kShown = 3;
  std::string out;
  std::size_t i = 0;
  for (const auto& [lane, why] : lanes) {
    if (i == kShown) return out + " and " + std::to_string(lanes.size() - kShown) + " more";
    out += (i++ > 0 ? ", " : "") + lane;
  }
  return out;
}

/// What the plan does not know or cannot do: "bangalore/db-server could not be looked at, 1 thing cannot be
/// done".
std::string doubts(const PlanReport& report) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (!report.unknown.empty()) add(names_of(report.unknown) + " could not be looked at");
  if (!report.unready.empty())
    add(names_of(report.unready) + (report.unready.size() == 1 ? " is" : " are") + " still being set up");
  if (!report.blocked.empty()) add(count_text(report.blocked.size(), "thing") + " cannot be done");
  return out;
}

std::string no_changes(const PlanReport& report) {
  if (report.certain()) return "\nNo changes: everything is as declared.\n";
  return "\nNo changes are known, but nothing certain can be said: " + doubts(report) + ".\n";
}

std::string closing(const PlanReport& report, const Paint& paint) {
  std::string out = "\n" + paint(Colour::Bold, "Traffic that it interrupts") + "\n";
  if (report.interruptions.empty())
    out += report.certain() ? "  none\n" : "  none, as far as could be looked at\n";
  for (const Interruption& one : report.interruptions)
    out += "  " + paint(Colour::Yellow, "!") + " " + one_line(one.what) + ": " + one.how_long + "\n";
  if (report.cost_before && report.cost_after) {
    out += "\n" + paint(Colour::Bold, "Cost a month") + "\n  " + money_text(*report.cost_before) + " → " +
           money_text(*report.cost_after) + paint(Colour::Dim, "  at list prices, without traffic") + "\n";
  }
  const auto count = [&](char sign) {
    return std::ranges::count(report.cloud, sign, &PlanReport::CloudLine::sign);
  };
  std::size_t on_hosts = 0;
  for (const auto& [lane, lines] : report.hosts) on_hosts += lines.size();
  return out + "\nPlan: " + std::to_string(count('+')) + " to add, " + std::to_string(count('~')) +
         " to change, " + std::to_string(count('-')) + " to remove in the cloud; " +
         count_text(on_hosts, "change") + " on " + count_text(report.hosts.size(), "host") +
         ". Nothing was touched." +
         (report.certain() ? "" : " This is not all of it: " + doubts(report) + ".") + "\n";
}

}  // namespace

std::map<std::string, std::vector<std::string>> files_to_write(const Forecast& forecast) {
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& [lane, plan] : forecast.hosts) {
    for (const Step& step : plan.steps) {
      const auto* change = std::get_if<HostChange>(&step.action);
      if (change == nullptr) continue;
      for (const Command& command : change->commands) {
        if (writes_file(command)) out[lane].push_back(command_arguments(command).front());
      }
    }
  }
  return out;
}

PlanReport plan_report(const PlanGround& ground) {
  return Reporter(ground).report();
}

std::string plan_text(const PlanReport& report, const std::string& object, const Paint& paint) {
  std::string out = paint(Colour::Bold, object) + "\n";
  for (const std::string& text : report.blocked)
    out += "  " + paint(Colour::Red, "✗") + " cannot be done: " + one_line(text) + "\n";
  for (const auto& [lane, why] : report.unknown)
    out += "  " + paint(Colour::Yellow, "?") + " " + lane +
           " could not be looked at, so nothing is said of it: " + one_line(why) + "\n";
  for (const auto& [lane, what] : report.unready)
    out += "  " + paint(Colour::Yellow, "?") + " " + lane +
           " is still being set up, so nothing is said of it: " + one_line(what) + "\n";
  if (!report.changes()) return printable(out + no_changes(report), paint);
  if (!report.cloud.empty()) out += "\n" + paint(Colour::Bold, "Cloud") + "\n";
  for (const PlanReport::CloudLine& line : report.cloud) {
    out += "  " + paint(colour_of(line.sign), std::string(1, line.sign)) + " " + line.lane + ": " + line.text;
    if (line.sign != '+') out += paint(Colour::Dim, "  # " + line.why);
    out += "\n";
  }
  if (!report.hosts.empty() || !report.new_hosts.empty()) out += "\n" + paint(Colour::Bold, "Hosts") + "\n";
  for (const std::string& lane : report.new_hosts)
    out += "  " + paint(Colour::Green, "+") + " " + lane + ": set up from nothing once it has booted\n";
  return printable(out + host_text(report, paint) + closing(report, paint), paint);
}

std::string plan_answer(const PlanReport& report, const std::string& object, TextForm form) {
  std::vector<AnswerFields> cloud;
  for (const PlanReport::CloudLine& line : report.cloud)
    cloud.push_back(
        {{"sign", std::string(1, line.sign)}, {"lane", line.lane}, {"text", line.text}, {"why", line.why}});
  std::vector<AnswerFields> hosts;
  for (const auto& [lane, lines] : report.hosts) {
    for (const PlanReport::HostLine& line : lines)
      hosts.push_back({{"lane", lane}, {"text", line.text}, {"why", line.why}, {"diff", line.diff}});
  }
  std::vector<AnswerFields> new_hosts;
  for (const std::string& lane : report.new_hosts) new_hosts.push_back({{"lane", lane}});
  std::vector<AnswerFields> interruptions;
  for (const Interruption& one : report.interruptions)
    interruptions.push_back({{"what", one.what}, {"howLong", one.how_long}});
  std::vector<AnswerFields> blocked;
  for (const std::string& text : report.blocked) blocked.push_back({{"why", text}});
  std::vector<AnswerFields> unknown;
  for (const auto* lanes : {&report.unknown, &report.unready}) {
    for (const auto& [lane, why] : *lanes) unknown.push_back({{"lane", lane}, {"why", why}});
  }
  Answer answer;
  answer.fields = {{"object", object}, {"changes", static_cast<std::int64_t>(cloud.size() + hosts.size())}};
  if (report.cost_before) answer.fields.emplace_back("monthlyCostUSDBefore", *report.cost_before);
  if (report.cost_after) answer.fields.emplace_back("monthlyCostUSDAfter", *report.cost_after);
  answer.lists = {{"cloud", std::move(cloud)},        {"hosts", std::move(hosts)},
                  {"newHosts", std::move(new_hosts)}, {"interruptions", std::move(interruptions)},
                  {"blocked", std::move(blocked)},    {"unknown", std::move(unknown)}};
  return answer_text(answer, form);
}

}  // namespace vpcp
