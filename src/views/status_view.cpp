#include "views/status_view.h"

#include <algorithm>
#include <cmath>

#include "domain/status/edge_verdict.h"
#include "domain/status/summary.h"

namespace vpcp {
namespace {

constexpr std::size_t kDriftShown = 3;

std::string of(std::size_t some, std::size_t all) {
  return std::to_string(some) + "/" + std::to_string(all);
}

/// "99.98 % of 24 h", or of the time since it was first looked at. Rounded down, so that 100 % means that it
/// was never seen down. Nothing while too little is known to tell a share.
std::string availability_text(const EdgeStatus& edge) {
  if (!edge.availability || edge.availability->until - edge.availability->since < minutes{1}) return "";
  const auto share = percent(*edge.availability);
  if (!share) return "";
  const SystemTime until = edge.availability->until;
  const std::string span = span_text(std::max(edge.availability->since, until - hours{24}), until);
  return (*share >= 100 ? "100" : number_text(std::floor(*share * 100) / 100, 2)) + " % of " + span;
}

std::size_t carrying(const PeeringStatus& status) {
  return static_cast<std::size_t>(std::ranges::count_if(status.edges, [](const EdgeStatus& edge) {
    return edge.health == EdgeHealth::Up || edge.health == EdgeHealth::Degraded;
  }));
}

ServerCount servers_of(const PeeringStatus& status) {
  ServerCount sum;
  for (const SiteStatus& site : status.sites) {
    sum.total += site.servers.total;
    sum.routed += site.servers.routed;
  }
  return sum;
}

Cell part(std::size_t some, std::size_t all) {
  return {of(some, all), some == all ? Colour::Plain : Colour::Red};
}

std::string last_drift(const PeeringStatus& status, SystemTime now) {
  const auto last = std::ranges::max_element(status.drift, {}, &DriftEntry::detected_at);
  return last == status.drift.end() ? "-" : ago(last->detected_at, now);
}

std::string mode_of(const VpcPeering& peering) {
  if (peering.meta.deletion_timestamp) return "Deleting";
  if (peering.spec.suspend) return "Suspended";
  return peering.spec.mode == Mode::Plan ? "Plan" : "Reconcile";
}

/// The words of status.sites[].privateServers[].exposure; red is what was not asked for.
Cell exposure_cell(Exposure exposure) {
  switch (exposure) {
    case Exposure::VpcOnly:
      return {"VPCOnly"};
    case Exposure::FirewalledIPv6:
      return {"FirewalledIPv6"};
    case Exposure::OpenIPv6:
      return {"OpenIPv6", Colour::Red};
    case Exposure::PublicIPv4:
      return {"PublicIPv4", Colour::Red};
  }
  return {};
}

const SiteSpec* spec_of(const VpcPeering& peering, const std::string& site) {
  const auto found = std::ranges::find(peering.spec.sites, site, &SiteSpec::name);
  return found == peering.spec.sites.end() ? nullptr : &*found;
}

/// Draws the lines in front of the entries of a list.
class Branch {
 public:
  Branch(std::string indent, std::size_t count) : indent_(std::move(indent)), left_(count) {}
  std::string next() {
    last_ = --left_ == 0;
    return indent_ + (last_ ? "└─ " : "├─ ");
  }
  [[nodiscard]] std::string below() const { return indent_ + (last_ ? "   " : "│  "); }

 private:
  std::string indent_;
  std::size_t left_;
  bool last_{false};
};

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return text + std::string(taken < width ? width - taken : 0, ' ');
}

template <class T, class F>
std::size_t widest(const std::vector<T>& items, F text_of) {
  std::size_t width = 0;
  for (const T& item : items) width = std::max(width, display_width(text_of(item)));
  return width;
}

class Tree {
 public:
  Tree(const VpcPeering& peering, const ViewStyle& style) : peering_(peering), style_(style) {}

  std::string draw() {
    heading();
    conditions();
    sites();
    edges();
    unhealthy();
    drift();
    if (!status().plan.empty()) {
      section("Planned, not done (spec.mode is Plan)");
      Branch branch("  ", status().plan.size());
      for (const PlanEntry& entry : status().plan)
        line(branch.next() + one_line(entry.lane + ": " + entry.action) + dim("  " + one_line(entry.why)));
    }
    if (status().monthly_cost_usd)
      line("\n" + bold("Cost") + "  " + money_text(*status().monthly_cost_usd) +
           dim(" a month at list prices, without traffic"));
    return printable(out_, style_.paint);
  }

 private:
  [[nodiscard]] const PeeringStatus& status() const { return peering_.status; }
  [[nodiscard]] std::string dim(std::string_view text) const { return style_.paint(Colour::Dim, text); }
  [[nodiscard]] std::string bold(std::string_view text) const { return style_.paint(Colour::Bold, text); }
  [[nodiscard]] std::string painted(const Cell& cell) const { return style_.paint(cell.colour, cell.text); }
  void line(const std::string& text) { out_ += text + "\n"; }
  void section(const std::string& title) { line("\n" + bold(title)); }

  void heading() {
    const Condition* ready = find_condition(status(), condition::kReady);
    std::string text = bold(peering_.meta.key().str()) + "  " + painted(readiness(peering_));
    if (ready != nullptr && ready->last_transition_time != SystemTime{})
      text += dim("  for " + span_text(ready->last_transition_time, style_.now));
    const std::string mode = mode_of(peering_);
    if (mode != "Reconcile" && (ready == nullptr || ready->reason != mode))
      text += "  " + style_.paint(Colour::Yellow, mode);
    line(text);
    if (ready != nullptr && !ready->message.empty()) line("  " + one_line(ready->message));
    if (mode == "Plan")
      line(dim("  nothing is touched; all that would be done: vpcpctl plan " + peering_.meta.key().str()));
    if (status().observed_generation > 0 && peering_.meta.generation > status().observed_generation)
      line(style_.paint(Colour::Yellow,
                        "  the spec has changed since; the controller has not looked at it yet"));
  }

  void conditions() {
    std::string text = "  ";
    for (const Condition& condition : status().conditions) {
      if (condition.type == condition::kReady) continue;
      const bool alarm = condition::is_alarm(condition.type);
      if (alarm && condition.status == ConditionStatus::False) continue;
      const bool good = (condition.status == ConditionStatus::True) != alarm;
      const bool unknown = condition.status == ConditionStatus::Unknown;
      const bool moving = !unknown && !good && !alarm && is_progress(condition);
      const Cell mark = unknown  ? Cell{"?", Colour::Yellow}
                        : good   ? Cell{"✓", Colour::Green}
                        : moving ? Cell{"◐", Colour::Yellow}
                                 : Cell{"✗", Colour::Red};
      text += painted(mark) + " " + one_line(condition.type) + "  ";
    }
    while (text.ends_with(' ')) text.pop_back();
    if (!text.empty()) line(text);
  }

  void sites() {
    if (status().sites.empty()) return;
    section("Sites");
    const std::size_t width = widest(status().sites, [](const SiteStatus& site) { return site.name; });
    Branch branch("  ", status().sites.size());
    for (const SiteStatus& site : status().sites) {
      const SiteSpec* spec = spec_of(peering_, site.name);
      std::string text = branch.next() + padded(one_line(site.name), width);
      if (spec != nullptr) text += "  " + padded(one_line(spec->region), 4);
      if (spec != nullptr && spec->vpc.cidr) text += "  VPC " + padded(spec->vpc.cidr->str(), 18);
      const auto total = static_cast<std::size_t>(site.servers.total);
      const auto routed = static_cast<std::size_t>(site.servers.routed);
      line(text + "  " +
           style_.paint(routed == total ? Colour::Plain : Colour::Red,
                        std::to_string(routed) + " of " + std::to_string(total) + " servers routed") +
           exposures(site));
      gateways(site, branch.below());
    }
  }

  /// "  private: 2 FirewalledIPv6, 1 VPCOnly"
  [[nodiscard]] std::string exposures(const SiteStatus& site) const {
    std::string text;
    for (const Exposure exposure :
         {Exposure::PublicIPv4, Exposure::OpenIPv6, Exposure::FirewalledIPv6, Exposure::VpcOnly}) {
      const auto count = std::ranges::count(site.private_servers, exposure, &PrivateServer::exposure);
      if (count == 0) continue;
      const Cell cell = exposure_cell(exposure);
      text += (text.empty() ? dim("  private: ") : ", ") +
              style_.paint(cell.colour, std::to_string(count) + " " + cell.text);
    }
    return text;
  }

  void gateways(const SiteStatus& site, const std::string& indent) {
    Branch branch(indent, site.gateways.size());
    std::size_t index = 0;
    for (const GatewayStatus& gateway : site.gateways) {
      std::string text = branch.next() + "gateway-" + std::to_string(index++);
      if (gateway.public_ip) text += "  " + gateway.public_ip->str();
      if (gateway.vpc_ip) text += "  " + dim("vpc ") + gateway.vpc_ip->str();
      if (gateway.tunnel_ip) text += "  " + dim("tunnel ") + gateway.tunnel_ip->str();
      if (!gateway.public_ip) text += dim("  not there yet");
      line(text);
    }
  }

  void edges() {
    if (status().edges.empty()) return;
    section("Edges");
    const auto name = [](const EdgeStatus& edge) { return one_line(edge.from + " ↔ " + edge.to); };
    const std::size_t width = widest(status().edges, name);
    Branch branch("  ", status().edges.size());
    for (const EdgeStatus& edge : status().edges) {
      const Cell health = health_cell(edge.health);
      std::string text = branch.next() + padded(name(edge), width) + "  " +
                         style_.paint(health.colour, padded(health.text, 10));
      // Of an edge that is down they are those of before, and of the whole.
      const bool measured = edge.health != EdgeHealth::Down;
      if (measured && edge.rtt_millis) text += "  " + dim("rtt ") + number_text(*edge.rtt_millis, 1) + " ms";
      if (measured && edge.loss_percent)
        text += "  " + dim("loss ") + number_text(*edge.loss_percent, 0) + " %";
      if (edge.last_handshake) text += "  " + dim("handshake ") + ago(*edge.last_handshake, style_.now);
      if (edge.rx_bytes + edge.tx_bytes > 0)
        text += "  " + dim("in ") + bytes_text(edge.rx_bytes) + dim(" out ") + bytes_text(edge.tx_bytes);
      if (edge.since != SystemTime{}) text += dim("  for " + span_text(edge.since, style_.now));
      if (const std::string up = availability_text(edge); !up.empty()) text += "  " + dim("up ") + up;
      line(text);
      if (edge.health == EdgeHealth::Up || edge.reason.empty()) continue;
      line(branch.below() + style_.paint(health.colour, edge.reason) +
           (edge.hop.empty() ? "" : ", broken at: " + one_line(broken_at(edge))));
    }
  }

  void unhealthy() {
    if (status().unhealthy_servers.empty()) return;
    section("Servers that are not routed");
    Branch branch("  ", status().unhealthy_servers.size());
    for (const UnhealthyServer& server : status().unhealthy_servers) {
      const std::string lane = server.site + "/" + server.name;
      const Colour colour = is_progress(server.reason) ? Colour::Yellow : Colour::Red;
      line(branch.next() + one_line(lane) + "  " + style_.paint(colour, server.reason) + "  " +
           without_place(one_line(server.message), lane));
    }
  }

  void drift() {
    const std::size_t count = status().drift.size();
    if (count == 0) return;
    const std::size_t shown = std::min(count, kDriftShown);
    const std::size_t all = count + status().more_drift;
    // Where a status has no room for all, those that it leaves out are the latest.
    const std::string which = all > count ? "" : "the last ";
    section(shown == all ? "Drift"
                         : "Drift, " + which + std::to_string(shown) + " of " + std::to_string(all));
    Branch branch("  ", shown);
    for (std::size_t i = count; i > count - shown; --i) {
      const DriftEntry& entry = status().drift[i - 1];
      std::string text = branch.next() + ago(entry.detected_at, style_.now) + "  " + one_line(entry.what) +
                         "  " + one_line(entry.where);
      text += entry.repaired_at
                  ? style_.paint(Colour::Green,
                                 "  repaired in " + span_text(entry.detected_at, *entry.repaired_at))
                  : style_.paint(Colour::Red, "  open");
      line(text);
    }
  }

  const VpcPeering& peering_;
  const ViewStyle& style_;
  std::string out_;
};

}  // namespace

Cell readiness(const VpcPeering& peering) {
  const Condition* ready = find_condition(peering.status, condition::kReady);
  if (ready == nullptr) return {"? not looked at yet", Colour::Yellow};
  switch (ready->status) {
    case ConditionStatus::True:
      return {"● Ready", Colour::Green};
    case ConditionStatus::Unknown:
      return {"? " + ready->reason, Colour::Yellow};
    case ConditionStatus::False:
      return is_progress(*ready) ? Cell{"◐ " + ready->reason, Colour::Yellow}
                                 : Cell{"✗ " + ready->reason, Colour::Red};
  }
  return {};
}

Cell health_cell(EdgeHealth health) {
  switch (health) {
    case EdgeHealth::Up:
      return {"● Up", Colour::Green};
    case EdgeHealth::Degraded:
      return {"◐ Degraded", Colour::Yellow};
    case EdgeHealth::Down:
      return {"✗ Down", Colour::Red};
    case EdgeHealth::Unknown:
      return {"? Unknown", Colour::Yellow};
  }
  return {};
}

std::string status_table(const std::vector<VpcPeering>& peerings, Width width, Namespaces namespaces,
                         const ViewStyle& style) {
  std::vector<std::string> heading{"NAME", "READY", "SITES", "EDGES", "SERVERS", "LAST DRIFT"};
  if (namespaces == Namespaces::Shown) heading.insert(heading.begin(), "NAMESPACE");
  if (width == Width::Wide) heading.insert(heading.end(), {"MODE", "USD/MONTH", "MESSAGE"});
  Table table(heading);
  for (const VpcPeering& peering : peerings) {
    const PeeringStatus& status = peering.status;
    const ServerCount servers = servers_of(status);
    const std::size_t sites = std::max(status.sites.size(), peering.spec.sites.size());
    std::vector<Cell> row{
        {peering.meta.name},
        readiness(peering),
        {std::to_string(sites)},
        part(carrying(status), status.edges.size()),
        part(static_cast<std::size_t>(servers.routed), static_cast<std::size_t>(servers.total)),
        {last_drift(status, style.now)}};
    if (namespaces == Namespaces::Shown) row.insert(row.begin(), {peering.meta.ns});
    if (width == Width::Wide) {
      const Condition* ready = find_condition(status, condition::kReady);
      row.push_back({mode_of(peering)});
      row.push_back({status.monthly_cost_usd ? number_text(*status.monthly_cost_usd, 2) : "-"});
      row.push_back({ready == nullptr ? "" : one_line(ready->message)});
    }
    table.add(std::move(row));
  }
  return table.str(style.paint);
}

std::string status_tree(const VpcPeering& peering, const ViewStyle& style) {
  return Tree(peering, style).draw();
}

}  // namespace vpcp
